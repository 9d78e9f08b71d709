//! RCPT (RFC 5321, 4.1.1.3).

use std::borrow::Cow;

use smtp_proto::RcptTo;

use crate::{Address, Verdict};

use super::session::{Event, Session, State};

impl Session {
    pub(super) fn rcpt(&mut self, to: &RcptTo<Cow<'_, str>>, line: &[u8]) -> Option<Event> {
        let limit = self.terms.limits.recipients;
        let Some(envelope) = &self.envelope else {
            return self.refuse("503 5.5.1 Say MAIL FROM first");
        };
        if envelope.recipients.len() >= limit {
            // A temporary refusal: the sender sends the rest in another mail (4.5.3.1.10).
            return self.say("452 4.5.3 Enough recipients for one mail, send the rest in another");
        }
        if to.flags != 0 || to.rrvs != 0 || to.orcpt.is_some() {
            return self
                .refuse("555 5.5.4 A parameter belongs to an extension that is not offered here");
        }
        let utf8 = envelope.utf8;
        let address = if to.address.is_empty() && names_postmaster(line) {
            // The only recipient that is valid without a domain (4.5.1).
            format!("postmaster@{}", self.terms.hostname).parse()
        } else {
            to.address.parse::<Address>()
        };
        match address {
            Ok(address) if utf8 || address.is_ascii() => {
                self.state = State::Recipient(address.clone());
                Some(Event::Recipient(address))
            }
            Ok(_) => self.refuse("553 5.6.7 An address beyond ASCII needs SMTPUTF8"),
            Err(_) => self.refuse("553 5.1.3 The recipient's address is not one that can be here"),
        }
    }

    /// Goes on once it is known whether the address may receive.
    pub(super) fn judged(&mut self, address: Address, verdict: Verdict) {
        match verdict {
            Verdict::Accept => {
                if let Some(envelope) = &mut self.envelope
                    && !envelope.recipients.contains(&address)
                {
                    envelope.recipients.push(address);
                }
                self.reply("250 2.1.5 The recipient is noted");
            }
            // It counts as an error, so that nobody tries whole lists of names on one connection.
            Verdict::UnknownUser => {
                self.refuse("550 5.1.1 There is no such mailbox here");
            }
            Verdict::MailboxFull => self.reply("452 4.2.2 The mailbox is full"),
            Verdict::TemporaryFailure => {
                self.reply("451 4.3.0 That cannot be said now, try again later")
            }
        }
    }
}

/// The parser gives the same empty address for `<>` and `<postmaster>`.
fn names_postmaster(line: &[u8]) -> bool {
    line.windows(b"<postmaster>".len())
        .any(|part| part.eq_ignore_ascii_case(b"<postmaster>"))
}
