//! Whether what a page says is in its markup, or only comes about in a browser.
//!
//! Decided by what stands in the page, never by who made it or where it is. Where nothing speaks for a browser the markup
//! is the page; where it is unclear, a browser is the safe answer, and only costs time.

mod frames;
mod look;
mod signs;

use std::fmt;

use url::Url;

use crate::parse::parse;
use look::Look;

/// With this much text outside of navigation, a page that also has scripts says what it has to say, in characters.
const ENOUGH: usize = 200;

/// Signs that weigh less than a missing text count below this much text.
const PLENTY: usize = 600;

/// A challenge says little; pages that merely speak of one say more.
const MOST_OF_A_CHALLENGE: usize = 1_500;

/// What speaks for a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NeedsBrowser {
    /// It asks visitors to prove that they are people, or that they run scripts.
    Challenge,
    /// It is made of frames, or has little to say beside one.
    Frames,
    /// It goes elsewhere by itself (`<meta http-equiv=refresh>`).
    Refresh,
    /// The place of its content is empty or says that it is loading, and it has scripts.
    EmptyRoot,
    /// It says in `<noscript>` that it needs scripts, and little else.
    Noscript,
    /// It has scripts, and hardly any text of its own.
    LittleText,
}

impl fmt::Display for NeedsBrowser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Challenge => "it asks visitors to prove what they are",
            Self::Frames => "what it shows is in frames",
            Self::Refresh => "it goes elsewhere by itself",
            Self::EmptyRoot => "its scripts bring what it shows",
            Self::Noscript => "it says that it needs scripts",
            Self::LittleText => "it has scripts and hardly any text",
        })
    }
}

/// What speaks for reading this page in a browser; `None` where its markup says it all. `url` is where it came from.
///
/// The strongest sign counts. Takes time in proportion to the markup.
#[must_use]
pub fn needs_browser(html: &str, url: &Url) -> Option<NeedsBrowser> {
    let parsed = parse(html);
    let look = Look::at(&parsed.document, url);
    if look.text < MOST_OF_A_CHALLENGE && signs::is_challenge(html, &look) {
        return Some(NeedsBrowser::Challenge);
    }
    if look.frameset || frames::are_needed(&look) {
        return Some(NeedsBrowser::Frames);
    }
    if look.refreshes {
        return Some(NeedsBrowser::Refresh);
    }
    // Without scripts, a browser has nothing to add.
    if !look.scripts {
        return None;
    }
    if look.empty_root || (look.placeholders && look.own_text < PLENTY) {
        return Some(NeedsBrowser::EmptyRoot);
    }
    if look.noscript_warns && look.own_text < PLENTY {
        return Some(NeedsBrowser::Noscript);
    }
    (look.own_text < ENOUGH).then_some(NeedsBrowser::LittleText)
}

#[cfg(test)]
mod tests;
