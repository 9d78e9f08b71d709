//! EHLO and HELO (RFC 5321, 4.1.1.1).

use super::session::{Event, Session};

impl Session {
    pub(super) fn ehlo(&mut self, host: &str) -> Option<Event> {
        self.greeted(host);
        let limit = self.terms.limits.mail_bytes;
        let mut lines = vec![
            format!("{} greets you", self.terms.hostname),
            "8BITMIME".to_owned(),
            "ENHANCEDSTATUSCODES".to_owned(),
            "PIPELINING".to_owned(),
            format!("SIZE {limit}"),
            "SMTPUTF8".to_owned(),
        ];
        // Inside TLS it is not offered again (RFC 3207, 4.2).
        if self.terms.tls && !self.tls {
            lines.push("STARTTLS".to_owned());
        }
        let last = lines.len() - 1;
        let reply: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(at, line)| format!("250{}{line}", if at == last { ' ' } else { '-' }))
            .collect();
        self.idle(&reply.join("\r\n"))
    }

    pub(super) fn helo(&mut self, host: &str) -> Option<Event> {
        self.greeted(host);
        let reply = format!("250 {}", self.terms.hostname);
        self.idle(&reply)
    }

    /// A hello begins anew, as RSET does (4.1.4).
    fn greeted(&mut self, host: &str) {
        self.helo = Some(host.to_owned());
        self.envelope = None;
    }
}
