//! Answers of the door itself.

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use crate::{Denial, Error};

/// Header of a refusal: `class=CLASS; host=HOST`.
pub const REFUSED_HEADER: &str = "x-guise-refused";
/// Header of an answer in place of a destination that failed: the code Chromium itself would have given.
pub const FAILED_HEADER: &str = "x-guise-failed";

/// A destination's answer as it comes in, or one of the door's own.
pub(crate) type Body = Either<Incoming, Full<Bytes>>;

/// The answer in place of one that could not be had: 403 for refusals, 400 for what is no destination, 504 for
/// time-outs, 502 for the rest. The body is for people, without markup.
pub(crate) fn of_error(error: &Error) -> Response<Body> {
    let status = match error {
        Error::Refused(_) => StatusCode::FORBIDDEN,
        Error::BadHost { .. } => StatusCode::BAD_REQUEST,
        Error::TimedOut { .. } => StatusCode::GATEWAY_TIMEOUT,
        Error::Unresolved { .. }
        | Error::Unreachable { .. }
        | Error::BadAnswer { .. }
        | Error::Upstream { .. } => StatusCode::BAD_GATEWAY,
    };
    let mut response = text(status, format!("{error}\n"));
    match error {
        Error::Refused(Denial { host, class, .. }) => {
            if let Ok(value) =
                HeaderValue::try_from(format!("class={}; host={host}", class.token()))
            {
                response.headers_mut().insert(REFUSED_HEADER, value);
            }
        }
        other => {
            let value = HeaderValue::from_static(other.net_error());
            response.headers_mut().insert(FAILED_HEADER, value);
        }
    }
    response
}

/// The answer to a request that is not one for a proxy.
pub(crate) fn not_for_a_proxy() -> Response<Body> {
    text(
        StatusCode::BAD_REQUEST,
        "this is a forward proxy: it takes CONNECT and requests for absolute http:// addresses\n"
            .into(),
    )
}

/// `200` without a body, after which the connection is a tunnel.
pub(crate) fn tunnel_open() -> Response<Body> {
    Response::new(Either::Right(Full::default()))
}

fn text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Either::Right(Full::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
