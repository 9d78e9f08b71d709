//! The EvalStudio API: projects and their personas, in its flat form (`/api/personas`) and in today's
//! (`/api/projects/{id}/personas`).
//!
//! Lists are bare arrays, oldest first; PUT merges; errors of routes are `{"error": "…"}`. The operator may let this
//! machine in without a key, see [`keyless`].

mod body;
mod error;
pub mod keyless;
mod personas;
mod project_personas;
mod projects;
mod wire;

pub use error::{ErrorText, Failure, FrameworkError, bad_path, unknown_route};

use axum::routing::any;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// The operations. All need a key, unless the operator lets this machine in without one.
pub fn protected() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::get, projects::change, projects::delete))
        .routes(routes!(personas::list, personas::create))
        // The empty identifier is one that nobody has.
        .route("/api/personas/", any(personas::nobody))
        .routes(routes!(personas::get, personas::change, personas::delete))
        .routes(routes!(project_personas::list, project_personas::create))
        .routes(routes!(
            project_personas::get,
            project_personas::change,
            project_personas::delete
        ))
}
