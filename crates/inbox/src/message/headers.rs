//! The headers of a mail or of a part of one.

use mail_parser::{Address, ContentType, HeaderName, HeaderValue, MessageParser, MimeHeaders};

use super::Mailbox;

/// Headers that are read, in bytes.
const LIMIT: usize = 64 * 1024;

/// Headers, decoded.
pub(super) struct Headers<'a> {
    parsed: mail_parser::Message<'a>,
    /// Whether there were more than are read.
    pub(super) truncated: bool,
}

impl<'a> Headers<'a> {
    /// Reads the headers; `raw` ends with the empty line behind them, or where they end otherwise.
    pub(super) fn read(raw: &'a [u8]) -> Self {
        let truncated = raw.len() > LIMIT;
        let raw = raw.get(..LIMIT).unwrap_or(raw);
        Self {
            parsed: MessageParser::new().parse_headers(raw).unwrap_or_default(),
            truncated,
        }
    }

    fn part(&self) -> Option<&mail_parser::MessagePart<'a>> {
        self.parsed.parts.first()
    }

    /// A header's value. Of several with one name the first counts.
    fn value(&self, name: &HeaderName<'_>) -> Option<&HeaderValue<'a>> {
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
