//! A small shop: catalogue with search and filters, product pages, a cart kept by the server, a checkout form.

mod cart;
mod catalogue;

use std::sync::Arc;

use axum::Router;
use axum::response::Html;
use axum::routing::get;

use crate::shared::Shared;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/shop", get(catalogue::list))
        .route("/shop/products/{sku}", get(catalogue::product))
        .route("/shop/cart", get(cart::show).post(cart::add))
        .route("/shop/cart/remove", axum::routing::post(cart::remove))
        .route("/shop/checkout", get(checkout_form).post(cart::order))
}

async fn checkout_form() -> Html<&'static str> {
    Html(include_str!("../pages/checkout.html"))
}

/// An article of the shop.
struct Product {
    sku: &'static str,
    name: &'static str,
    category: &'static str,
    cents: u32,
    stock: u32,
    about: &'static str,
}

/// The catalogue. Prices are in cents; two articles are sold out.
const PRODUCTS: &[Product] = &[
    Product {
        sku: "LMP-01",
        name: "Desk lamp",
        category: "Lighting",
        cents: 4900,
        stock: 12,
        about: "A lamp with a heavy foot and a long arm.",
    },
    Product {
        sku: "LMP-02",
        name: "Reading light",
        category: "Lighting",
        cents: 1950,
        stock: 40,
        about: "Clips to a book or a shelf.",
    },
    Product {
        sku: "LMP-03",
        name: "Floor lamp",
        category: "Lighting",
        cents: 12900,
        stock: 0,
        about: "Warm light for a whole corner.",
    },
    Product {
        sku: "CHR-01",
        name: "Office chair",
        category: "Furniture",
        cents: 24900,
        stock: 7,
        about: "Adjustable in height and tilt.",
    },
    Product {
        sku: "CHR-02",
        name: "Kitchen stool",
        category: "Furniture",
        cents: 5900,
        stock: 23,
        about: "Beech, stackable.",
    },
    Product {
        sku: "TBL-01",
        name: "Writing desk",
        category: "Furniture",
        cents: 31900,
        stock: 3,
        about: "Oak top, one drawer, room for the knees.",
    },
    Product {
        sku: "PEN-01",
        name: "Fountain pen",
        category: "Stationery",
        cents: 3400,
        stock: 60,
        about: "Steel nib, fine.",
    },
    Product {
        sku: "PEN-02",
        name: "Pencil set",
        category: "Stationery",
        cents: 890,
        stock: 200,
        about: "Twelve pencils from 4H to 6B.",
    },
    Product {
        sku: "NBK-01",
        name: "Notebook, dotted",
        category: "Stationery",
        cents: 1290,
        stock: 85,
        about: "192 pages that lie flat.",
    },
    Product {
        sku: "NBK-02",
        name: "Sketch book",
        category: "Stationery",
        cents: 1590,
        stock: 0,
        about: "Heavy paper for ink and wash.",
    },
    Product {
        sku: "KTL-01",
        name: "Electric kettle",
        category: "Kitchen",
        cents: 5490,
        stock: 15,
        about: "1.7 litres, keeps warm for half an hour.",
    },
    Product {
        sku: "MUG-01",
        name: "Mug \"Tuesday\"",
        category: "Kitchen",
        cents: 1100,
        stock: 120,
        about: "Stoneware; survives the dishwasher & the office.",
    },
];

impl Product {
    fn find(sku: &str) -> Option<&'static Self> {
        PRODUCTS.iter().find(|product| product.sku == sku)
    }
}

/// An amount in cents as people write it: `49.00 €`.
fn price(cents: u32) -> String {
    format!("{}.{:02} €", cents / 100, cents % 100)
}
