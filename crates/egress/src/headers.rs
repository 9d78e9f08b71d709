//! Header fields that concern one connection only (RFC 9110 section 7.6.1).

use hyper::HeaderMap;
use hyper::header::{
    CONNECTION, HOST, HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRANSFER_ENCODING, UPGRADE,
};

use crate::answer::{FAILED_HEADER, REFUSED_HEADER};

const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// The protocol that a message switches to, if it does.
pub(crate) fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    named_by_connection(headers, &UPGRADE)
        .then(|| headers.get(UPGRADE).cloned())
        .flatten()
}

/// The fields of a request as the browser would have sent it without a proxy: same order, `Host` from the request's
/// address, and `Connection` where it said `Proxy-Connection`. No `Via`: the door is a part of the browser.
pub(crate) fn of_request(
    headers: HeaderMap,
    host: &HeaderValue,
    upgrade: Option<&HeaderValue>,
) -> HeaderMap {
    let mut kept = HeaderMap::with_capacity(headers.len() + 2);
    for (name, value) in &headers {
        if name == HOST {
            kept.entry(HOST).or_insert_with(|| host.clone());
        } else if name == PROXY_CONNECTION && upgrade.is_none() {
            kept.insert(CONNECTION, value.clone());
        } else if !is_hop_by_hop(name) && !named_by_connection(&headers, name) {
            kept.append(name, value.clone());
        }
    }
    kept.entry(HOST).or_insert_with(|| host.clone());
    switch(kept, upgrade)
}

/// The fields of an answer as the browser is to see it. Only a door itself may send its own fields.
pub(crate) fn of_response(headers: HeaderMap, upgrade: Option<&HeaderValue>) -> HeaderMap {
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in &headers {
        let ours = name == REFUSED_HEADER || name == FAILED_HEADER;
        if !ours && !is_hop_by_hop(name) && !named_by_connection(&headers, name) {
            kept.append(name, value.clone());
        }
    }
    switch(kept, upgrade)
}

fn switch(mut headers: HeaderMap, upgrade: Option<&HeaderValue>) -> HeaderMap {
    if let Some(protocol) = upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, protocol.clone());
    }
    headers
}

fn is_hop_by_hop(name: &HeaderName) -> bool {
    [
        CONNECTION,
        KEEP_ALIVE,
        PROXY_AUTHENTICATE,
        PROXY_AUTHORIZATION,
        PROXY_CONNECTION,
        TE,
        TRANSFER_ENCODING,
        UPGRADE,
    ]
    .contains(name)
}

/// Whether a `Connection` field lists `name`. What framing and routing need cannot be dropped that way.
fn named_by_connection(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|listed| listed.trim().eq_ignore_ascii_case(name.as_str()))
        && name != hyper::header::CONTENT_LENGTH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in fields {
            map.append(*name, HeaderValue::from_static(value));
        }
        map
    }

    fn shown(map: &HeaderMap) -> Vec<String> {
        map.iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect()
    }

    #[test]
    fn a_request_looks_as_if_there_were_no_proxy() {
        let request = map(&[
            ("host", "evil"),
            ("proxy-connection", "keep-alive"),
            ("proxy-authorization", "Basic x"),
            ("accept", "*/*"),
            ("connection", "X-Only-Here, close"),
            ("x-only-here", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("cookie", "a=b"),
        ]);
        let kept = of_request(request, &HeaderValue::from_static("site.test"), None);
        assert_eq!(
            shown(&kept),
            [
                "host: site.test",
                "connection: keep-alive",
                "accept: */*",
                "cookie: a=b"
            ]
        );
    }

    #[test]
    fn an_answer_cannot_pretend_to_be_the_door() {
        let answer = map(&[
            ("x-guise-refused", "no"),
            ("x-guise-failed", "no"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("keep-alive", "timeout=5"),
            ("connection", "keep-alive, content-length"),
            ("content-length", "3"),
        ]);
        let kept = of_response(answer, None);
        assert_eq!(
            shown(&kept),
            ["set-cookie: a=1", "set-cookie: b=2", "content-length: 3"]
        );
    }

    #[test]
    fn a_switch_of_protocols_is_passed_on() {
        let request = map(&[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
        ]);
        let protocol = upgrade(&request).unwrap();
        let kept = of_request(request, &HeaderValue::from_static("h"), Some(&protocol));
        assert_eq!(
            shown(&kept),
            ["host: h", "connection: Upgrade", "upgrade: websocket"]
        );
        assert_eq!(upgrade(&map(&[("upgrade", "websocket")])), None);
    }
}
