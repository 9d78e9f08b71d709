//! A mail's bytes to what a reader sees.

mod assemble;
mod attachment;
mod body;
mod headers;
mod mailbox;
mod parts;

pub use attachment::Attachment;
pub use mailbox::Mailbox;

use bytes::Bytes;
use jiff::Timestamp;

/// A mail, read.
///
/// Reading never fails: what is broken or beyond a bound is left out, and [`Message::truncated`] says so. Bounds: 64 KiB
/// of headers for the mail and for each part, multiparts 20 deep, 500 parts, 8 MiB of text before and after it is decoded
/// (a third of it where it is not in UTF-8 and could become three times as long), 50 MiB of attachments, 1 KiB of each
/// one's name, type and id.
///
/// Mails inside (`message/rfc822`) are attachments; their content is not looked into.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Decoded (RFC 2047), on one line; empty where there is none.
    pub subject: String,
    /// The first address of `From`.
    pub from: Option<Mailbox>,
    /// The addresses of `To`, groups resolved.
    pub to: Vec<Mailbox>,
    /// The addresses of `Cc`.
    pub cc: Vec<Mailbox>,
    /// The addresses of `Reply-To`.
    pub reply_to: Vec<Mailbox>,
    /// What the sender wrote into `Date`.
    pub date: Option<Timestamp>,
    /// `Message-ID`, without its angle brackets.
    pub message_id: Option<String>,
    /// The first id of `In-Reply-To`.
    pub in_reply_to: Option<String>,
    /// The ids of `References`, oldest first.
    pub references: Vec<String>,
    /// The text. Where there is only HTML, it is made from that: hidden parts left out, addresses of links in angle
    /// brackets behind them. Lines end in LF.
    pub text: String,
    /// The HTML as it came, if there is any. It is foreign and may hold anything.
    pub html: Option<String>,
    /// What is attached, inline images included.
    pub attachments: Vec<Attachment>,
    /// Whether something was left out because a bound was met or the structure is broken.
    pub truncated: bool,
}

impl Message {
    /// Reads a mail. Lines may end in CR LF or LF.
    #[must_use]
    pub fn parse(raw: &Bytes) -> Self {
        assemble::assemble(raw)
    }

    /// What all mails of a conversation have in common: the id of the first (RFC 5322, 3.6.4).
    #[must_use]
    pub fn thread(&self) -> Option<&str> {
        self.references
            .first()
            .or(self.in_reply_to.as_ref())
            .or(self.message_id.as_ref())
            .map(String::as_str)
    }
}
