//! An account service, as sites have one: people sign up, show that they receive what is sent to them, sign in in one of many
//! ways, and see a page that is only theirs.
//!
//! What it sends, whoever holds the [`Site`](crate::Site) has to deliver. `/accounts/sign-up` and `/accounts/sign-up/phone` begin with
//! nothing, `/accounts/sign-in/{way}` with an account that is there; all end at `/accounts/home`.

mod one_time;
mod service;
mod signing_in;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

pub use one_time::one_time_code;
pub(crate) use service::Service;
pub use service::{Account, Letter};

use crate::html::{escape, page};
use crate::shared::{Shared, cookie};
use service::{Further, Next};

/// The cookie that tells who somebody is.
const COOKIE: &str = "member";

macro_rules! form {
    ($file:literal) => {
        include_str!(concat!("../../pages/accounts/", $file))
    };
}
pub(crate) use form;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route(
            "/accounts/sign-up",
            get(|| async { show(form!("sign_up.html"), "") }).post(sign_up),
        )
        .route(
            "/accounts/sign-up/phone",
            get(|| async { show(form!("sign_up_phone.html"), "") }),
        )
        .route(
            "/accounts/code",
            get(|| async { show(form!("confirm.html"), "") }).post(code),
        )
        .route(
            "/accounts/second-factor",
            get(|| async { show(form!("second_factor.html"), "") }),
        )
        .route("/accounts/home", get(home))
        .route(
            "/accounts/settings",
            get(|| async { show(form!("settings.html"), "") }).post(change),
        )
        .route("/accounts/sign-out", post(sign_out))
        .merge(signing_in::routes())
}

/// A form, with a message above it unless that is empty.
fn show(form: &str, message: &str) -> Html<String> {
    let message = match message {
        "" => String::new(),
        message => format!("<p role=\"alert\">{message}</p>"),
    };
    page("Accounts", &form.replace("{{message}}", &message))
}

/// A form that was not filled in rightly.
fn refused(form: &str, message: &str) -> Response {
    (StatusCode::UNAUTHORIZED, show(form, message)).into_response()
}

/// Where somebody goes next.
fn path(next: Next) -> &'static str {
    match next {
        Next::Code => "/accounts/code",
        Next::Password => "/accounts/password",
        Next::SecondFactor => "/accounts/second-factor",
        Next::Home => "/accounts/home",
    }
}

fn set(further: &Further) -> [(axum::http::HeaderName, String); 1] {
    let cookie = &further.cookie;
    [(
        SET_COOKIE,
        format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax"),
    )]
}

/// On to the next page.
fn on(further: &Further) -> Response {
    (set(further), Redirect::to(path(further.next))).into_response()
}

fn who(headers: &HeaderMap) -> String {
    cookie(headers, COOKIE).unwrap_or_default()
}

#[derive(Deserialize)]
struct SignUp {
    name: String,
    login: String,
    password: String,
    again: String,
}

async fn sign_up(State(shared): State<Arc<Shared>>, Form(form): Form<SignUp>) -> Response {
    let SignUp {
        name,
        login,
        password,
        again,
    } = form;
    match shared.accounts.sign_up(&name, &login, &password, &again) {
        Ok(further) => on(&further),
        Err(message) => refused(form!("sign_up.html"), message),
    }
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

async fn code(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(form): Form<Code>,
) -> Response {
    match shared.accounts.code(&who(&headers), form.code.trim()) {
        Some(further) => on(&further),
        None => refused(form!("confirm.html"), "That is not the code."),
    }
}

async fn home(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let Some(account) = shared.accounts.member(&who(&headers)) else {
        return Redirect::to("/accounts/sign-in/form").into_response();
    };
    let body = form!("home.html")
        .replace("{{name}}", &escape(&account.name))
        .replace("{{number}}", &account.number);
    page("Your account", &body).into_response()
}

#[derive(Deserialize)]
struct Change {
    login: String,
    password: String,
}

async fn change(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(form): Form<Change>,
) -> Response {
    let changed = shared
        .accounts
        .change_login(&who(&headers), &form.login, &form.password);
    match changed {
        true => show(form!("settings.html"), "It is changed.").into_response(),
        false => refused(form!("settings.html"), "That is not your password."),
    }
}

async fn sign_out(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    shared.accounts.sign_out(&who(&headers));
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0");
    ([(SET_COOKIE, gone)], Redirect::to("/accounts/sign-in/form")).into_response()
}
