//! The ways of signing in: `form`, `multipart`, `json`, `hashed`, `two-steps`, `frame` and `link`.

use std::sync::Arc;

use axum::extract::{Form, Multipart, Path, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::service::{Further, sha256};
use super::{form, on, path, refused, set, show, who};
use crate::html::{escape, page};
use crate::shared::Shared;

const WRONG: &str = "Wrong mail address or password.";

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route(
            "/accounts/sign-in/form",
            get(|| async { show(form!("form.html"), "") }).post(by_form),
        )
        .route(
            "/accounts/sign-in/multipart",
            get(|| async { show(form!("multipart.html"), "") }).post(by_parts),
        )
        .route(
            "/accounts/sign-in/json",
            get(|| async { show(form!("json.html"), "") }).post(by_json),
        )
        .route(
            "/accounts/sign-in/hashed",
            get(|| async { show(form!("hashed.html"), "") }).post(by_hash),
        )
        .route(
            "/accounts/sign-in/two-steps",
            get(|| async { show(form!("two_steps.html"), "") }).post(identify),
        )
        .route(
            "/accounts/password",
            get(|| async { show(form!("password.html"), "") }).post(password),
        )
        .route(
            "/accounts/sign-in/link",
            get(|| async { show(form!("link.html"), "") }).post(send_link),
        )
        .route("/accounts/link/{token}", get(follow))
        .route("/accounts/sign-in/frame", get(in_a_frame))
}

#[derive(Deserialize)]
struct Login {
    login: String,
    password: String,
}

async fn by_form(State(shared): State<Arc<Shared>>, Form(it): Form<Login>) -> Response {
    let proof = sha256(&it.password);
    match shared.accounts.sign_in(&it.login, |hash| hash == proof) {
        Some(further) => on(&further),
        None => refused(form!("form.html"), WRONG),
    }
}

async fn by_parts(State(shared): State<Arc<Shared>>, mut parts: Multipart) -> Response {
    let mut it = Login {
        login: String::new(),
        password: String::new(),
    };
    while let Ok(Some(part)) = parts.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        let Ok(text) = part.text().await else {
            return refused(form!("multipart.html"), WRONG);
        };
        match name.as_str() {
            "login" => it.login = text,
            "password" => it.password = text,
            _ => {}
        }
    }
    let proof = sha256(&it.password);
    match shared.accounts.sign_in(&it.login, |hash| hash == proof) {
        Some(further) => on(&further),
        None => refused(form!("multipart.html"), WRONG),
    }
}

/// The answer to a script.
fn told(further: Option<Further>) -> Response {
    match further {
        Some(further) => {
            let next = path(further.next);
            (set(&further), Json(json!({ "next": next }))).into_response()
        }
        None => (StatusCode::UNAUTHORIZED, Json(json!({ "error": WRONG }))).into_response(),
    }
}

#[derive(Deserialize)]
struct User {
    login: String,
}

#[derive(Deserialize)]
struct JsonLogin {
    user: User,
    password: String,
}

async fn by_json(State(shared): State<Arc<Shared>>, Json(it): Json<JsonLogin>) -> Response {
    let proof = sha256(&it.password);
    let login = &it.user.login;
    told(shared.accounts.sign_in(login, |hash| hash == proof))
}

#[derive(Deserialize)]
struct HashedLogin {
    login: String,
    proof: String,
}

async fn by_hash(State(shared): State<Arc<Shared>>, Json(it): Json<HashedLogin>) -> Response {
    told(shared.accounts.sign_in(&it.login, |hash| hash == it.proof))
}

async fn identify(State(shared): State<Arc<Shared>>, Form(it): Form<User>) -> Response {
    match shared.accounts.identify(&it.login) {
        Some(further) => on(&further),
        None => refused(form!("two_steps.html"), "There is no such account."),
    }
}

#[derive(Deserialize)]
struct Password {
    password: String,
}

async fn password(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(it): Form<Password>,
) -> Response {
    match shared.accounts.password(&who(&headers), &it.password) {
        Some(further) => on(&further),
        None => refused(form!("password.html"), WRONG),
    }
}

async fn send_link(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(it): Form<User>,
) -> Response {
    shared
        .accounts
        .send_link(&it.login, &format!("http://{}", host(&headers)));
    let body = "<main><h1>Look into your mail</h1><p>If there is such an account, a link is on its way.</p></main>";
    page("Accounts", body).into_response()
}

async fn follow(State(shared): State<Arc<Shared>>, Path(token): Path<String>) -> Response {
    match shared.accounts.follow(&token) {
        Some(further) => on(&further),
        None => refused(form!("link.html"), "That link was used already."),
    }
}

/// The form in a frame of the host `login`, which is beside the page's own host.
async fn in_a_frame(headers: HeaderMap) -> impl IntoResponse {
    let host = host(&headers);
    let beside = match host.split_once('.') {
        Some((_, rest)) => format!("login.{rest}"),
        None => host,
    };
    let body = format!(
        "<main><h1>Welcome</h1><iframe title=\"Sign in\" width=\"700\" height=\"500\" \
         src=\"http://{}/accounts/sign-in/form\"></iframe></main>",
        escape(&beside)
    );
    page("Accounts", &body)
}

fn host(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.unwrap_or_default().to_owned()
}
