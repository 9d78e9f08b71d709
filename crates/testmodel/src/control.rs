//! How suites in other languages prepare replies and look at requests.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use crate::server::{Routes, Shared};
use crate::{RecordedRequest, Reply};

pub(crate) fn routes() -> Routes {
    Router::new()
        .route("/_replies", post(add))
        .route("/_requests", get(show))
        .route("/_reset", post(reset))
}

/// A reply as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    calls: Vec<Call>,
    usage: Option<Usage>,
    cost: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    name: String,
    arguments: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Usage {
    input: u64,
    #[serde(default)]
    cached: u64,
    output: u64,
}

impl From<Form> for Reply {
    fn from(form: Form) -> Self {
        if let Some(status) = form.status {
            let reply = Self::status(status, form.body);
            return form
                .headers
                .iter()
                .fold(reply, |reply, (name, value)| reply.header(name, value));
        }
        let mut reply = Self::text(form.text);
        for call in form.calls {
            reply = reply.and_call(&call.name, call.arguments.to_string());
        }
        if let Some(usage) = form.usage {
            reply = reply.tokens(usage.input, usage.cached, usage.output);
        }
        if let Some(cost) = form.cost {
            reply = reply.cost(cost);
        }
        reply
    }
}

async fn add(State(shared): State<Arc<Shared>>, Json(forms): Json<Vec<Form>>) -> StatusCode {
    for form in forms {
        shared.script.push(form.into());
    }
    StatusCode::NO_CONTENT
}

async fn show(State(shared): State<Arc<Shared>>) -> Json<Vec<RecordedRequest>> {
    Json(shared.requests())
}

async fn reset(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.reset();
    StatusCode::NO_CONTENT
}
