//! RSS 0.9 to 2.0 and Atom (RFC 4287).
//!
//! Read event by event: nothing here grows with the depth of the document, and entities that a document declares are not
//! taken, so that none can stand for more than itself.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use super::feed::{Entry, Feed, MAX_ENTRIES, MAX_MEMBER};

/// How deep elements are told apart; deeper ones are parts of those.
const MAX_DEPTH: usize = 64;

/// Reads a feed; `None` when the XML is none.
pub(super) fn read(text: &str, url: &Url) -> Option<Feed> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut walk = Walk::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => walk.start(&start, false)?,
            Ok(Event::Empty(start)) => walk.start(&start, true)?,
            Ok(Event::End(_)) => walk.end(),
            Ok(Event::Text(text)) => walk.text(&text.into_inner()),
            Ok(Event::CData(text)) => walk.text(&text.into_inner()),
            Ok(Event::GeneralRef(reference)) => {
                let character = reference.resolve_char_ref().ok().flatten();
                match (character, &*reference.into_inner()) {
                    (Some(c), _) => walk.text(c.encode_utf8(&mut [0; 4])),
                    (None, "amp") => walk.text("&"),
                    (None, "lt") => walk.text("<"),
                    (None, "gt") => walk.text(">"),
                    (None, "quot") => walk.text("\""),
                    (None, "apos") => walk.text("'"),
                    // HTML's own names, which feeds use without declaring them.
                    (None, name) if name.len() <= 10 => walk.text(&format!("&{name};")),
                    (None, _) => {}
                }
            }
            // A feed that ends in the middle has what came before.
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
        if walk.feed.truncated {
            break;
        }
    }
    walk.finish(url)
}

#[derive(Default)]
struct Walk {
    feed: Feed,
    entry: Option<Entry>,
    /// The names of the elements that are open.
    open: Vec<Member>,
    /// The names of those that are markup.
    tags: Vec<String>,
    /// How many are open beyond the bound.
    beyond: usize,
    /// Whether the root was met.
    has_root: bool,
    /// Whether text is an address, of which pieces may have come already.
    takes_link: bool,
}

/// What an element of a feed is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    /// The feed itself, or something around entries.
    Around,
    Entry,
    Title,
    Link,
    Date,
    Author,
    Content,
    Summary,
    Language,
    /// Markup within a text (`type="xhtml"`).
    Markup,
    Other,
}

impl Walk {
    /// Begins an element. `None` when the root is not a feed's.
    fn start(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Option<()> {
        let name = start.name();
        let name = name.as_ref();
        let local = name.rsplit(':').next().unwrap_or(name);
        if !self.has_root {
            let is_feed = matches!(local, "rss" | "feed" | "RDF");
            self.has_root = true;
            return is_feed.then(|| self.enter(Member::Around, is_empty));
        }
        let around = self.open.last().copied().unwrap_or(Member::Around);
        let member = match around {
            Member::Title | Member::Content | Member::Summary | Member::Markup => {
                let tag: String = local
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .take(16)
                    .collect();
                match attribute(start, "href").filter(|_| tag == "a") {
                    Some(href) => self.text(&format!("<a href=\"{}\">", href.replace('"', "%22"))),
                    None => self.text(&format!("<{tag}>")),
                }
                if !is_empty && self.open.len() < MAX_DEPTH {
                    self.tags.push(tag);
                }
                Member::Markup
            }
            _ => match (name, local) {
                (_, "channel" | "feed") => Member::Around,
                (_, "item" | "entry") => {
                    self.finish_entry();
                    self.entry = Some(Entry::default());
                    Member::Entry
                }
                (
                    "media:title" | "itunes:title" | "media:description" | "media:content"
                    | "itunes:summary" | "atom:link" | "itunes:author",
                    _,
                ) if self.entry.is_none() => Member::Other,
                ("media:title" | "itunes:title" | "media:content", _) => Member::Other,
                (_, "title") => Member::Title,
                (_, "link") => {
                    let is_page = attribute(start, "rel").is_none_or(|rel| rel == "alternate");
                    if let Some(href) = attribute(start, "href").filter(|_| is_page) {
                        self.link(&href);
                    }
                    Member::Link
                }
                (_, "guid") if attribute(start, "isPermaLink").is_some_and(|is| is == "true") => {
                    Member::Link
                }
                (_, "pubDate" | "published" | "date") => Member::Date,
                (_, "updated") if self.entry.is_some() => Member::Date,
                (_, "creator" | "author") => Member::Author,
                (_, "name") if around == Member::Author => Member::Author,
                (_, "email" | "uri") if around == Member::Author => Member::Other,
                ("content:encoded" | "content", _) => Member::Content,
                (_, "description" | "summary" | "subtitle") => Member::Summary,
                (_, "language") => Member::Language,
                _ if around == Member::Author => Member::Author,
                _ => Member::Other,
            },
        };
        self.takes_link = member == Member::Link && self.link_place().trim().is_empty();
        self.enter(member, is_empty);
        Some(())
    }

    fn enter(&mut self, member: Member, is_empty: bool) {
        if is_empty {
            return;
        }
        if self.open.len() < MAX_DEPTH {
            self.open.push(member);
        } else {
            self.beyond += 1;
        }
    }

    fn end(&mut self) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        self.takes_link = false;
        match self.open.pop() {
            Some(Member::Entry) => self.finish_entry(),
            Some(Member::Markup) => {
                let tag = self.tags.pop().unwrap_or_default();
                self.text(&format!("</{tag}>"));
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let member = self
            .open
            .iter()
            .rev()
            .copied()
            .find(|member| *member != Member::Markup)
            .unwrap_or(Member::Other);
        let place = match (&mut self.entry, member) {
            (Some(entry), Member::Title) => &mut entry.title,
            (Some(entry), Member::Date) => &mut entry.date,
            (Some(entry), Member::Author) => &mut entry.author,
            (Some(entry), Member::Content) => &mut entry.content,
            (Some(entry), Member::Summary) => &mut entry.summary,
            (None, Member::Title) => &mut self.feed.title,
            (None, Member::Summary) => &mut self.feed.description,
            (None, Member::Language) => &mut self.feed.language,
            (Some(entry), Member::Link) if self.takes_link => &mut entry.link,
            (None, Member::Link) if self.takes_link => &mut self.feed.link,
            _ => return,
        };
        let room = MAX_MEMBER.saturating_sub(place.len());
        place.push_str(
            text.get(..text.floor_char_boundary(room))
                .unwrap_or_default(),
        );
    }

    /// Notes an address; the first one counts.
    fn link(&mut self, address: &str) {
        let place = self.link_place();
        if place.trim().is_empty() && address.len() <= 4_096 {
            address.trim().clone_into(place);
        }
    }

    fn link_place(&mut self) -> &mut String {
        match &mut self.entry {
            Some(entry) => &mut entry.link,
            None => &mut self.feed.link,
        }
    }

    fn finish_entry(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.feed.entries.push(entry);
            self.feed.truncated = self.feed.entries.len() > MAX_ENTRIES;
        }
    }

    fn finish(mut self, url: &Url) -> Option<Feed> {
        self.finish_entry();
        self.feed.entries.truncate(MAX_ENTRIES);
        self.feed.language = self.feed.language.trim().chars().take(35).collect();
        self.feed.base = Some(url.clone());
        self.has_root.then_some(self.feed)
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    attributes.with_checks(false);
    let found = attributes
        .take(64)
        .flatten()
        .find(|attribute| attribute.key.as_ref() == name)?;
    Some(found.value.replace("&amp;", "&"))
}
