//! What went wrong last, for whoever has to explain why a page did not open.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::{Error, Host};

/// Destinations of which the last failure is kept.
const MAX_KEPT: usize = 64;

/// The last failure of each of the last 64 destinations that failed.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    kept: Mutex<VecDeque<(Host, u16, Instant, Error)>>,
}

impl Failures {
    pub(crate) fn add(&self, host: Host, port: u16, error: Error) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(old, at, ..)| *at != port || *old != host);
        if kept.len() == MAX_KEPT {
            kept.pop_front();
        }
        kept.push_back((host, port, Instant::now(), error));
    }

    /// The last failure of a destination, if it happened at `since` or later.
    pub(crate) fn last(&self, host: &Host, port: u16, since: Instant) -> Option<Error> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(own, at, when, _)| own == host && *at == port && *when >= since)
            .map(|(.., error)| error.clone())
    }
}
