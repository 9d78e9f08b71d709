//! Reading a page in one call: a session that lives as long as the call, or no browser at all.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use guise_core::{Action, Error, StructuredData};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Body, RawBody, read};
use super::body_limits;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::wire::scrape::{DataSpaceBody, ImageDataBody, ScrapeRequest, StructuredDataBody};
use super::wire::session::ApiSessionStartRequest;
use crate::app::App;
use crate::http::caller::Authenticated;

/// The members of a [`ScrapeRequest`]; all others belong to the session.
const SCRAPE_MEMBERS: [&str; 10] = [
    "selector",
    "scrape_links",
    "scrape_images",
    "ignored_tags",
    "only_main_content",
    "only_images",
    "response_format",
    "instructions",
    "use_link_placeholders",
    "model",
];

/// Reads a page in one call: starts a session, goes there, reads, and stops the session whatever happens.
#[utoipa::path(post, path = "/scrape", tag = "scrape", operation_id = "scrape",
    request_body(content = Value,
        description = "`url`, and any members of `ScrapeRequest` and `ApiSessionStartRequest` beside it."),
    responses(
        (status = 200, description = "The content.", body = DataSpaceBody),
        (status = 400, description = "The page cannot be reached or read.", body = ErrorResponse),
        (status = 401, description = "No valid key.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "A member is wrong or cannot be granted.", body = ValidationErrorResponse),
        (status = 429, description = "The tenant has as many active sessions as it may.", body = ErrorResponse),
        (status = 529, description = "No browser is free.", body = ErrorResponse),
    ))]
pub(super) async fn scrape(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    RawBody(body): RawBody,
) -> Result<Json<DataSpaceBody>, Failure> {
    let Value::Object(mut members) = body else {
        return Err(Error::refused("expected an object").into());
    };
    let url = match members.remove("url") {
        Some(Value::String(url)) => url,
        Some(_) => return Err(wrong_url("Invalid value for url: expected a string").into()),
        None => {
            return Err(wrong_url("Missing member 'url': expected the address of a page").into());
        }
    };
    let mut of_scrape = serde_json::Map::new();
    for name in SCRAPE_MEMBERS {
        if let Some(value) = members.remove(name) {
            of_scrape.insert(name.to_owned(), value);
        }
    }
    let options = read::<ScrapeRequest>(Value::Object(of_scrape), &[])?.into_domain();
    let request = read::<ApiSessionStartRequest>(Value::Object(members), &[])?.into_domain();

    let session = app.sessions.start(&caller, request).await?;
    let id = session.id.to_string();
    let result = async {
        let execution = app
            .sessions
            .execute(&caller, &id, Action::Goto { url }, true)
            .await?;
        if !execution.outcome.success {
            return Err(Error::browser(execution.outcome.message));
        }
        app.sessions.scrape(&caller, &id, &options, true).await
    }
    .await;
    app.sessions.stop(&caller, &id).await?;
    Ok(Json(result?.into()))
}

fn wrong_url(message: &str) -> Error {
    Error::invalid_member(&["url"], "missing", message)
}

/// The operation on given HTML, which takes larger bodies than the others.
pub(super) fn from_html_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(scrape_from_html))
        .layer(DefaultBodyLimit::max(body_limits::HTML))
}

/// HTML to read (Notte API: `ScrapeFromHtmlRequest`).
#[derive(Debug, Deserialize, ToSchema)]
pub struct ScrapeFromHtmlRequest {
    /// The page's frames, the main one first.
    pub frames: Vec<FrameData>,
    /// How to read them.
    #[serde(flatten)]
    pub options: ScrapeFromHtmlOptions,
}

/// How to read given HTML: the members of `ScrapeRequest`, beside `frames`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ScrapeFromHtmlOptions {
    /// The JSON Schema that structured data must fit.
    #[schema(value_type = Option<Object>)]
    pub response_format: Option<Value>,
    /// What to extract, in words.
    pub instructions: Option<String>,
    /// All others.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub rest: serde_json::Map<String, Value>,
}

/// One frame's HTML, in either spelling.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FrameData {
    /// Its HTML.
    #[serde(rename = "frameData", alias = "html")]
    pub frame_data: String,
    /// Its address.
    #[serde(rename = "frameUrl", alias = "url")]
    pub frame_url: String,
}

/// What was made of given HTML (Notte API: `ScrapeSchemaResponse`). `markdown` and `content` carry the text itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScrapeSchemaResponse {
    /// The schema that was used or found.
    pub model_schema: SchemaGeneration,
    /// The structured answer, when one was asked for.
    pub scrape: Option<StructuredDataBody>,
    /// The content as Markdown.
    pub markdown: String,
    /// The same as `markdown`.
    pub content: String,
    /// The images, when they were asked for.
    pub images: Option<Vec<ImageDataBody>>,
}

/// A schema, and how it was come by.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchemaGeneration {
    /// Whether there is one.
    pub success: bool,
    /// Why not.
    pub error: Option<String>,
    /// The schema.
    #[schema(value_type = Option<Object>)]
    pub model_schema: Option<Value>,
}

/// Reads given HTML as Markdown, without a browser.
#[utoipa::path(post, path = "/scrape_from_html", tag = "scrape", operation_id = "scrape_from_html",
    request_body = ScrapeFromHtmlRequest,
    responses(
        (status = 200, description = "What was made of it.", body = ScrapeSchemaResponse),
        (status = 400, description = "The selector is none or matches nothing.", body = ErrorResponse),
        (status = 401, description = "No valid key.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
    ))]
async fn scrape_from_html(
    _caller: Authenticated,
    Body(request): Body<ScrapeFromHtmlRequest>,
) -> Result<Json<ScrapeSchemaResponse>, Failure> {
    let options = read::<ScrapeRequest>(Value::Object(request.options.rest), &[])?.into_domain();
    if request.frames.is_empty() {
        return Err(Error::invalid_member(
            &["frames"],
            "too_short",
            "Invalid frames: expected at least one",
        )
        .into());
    }
    let frames = request
        .frames
        .into_iter()
        .map(|frame| (frame.frame_url, frame.frame_data))
        .collect();
    // Reading megabytes of HTML keeps a core busy; other requests go on meanwhile.
    let data = tokio::task::spawn_blocking(move || guise_browser::read_html(frames, &options))
        .await
        .map_err(|error| Error::internal("reading HTML failed", error))??;
    let wants_data =
        request.options.response_format.is_some() || request.options.instructions.is_some();
    let no_model = "Structured answers need a language model, and none is set up on this server";
    Ok(Json(ScrapeSchemaResponse {
        model_schema: SchemaGeneration {
            success: request.options.response_format.is_some(),
            error: request
                .options
                .response_format
                .is_none()
                .then(|| no_model.to_owned()),
            model_schema: request.options.response_format,
        },
        scrape: wants_data.then(|| {
            StructuredData {
                success: false,
                error: Some(no_model.to_owned()),
                data: None,
            }
            .into()
        }),
        images: data
            .images
            .map(|images| images.into_iter().map(ImageDataBody::from).collect()),
        content: data.markdown.clone(),
        markdown: data.markdown,
    }))
}
