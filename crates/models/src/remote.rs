//! A model at a provider.

use std::sync::Arc;

use async_trait::async_trait;
use guise_core::Secret;
use guise_core::ports::{Answer, Model, ModelError, Question};
use reqwest::Client;
use reqwest::header::HeaderMap;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::again::{MOST, back_off};
use crate::attempt::attempt;
use crate::failure::Failure;
use crate::protocol::Protocol;
use crate::words::presentable;
use crate::{Price, address};

/// A model, where it is, and what it is asked with.
pub(crate) struct RemoteModel {
    pub http: Client,
    /// `provider/model`.
    pub name: String,
    /// What the provider calls it.
    pub model: String,
    pub protocol: Protocol,
    pub base_url: Url,
    pub key: Option<Arc<Secret>>,
    /// With the key.
    pub headers: HeaderMap,
    pub price: Option<Price>,
    /// Whether the provider is asked to say what it cost.
    pub asks_for_cost: bool,
}

#[async_trait]
impl Model for RemoteModel {
    fn name(&self) -> &str {
        &self.name
    }

    async fn ask(&self, question: &Question, deadline: Instant) -> Result<Answer, ModelError> {
        let started = Instant::now();
        let request = self.protocol.request(self, question);
        let mut attempts = 1;
        loop {
            let outcome = attempt(&self.http, self.protocol, &request, deadline).await;
            let failure = match outcome.and_then(|draft| draft.finish(self.price.as_ref())) {
                Ok(finished) => {
                    return Ok(Answer {
                        text: finished.text,
                        calls: finished.calls,
                        usage: finished.usage,
                        attempts,
                        took: started.elapsed(),
                    });
                }
                Err(failure) => failure,
            };
            let wish = match &failure {
                Failure::Status { retry_after, .. } => *retry_after,
                _ => None,
            };
            let may_pass = failure.may_pass();
            let wait = wish.unwrap_or_else(|| back_off(attempts));
            let too_late = Instant::now()
                .checked_add(wait)
                .is_none_or(|at| at >= deadline);
            let mut error = self.error(failure, attempts);
            if !may_pass || attempts > MOST {
                return Err(error);
            }
            if too_late {
                if let (ModelError::Failing { why, .. }, Some(wish)) = (&mut error, wish) {
                    let seconds = wish.as_secs();
                    why.push_str(&format!(
                        "; it asks to wait {seconds} s, for which there is no time"
                    ));
                }
                return Err(error);
            }
            tracing::debug!(
                model = self.name,
                attempts,
                ?wait,
                "asking again after: {error}"
            );
            sleep(wait).await;
            attempts += 1;
        }
    }
}

impl RemoteModel {
    /// The one way on which what a provider said gets out.
    fn error(&self, failure: Failure, attempts: u32) -> ModelError {
        let may_pass = failure.may_pass();
        let model = self.name.clone();
        let shown = |words: &str| presentable(words, self.key.as_deref());
        match failure {
            Failure::Connect(why) => ModelError::Unreachable {
                model,
                address: address::origin(&self.base_url),
                why: match attempts {
                    1 => shown(&why),
                    _ => format!("{} (tried {attempts} times)", shown(&why)),
                },
            },
            Failure::Broken(why) => ModelError::Failing {
                model,
                attempts,
                why: format!("the connection broke: {}", shown(&why)),
            },
            Failure::Late(what) => ModelError::Late { model, what },
            Failure::Unreadable(why) => ModelError::Unreadable {
                model,
                why: shown(&why),
            },
            Failure::Status { status, words, .. } => {
                let why = shown(&words);
                if may_pass {
                    ModelError::Failing {
                        model,
                        attempts,
                        why: format!("status {status}: {why}"),
                    }
                } else {
                    ModelError::Refused { model, status, why }
                }
            }
        }
    }
}
