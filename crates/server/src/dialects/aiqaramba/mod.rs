//! The AIQaramba API: a tenant's personas with their keychains, and mailboxes.
//!
//! Lists are wrapped and paged by a cursor, single objects are bare, errors have a `message`. What its documents leave open
//! and how it is here stands in docs/API-DESIGN.md.

mod credentials;
mod error;
mod extract;
mod mailboxes;
mod personas;
mod wire;

pub use error::{Failure, Message};

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// The operations. All need a key.
pub fn protected() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(personas::list, personas::create))
        .routes(routes!(personas::get, personas::delete))
        .routes(routes!(personas::make_default))
        .routes(routes!(credentials::list, credentials::create))
        .routes(routes!(credentials::delete))
        .routes(routes!(credentials::code))
        .routes(routes!(mailboxes::of_persona))
        .routes(routes!(mailboxes::list, mailboxes::create))
        .routes(routes!(mailboxes::get, mailboxes::delete))
        .routes(routes!(mailboxes::emails))
}
