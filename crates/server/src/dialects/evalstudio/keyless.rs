//! Calls without a key: only where the operator switches it on, and only from this machine.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, header};
use url::{Host, Url};

/// Whether a request without a key may pass.
///
/// It may when it comes from this machine, not through a proxy, by a name of this machine, and if a web page sends it, the
/// page is this server's own.
pub fn may_pass(request: &Request) -> bool {
    let from_here = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    let headers = request.headers();
    let forwarded = headers.contains_key(header::FORWARDED)
        || headers.contains_key("x-forwarded-for")
        || headers.contains_key("x-real-ip");
    from_here && !forwarded && by_name_of_this_machine(headers) && by_own_page(headers)
}

/// A page in somebody's browser can have its own name resolve to this machine; then `Host` has that name.
fn by_name_of_this_machine(headers: &HeaderMap) -> bool {
    let authority = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| host.parse::<axum::http::uri::Authority>().ok());
    authority.is_some_and(|authority| match Host::parse(authority.host()) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    })
}

/// Browsers say where a request comes from that could change something; programs do not.
fn by_own_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| Url::parse(origin).ok());
    origin.is_some_and(|origin| {
        let port = origin
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let authority = origin.host_str().map(|name| format!("{name}{port}"));
        authority.as_deref() == host
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn passes(peer: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().uri("/api/personas");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        may_pass(&request)
    }

    #[test]
    fn only_this_machine_and_its_own_pages_pass() {
        let host = ("host", "localhost:3000");
        assert!(passes("127.0.0.1:5000", &[host]));
        assert!(passes(
            "[::ffff:127.0.0.1]:5000",
            &[("host", "127.0.0.1:3000")]
        ));
        assert!(passes("[::1]:5000", &[("host", "[::1]:3000")]));
        let own = ("origin", "http://localhost:3000");
        assert!(passes(
            "127.0.0.1:5000",
            &[host, own, ("sec-fetch-site", "same-origin")]
        ));

        assert!(!passes("10.0.0.7:5000", &[host]));
        assert!(!passes("127.0.0.1:5000", &[]));
        assert!(!passes("127.0.0.1:5000", &[("host", "evil.example:3000")]));
        for header in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", "http://localhost:4000"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("x-forwarded-for", "127.0.0.1"),
            ("forwarded", "for=127.0.0.1"),
            ("x-real-ip", "127.0.0.1"),
        ] {
            assert!(!passes("127.0.0.1:5000", &[host, header]), "{header:?}");
        }
    }
}
