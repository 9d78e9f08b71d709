//! Codes and links to sign in with, found in a mail or a text message.
//!
//! A number is a code because of what is said about it: nearby words say what it is (`words`), its shape says what it can
//! be (`shape`), and what the whole message is about settles what is left open (`topic`).

mod chunk;
mod codes;
mod fold;
mod labels;
mod links;
mod segment;
mod shape;
mod topic;
mod urls;
mod words;

use crate::Message;
use crate::html::{Urls, render};

use self::segment::View;
use self::topic::Topic;

/// Text that is looked at, in bytes, of each of subject, text and HTML. Who wants a code to be found says it before.
const MOST_TEXT: usize = 256 * 1024;

/// What was found, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Codes to type in, each value once.
    pub codes: Vec<Code>,
    /// Links to follow, each address once.
    pub links: Vec<SignInLink>,
}

/// A code to type in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// 4 to 10 digits or letters, without what separates them: `123456` for `123 456`, `12-34-56` and `G-123456`.
    pub value: String,
    /// As the message has it, for pages that want it so.
    pub written: String,
    /// How sure it is, from 1 to 100. Below 50 it is a guess, given where there is nothing better.
    pub confidence: u8,
    /// Where it is, the clearest place if there are several.
    pub place: Place,
}

/// A link that signs in, confirms an address, activates an account or sets a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInLink {
    /// The address as the message has it, with whatever counts the clicks in between. Only `http` and `https`.
    pub url: String,
    /// What is written on the link; in plain text, what is written before it.
    pub text: String,
    /// How sure it is, from 1 to 100. Below 50 it is likely a page that is the same for everybody.
    pub confidence: u8,
}

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The subject.
    Subject,
    /// The text, or a text message.
    Text,
    /// The HTML, as a reader sees it.
    Html,
}

/// Finds codes and links in a mail.
#[must_use]
pub fn find(message: &Message) -> Found {
    let html = message
        .html
        .as_deref()
        .map(|html| render(within(html), Urls::Hidden));
    let mut views = vec![
        View::new(Place::Subject, &message.subject),
        View::new(Place::Text, within(&message.text)),
    ];
    views.extend(html.as_ref().map(|html| View::new(Place::Html, &html.text)));
    let topic = Topic::of(&views);
    let links = html
        .as_ref()
        .map(|html| (html.text.as_str(), html.links.as_slice()));
    Found {
        codes: codes::codes(&views, topic),
        links: links::links(within(&message.text), links, topic),
    }
}

/// Finds codes and links in plain text, such as a text message.
#[must_use]
pub fn find_in_text(text: &str) -> Found {
    let views = [View::new(Place::Text, within(text))];
    let topic = Topic::of(&views);
    Found {
        codes: codes::codes(&views, topic),
        links: links::links(within(text), None, topic),
    }
}

fn within(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MOST_TEXT))
        .unwrap_or(text)
}
