//! Calls over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A call must be answered within its own deadline (40 s at most) and a little.
const PATIENCE: Duration = Duration::from_secs(60);

/// Calls with one key.
#[derive(Clone)]
pub(crate) struct Client {
    address: SocketAddr,
    key: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// As JSON; null when it is none.
    pub(crate) body: Value,
    /// As it came.
    pub(crate) bytes: Bytes,
}

impl Client {
    pub(super) fn new(address: SocketAddr, key: &str) -> Self {
        Self {
            address,
            key: key.to_owned(),
        }
    }

    /// One call on a connection of its own.
    ///
    /// # Errors
    /// When the server is gone, before or during it.
    pub(crate) async fn try_call(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let exchange = async {
            let stream = TcpStream::connect(self.address).await?;
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            let connection = tokio::spawn(connection);
            let bytes = if body.is_null() {
                Bytes::new()
            } else {
                Bytes::from(body.to_string())
            };
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("host", self.address.to_string())
                .header("content-type", "application/json")
                .header("authorization", format!("Bearer {}", self.key))
                .body(Full::new(bytes))?;
            let response = sender.send_request(request).await?;
            let status = response.status().as_u16();
            let bytes = response.into_body().collect().await?.to_bytes();
            connection.abort();
            Ok(Answer {
                status,
                body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
                bytes,
            })
        };
        timeout(PATIENCE, exchange).await?
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: &Value) -> Answer {
        let answer = self.try_call(method, path, body).await;
        answer.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &Value::Null).await
    }

    /// One of the server's counters.
    pub(crate) async fn figure(&self, name: &str) -> f64 {
        let answer = self.get("/metrics").await;
        let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
        let mut lines = text.lines().filter_map(|line| line.split_once(' '));
        lines
            .find(|(counter, _)| *counter == name)
            .map_or(0.0, |(_, value)| value.parse().unwrap())
    }

    /// Starts a session. Answers its id.
    pub(crate) async fn start(&self, options: Value) -> String {
        let answer = self.call(Method::POST, "/sessions/start", &options).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["session_id"].as_str().unwrap().to_owned()
    }

    /// How a session stands.
    pub(crate) async fn session(&self, id: &str) -> Value {
        let answer = self.get(&format!("/sessions/{id}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    pub(crate) async fn stop(&self, id: &str) -> Answer {
        self.call(
            Method::DELETE,
            &format!("/sessions/{id}/stop"),
            &Value::Null,
        )
        .await
    }

    pub(crate) async fn execute(&self, id: &str, action: Value) -> Answer {
        let path = format!("/sessions/{id}/page/execute");
        self.call(Method::POST, &path, &action).await
    }

    /// Goes somewhere. Answers the execution.
    pub(crate) async fn goto(&self, id: &str, url: &str) -> Value {
        let answer = self.execute(id, json!({"type": "goto", "url": url})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// Goes where it must succeed.
    pub(crate) async fn visit(&self, id: &str, url: &str) {
        let went = self.goto(id, url).await;
        assert_eq!(went["success"], true, "{went}");
    }

    /// What a script answers, as text.
    pub(crate) async fn evaluate(&self, id: &str, code: &str) -> String {
        let action = json!({"type": "evaluate_js", "code": code});
        let answer = self.execute(id, action).await;
        assert_eq!(answer.body["success"], true, "{answer:?}");
        answer.body["data"]["markdown"].as_str().unwrap().to_owned()
    }
}
