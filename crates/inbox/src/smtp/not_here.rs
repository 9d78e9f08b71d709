//! Commands of extensions that are not offered.

use super::session::{Event, Session};

impl Session {
    /// AUTH, EXPN, ETRN and their like.
    pub(super) fn not_here(&mut self, name: &str) -> Option<Event> {
        self.refuse(&format!("502 5.5.1 {name} is not offered here"))
    }

    /// BDAT and BURL are followed by content that we could not tell from commands (RFC 3030), so this is the end.
    pub(super) fn bdat(&mut self) -> Option<Event> {
        self.end("502 5.5.1 Content comes by DATA only");
        None
    }
}
