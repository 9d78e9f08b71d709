//! The scrubbers of sessions, and all of them together for the log.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use guise_core::Secret;
use guise_core::ports::{Scrub, ScrubChunks, Scrubs};
use serde_json::Value;

use super::{ScrubStream, Scrubber};

/// Makes the scrubbers of sessions, and scrubs what is nobody's in particular, such as the log, of the secrets of all.
///
/// Clones are the same.
#[derive(Clone, Default)]
pub struct SessionScrubbers {
    /// Those that have searched for something.
    all: Arc<Mutex<Vec<Weak<Scrubber>>>>,
}

impl SessionScrubbers {
    /// Bytes without the secrets of any session that runs; borrowed when there were none in them.
    pub fn scrub_bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut live = Vec::with_capacity(all.len());
        all.retain(|scrubber| {
            let scrubber = scrubber.upgrade();
            let lives = scrubber.is_some();
            live.extend(scrubber);
            lives
        });
        drop(all);
        let mut clean = Cow::Borrowed(bytes);
        for scrubber in live {
            if let Cow::Owned(scrubbed) = scrubber.scrub_bytes(&clean) {
                clean = Cow::Owned(scrubbed);
            }
        }
        clean
    }
}

impl Scrubs for SessionScrubbers {
    fn scrub(&self) -> Arc<dyn Scrub> {
        Arc::new(SessionScrubber {
            scrubber: Arc::new(Scrubber::new(None::<(Secret, String)>)),
            counts: AtomicBool::new(false),
            all: self.clone(),
        })
    }
}

/// Shows how many there are.
impl fmt::Debug for SessionScrubbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("SessionScrubbers")
            .field("sessions", &all.len())
            .finish()
    }
}

struct SessionScrubber {
    scrubber: Arc<Scrubber>,
    /// It is one of `all`.
    counts: AtomicBool,
    all: SessionScrubbers,
}

impl Scrub for SessionScrubber {
    fn add(&self, secret: &Secret, label: &str) {
        let copy = Secret::new(secret.expose().to_owned());
        if self.scrubber.add(copy, label) && !self.counts.swap(true, Ordering::AcqRel) {
            let mut all = self.all.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(Arc::downgrade(&self.scrubber));
        }
    }

    fn remove(&self, label: &str) {
        self.scrubber.remove(label);
    }

    fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.scrubber.scrub_text(text)
    }

    fn json(&self, value: &mut Value) {
        self.scrubber.scrub_json(value);
    }

    fn chunks(&self) -> Box<dyn ScrubChunks> {
        Box::new(self.scrubber.stream())
    }
}

impl ScrubChunks for ScrubStream {
    fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        ScrubStream::push(self, chunk)
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        ScrubStream::finish(*self)
    }
}
