//! The cart, kept by the server under the cookie `cart`, and the order made from it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use super::{Product, price};
use crate::html::{escape, page};
use crate::shared::{Shared, cookie, lock};

#[derive(Deserialize)]
pub(super) struct Addition {
    sku: String,
    #[serde(default = "one")]
    quantity: u32,
}

fn one() -> u32 {
    1
}

#[derive(Deserialize)]
pub(super) struct Removal {
    sku: String,
}

/// What the visitor's cart holds: article number and quantity.
fn lines(shared: &Shared, headers: &HeaderMap) -> Vec<(String, u32)> {
    cookie(headers, "cart")
        .and_then(|id| lock(&shared.carts).get(&id).cloned())
        .unwrap_or_default()
}

/// How many pieces lie in the visitor's cart.
pub(super) fn count(shared: &Shared, headers: &HeaderMap) -> u32 {
    lines(shared, headers)
        .iter()
        .map(|(_, quantity)| quantity)
        .sum()
}

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(addition): Json<Addition>,
) -> Response {
    let Some(product) = Product::find(&addition.sku) else {
        return (
            StatusCode::NOT_FOUND,
            Json(json!({ "error": "no such product" })),
        )
            .into_response();
    };
    if addition.quantity == 0 || addition.quantity > product.stock {
        let error = json!({ "error": format!("only {} in stock", product.stock) });
        return (StatusCode::CONFLICT, Json(error)).into_response();
    }
    let id = cookie(&headers, "cart").unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    let pieces: u32 = {
        let mut carts = lock(&shared.carts);
        let cart = carts.entry(id.clone()).or_default();
        match cart.iter_mut().find(|(sku, _)| *sku == addition.sku) {
            Some((_, quantity)) => *quantity += addition.quantity,
            None => cart.push((addition.sku, addition.quantity)),
        }
        cart.iter().map(|(_, quantity)| quantity).sum()
    };
    let set = format!("cart={id}; Path=/; SameSite=Lax");
    ([(SET_COOKIE, set)], Json(json!({ "count": pieces }))).into_response()
}

pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(removal): Form<Removal>,
) -> Redirect {
    if let Some(id) = cookie(&headers, "cart")
        && let Some(cart) = lock(&shared.carts).get_mut(&id)
    {
        cart.retain(|(sku, _)| *sku != removal.sku);
    }
    Redirect::to("/shop/cart")
}

pub(super) async fn show(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Html<String> {
    let lines = lines(&shared, &headers);
    let mut total = 0;
    let rows: String = lines
        .iter()
        .filter_map(|(sku, quantity)| Product::find(sku).map(|product| (product, quantity)))
        .map(|(product, quantity)| {
            total += product.cents * quantity;
            format!(
                "<tr><td>{}</td><td class=\"quantity\">{quantity}</td><td>{}</td><td>\
                 <form method=\"post\" action=\"/shop/cart/remove\"><input type=\"hidden\" name=\"sku\" value=\"{}\">\
                 <button aria-label=\"Remove {}\">Remove</button></form></td></tr>",
                escape(product.name),
                price(product.cents * quantity),
                product.sku,
                escape(product.name),
            )
        })
        .collect();
    let body = if rows.is_empty() {
        "<main><h1>Cart</h1><p id=\"empty\">Your cart is empty.</p><a href=\"/shop\">Back to the shop</a></main>".to_owned()
    } else {
        format!(
            "<main><h1>Cart</h1><table><thead><tr><th>Article</th><th>Quantity</th><th>Price</th><th></th></tr></thead>\
             <tbody>{rows}</tbody></table><p>Total <strong id=\"total\">{}</strong></p>\
             <a class=\"button\" href=\"/shop/checkout\">Check out</a></main>",
            price(total)
        )
    };
    page("Cart – Paper & Lamp", &body)
}

pub(super) async fn order(Form(fields): Form<Vec<(String, String)>>) -> Html<String> {
    let rows: String = fields
        .iter()
        .map(|(name, value)| {
            format!(
                "<dt>{}</dt><dd data-field=\"{}\">{}</dd>",
                escape(name),
                escape(name),
                escape(value)
            )
        })
        .collect();
    let body =
        format!("<main><h1>Thank you for your order</h1><dl id=\"order\">{rows}</dl></main>");
    page("Order received", &body)
}
