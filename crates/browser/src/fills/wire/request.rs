//! What becomes of a request that was stopped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guise_cdp::protocol::fetch::{ContinueRequest, FailRequest, RequestPaused};
use guise_cdp::protocol::network::Request;
use guise_cdp::{Session, SessionId};
use percent_encoding::percent_decode_str;
use secrecy::zeroize::Zeroizing;
use tokio::time::Instant;

use super::{ANSWER, FOLLOWED, State, UnderWay};
use crate::core::Core;
use crate::fills::body::{self, Swapped};

/// Stand-ins of fewer characters than this are looked for as whole words only: they also come about by chance.
const LONG: usize = 8;
/// The longest body that is looked into, in bytes.
const LONGEST: usize = 8 * 1024 * 1024;

/// Lets a stopped request go, with secrets in it or as it is, or fails it.
pub(super) async fn answer(core: &Core, session: &Session, id: &SessionId, paused: RequestPaused) {
    let deadline = Instant::now() + ANSWER;
    let failed = match decide(core, id, &paused) {
        Decision::Fail => {
            tracing::warn!("a request that would have taken a secret elsewhere was failed");
            return fail(session, paused).await;
        }
        Decision::Go { body, follow } => {
            let command = ContinueRequest {
                request_id: paused.request_id,
                post_data: body.map(|body| STANDARD.encode(&*body)),
                intercept_response: follow.then_some(true),
                ..Default::default()
            };
            session.call(&command, deadline).await.err()
        }
    };
    if let Some(error) = failed {
        tracing::debug!(%error, "a stopped request was gone already");
    }
}

/// Fails a stopped request.
pub(super) async fn fail(session: &Session, paused: RequestPaused) {
    let command = FailRequest {
        request_id: paused.request_id,
        error_reason: "BlockedByClient".to_owned(),
    };
    if let Err(error) = session.call(&command, Instant::now() + ANSWER).await {
        tracing::debug!(%error, "a stopped request was gone already");
    }
}

enum Decision {
    /// It goes, perhaps with another body; `follow` stops its answer, too.
    Go {
        body: Option<Zeroizing<Vec<u8>>>,
        follow: bool,
    },
    /// It does not go.
    Fail,
}

impl Decision {
    const AS_IT_IS: Self = Self::Go {
        body: None,
        follow: false,
    };
}

/// Whether a request stopped with its answer.
pub(crate) fn is_answered(paused: &RequestPaused) -> bool {
    paused.response_status_code.is_some() || paused.response_error_reason.is_some()
}

fn decide(core: &Core, session: &SessionId, paused: &RequestPaused) -> Decision {
    if is_answered(paused) {
        // Only those that carried secrets stop here. A redirect goes on; everything else is the end.
        let redirects = paused
            .response_status_code
            .is_some_and(|status| (300..400).contains(&status) && status != 304);
        if !redirects {
            core.wire.lock().under_way.remove(&paused.request_id);
            core.wire.changed.notify_waiters();
        }
        return Decision::AS_IT_IS;
    }
    if let Some(before) = &paused.redirected_request_id {
        let carried = core.wire.lock().under_way.remove(before);
        if let Some(carried) = carried {
            core.wire.changed.notify_waiters();
            return redirected(core, paused, carried);
        }
    }
    if takes_away(core, &paused.request) {
        return Decision::Fail;
    }
    match swapped(core, session, paused) {
        Some(Swapped { body, .. }) => Decision::Go {
            body: Some(body),
            follow: true,
        },
        None => Decision::AS_IT_IS,
    }
}

/// A request that carried secrets goes to another address now. Its body goes with it, unless it became one without.
fn redirected(core: &Core, paused: &RequestPaused, carried: UnderWay) -> Decision {
    let request = &paused.request;
    if !has_body(request) {
        return Decision::AS_IT_IS;
    }
    let destinations = &carried.destinations;
    if !destinations.iter().all(|place| place.admits(&request.url)) {
        return Decision::Fail;
    }
    let mut state = core.wire.lock();
    state.under_way.insert(paused.request_id.clone(), carried);
    Decision::Go {
        body: None,
        follow: true,
    }
}

/// Whether a request would take a secret elsewhere that a page has itself, or puts it into an address.
fn takes_away(core: &Core, request: &Request) -> bool {
    let state = core.wire.lock();
    state.guards.iter().any(|guard| {
        let secret = guard.secret.expose();
        if says(&request.url, secret) {
            return true;
        }
        if guard.destination.admits(&request.url) {
            return false;
        }
        match body_of(request) {
            Some(body) => holds(request, secret) || body_says(&body, secret),
            // What cannot be looked into stays here.
            None => holds(request, secret) || request.has_post_data == Some(true),
        }
    })
}

fn body_says(body: &[u8], secret: &str) -> bool {
    let text = String::from_utf8_lossy(body);
    let written = serde_json::to_string(secret).unwrap_or_default();
    let written = written.trim_matches('"');
    says(&text, secret) || says(&text, written)
}

