//! When a question is asked again.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How often at most, the first time not counted.
pub(crate) const MOST: u32 = 3;
/// The shortest wait before the first time.
const FIRST: Duration = Duration::from_millis(500);

/// How long to wait before attempt number `attempts` + 1: twice as long as the last time, and up to half as long again, so
/// that many who failed at once do not come back at once.
pub(crate) fn back_off(attempts: u32) -> Duration {
    let shortest = FIRST * 2_u32.saturating_pow(attempts.saturating_sub(1).min(MOST));
    shortest.mul_f64(rand::random_range(1.0..1.5))
}

/// When the provider wants to be asked again (RFC 9110, section 10.2.3); `retry-after-ms` is finer and OpenAI's.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok();
    let seconds = |seconds: f64| {
        // More than can be counted is longer than anybody waits.
        (seconds >= 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
    };
    if let Some(wait) = text("retry-after-ms").and_then(number) {
        return seconds(wait / 1000.0);
    }
    let text = text(RETRY_AFTER.as_str())?;
    if let Some(wait) = number(text) {
        return seconds(wait);
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}
