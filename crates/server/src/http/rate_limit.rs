//! How often one key may call. Off unless the operator sets a limit.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use guise_core::{Caller, Error, KeyId, Kind};

use super::caller::Gate;

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

    /// One call comes back after this.
    fn interval(&self) -> Duration {
        Duration::from_mins(1) / self.per_minute.get()
    }

    fn exceeded(&self, wait: Duration) -> Error {
        let seconds = wait.as_secs() + 1;
        let message = format!(
            "Rate limit exceeded: {} calls a minute are allowed with one key; try again in {seconds} s",
            self.per_minute
        );
        Error::new(Kind::Quota, message).with_retry_after(Duration::from_secs(seconds))
    }

    /// Counts a call.
    ///
    /// # Errors
    /// Kind `Quota` when it is one too many.
    pub fn admit(&self, caller: &Caller) -> Result<(), Error> {
        let until = match self.limiter.check_key(&caller.key) {
            Ok(_) => return Ok(()),
            Err(until) => until,
        };
        Err(self.exceeded(until.wait_time_from(DefaultClock::default().now())))
    }
}

/// Refuses calls beyond the limit, and tells every caller how it stands.
pub async fn enforce(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let app = &gate.app;
    let (Some(limit), Some(caller)) = (&app.rate_limit, request.extensions().get::<Caller>())
    else {
        return next.run(request).await;
    };
    let clock = DefaultClock::default();
    let (mut response, left, until_next) = match limit.limiter.check_key(&caller.key) {
        Ok(snapshot) => {
            let left = snapshot.remaining_burst_capacity();
            (next.run(request).await, left, Duration::ZERO)
        }
        Err(until) => {
            let wait = until.wait_time_from(clock.now());
            ((gate.refuse)(limit.exceeded(wait)), 0, wait)
        }
    };
    // The whole allowance is back once nothing more was asked for so long.
    let whole = until_next + limit.interval() * (limit.per_minute.get() - left);
    let reset = app.now().plus(whole).as_micros() / 1_000_000;
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", limit.per_minute.get().into());
    headers.insert("x-ratelimit-remaining", left.into());
    headers.insert("x-ratelimit-reset", reset.into());
    response
}
