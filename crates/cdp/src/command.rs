//! What makes a struct a CDP command or event.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The parameters of one CDP method, together with the shape of its answer.
pub trait Command: Serialize {
    /// Name on the wire, for example `Page.navigate`.
    const METHOD: &'static str;
    /// What the browser answers; [`Empty`](crate::protocol::Empty) when it answers `{}`.
    type Returns: DeserializeOwned + Send;
}

/// The parameters of one CDP event.
pub trait Event: DeserializeOwned {
    /// Name on the wire, for example `Page.frameNavigated`.
    const METHOD: &'static str;
}
