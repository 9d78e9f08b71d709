//! HELP (RFC 5321, 4.1.1.8).

use super::session::{Event, Session};

impl Session {
    pub(super) fn help(&mut self) -> Option<Event> {
        self.idle("214 2.0.0 EHLO HELO STARTTLS MAIL RCPT DATA RSET NOOP VRFY HELP QUIT")
    }
}
