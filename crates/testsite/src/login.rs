//! Login by form and cookie. The one account is `ada` with the password `engine-1843`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use crate::html::{escape, page};
use crate::shared::{Shared, cookie, lock};

const NAME: &str = "ada";
const PASSWORD: &str = "engine-1843";

/// Thirty days, in seconds: how long "remember me" lasts.
const REMEMBERED: u32 = 30 * 24 * 60 * 60;

#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
    remember: Option<String>,
}

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/login", get(form).post(login))
        .route("/logout", post(logout))
        .route("/account", get(account))
}

fn login_page(status: StatusCode, name: &str, message: &str) -> (StatusCode, Html<String>) {
    let body = include_str!("../pages/login.html")
        .replace("{{name}}", &escape(name))
        .replace("{{message}}", message);
    (status, page("Sign in", &body))
}

async fn form() -> (StatusCode, Html<String>) {
    login_page(StatusCode::OK, "", "")
}

async fn login(State(shared): State<Arc<Shared>>, Form(login): Form<Login>) -> Response {
    if login.username != NAME || login.password != PASSWORD {
        let message = "<p id=\"error\" role=\"alert\">Wrong name or password.</p>";
        return login_page(StatusCode::UNAUTHORIZED, &login.username, message).into_response();
    }
    let id = uuid::Uuid::new_v4().to_string();
    lock(&shared.logins).insert(id.clone(), login.username);
    let mut set = format!("session={id}; Path=/; HttpOnly; SameSite=Lax");
    if login.remember.is_some() {
        set.push_str(&format!("; Max-Age={REMEMBERED}"));
    }
    ([(SET_COOKIE, set)], Redirect::to("/account")).into_response()
}

async fn logout(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> impl IntoResponse {
    if let Some(id) = cookie(&headers, "session") {
        lock(&shared.logins).remove(&id);
    }
    let gone = "session=; Path=/; Max-Age=0";
    ([(SET_COOKIE, gone)], Redirect::to("/login"))
}

async fn account(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let name = cookie(&headers, "session").and_then(|id| lock(&shared.logins).get(&id).cloned());
    let Some(name) = name else {
        return Redirect::to("/login").into_response();
    };
    let body = format!(
        "<main><h1>Welcome, {}</h1><p>You are signed in.</p><h2>Orders</h2><ul><li>No. 1842: Notebook, dotted</li>\
         <li>No. 1843: Fountain pen</li></ul><form method=\"post\" action=\"/logout\"><button>Sign out</button></form></main>",
        escape(&name)
    );
    page("Account", &body).into_response()
}
