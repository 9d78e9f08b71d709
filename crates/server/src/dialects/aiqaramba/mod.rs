//! The AIQaramba API: a tenant's personas with their keychains, mailboxes, roles, projects, journeys and agents.
//!
//! Lists are wrapped and paged by a cursor, single objects are bare, errors have a `message`. What its documents leave open
//! and how it is here stands in docs/API-DESIGN.md.

mod agents;
mod credentials;
mod error;
mod extract;
mod journeys;
mod mailboxes;
mod personas;
mod projects;
mod roles;
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
        .routes(routes!(roles::list, roles::create))
        .routes(routes!(roles::get, roles::change, roles::delete))
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::get, projects::change, projects::delete))
        .routes(routes!(journeys::list, journeys::create))
        .routes(routes!(journeys::get, journeys::change, journeys::delete))
        .merge(agents::routes())
}
