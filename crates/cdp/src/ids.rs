//! Identifiers that the browser hands out. All are cheap to clone; all but the numbers are opaque text.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The identifier as the browser wrote it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )+};
}

text_id! {
    /// An attached session (flat mode).
    SessionId;
    /// A target: page, frame in a process of its own, worker, the browser. For a page it equals its main frame's id.
    TargetId;
    /// A frame, stable when the frame moves to another process.
    FrameId;
    /// One document load; a new one for every navigation that is not within the document.
    LoaderId;
    /// A browser context (incognito-like profile).
    BrowserContextId;
    /// A JavaScript value kept by the browser for us.
    ObjectId;
    /// A network request, or a request paused by `Fetch`.
    RequestId;
    /// A script given to `Page.addScriptToEvaluateOnNewDocument`.
    ScriptId;
    /// A stream that `IO.read` reads.
    StreamHandle;
}

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )+};
}

number_id! {
    /// A DOM node as the session's DOM agent knows it; dies with the document.
    NodeId;
    /// A DOM node as its renderer process knows it; does not need an enabled DOM agent.
    BackendNodeId;
    /// A JavaScript context (frame and world) within one session.
    ExecutionContextId;
}