/// Whether a request has a body, or is of a method that comes with one.
pub(crate) fn has_body(request: &Request) -> bool {
    request.has_post_data == Some(true) || takes_body(&request.method)
}

fn takes_body(method: &str) -> bool {
    !matches!(
        method.to_ascii_uppercase().as_str(),
        "GET" | "HEAD" | "OPTIONS"
    )
}

/// The request's body with the secrets that it may carry.
fn swapped(core: &Core, session: &SessionId, paused: &RequestPaused) -> Option<Swapped> {
    let request = &paused.request;
    if !takes_body(&request.method) {
        return None;
    }
    let document = core.board.read(|state| {
        let frame = state.frames.get(&paused.frame_id)?;
        Some(frame.document.clone())
    })?;
    let body = body_of(request).unwrap_or_default();
    let mut state = core.wire.lock();
    let now = Instant::now();
    let fitting: Vec<usize> = (0..state.live.len())
        .filter(|&at| {
            let live = &state.live[at];
            live.session == *session
                && live.frame == paused.frame_id
                && live.document == document
                && live.left > 0
                && now < live.until
                && live.fill.destination.admits(&request.url)
                && !holds(request, &live.dummy)
        })
        .collect();
    let stand_ins: Vec<body::StandIn<'_>> = fitting
        .iter()
        .map(|&at| {
            let live = &state.live[at];
            body::StandIn {
                part: live.fill.part,
                dummy: &live.dummy,
                secret: live.fill.secret.expose(),
                names: &live.names,
                boxes: &live.boxes,
                anywhere: live.fill.any_body,
            }
        })
        .collect();
    let swapped = body::swap(content_type(request), &body, &stand_ins);
    let carried: Vec<usize> = match &swapped {
        Some(swapped) => swapped.which.iter().map(|&which| fitting[which]).collect(),
        None => Vec::new(),
    };
    drop(stand_ins);
    let State { live, unsent, .. } = &mut *state;
    let mut destinations = Vec::new();
    for (at, live) in live.iter_mut().enumerate() {
        if carried.contains(&at) {
            live.left -= 1;
            unsent.remove(&live.key());
            let destination = &live.fill.destination;
            core.told.note(&live.fill.secret, destination.site());
            destinations.push(destination.clone());
        } else if live.frame == paused.frame_id
            && live.document == document
            && live.fill.destination.admits(&request.url)
            && paused.resource_type != "Ping"
        {
            live.other |= live.acted.is_some();
        }
    }
    let swapped = swapped?;
    let carried = UnderWay {
        session: session.clone(),
        destinations,
        until: now + FOLLOWED,
    };
    state.under_way.insert(paused.request_id.clone(), carried);
    drop(state);
    core.wire.changed.notify_waiters();
    Some(swapped)
}

/// The whole body; `None` when there is none, or a part of it lies elsewhere.
fn body_of(request: &Request) -> Option<Vec<u8>> {
    let entries = request.post_data_entries.as_deref()?;
    let mut body = Vec::new();
    for entry in entries {
        let piece = STANDARD.decode(entry.bytes.as_deref()?).ok()?;
        if body.len() + piece.len() > LONGEST {
            return None;
        }
        body.extend_from_slice(&piece);
    }
    (!body.is_empty()).then_some(body)
}

fn content_type(request: &Request) -> Option<&str> {
    let headers = request.headers.iter();
    let mut fitting = headers.filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    fitting.next().map(|(_, value)| value.as_str())
}

/// Whether a request's address or headers hold a stand-in, in which case the page means to show it around.
fn holds(request: &Request, dummy: &str) -> bool {
    let headers = request.headers.values().map(String::as_str);
    let fragment = request.url_fragment.as_deref();
    std::iter::once(request.url.as_str())
        .chain(fragment)
        .chain(headers)
        .any(|text| says(text, dummy))
}

fn says(text: &str, dummy: &str) -> bool {
    let decoded = percent_decode_str(text).decode_utf8_lossy();
    // Forms write a space as a plus sign, and a plus sign as a percent escape.
    let spaced = text.replace('+', " ");
    let form = percent_decode_str(&spaced).decode_utf8_lossy();
    [text, &decoded, &form].into_iter().any(|text| {
        if dummy.chars().count() >= LONG {
            return text.contains(dummy);
        }
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.any(|word| word == dummy) || text == dummy
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_found_in_addresses() {
        let dummy = "qZ7#mn op";
        for address in [
            "https://a.example/?p=qZ7%23mn%20op",
            "https://a.example/?p=qZ7%23mn+op",
            "https://a.example/qZ7%23mn%20op/x",
        ] {
            assert!(says(address, dummy), "{address}");
        }
        assert!(says("https://a.example/?p=a%2Bb+c%25d-e", "a+b c%d-e"));
        assert!(!says("https://a.example/?p=qZ7%23mn", dummy));
        assert!(says("https://a.example/?code=482913&x", "482913"));
        assert!(says("https://a.example/482913", "482913"));
        assert!(!says("https://a.example/?id=94829137", "482913"));
    }
}
