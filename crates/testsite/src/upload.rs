//! Takes uploads and tells what arrived: name, size, type and SHA-256 of every file.

use std::sync::Arc;

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::html::{escape, page};
use crate::shared::Shared;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/upload/form", post(form))
        .route("/upload/json", post(as_json))
}

async fn receive(mut parts: Multipart) -> Result<Value, MultipartError> {
    let mut files = Vec::new();
    let mut fields = serde_json::Map::new();
    while let Some(mut part) = parts.next_field().await? {
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            fields.insert(field, part.text().await?.into());
            continue;
        };
        let kind = part.content_type().unwrap_or_default().to_owned();
        let mut size = 0_usize;
        let mut hash = Sha256::new();
        while let Some(chunk) = part.chunk().await? {
            size += chunk.len();
            hash.update(&chunk);
        }
        let sha256: String = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        // A form without a chosen file sends one nameless, empty part.
        if !name.is_empty() {
            files.push(json!({ "field": field, "name": name, "type": kind, "size": size, "sha256": sha256 }));
        }
    }
    Ok(json!({ "files": files, "fields": fields }))
}

fn refused(error: &MultipartError) -> (StatusCode, String) {
    (
        error.status(),
        format!("not a readable upload: {}", error.body_text()),
    )
}

async fn as_json(parts: Multipart) -> Result<Json<Value>, (StatusCode, String)> {
    receive(parts)
        .await
        .map(Json)
        .map_err(|error| refused(&error))
}

async fn form(parts: Multipart) -> Result<Html<String>, (StatusCode, String)> {
    let received = receive(parts).await.map_err(|error| refused(&error))?;
    let body = format!(
        "<main><h1>Received</h1><pre id=\"result\">{}</pre><a href=\"/upload\">Back</a></main>",
        escape(&received.to_string())
    );
    Ok(page("Received", &body))
}
