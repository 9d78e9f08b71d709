//! QUIT (RFC 5321, 4.1.1.10).

use super::session::{Event, Session};

impl Session {
    pub(super) fn quit(&mut self) -> Option<Event> {
        self.end("221 2.0.0 Goodbye");
        None
    }
}
