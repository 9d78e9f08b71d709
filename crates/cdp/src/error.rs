//! Everything that can go wrong when talking to a browser.

use std::borrow::Cow;
use std::sync::Arc;

/// Why a command or an event stream failed. Cheap to clone, because one lost connection answers many waiters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The browser understood the command and refused it.
    #[error("{method} was refused by the browser: {message} (code {code})")]
    Protocol {
        /// The JSON-RPC code, -32000 for most refusals.
        code: i64,
        /// The browser's own words, with its extra data after a colon.
        message: String,
        /// The method that was called.
        method: Cow<'static, str>,
    },
    /// The caller's deadline passed before the answer came. The browser may still carry the command out.
    #[error("{method} was not answered before its deadline")]
    Timeout {
        /// The method that was called.
        method: Cow<'static, str>,
    },
    /// The target was closed or its session detached.
    #[error("the target was closed or its session detached")]
    TargetClosed,
    /// The target's renderer crashed.
    #[error("the target crashed")]
    Crashed,
    /// The connection to the browser is gone.
    #[error("the browser disconnected: {0}")]
    Disconnected(Arc<str>),
    /// An answer or event does not have the shape that was asked for.
    #[error("{method} carried something unexpected: {reason}")]
    Decode {
        /// The method or event.
        method: Cow<'static, str>,
        /// What the decoder said.
        reason: String,
    },
    /// A command's parameters cannot be written as JSON.
    #[error("the parameters of {method} cannot be written as JSON: {reason}")]
    Encode {
        /// The method.
        method: Cow<'static, str>,
        /// What the encoder said.
        reason: String,
    },
    /// The reader of an event stream was too slow: this many events were dropped at this point of the stream.
    #[error("{0} events were dropped because they were not read in time")]
    Lagged(u64),
}

impl Error {
    /// Whether the connection, the target or its renderer is gone, so that repeating the command on it is pointless.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(
            self,
            Self::TargetClosed | Self::Crashed | Self::Disconnected(_)
        )
    }

    pub(crate) fn disconnected(reason: impl std::fmt::Display) -> Self {
        Self::Disconnected(reason.to_string().into())
    }
}
