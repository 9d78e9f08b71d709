//! By which names this server may be called.
//!
//! A page in somebody's own browser can have its name resolve to this machine (DNS rebinding), and what it then asks
//! comes from loopback and counts as its own. Its name stays in `Host`, by which it is told.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::Response;
use guise_core::{Error, Kind};
use url::Host;

use crate::app::App;
use crate::dialects::Dialect;

/// Refuses names that are not ours while only this machine is listened to. Whoever listens further has names that are
/// not known here.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let local = app.settings.listen.ip().is_loopback();
    let public = app.settings.public_url.as_ref().and_then(url::Url::host);
    let host = request.headers().get(HOST);
    if let Some(host) = host
        && local
        && !host
            .to_str()
            .is_ok_and(|host| is_ours(host, public.as_ref()))
    {
        let message = format!(
            "This server is not known as {host:?}: it listens to this machine only, as localhost or 127.0.0.1; set \
             public_url to the address under which others reach it"
        );
        return Dialect::of(request.uri().path()).refuse(Error::new(Kind::Denied, message));
    }
    next.run(request).await
}

/// Whether a `Host` header names this machine, or the host of `public_url`.
fn is_ours(header: &str, public: Option<&Host<&str>>) -> bool {
    let Ok(authority) = header.parse::<Authority>() else {
        return false;
    };
    if authority.as_str().contains('@') {
        return false;
    }
    match Host::parse(authority.host()) {
        Ok(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost"
                || name.ends_with(".localhost")
                || public == Some(&Host::Domain(name))
        }
        Ok(Host::Ipv4(address)) => {
            IpAddr::V4(address).is_loopback() || public == Some(&Host::Ipv4(address))
        }
        Ok(Host::Ipv6(address)) => {
            IpAddr::V6(address).to_canonical().is_loopback() || public == Some(&Host::Ipv6(address))
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_goes_by_few_names() {
        for ours in [
            "localhost",
            "LOCALHOST:3000",
            "guise.localhost:3000",
            "127.0.0.1:3000",
            "127.9.9.9",
            "[::1]:3000",
            "guise.example",
            "guise.example:8443",
        ] {
            assert!(
                is_ours(ours, Some(&Host::Domain("guise.example"))),
                "{ours}"
            );
        }
        for other in [
            "",
            "guise.example",
            "localhost.evil.example:3000",
            "evil.example",
            "localhost@evil.example",
            "10.0.0.1:3000",
            "[fe80::1]",
            "local host",
            "[::1",
        ] {
            assert!(!is_ours(other, None), "{other}");
        }
    }
}
