//! MAIL (RFC 5321, 4.1.1.2) and its parameters: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531).

use std::borrow::Cow;

use smtp_proto::{
    MAIL_BODY_7BIT, MAIL_BODY_8BITMIME, MAIL_BODY_BINARYMIME, MAIL_SMTPUTF8, MailFrom,
};

use crate::Address;

use super::session::{Envelope, Event, Session};

impl Session {
    pub(super) fn mail(&mut self, from: &MailFrom<Cow<'_, str>>) -> Option<Event> {
        if self.helo.is_none() {
            return self.refuse("503 5.5.1 Say EHLO first");
        }
        if self.envelope.is_some() {
            return self.refuse("503 5.5.1 A mail is under way: DATA sends it, RSET drops it");
        }
        if self.mails >= self.terms.limits.mails_per_connection {
            self.end("421 4.7.0 Enough mails for one connection, connect again");
            return None;
        }
        if from.flags & MAIL_BODY_BINARYMIME != 0 {
            return self.refuse("555 5.5.4 BODY can be 7BIT or 8BITMIME here");
        }
        if asks_for_more(from) {
            return self
                .refuse("555 5.5.4 A parameter belongs to an extension that is not offered here");
        }
        if from.size > self.terms.limits.mail_bytes {
            let reply = format!(
                "552 5.3.4 A mail may have {} bytes at most",
                self.terms.limits.mail_bytes
            );
            return self.refuse(&reply);
        }
        let utf8 = from.flags & MAIL_SMTPUTF8 != 0;
        let sender = if from.address.is_empty() {
            None
        } else {
            match from.address.parse::<Address>() {
                Ok(address) if utf8 || address.is_ascii() => Some(address),
                Ok(_) => return self.refuse("553 5.6.7 An address beyond ASCII needs SMTPUTF8"),
                Err(_) => {
                    return self
                        .refuse("553 5.1.7 The sender's address is not one that can be answered");
                }
            }
        };
        self.envelope = Some(Envelope {
            sender,
            utf8,
            recipients: Vec::new(),
        });
        self.say("250 2.1.0 The sender is noted")
    }
}

/// Whether a parameter is there that only an extension gives a meaning that we do not offer (4.1.1.11).
fn asks_for_more(from: &MailFrom<Cow<'_, str>>) -> bool {
    let known = MAIL_BODY_7BIT | MAIL_BODY_8BITMIME | MAIL_BODY_BINARYMIME | MAIL_SMTPUTF8;
    let plain = MailFrom {
        address: from.address.clone(),
        size: from.size,
        flags: from.flags & known,
        ..MailFrom::default()
    };
    *from != plain
}
