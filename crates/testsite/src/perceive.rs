//! Pages whose controls are labelled by hand, for measuring what is seen of a page: `/perceive/{name}`.
//!
//! An element with `data-truth` is a control that people see and can use; the attribute says its accessible name, and behind an
//! `@` which one it is where several are called the same. With `data-truth="-"` it must not be offered to anyone.

use std::sync::Arc;

use axum::Router;
use axum::response::Html;
use axum::routing::get;

use crate::shared::Shared;

macro_rules! perceived {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../pages/perceive/", $name, ".html")))),+]
    };
}

/// The pages: their names, and their HTML.
pub const PERCEIVED: &[(&str, &str)] = perceived![
    "board",
    "calendar",
    "cart",
    "chat",
    "checkout",
    "components",
    "consent",
    "custom",
    "dialog",
    "editor",
    "german",
    "icons",
    "inbox",
    "injection",
    "inputs",
    "legacy",
    "list",
    "menus",
    "pictures",
    "player",
    "product",
    "results",
    "settings",
    "shop",
    "sign-in",
    "sign-up",
    "tabs",
    "users",
];

pub(crate) fn routes() -> Router<Arc<Shared>> {
    PERCEIVED
        .iter()
        .fold(Router::new(), |router, (name, text)| {
            router.route(&format!("/perceive/{name}"), get(|| async { Html(*text) }))
        })
}
