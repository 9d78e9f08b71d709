//! A transit engine as OpenBao has it, small: what its API documentation says of `encrypt` and `decrypt`, and of errors.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) const TOKEN: &str = "s.the-token-of-the-tests";

/// A server that runs until it is dropped.
pub(crate) struct Bao {
    pub(crate) address: SocketAddr,
    pub(crate) engine: Arc<Engine>,
    task: JoinHandle<()>,
}

/// The key `transit/guise`, in versions.
#[derive(Default)]
pub(crate) struct Engine {
    versions: Mutex<Vec<[u8; 32]>>,
    pub(crate) sealed: AtomicBool,
    pub(crate) calls: AtomicUsize,
}

impl Bao {
    pub(crate) async fn start() -> Self {
        let engine = Arc::new(Engine::default());
        engine.rotate();
        let router = Router::new()
            .route("/v1/transit/encrypt/{key}", post(encrypt))
            .route("/v1/transit/decrypt/{key}", post(decrypt))
            .route("/v1/elsewhere/{*rest}", any(redirect))
            .route("/v1/endless/{*rest}", any(endless))
            .route("/v1/rubbish/{*rest}", any(|| async { "no JSON" }))
            .fallback(no_route)
            .with_state(Arc::clone(&engine));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            engine,
            task,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }
}

impl Drop for Bao {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Engine {
    /// Makes a new version of the key; earlier ones go on decrypting.
    pub(crate) fn rotate(&self) {
        let mut versions = self.versions.lock().unwrap();
        let version = u8::try_from(versions.len()).unwrap() + 1;
        versions.push([version; 32]);
    }

    fn version(&self, version: usize) -> Option<XChaCha20Poly1305> {
        let versions = self.versions.lock().unwrap();
        let key = versions.get(version.checked_sub(1)?)?;
        Some(XChaCha20Poly1305::new(key.into()))
    }
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "errors": [error] }))).into_response()
}

/// The refusal that comes before any operation, if there is one.
fn admit(engine: &Engine, headers: &HeaderMap, key: &str) -> Option<Response> {
    engine.calls.fetch_add(1, Ordering::Relaxed);
    if engine.sealed.load(Ordering::Relaxed) {
        return Some(refuse(StatusCode::SERVICE_UNAVAILABLE, "Vault is sealed"));
    }
    if headers.get("x-vault-token").map(|token| token.as_bytes()) != Some(TOKEN.as_bytes()) {
        return Some(refuse(StatusCode::FORBIDDEN, "permission denied"));
    }
    if key != "guise" {
        return Some(refuse(StatusCode::BAD_REQUEST, "encryption key not found"));
    }
    None
}

async fn encrypt(
    State(engine): State<Arc<Engine>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    if let Some(refusal) = admit(&engine, &headers, &key) {
        return refusal;
    }
    let Some(plain) = body["plaintext"]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok())
    else {
        return refuse(StatusCode::BAD_REQUEST, "failed to base64-decode plaintext");
    };
    let version = engine.versions.lock().unwrap().len();
    let cipher = engine.version(version).unwrap();
    let sealed = cipher.encrypt(&[7; 24].into(), &*plain).unwrap();
    let ciphertext = format!("vault:v{version}:{}", STANDARD.encode(sealed));
    Json(json!({
        "request_id": "3f2f9c6e", "lease_id": "", "renewable": false, "lease_duration": 0,
        "data": { "ciphertext": ciphertext, "key_version": version },
        "warnings": null
    }))
    .into_response()
}

async fn decrypt(
    State(engine): State<Arc<Engine>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    if let Some(refusal) = admit(&engine, &headers, &key) {
        return refusal;
    }
    let plain = body["ciphertext"].as_str().and_then(|text| {
        let (version, sealed) = text.strip_prefix("vault:v")?.split_once(':')?;
        let cipher = engine.version(version.parse().ok()?)?;
        let sealed = STANDARD.decode(sealed).ok()?;
        cipher.decrypt(&[7; 24].into(), &*sealed).ok()
    });
    match plain {
        Some(plain) => {
            Json(json!({ "data": { "plaintext": STANDARD.encode(plain) } })).into_response()
        }
        None => refuse(
            StatusCode::BAD_REQUEST,
            "cipher: message authentication failed",
        ),
    }
}

async fn no_route() -> Response {
    refuse(StatusCode::NOT_FOUND, "no handler for route")
}

/// A token must not be carried on.
async fn redirect() -> Response {
    let to = [(header::LOCATION, "/v1/transit/encrypt/guise")];
    (StatusCode::TEMPORARY_REDIRECT, to).into_response()
}

async fn endless() -> Response {
    vec![b' '; 1024 * 1024].into_response()
}
