//! What can be done on a session's page.

use std::time::Duration;

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use guise_core::Timing;
use serde_json::Value;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::body::{Body, RawBody};
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::query::{Query, keeps_alive};
use super::wire::action::AnyAction;
use super::wire::execution::ApiExecutionResponse;
use super::wire::observation::{ObservationBody, ObserveBody};
use super::wire::scrape::{DataSpaceBody, ScrapeRequest};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Looks at the current page: what is on it, what can be done, and a picture.
#[utoipa::path(post, path = "/sessions/{session_id}/page/observe", tag = "page", operation_id = "page_observe",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("update_metadata" = Option<bool>, Query, description = "Counts as use of the session; true when absent."),
    ),
    request_body(content = ObserveBody, description = "All members may be left out, and so may the body."),
    responses(
        (status = 200, description = "The page.", body = ObservationBody,
            headers(("server-timing" = String, description = "What finding the elements and taking the picture took, in milliseconds: `perception;dur=3.1, screenshot;dur=34.0`. The picture is taken right after them."))),
        (status = 400, description = "The session has ended, the page cannot be read, or a language model is needed and there is none, or it gave no answer.", body = ErrorResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
    ))]
pub(super) async fn page_observe(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
    Body(request): Body<ObserveBody>,
) -> Result<([(HeaderName, String); 1], Json<ObservationBody>), Failure> {
    let observation = app
        .sessions
        .observe(&caller, &id, &request.into_domain()?, keeps_alive(&query)?)
        .await?;
    let timing = server_timing(observation.timing);
    Ok((
        [(SERVER_TIMING, timing)],
        Json(ObservationBody::new(id, observation)),
    ))
}

/// The header's value (W3C Server Timing, §3).
fn server_timing(timing: Timing) -> String {
    let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
    format!(
        "perception;dur={:.3}, screenshot;dur={:.3}",
        ms(timing.perception),
        ms(timing.screenshot)
    )
}

/// What `page/execute` takes; only described, since its parts are read one after the other.
struct ExecuteBody;

impl PartialSchema for ExecuteBody {
    fn schema() -> RefOr<Schema> {
        let action = Ref::from_schema_name(AnyAction::name());
        let wrapped = ObjectBuilder::new()
            .property("action", action.clone())
            .required("action")
            .description(Some("The form of older clients."));
        OneOfBuilder::new()
            .item(action)
            .item(wrapped)
            .description(Some("An action, bare or wrapped."))
            .into()
    }
}

impl ToSchema for ExecuteBody {
    fn name() -> Cow<'static, str> {
        "ExecuteRequest".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((AnyAction::name().into_owned(), AnyAction::schema()));
        AnyAction::schemas(schemas);
    }
}

/// Does one action. One that fails is answered with 200 and `success` false.
#[utoipa::path(post, path = "/sessions/{session_id}/page/execute", tag = "page", operation_id = "page_execute",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("update_metadata" = Option<bool>, Query, description = "Counts as use of the session; true when absent."),
    ),
    request_body(content = ExecuteBody, description = "The action itself, or `{\"action\": …}` around it."),
    responses(
        (status = 200, description = "What became of it.", body = ApiExecutionResponse),
        (status = 400, description = "The session has ended, or the action cannot be tried.", body = ErrorResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "The action is unknown, or a member is wrong.", body = ValidationErrorResponse),
    ))]
pub(super) async fn page_execute(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
    RawBody(mut members): RawBody,
) -> Result<Json<ApiExecutionResponse>, Failure> {
    // Older clients wrap the action; no action has a member of that name.
    let action = match members.remove("action") {
        Some(wrapped @ Value::Object(_)) if !members.contains_key("type") => {
            AnyAction::parse(wrapped, &["action"])?
        }
        _ => AnyAction::parse(Value::Object(members), &[])?,
    };
    let execution = app
        .sessions
        .execute(&caller, &id, action.into_domain()?, keeps_alive(&query)?)
        .await?;
    Ok(Json(ApiExecutionResponse::new(id, execution)))
}

/// Reads the current page as Markdown.
#[utoipa::path(post, path = "/sessions/{session_id}/page/scrape", tag = "page", operation_id = "page_scrape",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("update_metadata" = Option<bool>, Query, description = "Counts as use of the session; true when absent."),
    ),
    request_body(content = ScrapeRequest, description = "All members may be left out, and so may the body."),
    responses(
        (status = 200, description = "The content.", body = DataSpaceBody),
        (status = 400, description = "The session has ended, or the selector matches nothing.", body = ErrorResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
    ))]
pub(super) async fn page_scrape(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
    Body(request): Body<ScrapeRequest>,
) -> Result<Json<DataSpaceBody>, Failure> {
    let options = request.into_domain()?;
    let data = app
        .sessions
        .scrape(&caller, &id, &options, keeps_alive(&query)?)
        .await?;
    Ok(Json(data.into()))
}

/// A picture of what is in view, as JPEG.
#[utoipa::path(post, path = "/sessions/{session_id}/page/screenshot", tag = "page", operation_id = "page_screenshot",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("update_metadata" = Option<bool>, Query, description = "Counts as use of the session; true when absent."),
    ),
    responses(
        (status = 200, description = "The picture.", content_type = "image/jpeg", body = Vec<u8>),
        (status = 400, description = "The session has ended.", body = ErrorResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
    ))]
pub(super) async fn page_screenshot(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Failure> {
    let screenshot = app
        .sessions
        .screenshot(&caller, &id, keeps_alive(&query)?)
        .await?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], screenshot.jpeg).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timing_is_told_in_milliseconds() {
        let timing = Timing {
            perception: Duration::from_micros(3_125),
            screenshot: Duration::from_secs(1),
        };
        assert_eq!(
            server_timing(timing),
            "perception;dur=3.125, screenshot;dur=1000.000"
        );
    }
}
