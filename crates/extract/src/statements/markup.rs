//! Items that are marked in the page's own elements: microdata (HTML standard, 5.2) and `RDFa` Lite 1.1.

use super::{Item, Property, Stated, Statements, Syntax, local};
use crate::view::{Index, View};

/// The attributes of a syntax.
pub(super) struct Attributes {
    /// Begins an item.
    scope: &'static str,
    kind: &'static str,
    property: &'static str,
    syntax: Syntax,
}

pub(super) const MICRODATA: Attributes = Attributes {
    scope: "itemscope",
    kind: "itemtype",
    property: "itemprop",
    syntax: Syntax::Microdata,
};

pub(super) const RDFA: Attributes = Attributes {
    scope: "typeof",
    kind: "typeof",
    property: "property",
    syntax: Syntax::Rdfa,
};

pub(super) fn read(view: &View, index: usize, attributes: &Attributes, all: &mut Statements) {
    // The items that are open, innermost last, and where each ends.
    let mut open: Vec<(Index, usize)> = Vec::new();
    for (at, node) in view.iter() {
        while open.last().is_some_and(|(end, _)| *end <= at) {
            open.pop();
        }
        if node.name.is_empty() || !all.has_room() {
            continue;
        }
        let owner = open.last().map(|(_, item)| *item);
        let names = view.attribute(at, attributes.property);
        let made = view.attribute(at, attributes.scope).map(|_| {
            let types = view.attribute(at, attributes.kind).unwrap_or_default();
            let is_property = names.is_some() && owner.is_some();
            all.add(Item {
                types: types
                    .split_whitespace()
                    .map(|it| local(it).to_owned())
                    .collect(),
                properties: Vec::new(),
                syntax: attributes.syntax,
                top: !is_property,
                view: index,
                aside: !view.is_content(at),
            })
        });
        if let (Some(owner), Some(names)) = (owner, names)
            && !node.hidden
        {
            let value = match made {
                Some(item) => Some(Stated::Item(item)),
                None => value(view, at, attributes.syntax),
            };
            if let Some(value) = value {
                for name in names.split_whitespace() {
                    let property = Property {
                        name: local(name).to_owned(),
                        value: value.clone(),
                        place: view.path(at),
                    };
                    all.say(owner, property);
                }
            }
        }
        if let Some(item) = made {
            open.push((node.end, item));
        }
    }
}

/// The value that an element gives to its property (HTML standard, 5.2.4).
fn value(view: &View, at: Index, syntax: Syntax) -> Option<Stated> {
    let attribute = |name| view.attribute(at, name);
    let address = |text: &str| {
        let joined = view.base.join(text.trim()).ok()?;
        Some(Stated::Text(String::from(joined)))
    };
    if let Some(content) = attribute("content") {
        return Some(Stated::Text(content.trim().to_owned()));
    }
    let node = view.node(at);
    if syntax == Syntax::Rdfa
        && let Some(resource) = attribute("resource")
    {
        return address(resource);
    }
    match node.name.as_str() {
        "a" | "area" | "link" => attribute("href").and_then(address),
        "img" | "audio" | "embed" | "iframe" | "source" | "track" | "video" => {
            attribute("src").and_then(address)
        }
        "object" => attribute("data").and_then(address),
        "data" | "meter" => attribute("value").map(|it| Stated::Text(it.trim().to_owned())),
        "time" if attribute("datetime").is_some() => {
            attribute("datetime").map(|it| Stated::Text(it.trim().to_owned()))
        }
        _ => Some(Stated::Text(view.text(at))),
    }
    .filter(|it| !matches!(it, Stated::Text(text) if text.is_empty()))
}
