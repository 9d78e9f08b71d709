//! Why an address gave no page.

use std::time::Duration;

use url::Url;

/// Why an address gave no page. No message has the query of an address in it, which may authorise.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// It is no address that can be asked by HTTP.
    #[error("{0}")]
    Address(String),
    /// The way there is closed, or nobody answers.
    #[error(transparent)]
    Egress(#[from] guise_egress::Error),
    /// The site's `robots.txt` asks not to.
    #[error("the robots.txt of {host} asks not to read {path}")]
    Robots {
        /// The host.
        host: String,
        /// The path.
        path: String,
    },
    /// More redirects than are followed.
    #[error("{host} redirects more than {most} times")]
    Redirects {
        /// The last host.
        host: String,
        /// How many are followed.
        most: usize,
    },
    /// What comes is larger than is taken.
    #[error("{host} answers with more than {most} bytes")]
    TooLarge {
        /// The host.
        host: String,
        /// How many are taken.
        most: u64,
    },
    /// The answer did not come, or did not end, in time.
    #[error("{host} did not answer in time")]
    Late {
        /// The host.
        host: String,
    },
    /// One's turn at the host did not come in time.
    #[error("{}", no_turn(.host, *.pause))]
    NoTurn {
        /// The host.
        host: String,
        /// The pause between two requests that its `robots.txt` asks for.
        pause: Duration,
    },
    /// What comes is no answer in HTTP, or not in an encoding that was asked for.
    #[error("{host} gave no valid answer: {reason}")]
    Answer {
        /// The host.
        host: String,
        /// What is wrong.
        reason: String,
    },
}

/// Why an address gave no page, and which one that was in the end.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{error}")]
pub struct NotFetched {
    /// Where the redirects led to until then.
    pub url: String,
    /// Why.
    #[source]
    pub error: Error,
}

impl Error {
    /// Whether the operator's rules closed the way.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Egress(guise_egress::Error::Refused(_)))
    }

    /// What the HTTP library says of a request to `url`: the refusal of its connector, where it was that.
    pub(crate) fn of_exchange(url: &Url, error: &hyper_util::client::legacy::Error) -> Self {
        let mut last: &dyn std::error::Error = error;
        loop {
            if let Some(error) = last.downcast_ref::<guise_egress::Error>() {
                return Self::Egress(error.clone());
            }
            match last.source() {
                Some(cause) => last = cause,
                None => break,
            }
        }
        Self::answer(url, last.to_string())
    }

    pub(crate) fn answer(url: &Url, reason: impl Into<String>) -> Self {
        Self::Answer {
            host: host(url),
            reason: reason.into(),
        }
    }
}

fn no_turn(host: &str, pause: Duration) -> String {
    if pause.is_zero() {
        return format!("so many ask {host} that no turn came in time: try again later");
    }
    let pause = pause.as_secs_f64();
    format!(
        "the robots.txt of {host} asks for {pause} s between two requests (Crawl-delay), and so many wait for theirs that no turn \
         comes in time: try again later"
    )
}

/// The host of an address, for messages.
pub(crate) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
