//! Starting and stopping the provider, and what tests ask it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::body::Listener;
use crate::reply::{Kind, Status};
use crate::script::{Script, lock};
use crate::{Protocol, RecordedRequest, Reply, body, control};

/// The largest request that is taken, in octets.
const LARGEST_BODY: usize = 256 * 1024 * 1024;

/// A running provider on a port of its own. Dropping it ends it.
pub struct TestModel {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<io::Result<()>>,
}

/// What the handlers share.
#[derive(Default)]
pub(crate) struct Shared {
    pub script: Script,
    requests: Mutex<Vec<RecordedRequest>>,
    counts: watch::Sender<Counts>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    requests: usize,
    left: usize,
}

impl TestModel {
    /// Listens on a free port of 127.0.0.1 and serves until it is dropped.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be bound.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let router = control::routes()
            .fallback(answer)
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(Arc::clone(&shared));
        // Small pieces must not wait for Nagle's algorithm.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let server = tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self {
            address,
            shared,
            server,
        })
    }

    /// One that answers each request as `answerer` says.
    ///
    /// # Errors
    /// As [`TestModel::start`].
    pub async fn answering(
        answerer: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let provider = Self::start().await?;
        provider.answer_with(answerer);
        Ok(provider)
    }

    /// Adds a reply to those that are waiting.
    pub fn push(&self, reply: Reply) {
        self.shared.script.push(reply);
    }

    /// Answers as `answerer` says whenever no reply is waiting.
    pub fn answer_with(
        &self,
        answerer: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
    ) {
        self.shared.script.answer_with(Box::new(answerer));
    }

    /// Scheme, host and port: the base address for Gemini, Anthropic and Ollama.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The base address for OpenAI, to which `/chat/completions` is added.
    #[must_use]
    pub fn openai_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every request so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.shared.requests).clone()
    }

    /// The newest request.
    #[must_use]
    pub fn last_request(&self) -> Option<RecordedRequest> {
        lock(&self.shared.requests).last().cloned()
    }

    /// Waits until `count` requests have come in, counted from the start.
    pub async fn until_requests(&self, count: usize) {
        let mut counts = self.shared.counts.subscribe();
        // The sender lives as long as this does.
        let _ = counts.wait_for(|now| now.requests >= count).await;
    }

    /// Waits until `count` answers were left by their askers before they had ended.
    pub async fn until_left(&self, count: usize) {
        let mut counts = self.shared.counts.subscribe();
        let _ = counts.wait_for(|now| now.left >= count).await;
    }
}

impl Drop for TestModel {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.requests).clone()
    }

    pub(crate) fn reset(&self) {
        self.script.clear();
        lock(&self.requests).clear();
    }

    pub(crate) fn note_left(&self) {
        self.counts.send_modify(|counts| counts.left += 1);
    }

    fn record(&self, request: RecordedRequest) {
        lock(&self.requests).push(request);
        self.counts.send_modify(|counts| counts.requests += 1);
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    octets: Bytes,
) -> Response {
    let Some(protocol) = Protocol::of_path(uri.path()) else {
        let words = format!("{} is a path of no protocol here", uri.path());
        return (StatusCode::NOT_FOUND, words).into_response();
    };
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let request = RecordedRequest::new(protocol, method.as_str(), path, &headers, octets);
    shared.record(request.clone());
    if let Err(problem) = protocol.check(&request) {
        return protocol.refusal(problem.status, &problem.words);
    }
    let Some(reply) = shared.script.next(&request) else {
        return protocol.refusal(400, "no reply was prepared for this request");
    };
    match reply.kind {
        Kind::Answer(answer) => {
            let streamed = protocol.is_streamed(&request);
            let (content_type, parts) = protocol.parts(&answer, &request, streamed);
            let parts = match answer.torn {
                Some(size) => body::torn(parts, size),
                None => parts,
            };
            respond(200, content_type, body::of_parts(parts, &shared))
        }
        Kind::Status(status) => respond_with_status(status, &shared),
        Kind::Octets {
            content_type,
            octets,
        } => respond(
            200,
            &content_type,
            body::of_parts([body::Part::Octets(octets.into())], &shared),
        ),
        Kind::Silence => respond(
            200,
            protocol.stream_type(),
            body::of_parts([body::Part::Silence], &shared),
        ),
        Kind::NoResponse => {
            let _listener = Listener::new(&shared);
            std::future::pending().await
        }
        Kind::Flood(flood) => respond(
            200,
            protocol.stream_type(),
            body::of_parts(protocol.flood(flood), &shared),
        ),
    }
}

fn respond_with_status(status: Status, shared: &Arc<Shared>) -> Response {
    let octets = Bytes::from(status.body);
    let times = if status.endless { usize::MAX } else { 1 };
    let parts = (0..times).map(move |_| body::Part::Octets(octets.clone()));
    let mut response = respond(
        status.status,
        "application/json",
        body::of_parts(parts, shared),
    );
    for (name, value) in status.headers {
        if let (Ok(name), Ok(value)) = (
            axum::http::HeaderName::try_from(name),
            axum::http::HeaderValue::try_from(value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

pub(crate) fn respond(status: u16, content_type: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = content_type.parse() {
        let headers = response.headers_mut();
        headers.insert(axum::http::header::CONTENT_TYPE, value);
    }
    response
}

pub(crate) type Routes = Router<Arc<Shared>>;
