//! An HTTP client that checks every answer against the document that the server itself serves.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;

use super::document::Document;

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(50);

/// Speaks to one server with one key.
#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    key: Option<String>,
    pub document: Arc<Document>,
}

/// A request that is being put together.
pub struct Call {
    client: Client,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Client {
    /// A client that has read the server's document.
    pub async fn new(address: SocketAddr, key: Option<&str>) -> Self {
        let mut client = Self {
            address,
            key: key.map(str::to_owned),
            document: Arc::new(Document::new(json!({"paths": {}}))),
        };
        let document = client.get("/openapi.json").send().await.json();
        client.document = Arc::new(Document::new(document));
        client
    }

    /// The same client with another key, or none.
    pub fn with_key(&self, key: Option<&str>) -> Self {
        Self {
            key: key.map(str::to_owned),
            ..self.clone()
        }
    }

    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    pub fn put(&self, path: &str) -> Call {
        self.call(Method::PUT, path)
    }

    pub fn patch(&self, path: &str) -> Call {
        self.call(Method::PATCH, path)
    }

    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    /// A request with the client's key.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, self.address.to_string().parse().unwrap());
        if let Some(key) = &self.key {
            headers.insert(
                header::AUTHORIZATION,
                format!("Bearer {key}").parse().unwrap(),
            );
        }
        Call {
            client: self.clone(),
            method,
            path: path.to_owned(),
            headers,
            body: Bytes::new(),
        }
    }

    /// Starts a session and gives its id.
    pub async fn start(&self, options: Value) -> String {
        let session = self.post("/sessions/start").json(options).ok().await;
        assert_eq!(session["status"], "active", "{session}");
        session["session_id"].as_str().unwrap().to_owned()
    }

    /// Stops a session.
    pub async fn stop(&self, session: &str) -> Value {
        self.delete(&format!("/sessions/{session}/stop")).ok().await
    }
}

impl Call {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub fn json(self, body: impl Into<Value>) -> Self {
        let body: Value = body.into();
        self.body("application/json", body.to_string())
    }

    /// One file as a form.
    pub fn file(self, part: &str, bytes: impl AsRef<[u8]>) -> Self {
        let mut body = format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"ignored.bin\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes.as_ref());
        body.extend_from_slice(b"\r\n--frontier--\r\n");
        self.body("multipart/form-data; boundary=frontier", body)
    }

    pub fn body(mut self, kind: &str, body: impl Into<Bytes>) -> Self {
        self.headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
        self.body = body.into();
        self
    }

    /// The body that it has so far, if that is JSON.
    pub fn sent_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Where it goes.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same to another address.
    pub fn to(mut self, path: String) -> Self {
        self.path = path;
        self
    }

    /// Sends it; the answer must be a success, and is given as JSON.
    pub async fn ok(self) -> Value {
        self.answered(StatusCode::OK).await.json()
    }

    /// Sends it; something must be made by it, which is given as JSON.
    pub async fn created(self) -> Value {
        self.answered(StatusCode::CREATED).await.json()
    }

    /// Sends it; the answer must be a success that says nothing.
    pub async fn done(self) {
        self.answered(StatusCode::NO_CONTENT).await;
    }

    async fn answered(self, status: StatusCode) -> Answer {
        let answer = self.send().await;
        assert_eq!(answer.status, status, "{answer}");
        answer
    }

    /// Sends it; the answer must be this error, and its message is given.
    pub async fn refused(self, status: u16) -> String {
        let answer = self.send().await;
        assert_eq!(answer.status.as_u16(), status, "{answer}");
        answer.message()
    }

    /// Sends it and checks the answer against the document.
    pub async fn send(self) -> Answer {
        let document = Arc::clone(&self.client.document);
        let (method, path, sent) = (self.method.clone(), self.path.clone(), self.body.clone());
        let answer = self.unchecked().await;
        document.check(&method, &path, &answer);
        if answer.status.is_success()
            && let Ok(sent) = serde_json::from_slice(&sent)
        {
            document.check_request(&method, &path, &sent);
        }
        answer
    }

    /// Sends it; for requests that are no operation of the document.
    pub async fn unchecked(self) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        tokio::time::timeout(PATIENCE, self.exchange())
            .await
            .unwrap_or_else(|_| panic!("no answer to {what}"))
            .unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Sends it over a connection of its own.
    pub async fn exchange(self) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect(self.client.address).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // Whoever does not wait for the answer any more hangs up.
        let _connection = AbortOnDropHandle::new(tokio::spawn(connection));
        let mut request = Request::builder()
            .method(self.method)
            .uri(self.path)
            .body(Full::new(self.body))?;
        *request.headers_mut() = self.headers;
        let response = sender.send_request(request).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }
}

impl Answer {
    /// The body, which must be JSON and say so.
    pub fn json(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/json"),
            "{self}"
        );
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The text of an error.
    pub fn message(&self) -> String {
        let body = self.json();
        let text = body["message"].as_str().or(body["error"].as_str());
        text.unwrap_or_else(|| panic!("no text: {self}")).to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        let body: String = body.chars().take(2000).collect();
        write!(f, "{} {:?} {body}", self.status, self.headers)
    }
}
