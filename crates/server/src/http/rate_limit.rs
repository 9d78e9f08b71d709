//! How often one key may call. Off unless the operator sets a limit.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use guise_core::{Caller, Error, KeyId, Kind};

use crate::app::App;
use crate::dialects::notte::Failure;

type Limiter =
    RateLimiter<KeyId, DefaultKeyedStateStore<KeyId>, DefaultClock, StateInformationMiddleware>;

/// Counts calls per key.
#[derive(Clone)]
pub struct RateLimit {
    limiter: Arc<Limiter>,
    per_minute: NonZeroU32,
}

impl RateLimit {
    /// Lets each key call so many times a minute, all at once if it likes.
    pub fn per_minute(calls: NonZeroU32) -> Self {
        let limiter = RateLimiter::keyed(Quota::per_minute(calls)).with_middleware();
        Self {
            limiter: Arc::new(limiter),
            per_minute: calls,
        }
    }
}

/// Refuses calls beyond the limit, and tells every caller how it stands.
pub async fn enforce(State(app): State<App>, request: Request, next: Next) -> Response {
    let (Some(limit), Some(caller)) = (&app.rate_limit, request.extensions().get::<Caller>())
    else {
        return next.run(request).await;
    };
    let total = HeaderValue::from(limit.per_minute.get());
    match limit.limiter.check_key(&caller.key) {
        Ok(snapshot) => {
            let mut response = next.run(request).await;
            let headers = response.headers_mut();
            headers.insert("x-ratelimit-limit", total);
            headers.insert(
                "x-ratelimit-remaining",
                HeaderValue::from(snapshot.remaining_burst_capacity()),
            );
            response
        }
        Err(until) => {
            let wait = until.wait_time_from(DefaultClock::default().now());
            let seconds = wait.as_secs() + 1;
            let message = format!(
                "Rate limit exceeded: {} calls a minute are allowed with one key; try again in {seconds} s",
                limit.per_minute
            );
            let error = Error::new(Kind::Quota, message)
                .with_retry_after(std::time::Duration::from_secs(seconds));
            let mut response = Failure(error).into_response();
            response.headers_mut().insert("x-ratelimit-limit", total);
            response
                .headers_mut()
                .insert("x-ratelimit-remaining", HeaderValue::from(0));
            response
        }
    }
}
