//! A site that sends back what it was sent, in every way that sites do.
//!
//! `POST /sign-in/echo` answers a form with a page that shows its `password` and `otp`, `GET /sign-in/echo/file?of=…` is a file
//! that holds what it is asked for.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::Query;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, SET_COOKIE};
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use axum::{Form, Router};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::html::escape;
use crate::shared::Shared;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/sign-in/echo", post(echo))
        .route("/sign-in/echo/file", get(file))
}

async fn echo(Form(form): Form<HashMap<String, String>>) -> impl IntoResponse {
    let sent = form.get("password").or_else(|| form.get("otp"));
    let sent = sent.map_or("", String::as_str);
    let raw = escape(sent);
    let percent = utf8_percent_encode(sent, NON_ALPHANUMERIC).to_string();
    let json = serde_json::json!({ "password": sent });
    let hex: String = sent.bytes().map(|byte| format!("{byte:02x}")).collect();
    let reversed: String = sent.chars().rev().collect();
    let html = format!(
        r#"<!doctype html><title>Hello {raw}</title>
<main><h1>Your password is {raw}</h1>
<p id="percent">{percent}</p><p id="hex">{hex}</p><p id="reversed">{reversed}</p><pre id="json">{json}</pre>
<a id="link" href="/shop?was={percent}">Go on as {raw}</a>
<button aria-label="Forget {raw}" data-was="{raw}" title="{raw}">Forget it</button>
<input id="again" value="{raw}"><select><option value="{raw}">{raw}</option></select>
<img alt="{raw}" src="/favicon.ico?{percent}">
<a id="save" href="/sign-in/echo/file?of={percent}" download>Save it</a></main>
<script>history.replaceState(null, '', '?now={percent}');</script>"#,
        raw = raw,
        json = escape(&json.to_string()),
        reversed = escape(&reversed),
    );
    ([(SET_COOKIE, format!("was={percent}; Path=/"))], Html(html))
}

async fn file(Query(asked): Query<HashMap<String, String>>) -> impl IntoResponse {
    let of = asked.get("of").map_or("", String::as_str);
    (
        [
            (CONTENT_TYPE, "text/csv".to_owned()),
            (
                CONTENT_DISPOSITION,
                "attachment; filename=\"passwords.csv\"".to_owned(),
            ),
        ],
        format!("site,password\nhere,\"{of}\"\n"),
    )
}
