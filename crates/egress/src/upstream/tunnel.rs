//! Asking an upstream proxy for a connection.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_socks::TargetAddr;
use tokio_socks::tcp::Socks5Stream;

use super::{Credentials, Scheme, Upstream};
use crate::policy::Stream;
use crate::{Error, Host};

impl Upstream {
    /// Asks the proxy at the other end of `stream` for a connection to `host`.
    pub(crate) async fn tunnel(
        &self,
        stream: TcpStream,
        host: &Host,
        port: u16,
        deadline: Instant,
    ) -> Result<Box<dyn Stream>, Error> {
        let asked = async {
            match self.scheme {
                Scheme::Http => self.connect_by_http(stream, host, port).await,
                Scheme::Socks5 => self.connect_by_socks(stream, host, port).await,
            }
        };
        match tokio::time::timeout_at(deadline, asked).await {
            Ok(result) => result,
            Err(_) => Err(self.failed("it did not open the connection in time".into())),
        }
    }

    async fn connect_by_http(
        &self,
        stream: TcpStream,
        host: &Host,
        port: u16,
    ) -> Result<Box<dyn Stream>, Error> {
        let failed = |error: hyper::Error| self.failed(error.to_string());
        let authority = format!("{host}:{port}");
        let mut request = Request::new(Empty::<Bytes>::new());
        *request.method_mut() = Method::CONNECT;
        *request.uri_mut() = authority
            .parse()
            .map_err(|_| self.failed("the host has no valid form".into()))?;
        let value = HeaderValue::try_from(authority)
            .map_err(|_| self.failed("the host has no valid form".into()))?;
        request.headers_mut().insert(HOST, value);
        if let Some(value) = self.authorization() {
            request.headers_mut().insert(PROXY_AUTHORIZATION, value);
        }
        let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
            .title_case_headers(true)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(failed)?;
        let exchange = async {
            let response = sender.send_request(request).await.map_err(failed)?;
            match response.status() {
                status if status.is_success() => Ok(response),
                StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                    Err(self.failed("it refuses the credentials (407)".into()))
                }
                status => {
                    Err(self.failed(format!("it answered {status} when asked for {host}:{port}")))
                }
            }
        };
        // The HTTP connection is driven here and not in a task of its own: it ends with the switch to the tunnel.
        let connection = async { connection.with_upgrades().await.map_err(failed) };
        let (response, ()) = tokio::try_join!(exchange, connection)?;
        let stream = hyper::upgrade::on(response).await.map_err(failed)?;
        Ok(Box::new(TokioIo::new(stream)))
    }

    async fn connect_by_socks(
        &self,
        stream: TcpStream,
        host: &Host,
        port: u16,
    ) -> Result<Box<dyn Stream>, Error> {
        let target = match host {
            Host::Address(address) => TargetAddr::Ip(SocketAddr::new(*address, port)),
            Host::Name(name) => TargetAddr::Domain(name.as_str().into(), port),
        };
        let opened = match &self.credentials {
            None => Socks5Stream::connect_with_socket(stream, target).await,
            Some(Credentials { username, password }) => {
                Socks5Stream::connect_with_password_and_socket(stream, target, username, password)
                    .await
            }
        };
        match opened {
            Ok(stream) => Ok(Box::new(stream.into_inner())),
            Err(tokio_socks::Error::PasswordAuthFailure(_)) => {
                Err(self.failed("it refuses the credentials".into()))
            }
            Err(error) => Err(self.failed(format!("{error} when asked for {host}:{port}"))),
        }
    }
}
