//! VRFY (RFC 5321, 4.1.1.6).

use super::session::{Event, Session};

impl Session {
    /// Says neither yes nor no: who asks about names collects them (7.3).
    pub(super) fn vrfy(&mut self) -> Option<Event> {
        self.idle("252 2.5.0 Send the mail to find out")
    }
}
