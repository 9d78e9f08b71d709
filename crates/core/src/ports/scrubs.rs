//! Finding secrets in what leaves a session.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use crate::Secret;

/// Makes one [`Scrub`] for each session.
pub trait Scrubs: Send + Sync {
    /// One that searches for nothing yet.
    fn scrub(&self) -> Arc<dyn Scrub>;
}

/// Finds the secrets of one session, in every form that they usually travel in, and puts labels in their places.
///
/// A net below the rules that keep secrets from getting anywhere: a site may send back what it was sent, or a mail repeat a
/// password. What is searched for is wiped when it is removed, and when the last holder lets go.
pub trait Scrub: Send + Sync {
    /// Searches for one more secret, from now on. A value that is too short to be told from chance is left out.
    fn add(&self, secret: &Secret, label: &str);

    /// Lets all go that have this label.
    fn remove(&self, label: &str);

    /// A text without the secrets.
    fn text<'a>(&self, text: &'a str) -> Cow<'a, str>;

    /// Puts labels into every string and name of a JSON value, which stays one.
    fn json(&self, value: &mut Value);

    /// For bytes that come in chunks.
    fn chunks(&self) -> Box<dyn ScrubChunks>;
}

/// Bytes that come in chunks, between which a secret may be divided.
pub trait ScrubChunks: Send {
    /// Takes a chunk and gives what can be told by now.
    fn push(&mut self, chunk: &[u8]) -> Vec<u8>;

    /// Gives the rest, after the last chunk.
    fn finish(self: Box<Self>) -> Vec<u8>;
}
