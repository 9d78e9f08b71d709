//! RSET (RFC 5321, 4.1.1.5).

use super::session::{Event, Session};

impl Session {
    pub(super) fn rset(&mut self) -> Option<Event> {
        self.envelope = None;
        self.idle("250 2.0.0 Forgotten")
    }
}
