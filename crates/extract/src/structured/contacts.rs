//! Mail addresses and phone numbers that a page links to.

use super::cell::{Cell, address};
use super::source::{Source, SourceKind};
use crate::view::{Index, View};

/// The one mail address and the one phone number that the page's main part links to.
pub(super) fn contacts(view: &View, scheme: &str) -> Option<(Cell, Source)> {
    let mut found: Option<(String, Index)> = None;
    for (at, node) in view.iter() {
        if node.name != "a" || !view.is_content(at) {
            continue;
        }
        let href = view.attribute(at, "href").unwrap_or_default();
        let Some(rest) = href.strip_prefix(scheme) else {
            continue;
        };
        let target = rest.split('?').next().unwrap_or(rest).to_owned();
        match &found {
            Some((other, _)) if *other == target => {}
            Some(_) => return None,
            None => found = Some((target, at)),
        }
    }
    let (target, at) = found?;
    let text = view.text(at);
    // "Report an error" leads to somebody else.
    if !text.contains('@') && text.bytes().filter(u8::is_ascii_digit).count() < 6 {
        return None;
    }
    let enough = |it: &str| it.bytes().filter(u8::is_ascii_digit).count() >= 6;
    let cell = Cell {
        text: match scheme == "tel:" && enough(&text) && text.len() < 40 {
            true => text,
            false => target,
        },
        link: address(view, view.attribute(at, "href").unwrap_or_default()),
        ..Cell::default()
    };
    let source = Source {
        kind: SourceKind::LabelledField,
        place: view.path(at),
    };
    Some((cell, source))
}
