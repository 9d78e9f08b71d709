//! The address under which a client reaches this server, for the links in answers.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;

use crate::app::App;

/// `http://host:port` without a trailing slash: the configured public address, or the one that the client used.
#[derive(Clone, Debug)]
pub struct BaseUrl(pub String);

impl BaseUrl {
    /// The address of a path below.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The WebSocket address of a path below.
    pub fn join_socket(&self, path: &str) -> String {
        // `http` becomes `ws`, `https` becomes `wss`.
        format!("ws{}{path}", self.0.strip_prefix("http").unwrap_or(&self.0))
    }
}

impl FromRequestParts<App> for BaseUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let configured = app
            .settings
            .public_url
            .as_ref()
            .map(|url| url.as_str().trim_end_matches('/').to_owned());
        let from_host = || {
            let host = parts
                .headers
                .get(HOST)
                .and_then(|host| host.to_str().ok())
                .filter(|host| is_host(host))?;
            Some(format!("http://{host}"))
        };
        let base = configured
            .or_else(from_host)
            .unwrap_or_else(|| format!("http://{}", app.settings.listen));
        Ok(Self(base))
    }
}

/// Whether the text can only be a host and a port: it goes into answers, so nothing else may.
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socket_addresses_keep_their_security() {
        assert_eq!(
            BaseUrl("https://a.example".into()).join_socket("/x"),
            "wss://a.example/x"
        );
        assert_eq!(
            BaseUrl("http://a:3000".into()).join_socket("/x"),
            "ws://a:3000/x"
        );
    }

    #[test]
    fn a_host_header_cannot_smuggle_anything() {
        assert!(is_host("127.0.0.1:3000") && is_host("[::1]:3000"));
        assert!(!is_host("evil\"/onload") && !is_host(""));
    }
}
