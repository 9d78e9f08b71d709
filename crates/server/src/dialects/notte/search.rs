//! Searching the web.

use axum::Json;
use axum::extract::State;

use super::body::Body;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::wire::search::{SearchBody, SearchRequest};
use crate::app::App;
use crate::http::caller::Authenticated;

/// Searches the web by the operator's search engine, and reads what is found where that is wished for.
#[utoipa::path(post, path = "/search", tag = "scrape", operation_id = "search",
    request_body = SearchRequest,
    responses(
        (status = 200, description = "What was found.", body = SearchBody),
        (status = 400, description = "The engine failed, or no model could answer.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
        (status = 501, description = "No search engine is set up.", body = ErrorResponse),
        (status = 529, description = "Too many searches are under way.", body = ErrorResponse),
    ))]
pub(super) async fn search(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<SearchRequest>,
) -> Result<Json<SearchBody>, Failure> {
    let outcome = app.search.search(&caller, request.into_domain()).await?;
    Ok(Json(outcome.into()))
}
