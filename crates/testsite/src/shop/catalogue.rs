//! The list of products and the page of each.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Html;
use serde::Deserialize;
use serde_json::json;

use super::cart::count;
use super::{PRODUCTS, Product, price};
use crate::html::{escape, page, script_json};
use crate::shared::Shared;

/// What the catalogue is narrowed to.
#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    category: String,
    /// Present when the box is checked.
    in_stock: Option<String>,
    #[serde(default)]
    sort: String,
}

impl Search {
    fn results(&self) -> Vec<&'static Product> {
        let words = self.q.to_lowercase();
        let mut found: Vec<_> = PRODUCTS
            .iter()
            .filter(|product| product.name.to_lowercase().contains(&words))
            .filter(|product| self.category.is_empty() || product.category == self.category)
            .filter(|product| self.in_stock.is_none() || product.stock > 0)
            .collect();
        match self.sort.as_str() {
            "price" => found.sort_by_key(|product| product.cents),
            "name" => found.sort_by_key(|product| product.name),
            _ => {}
        }
        found
    }
}

fn header(cart: u32) -> String {
    format!(
        "<header class=\"bar\"><a href=\"/shop\" class=\"brand\">Paper &amp; Lamp</a>\
         <nav aria-label=\"Shop\"><a href=\"/shop\">Catalogue</a> <a href=\"/login\">Sign in</a> \
         <a href=\"/shop/cart\" id=\"cart-link\">Cart (<span id=\"cart-count\">{cart}</span>)</a></nav></header>"
    )
}

fn options(chosen: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .map(|(value, label)| {
            let selected = if *value == chosen { " selected" } else { "" };
            format!("<option value=\"{value}\"{selected}>{label}</option>")
        })
        .collect()
}

fn card(product: &Product) -> String {
    let Product {
        sku,
        category,
        stock,
        ..
    } = product;
    let name = escape(product.name);
    let price = price(product.cents);
    let buy = if *stock == 0 {
        "<button type=\"button\" disabled>Sold out</button>".to_owned()
    } else {
        format!(
            "<button type=\"button\" class=\"add\" data-sku=\"{sku}\" data-testid=\"add-{sku}\">Add to cart</button>"
        )
    };
    format!(
        "<article class=\"card\" data-sku=\"{sku}\"><a href=\"/shop/products/{sku}\">\
         <img src=\"/images/{sku}.svg\" width=\"120\" height=\"90\" alt=\"{name}\"></a>\
         <h2><a href=\"/shop/products/{sku}\">{name}</a></h2><p class=\"category\">{category}</p>\
         <p class=\"price\">{price}</p>{buy}</article>"
    )
}

const ADD_SCRIPT: &str = include_str!("../../pages/shop.js");

pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Query(search): Query<Search>,
    headers: HeaderMap,
) -> Html<String> {
    let categories = options(
        &search.category,
        &[
            ("", "All"),
            ("Furniture", "Furniture"),
            ("Kitchen", "Kitchen"),
            ("Lighting", "Lighting"),
            ("Stationery", "Stationery"),
        ],
    );
    let orders = options(
        &search.sort,
        &[
            ("", "Featured"),
            ("price", "Price, low first"),
            ("name", "Name"),
        ],
    );
    let found = search.results();
    let cards: String = found.iter().map(|product| card(product)).collect();
    let body = format!(
        "{}<main><h1>Catalogue</h1><form id=\"search\" action=\"/shop\" role=\"search\">\
         <label>Search <input type=\"search\" name=\"q\" value=\"{}\" placeholder=\"Lamp, pen, chair\"></label> \
         <label>Category <select name=\"category\">{categories}</select></label> \
         <label><input type=\"checkbox\" name=\"in_stock\" value=\"1\"{}> In stock only</label> \
         <label>Sort <select name=\"sort\">{orders}</select></label> \
         <button type=\"submit\">Search</button></form>\
         <p id=\"result-count\">{} products</p><section class=\"grid\">{cards}</section></main>\
         <footer>Paper &amp; Lamp, a shop that sells nothing. <a href=\"/article\">About us</a></footer>\
         <script>{ADD_SCRIPT}</script>",
        header(count(&shared, &headers)),
        escape(&search.q),
        if search.in_stock.is_some() {
            " checked"
        } else {
            ""
        },
        found.len(),
    );
    page("Catalogue – Paper & Lamp", &body)
}

pub(super) async fn product(
    State(shared): State<Arc<Shared>>,
    Path(sku): Path<String>,
    headers: HeaderMap,
) -> (StatusCode, Html<String>) {
    let header = header(count(&shared, &headers));
    let Some(product) = Product::find(&sku) else {
        let body = format!("{header}<main><h1>No such product</h1></main>");
        return (StatusCode::NOT_FOUND, page("No such product", &body));
    };
    let facts = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "sku": product.sku,
        "category": product.category,
        "description": product.about,
        "image": format!("{}/images/{sku}.png", shared.origins.origin),
        "offers": {
            "@type": "Offer",
            "priceCurrency": "EUR",
            "price": f64::from(product.cents) / 100.0,
            "availability": if product.stock > 0 { "https://schema.org/InStock" } else { "https://schema.org/OutOfStock" },
        },
    });
    let body = format!(
        "<script type=\"application/ld+json\">{}</script>{header}<main><nav aria-label=\"Breadcrumb\">\
         <a href=\"/shop\">Catalogue</a> › <a href=\"/shop?category={category}\">{category}</a></nav>\
         <h1>{name}</h1><img src=\"/images/{sku}.png\" width=\"320\" height=\"240\" alt=\"{name}\">\
         <p class=\"price\">{}</p><p>{}</p><p>{} in stock</p>\
         <form id=\"buy\"><label>Quantity <input type=\"number\" name=\"quantity\" min=\"1\" max=\"10\" value=\"1\"></label> \
         <label><input type=\"checkbox\" name=\"gift\"> Gift wrap</label> \
         <button type=\"submit\" class=\"add\" data-sku=\"{sku}\">Add to cart</button></form>\
         <p id=\"added\" role=\"status\"></p></main><script>{ADD_SCRIPT}</script>",
        script_json(&facts),
        price(product.cents),
        escape(product.about),
        product.stock,
        name = escape(product.name),
        category = product.category,
    );
    (StatusCode::OK, page(product.name, &body))
}
