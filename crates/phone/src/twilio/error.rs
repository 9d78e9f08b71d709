//! What can go wrong between Twilio and us.

use std::time::Duration;

use guise_core::{Error, Kind, PhoneNumber};

/// What went wrong, and what to set or do.
#[derive(Debug, thiserror::Error)]
pub enum TwilioError {
    /// A setting that cannot work.
    #[error("Twilio's {name} {problem}")]
    Setting {
        /// Which setting.
        name: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// The account or its token is not accepted.
    #[error(
        "Twilio does not accept the account SID and auth token: copy both from the front page of its console (the primary token, \
         not a key's secret), and check that the account is active"
    )]
    Credentials,
    /// Too many requests at once.
    #[error("Twilio has had too many requests from this account: try again later")]
    TooMany {
        /// When another try is worth it, if it says so.
        retry_after: Option<Duration>,
    },
    /// There is no number as wished for.
    #[error("Twilio has no number for text messages in {place}: try another area code or country")]
    NoNumber {
        /// Where one was looked for.
        place: String,
    },
    /// It does not want to. Its own words say why.
    #[error(
        "Twilio refuses (error {code}): {message}; see https://www.twilio.com/docs/errors/{code}"
    )]
    Refused {
        /// Its number for the error.
        code: u32,
        /// Its words.
        message: String,
    },
    /// It cannot be reached.
    #[error("Twilio cannot be reached; check this server's way to the Internet")]
    Unreachable(#[source] reqwest::Error),
    /// No answer in time.
    #[error("Twilio has not answered in time: try again later")]
    Deadline,
    /// An answer that is none.
    #[error(
        "Twilio answers {what} (status {status}): try again later, and look at https://status.twilio.com"
    )]
    Answer {
        /// The answer's status.
        status: u16,
        /// What is odd about it.
        what: &'static str,
    },
    /// Whether a number was bought cannot be known.
    #[error(
        "Twilio may or may not have sold {number} to this account: the answer was lost ({cause}). Look among the active numbers \
         in its console, and release it there if you do not want it"
    )]
    Doubt {
        /// The number.
        number: PhoneNumber,
        /// How the answer was lost.
        cause: Box<TwilioError>,
    },
}

impl TwilioError {
    /// Whether the request may have taken effect all the same.
    pub(super) fn leaves_doubt(&self) -> bool {
        match self {
            Self::Unreachable(error) => !error.is_connect(),
            Self::Deadline | Self::Answer { .. } => true,
            _ => false,
        }
    }
}

impl From<TwilioError> for Error {
    fn from(error: TwilioError) -> Self {
        let message = error.to_string();
        match error {
            TwilioError::Setting { .. } | TwilioError::Credentials => {
                Self::new(Kind::Unconfigured, message)
            }
            TwilioError::TooMany { retry_after } => {
                Self::new(Kind::Quota, message).with_retry_after(retry_after.unwrap_or(RETRY_AFTER))
            }
            TwilioError::Deadline => Self::new(Kind::Timeout, message),
            TwilioError::NoNumber { .. } | TwilioError::Refused { .. } => Self::refused(message),
            // Not a fault of ours, and the caller should know.
            TwilioError::Unreachable(_)
            | TwilioError::Answer { .. }
            | TwilioError::Doubt { .. } => Self::refused(message).with_source(error),
        }
    }
}

const RETRY_AFTER: Duration = Duration::from_secs(10);
