//! STARTTLS (RFC 3207).

use super::session::{Event, Session, State};

impl Session {
    pub(super) fn starttls(&mut self) -> Option<Event> {
        if self.tls {
            return self.refuse("503 5.5.1 TLS is on");
        }
        if !self.terms.tls {
            return self.refuse("502 5.5.1 TLS is not offered here");
        }
        self.reply("220 2.0.0 Go ahead");
        self.state = State::Tls;
        Some(Event::StartTls)
    }
}
