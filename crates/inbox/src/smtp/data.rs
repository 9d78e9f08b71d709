//! DATA (RFC 5321, 4.1.1.4), the content that follows it, and what is said about it.

use bytes::Bytes;

use crate::{Authentication, Incoming};

use super::body::{BodyReader, Ended, Fault};
use super::session::{Event, Session, State};

impl Session {
    pub(super) fn data(&mut self) -> Option<Event> {
        match &self.envelope {
            None => self.refuse("503 5.5.1 Say MAIL FROM first"),
            Some(envelope) if envelope.recipients.is_empty() => {
                self.refuse("554 5.5.1 No recipient was accepted")
            }
            Some(_) => {
                let room = self.terms.memory.room();
                self.state = State::Body(BodyReader::new(self.terms.limits.mail_bytes, room));
                self.say("354 Send the mail, then a line with a dot alone")
            }
        }
    }

    /// Goes on once the content has ended.
    pub(super) fn content(&mut self, ended: Ended) -> Option<Event> {
        self.state = State::Command;
        let envelope = self.envelope.take()?;
        match ended {
            Ended::Whole(bytes, room) => {
                self.state = State::Mail(room);
                Some(Event::Mail(Box::new(Incoming {
                    peer: self.peer,
                    helo: self.helo.clone().unwrap_or_default(),
                    tls: self.tls,
                    sender: envelope.sender,
                    recipients: envelope.recipients,
                    raw: Bytes::from(bytes),
                    authentication: Authentication::default(),
                })))
            }
            // Closed after it: a client that sends such lines may mean something else by what comes next.
            Ended::Faulty(Fault::BareLine) | Ended::GivenUp(Fault::BareLine) => {
                self.end(
                    "550 5.6.0 The mail has a CR or LF alone: lines end with CR and LF together",
                );
                None
            }
            Ended::Faulty(Fault::TooLarge) => {
                let reply = self.too_large();
                self.refuse(&reply)
            }
            Ended::GivenUp(Fault::TooLarge) => {
                let reply = self.too_large();
                self.end(&reply);
                None
            }
            Ended::Faulty(Fault::NoRoom) => self.say(NO_ROOM),
            Ended::GivenUp(Fault::NoRoom) => {
                self.end(NO_ROOM);
                None
            }
        }
    }

    /// Says whether the mail is ours now.
    pub(super) fn answer_mail(&mut self, kept: bool) {
        self.mails += 1;
        self.idle_commands = 0;
        self.reply(if kept {
            "250 2.0.0 The mail is kept"
        } else {
            "451 4.3.0 The mail could not be kept, try again later"
        });
    }

    fn too_large(&self) -> String {
        let limit = self.terms.limits.mail_bytes;
        format!("552 5.3.4 A mail may have {limit} bytes at most")
    }
}

const NO_ROOM: &str = "452 4.3.1 Too many mails are coming in at once, try again later";
