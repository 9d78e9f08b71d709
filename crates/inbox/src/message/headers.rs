//! The headers of a mail or of a part of one.

use mail_parser::{Address, ContentType, HeaderName, HeaderValue, MessageParser, MimeHeaders};

use super::Mailbox;

/// Headers that are looked at, in bytes.
const LIMIT: usize = 64 * 1024;

/// The longest field that is read whole, in bytes: of a mail, which may have many recipients, and of a part of one.
///
/// The parser takes time in proportion to the square of a field's length.
const LONGEST_OF_MAIL: usize = 8 * 1024;
const LONGEST_OF_PART: usize = 1024;

/// What is read of a mail, beside what is read of every part.
const OF_MAIL: [&str; 9] = [
    "subject",
    "from",
    "to",
    "cc",
    "reply-to",
    "date",
    "message-id",
    "in-reply-to",
    "references",
];
const OF_PARTS: [&str; 4] = [
    "content-type",
    "content-disposition",
    "content-transfer-encoding",
    "content-id",
];

/// Headers, decoded.
pub(super) struct Headers {
    parsed: mail_parser::Message<'static>,
    /// Whether there were more than are read.
    pub(super) truncated: bool,
}

impl Headers {
    /// Reads the headers of a mail; `raw` ends with the empty line behind them, or where they end otherwise.
    pub(super) fn of_mail(raw: &[u8]) -> Self {
        let wanted = |name: &str| OF_MAIL.contains(&name) || OF_PARTS.contains(&name);
        Self::read(raw, LONGEST_OF_MAIL, wanted)
    }

    /// Reads the headers of a part.
    pub(super) fn of_part(raw: &[u8]) -> Self {
        Self::read(raw, LONGEST_OF_PART, |name| OF_PARTS.contains(&name))
    }

    fn read(raw: &[u8], longest: usize, wanted: impl Fn(&str) -> bool) -> Self {
        let mut truncated = raw.len() > LIMIT;
        let mut read = Vec::new();
        let mut seen = Vec::new();
        for field in fields(raw.get(..LIMIT).unwrap_or(raw)) {
            let name = name_of(field);
            // Of several with one name the first counts.
            if !wanted(&name) || seen.contains(&name) {
                continue;
            }
            seen.push(name);
            truncated |= field.len() > longest;
            read.extend_from_slice(field.get(..longest).unwrap_or(field).trim_ascii_end());
            read.extend_from_slice(b"\r\n");
        }
        read.extend_from_slice(b"\r\n");
        let parsed = MessageParser::new().parse_headers(&read);
        Self {
            parsed: parsed.unwrap_or_default().into_owned(),
            truncated,
        }
    }

    fn part(&self) -> Option<&mail_parser::MessagePart<'static>> {
        self.parsed.parts.first()
    }

    /// A header's value.
    fn value(&self, name: &HeaderName<'_>) -> Option<&HeaderValue<'static>> {
        let header = self
            .part()?
            .headers
            .iter()
            .find(|header| header.name == *name)?;
        Some(&header.value)
    }

    /// Text on one line.
    pub(super) fn text(&self, name: &HeaderName<'_>) -> Option<String> {
        let text = self.value(name)?.as_text()?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// All addresses, groups resolved.
    pub(super) fn mailboxes(&self, name: &HeaderName<'_>) -> Vec<Mailbox> {
        let address = self.value(name).and_then(HeaderValue::as_address);
        let mailbox = |addr: &mail_parser::Addr<'_>| {
            Some(Mailbox {
                address: addr.address.as_ref()?.trim().to_owned(),
                name: addr
                    .name
                    .as_ref()
                    .map(|name| name.trim().to_owned())
                    .filter(|name| !name.is_empty()),
            })
        };
        match address {
            Some(Address::List(list)) => list.iter().filter_map(mailbox).collect(),
            Some(Address::Group(groups)) => groups
                .iter()
                .flat_map(|group| &group.addresses)
                .filter_map(mailbox)
                .collect(),
            None => Vec::new(),
        }
    }

    /// All ids, without their angle brackets.
    pub(super) fn ids(&self, name: &HeaderName<'_>) -> Vec<String> {
        match self.value(name) {
            Some(HeaderValue::Text(id)) => vec![id.trim().to_owned()],
            Some(HeaderValue::TextList(ids)) => ids.iter().map(|id| id.trim().to_owned()).collect(),
            _ => Vec::new(),
        }
    }

    /// The time, in seconds since 1970.
    pub(super) fn seconds(&self, name: &HeaderName<'_>) -> Option<i64> {
        let date = self.value(name)?.as_datetime()?;
        date.is_valid().then(|| date.to_timestamp())
    }

    pub(super) fn content_type(&self) -> Option<&ContentType<'_>> {
        self.part()?.content_type()
    }

    pub(super) fn disposition(&self) -> Option<&ContentType<'_>> {
        self.part()?.content_disposition()
    }

    pub(super) fn transfer_encoding(&self) -> Option<&str> {
        self.part()?.content_transfer_encoding()
    }

    pub(super) fn content_id(&self) -> Option<&str> {
        self.part()?.content_id()
    }

    pub(super) fn file_name(&self) -> Option<&str> {
        self.part()?.attachment_name()
    }
}

/// The fields of headers, each with the lines that go on with it.
fn fields(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut left = raw;
    std::iter::from_fn(move || {
        let mut end = 0;
        loop {
            let line = left.get(end..)?;
            let next = line.iter().position(|byte| *byte == b'\n');
            end += next.map_or(line.len(), |at| at + 1);
            let goes_on = matches!(left.get(end), Some(b' ' | b'\t'));
            if !goes_on {
                break;
            }
        }
        let (field, rest) = left.split_at_checked(end)?;
        left = rest;
        (!field.is_empty()).then_some(field)
    })
}

/// A field's name in lower case; empty where there is none.
fn name_of(field: &[u8]) -> String {
    let name = field.split(|byte| *byte == b':').next();
    let name = name.filter(|name| name.len() < field.len() && name.len() <= 64);
    String::from_utf8_lossy(name.unwrap_or_default().trim_ascii()).to_ascii_lowercase()
}
