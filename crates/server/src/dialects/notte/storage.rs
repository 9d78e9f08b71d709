//! Uploads and downloads.

use std::io;

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use guise_core::{Area, Caller, Error, Kind, Scope};
use tokio::sync::mpsc;
use tokio_util::io::StreamReader;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body_limits;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::wire::file::{
    FileForm, FileInfoBody, FileLinkResponse, FileUploadResponse, ListFilesResponse,
};
use crate::app::App;
use crate::http::base_url::BaseUrl;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// The operations on files, which take larger bodies than the others.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_uploads))
        .routes(routes!(upload_link, upload))
        .routes(routes!(list_downloads))
        .routes(routes!(download_link, add_download))
        .layer(DefaultBodyLimit::max(body_limits::FILE))
}

/// Lists the tenant's uploads, by name.
#[utoipa::path(get, path = "/storage/uploads", tag = "storage", operation_id = "files_list_uploads",
    responses(
        (status = 200, description = "The files.", body = ListFilesResponse),
    ))]
async fn list_uploads(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
) -> Result<Json<ListFilesResponse>, Failure> {
    list(&app, &caller, Area::Uploads).await
}

/// Uploads a file that sessions may attach to pages. One of the same name is replaced.
#[utoipa::path(post, path = "/storage/uploads/{filename}", tag = "storage", operation_id = "files_upload",
    params(("filename" = String, Path, description = "The name to keep it under.")),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "It is kept.", body = FileUploadResponse),
        (status = 400, description = "There is no part named `file`.", body = ErrorResponse),
        (status = 413, description = "It is larger than 100 MB.", body = ErrorResponse),
        (status = 422, description = "The name cannot be one.", body = ValidationErrorResponse),
    ))]
async fn upload(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(filename): Path<String>,
    request: Request,
) -> Result<Json<FileUploadResponse>, Failure> {
    put(&app, &caller, Area::Uploads, &filename, request).await
}

/// Where an upload can be fetched without a key.
#[utoipa::path(get, path = "/storage/uploads/{filename}", tag = "storage", operation_id = "files_upload_link",
    params(("filename" = String, Path, description = "Its name.")),
    responses(
        (status = 200, description = "The address.", body = FileLinkResponse),
        (status = 404, description = "No such file.", body = ErrorResponse),
    ))]
async fn upload_link(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    base: BaseUrl,
    Path(filename): Path<String>,
) -> Result<Json<FileLinkResponse>, Failure> {
    link(&app, &caller, &base, Area::Uploads, &filename).await
}

/// Lists what a session downloaded, by name. Works on ended sessions, too.
#[utoipa::path(get, path = "/storage/{session_id}/downloads", tag = "storage", operation_id = "files_list_downloads",
    params(("session_id" = String, Path, description = "The session.")),
    responses(
        (status = 200, description = "The files.", body = ListFilesResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
    ))]
async fn list_downloads(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<ListFilesResponse>, Failure> {
    let session = app.sessions.get(&caller, &id).await?;
    list(&app, &caller, Area::Downloads(session.id)).await
}

/// Adds a file to a session's downloads.
#[utoipa::path(post, path = "/storage/{session_id}/downloads/{filename}", tag = "storage",
    operation_id = "files_add_download",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("filename" = String, Path, description = "The name to keep it under."),
    ),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "It is kept.", body = FileUploadResponse),
        (status = 400, description = "There is no part named `file`.", body = ErrorResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
        (status = 413, description = "It is larger than 100 MB.", body = ErrorResponse),
        (status = 422, description = "The name cannot be one.", body = ValidationErrorResponse),
    ))]
async fn add_download(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path((id, filename)): Path<(String, String)>,
    request: Request,
) -> Result<Json<FileUploadResponse>, Failure> {
    let session = app.sessions.get(&caller, &id).await?;
    put(
        &app,
        &caller,
        Area::Downloads(session.id),
        &filename,
        request,
    )
    .await
}

/// Where a download can be fetched without a key.
#[utoipa::path(get, path = "/storage/{session_id}/downloads/{filename}", tag = "storage",
    operation_id = "files_download_link",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("filename" = String, Path, description = "Its name."),
    ),
    responses(
        (status = 200, description = "The address.", body = FileLinkResponse),
        (status = 404, description = "No such session or file.", body = ErrorResponse),
    ))]
async fn download_link(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    base: BaseUrl,
    Path((id, filename)): Path<(String, String)>,
) -> Result<Json<FileLinkResponse>, Failure> {
    let session = app.sessions.get(&caller, &id).await?;
    link(&app, &caller, &base, Area::Downloads(session.id), &filename).await
}

async fn list(app: &App, caller: &Caller, area: Area) -> Result<Json<ListFilesResponse>, Failure> {
    let files = app.files.list(caller.tenant, area).await?;
    let shows_content = area == Area::Uploads || caller.scopes.contains(Scope::VaultReveal);
    let files = files.into_iter();
    Ok(Json(ListFilesResponse {
        files: files
            .map(|file| FileInfoBody::of(file, shows_content))
            .collect(),
    }))
}

async fn link(
    app: &App,
    caller: &Caller,
    base: &BaseUrl,
    area: Area,
    name: &str,
) -> Result<Json<FileLinkResponse>, Failure> {
    app.files.get(caller.tenant, area, name).await?;
    Ok(Json(FileLinkResponse {
        url: app.file_link(base, caller.tenant, area, name)?,
    }))
}

async fn put(
    app: &App,
    caller: &Caller,
    area: Area,
    name: &str,
    request: Request,
) -> Result<Json<FileUploadResponse>, Failure> {
    let unreadable = |why: &str| {
        Error::refused(format!(
            "The upload could not be read: {why}; expected multipart/form-data with one part named 'file'"
        ))
    };
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|rejection| unreadable(&rejection.body_text()))?;
    let mut field = loop {
        match form
            .next_field()
            .await
            .map_err(|error| unreadable(&error.body_text()))?
        {
            Some(field) if field.name() == Some("file") => break field,
            Some(_) => {}
            None => return Err(unreadable("there is no part named 'file'").into()),
        }
    };
    // The part borrows the form, so its bytes are handed over by a channel; an upload that breaks off becomes a read error
    // there, and nothing is kept.
    let (sender, mut receiver) = mpsc::channel(8);
    let bytes = StreamReader::new(futures_util::stream::poll_fn(move |context| {
        receiver.poll_recv(context)
    }));
    let feed = async move {
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) => {
                    if sender.send(Ok(chunk)).await.is_err() {
                        return Ok(());
                    }
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    // Nobody reads on when the file is refused already; that refusal is the answer then.
                    let _ = sender.send(Err(io::Error::other(error.body_text()))).await;
                    return Err(error);
                }
            }
        }
    };
    match tokio::join!(
        feed,
        app.files.put(caller.tenant, area, name, Box::pin(bytes))
    ) {
        (Err(error), _) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Error::new(
            Kind::TooLarge,
            "The file is too large: at most 100 MB are kept",
        )
        .into()),
        (Err(error), _) => Err(unreadable(&error.body_text()).into()),
        (Ok(()), put) => {
            put?;
            Ok(Json(FileUploadResponse { success: true }))
        }
    }
}
