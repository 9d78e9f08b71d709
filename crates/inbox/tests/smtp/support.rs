//! A client and a mailbox that live in memory.

use std::sync::Arc;

use guise_inbox::smtp::{Event, Memory, Session, Terms};
use guise_inbox::{Address, DeliverError, Incoming, Limits, Verdict};

/// A session with its client and its mailboxes. `ada@example.com` and `bob@example.com` are there; `full@` is full and
/// `later@` cannot be looked up.
pub struct Peer {
    session: Session,
    /// What was delivered.
    pub mails: Vec<Incoming>,
    /// Whether the session has closed the connection.
    pub closed: bool,
    /// Whether the session waits for TLS to be negotiated.
    pub wants_tls: bool,
    /// Whether mails can be kept.
    pub keeps: bool,
}

impl Peer {
    pub fn new() -> Self {
        Self::with(Limits::default())
    }

    pub fn with(limits: Limits) -> Self {
        let terms = Terms {
            hostname: "mx.example.com".to_owned(),
            tls: true,
            memory: Memory::new(limits.memory_bytes),
            limits,
        };
        Self {
            session: Session::new(Arc::new(terms), "192.0.2.1:2500".parse().unwrap()),
            mails: Vec::new(),
            closed: false,
            wants_tls: false,
            keeps: true,
        }
    }

    /// A session that has been greeted and has greeted.
    pub fn greeted() -> Self {
        let mut peer = Self::new();
        peer.send("EHLO client.example\r\n");
        peer
    }

    /// A session that waits for a mail's content.
    pub fn in_data() -> Self {
        let mut peer = Self::greeted();
        let replies =
            peer.send("MAIL FROM:<eve@example.net>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n");
        assert!(
            replies.ends_with("354 Send the mail, then a line with a dot alone\r\n"),
            "{replies}"
        );
        peer
    }

    /// Sends bytes and gives the replies.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> String {
        let mut input = bytes.as_ref();
        while let Some(event) = self.session.feed(&mut input) {
            match event {
                Event::Recipient(address) => self.session.recipient(verdict(&address)),
                Event::Mail(mail) => {
                    let result = if self.keeps {
                        Ok(())
                    } else {
                        Err(DeliverError::new("no disk"))
                    };
                    if self.keeps {
                        self.mails.push(*mail);
                    }
                    self.session.delivered(&result);
                }
                Event::StartTls => {
                    self.wants_tls = true;
                    break;
                }
                Event::Close => {
                    self.closed = true;
                    break;
                }
            }
        }
        String::from_utf8(self.session.replies()).unwrap()
    }

    /// Sends a line and gives the code of the last reply.
    pub fn code(&mut self, line: &str) -> String {
        let replies = self.send(format!("{line}\r\n"));
        let last = replies.trim_end().rsplit("\r\n").next().unwrap_or_default();
        last.get(..3).unwrap_or_default().to_owned()
    }

    /// The TLS negotiation is over.
    pub fn encrypted(&mut self) {
        self.session.encrypted();
    }
}

fn verdict(address: &Address) -> Verdict {
    match (address.local_part(), address.domain()) {
        ("full", "example.com") => Verdict::MailboxFull,
        ("later", "example.com") => Verdict::TemporaryFailure,
        ("ada" | "bob" | "ädä", "example.com") | ("postmaster", "mx.example.com") => {
            Verdict::Accept
        }
        _ => Verdict::UnknownUser,
    }
}
