//! Reading a page in one call: a session that lives as long as the call, or no browser at all.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use guise_core::{Error, PageWish, ReadWith};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{RawBody, read};
use super::body_limits;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::wire::scrape::{
    DataSpaceBody, ImageDataBody, PageMetadataBody, ReadByBody, ScrapeRequest, StructuredDataBody,
};
use super::wire::session::ApiSessionStartRequest;
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::openapi::all_members;

/// Reads a page in one call.
///
/// A page whose markup says it all is read by HTTP, and so is a PDF; else a session is started for it, which is stopped whatever happens. What
/// of a session makes a difference to the page (a proxy, headers, a vault, a window …) is reason for one, too.
#[utoipa::path(post, path = "/scrape", tag = "scrape", operation_id = "scrape",
    request_body = GlobalScrapeRequest,
    responses(
        (status = 200, description = "The content.", body = ScrapedPage),
        (status = 400, description = "The page cannot be reached or read, or its site asks not to.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "A member is wrong or cannot be granted.", body = ValidationErrorResponse),
        (status = 429, description = "The tenant has as many active sessions as it may.", body = ErrorResponse),
        (status = 529, description = "No browser is free.", body = ErrorResponse),
    ))]
pub(super) async fn scrape(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    request: GlobalScrapeRequest,
) -> Result<Json<ScrapedPage>, Failure> {
    let page = app.reading.read(&caller, request.into_domain()?).await?;
    Ok(Json(ScrapedPage {
        read_by: page.read_by.into(),
        data: page.data.into(),
    }))
}

/// What was read (Notte API: `DataSpace`), and by what.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScrapedPage {
    #[serde(flatten)]
    data: DataSpaceBody,
    /// `http` or `browser`.
    read_by: ReadByBody,
}

/// Moves the members that `T` describes out of `members`, and reads them.
fn take<T: PartialSchema + DeserializeOwned>(members: &mut Map<String, Value>) -> Result<T, Error> {
    let mut taken = Map::new();
    if let RefOr::T(Schema::Object(described)) = T::schema() {
        for name in described.properties.keys() {
            taken.extend(members.remove_entry(name));
        }
    }
    read(Value::Object(taken), &[])
}

impl<S: Send + Sync> FromRequest<S> for GlobalScrapeRequest {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let RawBody(mut members) = RawBody::from_request(request, state).await?;
        Ok(Self {
            page: take(&mut members)?,
            options: take(&mut members)?,
            session: read(Value::Object(members), &[])?,
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for ScrapeFromHtmlRequest {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let RawBody(mut members) = RawBody::from_request(request, state).await?;
        Ok(Self {
            frames: take::<Frames>(&mut members)?.frames,
            options: read(Value::Object(members), &[])?,
        })
    }
}

/// The operation on given HTML, which takes larger bodies than the others.
pub(super) fn from_html_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(scrape_from_html))
        .layer(DefaultBodyLimit::max(body_limits::HTML))
}

/// HTML to read (Notte API: `ScrapeFromHtmlRequest`): `frames`, and the members of a [`ScrapeRequest`].
pub struct ScrapeFromHtmlRequest {
    frames: Vec<FrameData>,
    options: ScrapeRequest,
}

/// The member that is not a [`ScrapeRequest`]'s.
#[derive(Debug, Deserialize, ToSchema)]
struct Frames {
    /// The page's frames, the main one first.
    #[schema(min_items = 1)]
    frames: Vec<FrameData>,
}

impl PartialSchema for ScrapeFromHtmlRequest {
    fn schema() -> RefOr<Schema> {
        let parts = [Frames::schema(), ScrapeRequest::schema()];
        all_members(parts, "HTML to read, and how.")
    }
}

impl ToSchema for ScrapeFromHtmlRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Frames::schemas(schemas);
        ScrapeRequest::schemas(schemas);
    }
}

/// A page to read in one call (Notte API: `GlobalScrapeRequest`): a [`WishedPage`], and the members of a [`ScrapeRequest`] and an
/// [`ApiSessionStartRequest`].
pub struct GlobalScrapeRequest {
    page: WishedPage,
    options: ScrapeRequest,
    session: ApiSessionStartRequest,
}

impl GlobalScrapeRequest {
    fn into_domain(self) -> Result<PageWish, Error> {
        Ok(PageWish {
            url: self.page.url,
            options: self.options.into_domain()?,
            session: self.session.into_domain(),
            with: self
                .page
                .read_by
                .map_or(ReadWith::Any, |it| ReadWith::Only(it.into())),
            respect_robots: self.page.respect_robots.unwrap_or(false),
            insist: true,
            turn_by: None,
        })
    }
}

