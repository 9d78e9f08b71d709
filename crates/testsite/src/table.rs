//! A long table with a link, a button and a checkbox in every row.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::Query;
use axum::response::Html;
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;

use crate::html::page;
use crate::shared::Shared;

#[derive(Deserialize)]
struct Size {
    #[serde(default = "hundred")]
    rows: u32,
}

fn hundred() -> u32 {
    100
}

/// More rows than this are not made, whatever is asked.
const MOST_ROWS: u32 = 50_000;

const SCRIPT: &str = "document.querySelector('table').addEventListener('click', event => {\
    if (event.target.tagName === 'BUTTON') document.querySelector('#last').textContent = event.target.dataset.row; });";

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/table", get(table))
}

async fn table(Query(size): Query<Size>) -> Html<String> {
    let rows = size.rows.min(MOST_ROWS);
    let mut body = format!(
        "<main><h1>Orders</h1><p>{rows} orders. Last opened: <output id=\"last\">none</output></p><table><thead><tr>\
         <th>Pick</th><th>Number</th><th>Customer</th><th>City</th><th>Amount</th><th>State</th><th></th></tr></thead><tbody>"
    );
    let customers = [
        "Ines Keller",
        "Tomas Novak",
        "Aiko Mori",
        "Ruth Okafor",
        "Lena Holm",
    ];
    let cities = ["Bern", "Brno", "Kyoto", "Lagos", "Bergen", "Porto", "Quito"];
    let states = ["open", "paid", "sent", "returned"];
    for (row, index) in (1..=rows).zip(0_usize..) {
        let customer = customers[index % customers.len()];
        let city = cities[index % cities.len()];
        let state = states[index % states.len()];
        let amount = (row * 37) % 900 + 10;
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(
            body,
            "<tr id=\"row-{row}\"><td><input type=\"checkbox\" aria-label=\"Pick order {row}\"></td>\
             <td><a href=\"/article?order={row}\">Order {row}</a></td><td>{customer}</td><td>{city}</td>\
             <td>{amount}.00</td><td>{state}</td><td><button data-row=\"{row}\">Open {row}</button></td></tr>"
        );
    }
    let _: std::fmt::Result = write!(body, "</tbody></table></main><script>{SCRIPT}</script>");
    page("Orders", &body)
}
