//! From the parts to the message.

use std::borrow::Cow;
use std::collections::HashSet;

use bytes::Bytes;
use jiff::Timestamp;
use mail_parser::HeaderName;

use crate::html::{Urls, render};

use super::body::{charset_of_html, decoded, text};
use super::headers::Headers;
use super::parts::{Part, parts};
use super::{Attachment, Message};

/// Text that is read, in bytes: before it is decoded, and after it.
const MOST_TEXT: usize = 8 * 1024 * 1024;
/// Attachments that are kept, in bytes.
const MOST_ATTACHED: usize = 50 * 1024 * 1024;
/// A name, type or id of an attachment, in bytes.
const LONGEST_NAME: usize = 1024;

/// A piece of the mail's text.
enum Piece {
    Plain(String),
    Html(String),
}

pub(super) fn assemble(raw: &Bytes) -> Message {
    let found = parts(raw);
    let headers = Headers::of_mail(raw.get(..found.headers_end).unwrap_or_default());
    let mut message = Message {
        truncated: found.truncated || headers.truncated,
        ..with_headers(&headers)
    };
    let mut pieces = Vec::new();
    let (mut text_left, mut kept_left, mut attached_left) = (MOST_TEXT, MOST_TEXT, MOST_ATTACHED);
    for part in &found.parts {
        let headers = Headers::of_part(raw.get(part.headers.clone()).unwrap_or_default());
        let kind = Kind::of(part, &headers);
        if kind == Kind::Attachment {
            match attachment(raw, part, &headers, &mut attached_left) {
                Some(attachment) => message.attachments.push(attachment),
                None => message.truncated = true,
            }
            continue;
        }
        let body = raw.get(part.body.clone()).unwrap_or_default();
        let cut = body.len() > text_left;
        let body = body.get(..text_left).unwrap_or(body);
        text_left -= body.len();
        let bytes = decoded(body, headers.transfer_encoding());
        let content_type = headers.content_type();
        let mut charset = content_type
            .and_then(|kind| kind.attribute("charset"))
            .map(str::to_owned);
        if charset.is_none() && kind == Kind::Html {
            charset = charset_of_html(&bytes);
        }
        let (content, whole) = text(&bytes, charset.as_deref(), kept_left, cut);
        message.truncated |= cut || !whole;
        kept_left -= content.len();
        let content = with_lf(content);
        let piece = match kind {
            Kind::Html => Piece::Html(content),
            _ => Piece::Plain(content),
        };
        pieces.push((part.alternative, piece));
    }
    message.text = text_of(&mut pieces);
    message.html = html_of(pieces);
    message
}

fn with_headers(headers: &Headers) -> Message {
    Message {
        subject: headers.text(&HeaderName::Subject).unwrap_or_default(),
        from: headers.mailboxes(&HeaderName::From).into_iter().next(),
        to: headers.mailboxes(&HeaderName::To),
        cc: headers.mailboxes(&HeaderName::Cc),
        reply_to: headers.mailboxes(&HeaderName::ReplyTo),
        date: headers
            .seconds(&HeaderName::Date)
            .and_then(|seconds| Timestamp::from_second(seconds).ok()),
        message_id: headers.ids(&HeaderName::MessageId).into_iter().next(),
        in_reply_to: headers.ids(&HeaderName::InReplyTo).into_iter().next(),
        references: headers.ids(&HeaderName::References),
        ..Message::default()
    }
}

/// What becomes of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Html,
    Attachment,
}

impl Kind {
    fn of(part: &Part, headers: &Headers) -> Self {
        let attached = headers
            .disposition()
            .is_some_and(|disposition| disposition.is_attachment())
            || headers.file_name().is_some();
        let kind = headers
            .content_type()
            .map(|kind| (kind.ctype(), kind.subtype().unwrap_or("plain")));
        match kind {
            _ if attached => Self::Attachment,
            None if part.in_digest => Self::Attachment,
            None | Some(("text", "plain")) => Self::Plain,
            Some(("text", "html")) => Self::Html,
            // A multipart that names no boundary has its content as text, as a reader would show it.
            Some(("multipart", _)) => Self::Plain,
            Some(_) => Self::Attachment,
        }
    }
}

/// The part as an attachment; none if there is no room left for it.
fn attachment(raw: &Bytes, part: &Part, headers: &Headers, left: &mut usize) -> Option<Attachment> {
    let body = raw.get(part.body.clone()).unwrap_or_default();
    let bytes = match decoded(body, headers.transfer_encoding()) {
        Cow::Owned(bytes) => Bytes::from(bytes),
        Cow::Borrowed(_) => raw.slice(part.body.clone()),
    };
    *left = left.checked_sub(bytes.len())?;
    let content_type = match headers.content_type() {
        Some(kind) => {
            let subtype = kind.subtype().unwrap_or("octet-stream");
            short(&format!("{}/{subtype}", kind.ctype())).to_ascii_lowercase()
        }
        None if part.in_digest => "message/rfc822".to_owned(),
        None => "application/octet-stream".to_owned(),
    };
    Some(Attachment {
        name: headers.file_name().map(short),
        content_type,
        content_id: headers.content_id().map(short),
        inline: headers
            .disposition()
            .is_some_and(|disposition| disposition.is_inline()),
        bytes,
    })
}

fn short(text: &str) -> String {
    let end = text.floor_char_boundary(LONGEST_NAME);
    text.get(..end).unwrap_or_default().to_owned()
}

fn with_lf(text: String) -> String {
    // What needs no change is not copied: it may be the larger part of what a mail may take.
    if text.contains("\r\n") {
        text.replace("\r\n", "\n")
    } else {
        text
    }
}

/// The plain pieces, and the HTML ones that have no plain one as their alternative, in the mail's order. Takes the plain
/// ones out.
fn text_of(pieces: &mut [(Option<usize>, Piece)]) -> String {
    let has_plain: HashSet<usize> = pieces
        .iter()
        .filter(|(_, piece)| matches!(piece, Piece::Plain(text) if !text.trim().is_empty()))
        .filter_map(|(alternative, _)| *alternative)
        .collect();
    let texts = pieces
        .iter_mut()
        .filter_map(|(alternative, piece)| match piece {
            Piece::Plain(text) => Some(std::mem::take(text)),
            Piece::Html(_) if alternative.is_some_and(|id| has_plain.contains(&id)) => None,
            Piece::Html(html) => Some(render(html, Urls::Shown).text),
        })
        .filter(|text| !text.trim().is_empty());
    joined(texts.collect()).unwrap_or_default()
}

/// All HTML pieces in the mail's order.
fn html_of(pieces: Vec<(Option<usize>, Piece)>) -> Option<String> {
    let html = pieces.into_iter().filter_map(|(_, piece)| match piece {
        Piece::Html(html) => Some(html),
        Piece::Plain(_) => None,
    });
    joined(html.collect())
}

/// One text of several, each on lines of its own. A single one is not copied.
fn joined(mut texts: Vec<String>) -> Option<String> {
    match texts.len() {
        0 | 1 => texts.pop(),
        _ => Some(texts.join("\n")),
    }
}
