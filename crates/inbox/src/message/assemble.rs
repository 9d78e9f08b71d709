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

/// Text that is read, in bytes before decoding; decoded it may be three times as long.
const MOST_TEXT: usize = 8 * 1024 * 1024;
/// Attachments that are kept, in bytes.
const MOST_ATTACHED: usize = 50 * 1024 * 1024;

/// A piece of the mail's text.
enum Piece {
    Plain(String),
    Html(String),
}

pub(super) fn assemble(raw: &Bytes) -> Message {
    let found = parts(raw);
    let headers = Headers::read(raw.get(..found.headers_end).unwrap_or_default());
    let mut message = Message {
        truncated: found.truncated,
        ..with_headers(&headers)
    };
    let mut pieces = Vec::new();
    let (mut text_left, mut attached_left) = (MOST_TEXT, MOST_ATTACHED);
    for part in &found.parts {
        let kind = Kind::of(part);
        if kind == Kind::Attachment {
            match attachment(raw, part, &mut attached_left) {
                Some(attachment) => message.attachments.push(attachment),
                None => message.truncated = true,
            }
            continue;
        }
        let body = raw.get(part.body.clone()).unwrap_or_default();
        message.truncated |= body.len() > text_left;
        let body = body.get(..text_left).unwrap_or(body);
        text_left -= body.len();
        let bytes = decoded(body, part.headers.transfer_encoding());
        let content_type = part.headers.content_type();
        let mut charset = content_type
            .and_then(|kind| kind.attribute("charset"))
            .map(str::to_owned);
        if charset.is_none() && kind == Kind::Html {
            charset = charset_of_html(&bytes);
        }
        let content = text(&bytes, charset.as_deref()).replace("\r\n", "\n");
        let piece = match kind {
            Kind::Html => Piece::Html(content),
            _ => Piece::Plain(content),
        };
        pieces.push((part.alternative, piece));
    }
    message.text = text_of(&pieces);
    message.html = html_of(pieces);
    message
}

fn with_headers(headers: &Headers<'_>) -> Message {
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
    fn of(part: &Part<'_>) -> Self {
        let headers = &part.headers;
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
fn attachment(raw: &Bytes, part: &Part<'_>, left: &mut usize) -> Option<Attachment> {
    let headers = &part.headers;
    let body = raw.get(part.body.clone()).unwrap_or_default();
    let bytes = match decoded(body, headers.transfer_encoding()) {
        Cow::Owned(bytes) => Bytes::from(bytes),
        Cow::Borrowed(_) => raw.slice(part.body.clone()),
    };
    *left = left.checked_sub(bytes.len())?;
    let content_type = match headers.content_type() {
        Some(kind) => {
            let subtype = kind.subtype().unwrap_or("octet-stream");
            format!("{}/{subtype}", kind.ctype()).to_ascii_lowercase()
        }
        None if part.in_digest => "message/rfc822".to_owned(),
        None => "application/octet-stream".to_owned(),
    };
    Some(Attachment {
        name: headers.file_name().map(str::to_owned),
        content_type,
        content_id: headers.content_id().map(str::to_owned),
        inline: headers
            .disposition()
            .is_some_and(|disposition| disposition.is_inline()),
        bytes,
    })
}

/// The plain pieces, and the HTML ones that have no plain one as their alternative, in the mail's order.
fn text_of(pieces: &[(Option<usize>, Piece)]) -> String {
    let has_plain: HashSet<usize> = pieces
        .iter()
        .filter(|(_, piece)| matches!(piece, Piece::Plain(text) if !text.trim().is_empty()))
        .filter_map(|(alternative, _)| *alternative)
        .collect();
    let texts: Vec<Cow<'_, str>> = pieces
        .iter()
        .filter_map(|(alternative, piece)| match piece {
            Piece::Plain(text) => Some(Cow::Borrowed(text.as_str())),
            Piece::Html(_) if alternative.is_some_and(|id| has_plain.contains(&id)) => None,
            Piece::Html(html) => Some(Cow::Owned(render(html, Urls::Shown).text)),
        })
        .filter(|text| !text.trim().is_empty())
        .collect();
    texts.join("\n")
}

/// All HTML pieces in the mail's order.
fn html_of(pieces: Vec<(Option<usize>, Piece)>) -> Option<String> {
    let html: Vec<String> = pieces
        .into_iter()
        .filter_map(|(_, piece)| match piece {
            Piece::Html(html) => Some(html),
            Piece::Plain(_) => None,
        })
        .collect();
    if html.is_empty() {
        None
    } else {
        Some(html.join("\n"))
    }
}
