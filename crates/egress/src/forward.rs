//! Plain HTTP requests, forwarded one by one with bodies streamed both ways.

use std::sync::{Arc, PoisonError};

use http_body_util::Either;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{HeaderValue, PROXY_AUTHORIZATION};
use hyper::http::uri::PathAndQuery;
use hyper::{Request, Response, StatusCode, Uri, Version};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::answer::Body;
use crate::client::Client;
use crate::count::Counted;
use crate::policy::{Rules, Stream};
use crate::tunnel::{Far, Switch};
use crate::{Error, Host, headers};

/// The largest answer head, as in Chromium.
const MAX_HEAD: usize = 256 * 1024;
const MAX_HEADERS: usize = 1_024;

/// A connection for plain requests to one destination under one policy.
pub(crate) struct Link {
    rules: Arc<Rules>,
    host: Host,
    port: u16,
    sender: http1::SendRequest<Incoming>,
    _task: AbortOnDropHandle<()>,
}

/// Forwards one request and passes the answer on as it comes.
pub(crate) async fn forward(
    client: &Client,
    rules: Arc<Rules>,
    host: &Host,
    port: u16,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Error> {
    let bad_answer = |reason: String| Error::BadAnswer {
        host: host.clone(),
        port,
        reason,
    };
    let protocol = headers::upgrade(request.headers());
    let near = protocol.is_some().then(|| hyper::upgrade::on(&mut request));
    let request = rewrite(request, &rules, host, port, protocol.as_ref())?;

    let mut link = link(client, rules, host, port).await?;
    let answered = link.sender.send_request(request).await;
    let mut response = answered.map_err(|error| bad_answer(error.to_string()))?;

    let relay = link.rules.relay_for(host, port);
    if let Some(upstream) =
        relay.filter(|_| response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED)
    {
        return Err(upstream.failed("it refuses the credentials (407)".into()));
    }
    let mut switched = None;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let near =
            near.ok_or_else(|| bad_answer("it switched protocols without being asked to".into()))?;
        switched = headers::upgrade(response.headers());
        let far = Far::Upgrade(hyper::upgrade::on(&mut response));
        *client.switch.lock().unwrap_or_else(PoisonError::into_inner) = Some(Switch { near, far });
    }
    *client.link.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);

    let (mut parts, body) = response.into_parts();
    parts.version = Version::HTTP_11;
    parts.headers = headers::of_response(parts.headers, switched.as_ref());
    Ok(Response::from_parts(parts, Either::Left(body)))
}

/// The request as the next hop is to see it: with a path only, or with the full address for an HTTP proxy.
fn rewrite(
    request: Request<Incoming>,
    rules: &Rules,
    host: &Host,
    port: u16,
    protocol: Option<&HeaderValue>,
) -> Result<Request<Incoming>, Error> {
    let bad_host = || Error::BadHost {
        text: host.to_string(),
    };
    let (mut parts, body) = request.into_parts();
    let authority = if port == 80 {
        host.to_string()
    } else {
        format!("{host}:{port}")
    };
    let host_field = HeaderValue::try_from(&authority).map_err(|_| bad_host())?;
    parts.headers = headers::of_request(parts.headers, &host_field, protocol);
    parts.version = Version::HTTP_11;
    let path = parts
        .uri
        .path_and_query()
        .cloned()
        .unwrap_or_else(|| PathAndQuery::from_static("/"));
    parts.uri = match rules.relay_for(host, port) {
        None => Uri::from(path),
        Some(upstream) => {
            if let Some(value) = upstream.authorization() {
                parts.headers.insert(PROXY_AUTHORIZATION, value);
            }
            let address = Uri::builder()
                .scheme("http")
                .authority(authority)
                .path_and_query(path);
            address.build().map_err(|_| bad_host())?
        }
    };
    Ok(Request::from_parts(parts, body))
}

/// The last request's connection, if it leads to the same place and is still good, or else a new one.
async fn link(client: &Client, rules: Arc<Rules>, host: &Host, port: u16) -> Result<Link, Error> {
    let deadline = Instant::now() + client.shared.connect_timeout;
    let last = client
        .link
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(mut last) = last
        && Arc::ptr_eq(&last.rules, &rules)
        && last.host == *host
        && last.port == port
        && let Ok(Ok(())) = tokio::time::timeout_at(deadline, last.sender.ready()).await
    {
        return Ok(last);
    }
    let stream: Box<dyn Stream> = match rules.connect_to_relay(host, port, deadline).await? {
        Some(stream) => Box::new(stream),
        None => rules.connect(host, port, deadline).await?,
    };
    let stream = Counted::new(stream, client.shared.totals.clone());
    let (sender, connection) = http1::Builder::new()
        .preserve_header_case(true)
        .title_case_headers(true)
        .ignore_invalid_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Error::BadAnswer {
            host: host.clone(),
            port,
            reason: error.to_string(),
        })?;
    let task = client.shared.tasks.spawn(async move {
        if let Err(error) = connection.with_upgrades().await {
            tracing::debug!(%error, "a destination's connection ended early");
        }
    });
    Ok(Link {
        rules,
        host: host.clone(),
        port,
        sender,
        _task: AbortOnDropHandle::new(task),
    })
}
