//! Bodies: decoded, within bounds.

use std::io;
use std::pin::Pin;

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use tokio::io::{AsyncRead, AsyncReadExt as _, BufReader};
use tokio_util::io::StreamReader;

/// What is asked for, and can be decoded (RFC 9110 §12.5.3).
pub(crate) const ACCEPTED: &str = "gzip, deflate, br, zstd";

/// The largest window of Zstandard over HTTP is 8 MiB (RFC 9659 §3). A larger one would be memory that a site chooses.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Why a body was not read.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is more than `limit`, encoded or decoded.
    TooLarge,
    /// It is not in the encoding that it is said to be in.
    Broken(String),
}

/// Reads a body to its end.
///
/// # Errors
/// When it, or what it decodes to, is longer than `limit` bytes, or cannot be decoded.
pub(crate) async fn read(body: Incoming, encoding: &str, limit: u64) -> Result<Bytes, Failure> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    // Also of what decodes to nothing there is no more than that.
    let encoded = Limited::new(body, most).into_data_stream();
    let encoded = StreamReader::new(encoded.map_err(io::Error::other));
    let encoded = BufReader::new(encoded);
    let mut decoded: Pin<Box<dyn AsyncRead + Send>> =
        match encoding.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Box::pin(encoded),
            "gzip" | "x-gzip" => {
                let mut decoder = GzipDecoder::new(encoded);
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
            "deflate" => Box::pin(ZlibDecoder::new(encoded)),
            "br" => Box::pin(BrotliDecoder::new(encoded)),
            "zstd" => Box::pin(ZstdDecoder::with_params(
                encoded,
                &[DParameter::window_log_max(ZSTD_WINDOW_LOG)],
            )),
            other => {
                let other: String = other.chars().take(100).collect();
                return Err(Failure::Broken(format!(
                    "its body is encoded as {other:?}, which was not asked for"
                )));
            }
        };
    let mut bytes = Vec::new();
    let mut bounded = (&mut decoded).take(limit.saturating_add(1));
    match bounded.read_to_end(&mut bytes).await {
        Ok(_) if bytes.len() > most => Err(Failure::TooLarge),
        Ok(_) => Ok(bytes.into()),
        Err(error) if is_over_the_limit(&error) => Err(Failure::TooLarge),
        Err(error) => Err(Failure::Broken(error.to_string())),
    }
}

fn is_over_the_limit(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>())
}
