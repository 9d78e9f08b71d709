//! Which messages a caller wants to read, and for how long it waits for one: the same in every dialect.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guise_core::{Error, InboxFilter, Timestamp};
use tokio::time::Instant;
use utoipa::IntoParams;

use crate::http::query::{Query, invalid};

/// The longest wait: with room for the answer in the time that clients give a call.
const MAX_WAIT: i64 = 30;

/// The query of a request for messages.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "the other fields only describe what the query may hold"
)]
pub struct InboxQuery {
    /// At most so many, 1 to 100; 10 when absent.
    #[param(value_type = Option<u32>)]
    limit: (),
    /// Only those that are not older: `PT5M`, `0:05:00`, `1 day, 0:00:03`, or seconds.
    #[param(value_type = Option<String>)]
    timedelta: (),
    /// Only those that nobody has read; false when absent.
    #[param(value_type = Option<bool>)]
    only_unread: (),
    /// Where there are none, wait for one so many seconds, 0 to 30; 0 when absent.
    #[param(value_type = Option<u32>)]
    wait_seconds: (),
    #[param(ignore)]
    query: Query,
}

impl<S: Send + Sync> FromRequestParts<S> for InboxQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self {
            limit: (),
            timedelta: (),
            only_unread: (),
            wait_seconds: (),
            query: Query::from_request_parts(parts, state).await?,
        })
    }
}

impl InboxQuery {
    /// What is asked for at `now`, and until when it is waited for.
    ///
    /// # Errors
    /// Kind `Invalid`, naming the parameter.
    pub fn read(&self, now: Timestamp) -> Result<(InboxFilter, Option<Instant>), Error> {
        let limit = self.within("limit", 10, 1..=100, "1 to 100")?;
        let wait = self.within("wait_seconds", 0, 0..=MAX_WAIT, "0 to 30")?;
        let since = self.query.text("timedelta").map(|text| {
            let age = duration(text).ok_or_else(|| {
                let expected = "a duration such as PT5M, 0:05:00 or 300";
                invalid("timedelta", "duration_parsing", text, expected)
            })?;
            let age = i64::try_from(age.as_micros()).unwrap_or(i64::MAX);
            Ok::<_, Error>(Timestamp::from_micros(now.as_micros().saturating_sub(age)))
        });
        let filter = InboxFilter {
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            since: since.transpose()?,
            only_unread: self.query.flag("only_unread", false)?,
        };
        let wait = Duration::from_secs(wait.unsigned_abs());
        let deadline = (!wait.is_zero()).then(|| Instant::now() + wait);
        Ok((filter, deadline))
    }

    fn within(
        &self,
        name: &'static str,
        default: i64,
        range: std::ops::RangeInclusive<i64>,
        expected: &str,
    ) -> Result<i64, Error> {
        let value = self.query.integer(name)?.unwrap_or(default);
        if range.contains(&value) {
            Ok(value)
        } else {
            Err(invalid(name, "range", &value.to_string(), expected))
        }
    }
}

/// A duration as clients write it: ISO 8601, Python's `str(timedelta)`, or seconds (Notte contract §2.1).
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    if text.starts_with(['P', 'p']) {
        let duration: jiff::SignedDuration =
            text.parse().ok().or_else(|| in_days(text.parse().ok()?))?;
        return Duration::try_from(duration).ok();
    }
    let (days, clock) = match text.split_once(',') {
        None => (0, text),
        Some((days, clock)) => {
            let (number, unit) = days.trim().split_once(' ')?;
            if !matches!(unit, "day" | "days") {
                return None;
            }
            (number.parse::<u64>().ok()?, clock.trim())
        }
    };
    let mut parts = clock.splitn(3, ':');
    let hours: u64 = parts.next()?.parse().ok()?;
    let minutes: u64 = parts.next()?.parse().ok()?;
    let seconds: f64 = parts.next()?.parse().ok()?;
    let whole = days
        .checked_mul(24)?
        .checked_add(hours)?
        .checked_mul(60)?
        .checked_add(minutes)?
        .checked_mul(60)?;
    Duration::try_from_secs_f64(seconds)
        .ok()?
        .checked_add(Duration::from_secs(whole))
}

/// Days and weeks have no fixed length in ISO 8601; here they have 24 hours.
fn in_days(span: jiff::Span) -> Option<jiff::SignedDuration> {
    span.to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_come_in_three_spellings() {
        for (text, seconds) in [
            ("PT5M", 300.0),
            ("pt90s", 90.0),
            ("P1DT3S", 86_403.0),
            ("P1W", 604_800.0),
            ("0:05:00", 300.0),
            ("1:30:00", 5400.0),
            ("1 day, 0:00:03", 86_403.0),
            ("2 days, 0:00:00.5", 172_800.5),
            ("0:00:00.250000", 0.25),
            ("300", 300.0),
            ("0.5", 0.5),
        ] {
            assert_eq!(
                duration(text),
                Some(Duration::from_secs_f64(seconds)),
                "{text}"
            );
        }
        for text in [
            "",
            "soon",
            "-5",
            "-1 day, 0:00:00",
            "PT-5M",
            "1:2",
            "P",
            "NaN",
            "inf",
            "1 week, 0:00:00",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
