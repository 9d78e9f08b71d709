//! Pictures made from their own name, so that each name has a colour of its own.

use std::io::Cursor;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use image::{ImageFormat, Rgb, RgbImage};
use serde::Deserialize;

use crate::html::escape;
use crate::shared::Shared;

/// The largest picture, in pixels a side.
const LARGEST: u32 = 2000;

#[derive(Deserialize)]
struct Size {
    #[serde(default = "default_width")]
    w: u32,
    #[serde(default = "default_height")]
    h: u32,
}

fn default_width() -> u32 {
    320
}

fn default_height() -> u32 {
    240
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/images/{file}", get(picture))
}

fn colour(name: &str) -> [u8; 3] {
    let [.., red, green, blue] = name
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
        .to_be_bytes();
    [red, green, blue]
}

async fn picture(Path(file): Path<String>, Query(size): Query<Size>) -> Response {
    let width = size.w.clamp(1, LARGEST);
    let height = size.h.clamp(1, LARGEST);
    match file.rsplit_once('.') {
        Some((name, "svg")) => svg(name, width, height),
        Some((name, "png")) => png(name, width, height),
        _ => (StatusCode::NOT_FOUND, "pictures end in .svg or .png").into_response(),
    }
}

fn svg(name: &str, width: u32, height: u32) -> Response {
    let [red, green, blue] = colour(name);
    let text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">\
         <rect width=\"100%\" height=\"100%\" fill=\"rgb({red},{green},{blue})\"/>\
         <text x=\"50%\" y=\"50%\" text-anchor=\"middle\" fill=\"white\">{}</text></svg>",
        escape(name)
    );
    ([(CONTENT_TYPE, "image/svg+xml")], text).into_response()
}

fn png(name: &str, width: u32, height: u32) -> Response {
    let mut bytes = Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(width, height, Rgb(colour(name)));
    match picture.write_to(&mut bytes, ImageFormat::Png) {
        Ok(()) => ([(CONTENT_TYPE, "image/png")], bytes.into_inner()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
