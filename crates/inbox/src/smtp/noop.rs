//! NOOP (RFC 5321, 4.1.1.9).

use super::session::{Event, Session};

impl Session {
    pub(super) fn noop(&mut self) -> Option<Event> {
        self.idle("250 2.0.0 Nothing was done")
    }
}
