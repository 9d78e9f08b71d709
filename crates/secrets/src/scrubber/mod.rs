//! Finds secrets in what leaves, and puts placeholders in their places.

mod finder;
mod forms;
mod json;
mod render;
mod sessions;
mod starts;
mod stream;

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use guise_core::Secret;
use serde_json::Value;

use finder::{Entry, Finder};
pub use sessions::SessionScrubbers;
pub use stream::ScrubStream;

/// The shortest value that is searched for, in characters. Shorter ones stand in every text by chance, so whoever fills
/// or shows them has to know the field that they are in.
pub const SHORTEST_SEARCHED: usize = 4;

/// Finds secrets in texts and bytes, in every form that they usually travel in, and replaces them by their placeholders.
///
/// The forms: as it is, in capitals and in small letters; percent-encoded by each of the usual sets, with `+` for spaces
/// too; escaped for JSON and HTML (names, decimal, hexadecimal), as far as necessary or every character; Base64 at each of
/// the three alignments, in both alphabets, with and without padding; hexadecimal; UTF-16 in both orders; backwards; with a
/// space, hyphen or line break between all characters, digits also in groups of four. One form inside another (Base64 of
/// JSON) is not looked for, and neither is what somebody makes up on purpose: this is a net below those rules that keep
/// secrets from getting anywhere at all.
///
/// Everything is looked for in one pass. Where secrets overlap, the whole stretch is replaced, by the placeholder of the
/// one that begins first and, among those, is the longest. A placeholder in which a secret can be found is not used;
/// `***` stands in its place. What is put in is not searched again.
///
/// Clones share their secrets, which may be added and removed at any time, from any thread; the next call sees it. What
/// is searched for is wiped when it is removed.
///
/// ```
/// use guise_core::Secret;
/// use guise_secrets::Scrubber;
///
/// let scrubber = Scrubber::new([(Secret::new("hunter2!".to_owned()), "<password>")]);
/// assert_eq!(scrubber.scrub_text("/login?p=hunter2%21"), "/login?p=<password>");
/// ```
#[derive(Clone)]
pub struct Scrubber {
    live: Arc<RwLock<Live>>,
}

/// The secrets of the moment.
#[derive(Default)]
struct Live {
    entries: Vec<Arc<Entry>>,
    /// What searches for them; absent while there are none, and while `stale`.
    finder: Option<Arc<Finder>>,
    stale: bool,
}

impl Scrubber {
    /// Searches for `secrets`, each with the label that is put in its place.
    ///
    /// Values shorter than [`SHORTEST_SEARCHED`] are left out.
    pub fn new<L: Into<String>>(secrets: impl IntoIterator<Item = (Secret, L)>) -> Self {
        let scrubber = Self {
            live: Arc::default(),
        };
        for (secret, label) in secrets {
            scrubber.add(secret, label);
        }
        scrubber
    }

    /// Searches for one more. Answers whether it does: not for a value shorter than [`SHORTEST_SEARCHED`].
    ///
    /// A value that is there already keeps its label; several may have the same label. One that is there with this very label
    /// changes nothing.
    pub fn add(&self, secret: Secret, label: impl Into<String>) -> bool {
        if secret.expose().chars().count() < SHORTEST_SEARCHED {
            return false;
        }
        let label = label.into();
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        if live.entries.iter().any(|entry| entry.is(&secret, &label)) {
            return true;
        }
        let entry = Entry::new(&secret, label);
        live.entries.push(Arc::new(entry));
        live.stale = true;
        true
    }

    /// Lets all go that have this label. Answers whether there were any.
    pub fn remove(&self, label: &str) -> bool {
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        let before = live.entries.len();
        live.entries.retain(|entry| entry.label() != label);
        let removed = live.entries.len() != before;
        if removed {
            // At once, because it holds on to what was removed.
            live.finder = None;
            live.stale = true;
        }
        removed
    }

    /// A text without its secrets; borrowed when there were none.
    pub fn scrub_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.finder() {
            Some(finder) => render::text(&finder, text),
            None => Cow::Borrowed(text),
        }
    }

    /// Bytes without the secrets in them; borrowed when there were none.
    pub fn scrub_bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        match self.finder() {
            Some(finder) => render::bytes(&finder, bytes),
            None => Cow::Borrowed(bytes),
        }
    }

    /// Scrubs every string and every member's name of a JSON value. A number that is a secret as it is written (also one
    /// with a sign or `.0`) becomes a string, its placeholder. Names that become equal by it are told apart by a `~`.
    ///
    /// Unlike [`Scrubber::scrub_text`] on a document, this leaves a document whatever the secrets are.
    pub fn scrub_json(&self, value: &mut Value) {
        if let Some(finder) = self.finder() {
            json::scrub(&finder, value);
        }
    }

    /// For bytes that come in chunks, between which a secret may be divided.
    pub fn stream(&self) -> ScrubStream {
        ScrubStream::new(self.clone())
    }

    /// What searches for the secrets of the moment; `None` when there are none. Made on the first use after a change.
    fn finder(&self) -> Option<Arc<Finder>> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        if !live.stale {
            return live.finder.clone();
        }
        drop(live);
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        if live.stale {
            live.finder = Finder::new(live.entries.clone()).map(Arc::new);
            live.stale = false;
        }
        live.finder.clone()
    }
}

/// Shows how many secrets there are, and nothing of them.
impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Scrubber")
            .field("secrets", &live.entries.len())
            .finish()
    }
}
