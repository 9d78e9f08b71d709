//! The state of one connection.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::{Address, DeliverError, Incoming, Verdict};

use super::Terms;
use super::body::BodyReader;
use super::line::{Line, LineReader};
use super::room::Room;

/// One connection's side of the protocol: bytes in, replies and [`Event`]s out.
///
/// Feed it what was read, answer each event, write [`Session::replies`], read on. It never waits and knows no clock.
#[derive(Debug)]
pub struct Session {
    pub(super) terms: Arc<Terms>,
    pub(super) peer: SocketAddr,
    /// What the client called itself, once it has said hello.
    pub(super) helo: Option<String>,
    pub(super) tls: bool,
    pub(super) envelope: Option<Envelope>,
    pub(super) mails: usize,
    pub(super) idle_commands: usize,
    pub(super) state: State,
    errors: usize,
    line: LineReader,
    replies: Vec<u8>,
}

/// What a session needs from outside before it goes on. Write the replies so far first if the answer may take a while.
#[derive(Debug)]
pub enum Event {
    /// May a mail for this address come in? Answer with [`Session::recipient`].
    Recipient(Address),
    /// A whole mail. Answer with [`Session::delivered`].
    Mail(Box<Incoming>),
    /// Write the replies, then negotiate TLS and call [`Session::encrypted`], or close.
    StartTls,
    /// Write the replies, then close.
    Close,
}

/// Where a session is.
#[derive(Debug)]
pub(super) enum State {
    /// The next line is a command.
    Command,
    /// An address waits for its verdict.
    Recipient(Address),
    /// A mail's content comes in.
    Body(BodyReader),
    /// A mail waits for being delivered; its room is held until then.
    Mail(Room),
    /// TLS is about to begin.
    Tls,
    /// Nothing is listened to any more.
    Closed,
}

/// The mail that is being sent.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    pub(super) sender: Option<Address>,
    /// Whether addresses may go beyond ASCII (RFC 6531).
    pub(super) utf8: bool,
    pub(super) recipients: Vec<Address>,
}

impl Session {
    /// A session with a client that has just connected. The greeting is its first reply.
    #[must_use]
    pub fn new(terms: Arc<Terms>, peer: SocketAddr) -> Self {
        let mut session = Self {
            peer,
            helo: None,
            tls: false,
            envelope: None,
            mails: 0,
            idle_commands: 0,
            state: State::Command,
            errors: 0,
            line: LineReader::default(),
            replies: Vec::new(),
            terms,
        };
        let greeting = format!("220 {} ESMTP", session.terms.hostname);
        session.reply(&greeting);
        session
    }

    /// Takes bytes off the input until it needs something from outside; none when all are taken.
    ///
    /// While an event waits for its answer nothing is taken.
    pub fn feed(&mut self, input: &mut &[u8]) -> Option<Event> {
        loop {
            match &mut self.state {
                State::Command => {
                    let line = self.line.take(input, self.terms.limits.line_bytes)?;
                    if let Some(event) = self.line(&line) {
                        if matches!(event, Event::StartTls) {
                            drop_rest(input);
                        }
                        return Some(event);
                    }
                }
                State::Body(body) => {
                    let ended = body.take(input)?;
                    if let Some(event) = self.content(ended) {
                        return Some(event);
                    }
                }
                State::Recipient(_) | State::Mail(_) => return None,
                State::Tls => {
                    drop_rest(input);
                    return None;
                }
                State::Closed => {
                    drop_rest(input);
                    return Some(Event::Close);
                }
            }
        }
    }

    /// The answer to [`Event::Recipient`].
    pub fn recipient(&mut self, verdict: Verdict) {
        if let State::Recipient(address) = std::mem::replace(&mut self.state, State::Command) {
            self.judged(address, verdict);
        }
    }

    /// The answer to [`Event::Mail`].
    pub fn delivered(&mut self, result: &Result<(), DeliverError>) {
        if let State::Mail(_room) = std::mem::replace(&mut self.state, State::Command) {
            self.answer_mail(result.is_ok());
        }
    }

    /// The answer to [`Event::StartTls`]: everything from here on is encrypted. What was said before is forgotten
    /// (RFC 3207, 4.2).
    pub fn encrypted(&mut self) {
        self.tls = true;
        self.helo = None;
        self.envelope = None;
        self.line = LineReader::default();
        self.state = State::Command;
    }

    /// Ends the session from outside, with a reply that says why: `421 4.4.2 …`.
    pub fn end(&mut self, reply: &str) {
        self.reply(reply);
        self.state = State::Closed;
    }

    /// Takes the replies that are to be written.
    pub fn replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    /// Whether there are replies to be written.
    #[must_use]
    pub fn has_replies(&self) -> bool {
        !self.replies.is_empty()
    }

    /// Whether a mail's content is coming in, as opposed to commands.
    #[must_use]
    pub fn is_receiving(&self) -> bool {
        matches!(self.state, State::Body(_))
    }

    fn line(&mut self, line: &Line) -> Option<Event> {
        match line {
            Line::Whole(line) => self.command(line),
            Line::TooLong => self.refuse("500 5.5.2 The line is too long"),
            Line::Bare => {
                self.end("500 5.5.2 A line ends with CR and LF together, nothing else");
                None
            }
        }
    }

    /// Puts a line among the replies.
    pub(super) fn reply(&mut self, line: &str) {
        self.replies.extend_from_slice(line.as_bytes());
        self.replies.extend_from_slice(b"\r\n");
    }

    /// Replies, and goes on with the next command.
    pub(super) fn say(&mut self, line: &str) -> Option<Event> {
        self.reply(line);
        None
    }

    /// Replies with a refusal. A client that collects too many is let go.
    pub(super) fn refuse(&mut self, line: &str) -> Option<Event> {
        self.reply(line);
        self.errors += 1;
        if self.errors > self.terms.limits.errors {
            self.end("421 4.7.0 Too many errors on this connection");
        }
        None
    }

    /// Replies to a command that leads to nothing. A client that sends nothing else is let go.
    pub(super) fn idle(&mut self, line: &str) -> Option<Event> {
        self.reply(line);
        self.idle_commands += 1;
        if self.idle_commands > self.terms.limits.idle_commands {
            self.end("421 4.7.0 Too many commands without a mail");
        }
        None
    }
}

/// What a client sent ahead of the negotiation may be somebody else's, put in before the encryption began; it must not
/// count as said inside (RFC 3207, 5). And what comes after the end is nobody's.
fn drop_rest(input: &mut &[u8]) {
    *input = &[];
}