/// The members that are neither a [`ScrapeRequest`]'s nor an [`ApiSessionStartRequest`]'s.
#[derive(Debug, Deserialize, ToSchema)]
struct WishedPage {
    /// The page's address.
    url: String,
    /// Read it by this alone; by whichever is enough when absent. An addition to the Notte API.
    read_by: Option<ReadByBody>,
    /// Do not read what the site's `robots.txt` asks `guise` not to; false when absent. An addition to the Notte API.
    respect_robots: Option<bool>,
}

impl PartialSchema for GlobalScrapeRequest {
    fn schema() -> RefOr<Schema> {
        let parts = [
            WishedPage::schema(),
            ScrapeRequest::schema(),
            ApiSessionStartRequest::schema(),
        ];
        all_members(parts, "A page to read, how, and with what kind of session.")
    }
}

impl ToSchema for GlobalScrapeRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        WishedPage::schemas(schemas);
        ScrapeRequest::schemas(schemas);
        ApiSessionStartRequest::schemas(schemas);
    }
}

/// One frame's HTML, in either spelling.
#[derive(Debug, Deserialize)]
pub struct FrameData {
    /// Its HTML.
    #[serde(rename = "frameData", alias = "html")]
    pub frame_data: String,
    /// Its address.
    #[serde(rename = "frameUrl", alias = "url")]
    pub frame_url: String,
}

impl PartialSchema for FrameData {
    fn schema() -> RefOr<Schema> {
        let spelled = |data, url| {
            let text = || Object::with_type(Type::String);
            ObjectBuilder::new()
                .property(data, text())
                .property(url, text())
                .required(data)
                .required(url)
        };
        OneOfBuilder::new()
            .item(spelled("frameData", "frameUrl"))
            .item(spelled("html", "url"))
            .description(Some(
                "One frame's HTML and its address, in either spelling.",
            ))
            .into()
    }
}

impl ToSchema for FrameData {}

/// What was made of given HTML (Notte API: `ScrapeSchemaResponse`). `markdown` and `content` carry the text itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScrapeSchemaResponse {
    /// The schema that was used.
    pub model_schema: SchemaGenerationResponse,
    /// The structured answer, when one was asked for.
    pub scrape: Option<StructuredDataBody>,
    /// The content as Markdown.
    pub markdown: String,
    /// The same as `markdown`.
    pub content: String,
    /// The images, when they were asked for.
    pub images: Option<Vec<ImageDataBody>>,
    /// What the page says about itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<PageMetadataBody>,
    /// The addresses that `link1`, `image1` and so on in the Markdown stand for, with `use_link_placeholders`; absent where there
    /// are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub link_placeholders: BTreeMap<String, String>,
}

/// The schema of the data.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchemaGenerationResponse {
    /// Whether there is one.
    pub success: bool,
    /// Why not.
    pub error: Option<String>,
    /// The schema.
    #[schema(value_type = Option<Object>)]
    pub model_schema: Option<Value>,
}

/// Reads given HTML as Markdown, and as data where it is asked for, without a browser.
#[utoipa::path(post, path = "/scrape_from_html", tag = "scrape", operation_id = "scrape_from_html",
    request_body = ScrapeFromHtmlRequest,
    responses(
        (status = 200, description = "What was made of it.", body = ScrapeSchemaResponse),
        (status = 400, description = "The selector is none or matches nothing.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
    ))]
async fn scrape_from_html(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    request: ScrapeFromHtmlRequest,
) -> Result<Json<ScrapeSchemaResponse>, Failure> {
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
    let options = request.options.into_domain()?;
    // Reading megabytes of HTML keeps a core busy; other requests go on meanwhile.
    let (read, options) = tokio::task::spawn_blocking(move || {
        let read = guise_browser::read_html(frames, &options);
        read.map(|read| (read, options))
    })
    .await
    .map_err(|error| Error::internal("reading HTML failed", error))??;
    let data = app.sessions.with_data(&caller, read, &options).await;
    let response_format = options.response_format;
    let no_schema = "No response_format was given, so there is no schema";
    Ok(Json(ScrapeSchemaResponse {
        model_schema: SchemaGenerationResponse {
            success: response_format.is_some(),
            error: response_format.is_none().then(|| no_schema.to_owned()),
            model_schema: response_format,
        },
        scrape: data.structured.map(StructuredDataBody::from),
        images: data
            .images
            .map(|images| images.into_iter().map(ImageDataBody::from).collect()),
        content: data.markdown.clone(),
        markdown: data.markdown,
        metadata: data.metadata.map(PageMetadataBody::from),
        link_placeholders: data.link_placeholders,
    }))
}
