//! Why something on a page could not be done.

use guise_core::{Error, Kind, Outcome};

/// What stopped an operation. Only a browser that is gone is an error to callers; the rest become outcomes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The browser as a whole is gone.
    #[error("browser is gone: {0}")]
    Gone(String),
    /// The tab was closed.
    #[error("the tab was closed")]
    TabClosed,
    /// The page's renderer died.
    #[error("the page crashed; go to an address to get a new one")]
    Crashed,
    /// The document that it was about went away: a navigation, or a frame that was removed.
    #[error("the page was left while it was worked on")]
    DocumentGone,
    /// The time was up.
    #[error("it took longer than allowed")]
    TimedOut,
    /// The page script refuses; the kind is its own.
    #[error("{message}")]
    Script {
        /// Such as `stale`, `selector` or `argument`.
        kind: String,
        /// For the caller.
        message: String,
    },
    /// A secret was not filled in; the caller is told as it is.
    #[error("{0}")]
    Refused(String),
    /// A file has more bytes than one may have; told as where files are kept.
    #[error("the file is larger than the allowed {0} bytes")]
    TooLarge(u64),
    /// Something that the caller is told as it is.
    #[error("{0}")]
    Told(String),
}

/// A result whose error is [`Fault`].
pub(crate) type Result<T, E = Fault> = std::result::Result<T, E>;

impl Fault {
    /// A failure with a text for the caller.
    pub(crate) fn told(message: impl Into<String>) -> Self {
        Self::Told(message.into())
    }

    /// The element's document, or the element, went away.
    pub(crate) fn is_stale(&self) -> bool {
        match self {
            Self::DocumentGone => true,
            Self::Script { kind, .. } => kind == "stale",
            _ => false,
        }
    }

    /// As the outcome of an action, unless the browser is gone.
    pub(crate) fn into_outcome(self) -> Result<Outcome, Error> {
        match self {
            Self::Gone(_) => Err(self.into()),
            other => Ok(Outcome::failed(other.to_string())),
        }
    }
}

impl From<guise_picture::Error> for Fault {
    fn from(error: guise_picture::Error) -> Self {
        Self::told(error.to_string())
    }
}

impl From<guise_cdp::Error> for Fault {
    fn from(error: guise_cdp::Error) -> Self {
        use guise_cdp::Error as Cdp;
        match error {
            Cdp::Disconnected(reason) => Self::Gone(reason.to_string()),
            Cdp::TargetClosed => Self::TabClosed,
            Cdp::Crashed => Self::Crashed,
            Cdp::Timeout { .. } => Self::TimedOut,
            Cdp::Protocol { ref message, .. } if is_about_a_gone_document(message) => {
                Self::DocumentGone
            }
            other => Self::Told(other.to_string()),
        }
    }
}

/// What Chromium says when a context, a node or an object belongs to a document that is no more.
fn is_about_a_gone_document(message: &str) -> bool {
    const WORDS: [&str; 11] = [
        "Cannot find context with specified id",
        "Could not find object with given id",
        "Inspected target navigated or closed",
        "Execution context was destroyed",
        "Promise was collected",
        "No frame for given id found",
        "No frame with given id found",
        "Frame with the given id was not found",
        "No node with given id found",
        "Frame with the given frameId is not found",
        // A picture of a page that another one is just taking the place of.
        "Not attached to an active page",
    ];
    WORDS.iter().any(|words| message.contains(words))
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let kind = match fault {
            Fault::TimedOut => Kind::Timeout,
            Fault::TooLarge(_) => Kind::TooLarge,
            Fault::Script { .. } | Fault::Told(_) | Fault::Refused(_) => Kind::Refused,
            _ => Kind::Browser,
        };
        Self::new(kind, fault.to_string())
    }
}
