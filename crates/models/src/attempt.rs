//! One attempt to get an answer.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::again::retry_after;
use crate::draft::Draft;
use crate::failure::{Failure, words_of};
use crate::frames::{Frames, Framing};
use crate::http::in_words;
use crate::protocol::{Progress, Protocol, Request};

/// How long a model may take until it begins to say something, or to think aloud.
const FIRST_TOKEN: Duration = Duration::from_secs(60);
/// How long reading what a refusal says may take.
const REFUSAL: Duration = Duration::from_secs(10);
/// Octets of a refusal that are read.
const MAX_REFUSAL: usize = 64 << 10;

/// What can still be waited for.
struct Patience {
    first_token: Option<Instant>,
    deadline: Instant,
}

impl Patience {
    async fn wait<T>(&self, what: impl Future<Output = T>) -> Result<T, Failure> {
        let end = self
            .first_token
            .map_or(self.deadline, |first| first.min(self.deadline));
        timeout_at(end, what).await.map_err(|_| {
            Failure::Late(match self.first_token {
                Some(first) if first < self.deadline => {
                    format!("no word came within {} s", FIRST_TOKEN.as_secs())
                }
                Some(_) => "its time was over before the first word".to_owned(),
                None => "its time was over before the answer was complete".to_owned(),
            })
        })
    }
}

/// Sends `request` and reads the answer, until `deadline` at most. To drop this closes the connection.
pub(crate) async fn attempt(
    http: &Client,
    protocol: Protocol,
    request: &Request,
    deadline: Instant,
) -> Result<Draft, Failure> {
    let mut patience = Patience {
        first_token: Some(Instant::now() + FIRST_TOKEN),
        deadline,
    };
    let sent = http
        .post(request.url.clone())
        .headers(request.headers.clone())
        .body(request.body.clone())
        .send();
    let mut response = patience.wait(sent).await?.map_err(|error| {
        let words = in_words(&error);
        if error.is_connect() {
            Failure::Connect(words)
        } else {
            Failure::Broken(words)
        }
    })?;
    if !response.status().is_success() {
        return Err(refusal(response, deadline).await);
    }
    let mut frames = Frames::new(framing(protocol, &response));
    let mut reader = protocol.reader();
    let mut any = false;
    loop {
        let chunk = patience.wait(response.chunk()).await?;
        let chunk = chunk.map_err(|error| Failure::Broken(in_words(&error)))?;
        match &chunk {
            Some(octets) => frames.push(octets)?,
            None => frames.end()?,
        }
        while let Some(frame) = frames.next() {
            any = true;
            match reader.take(&frame)? {
                Progress::Nothing => {}
                Progress::Token => patience.first_token = None,
                Progress::End => return Ok(reader.into_draft()),
            }
        }
        if chunk.is_none() {
            break;
        }
    }
    if !any {
        let kind = content_type(&response);
        return Err(Failure::unreadable(format!(
            "nothing of its protocol was in it (its type is {kind})"
        )));
    }
    if !reader.is_complete() {
        return Err(Failure::unreadable("it stopped before its end"));
    }
    Ok(reader.into_draft())
}

fn content_type(response: &Response) -> &str {
    let value = response.headers().get(CONTENT_TYPE);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// A server that does not stream answers in one piece, and says so.
fn framing(protocol: Protocol, response: &Response) -> Framing {
    match protocol.framing() {
        Framing::Events if content_type(response).starts_with("application/json") => Framing::Whole,
        framing => framing,
    }
}

/// What a status other than success means.
async fn refusal(mut response: Response, deadline: Instant) -> Failure {
    let status = response.status();
    let retry_after = retry_after(response.headers());
    let mut body = Vec::new();
    let end = deadline.min(Instant::now() + REFUSAL);
    // Whatever of it comes will do.
    while let Ok(Ok(Some(chunk))) = timeout_at(end, response.chunk()).await {
        body.extend_from_slice(&chunk);
        if body.len() >= MAX_REFUSAL {
            break;
        }
    }
    body.truncate(MAX_REFUSAL);
    let words = if status.is_redirection() {
        "it says to ask elsewhere, which is not done: set the address at which it answers itself"
            .to_owned()
    } else {
        match serde_json::from_slice::<Value>(&body) {
            Ok(json) => words_of(&json),
            Err(_) => String::from_utf8_lossy(&body).into_owned(),
        }
    };
    Failure::Status {
        status: status.as_u16(),
        retry_after,
        words,
    }
}
