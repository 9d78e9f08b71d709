//! How much text the elements of a page hold, and how much of it is links.

use std::collections::HashMap;

use dom_query::{Element, NodeData, NodeId, NodeRef};

use crate::visibility::is_hidden;

/// The text of an element, in characters that are not white space.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Measure {
    /// All of it.
    pub text: usize,
    /// What of it is inside links.
    pub linked: usize,
    /// How many links there are with text in them.
    pub links: usize,
}

impl Measure {
    /// The text outside of links.
    pub(super) fn plain(self) -> usize {
        self.text.saturating_sub(self.linked)
    }

    /// Whether at least so many hundredths of the text are links.
    pub(super) fn is_linked(self, hundredths: usize) -> bool {
        self.text > 0 && self.linked * 100 >= self.text * hundredths
    }

    fn add(&mut self, other: Self) {
        self.text += other.text;
        self.linked += other.linked;
        self.links += other.links;
    }
}

/// The measures of all elements below one, itself included.
#[derive(Debug, Default)]
pub(super) struct Measures(HashMap<NodeId, Measure>);

impl Measures {
    /// Measures in one pass, without recursion. What a reader does not see does not count.
    pub(super) fn below(root: NodeRef<'_>) -> Self {
        let mut all = HashMap::new();
        let mut open: Vec<(NodeRef<'_>, Measure, bool)> = Vec::new();
        let mut links = 0_usize;
        let mut at = Some(root);
        loop {
            if let Some(node) = at {
                match visit(&node) {
                    Visit::Text(text) => {
                        if let Some((_, measure, _)) = open.last_mut() {
                            measure.text += text;
                            if links > 0 {
                                measure.linked += text;
                            }
                        }
                    }
                    Visit::Element { is_link } => {
                        links += usize::from(is_link);
                        open.push((node, Measure::default(), is_link));
                        at = node.first_child();
                        continue;
                    }
                    Visit::Nothing => {}
                }
                if open.is_empty() {
                    return Self(all);
                }
                at = node.next_sibling();
            } else {
                let Some((node, mut measure, is_link)) = open.pop() else {
                    return Self(all);
                };
                if is_link {
                    links -= 1;
                    measure.links += usize::from(measure.text > 0);
                }
                all.insert(node.id, measure);
                let Some((_, around, _)) = open.last_mut() else {
                    return Self(all);
                };
                around.add(measure);
                at = node.next_sibling();
            }
        }
    }

    /// The measure of an element; nothing for what is not seen.
    pub(super) fn of(&self, node: &NodeRef<'_>) -> Measure {
        self.0.get(&node.id).copied().unwrap_or_default()
    }
}

enum Visit {
    Text(usize),
    Element { is_link: bool },
    Nothing,
}

fn visit(node: &NodeRef<'_>) -> Visit {
    node.query_or(Visit::Nothing, |inner| match &inner.data {
        NodeData::Text { contents } => Visit::Text(length(contents)),
        NodeData::Element(element) if !is_unread(element) => Visit::Element {
            is_link: &*element.name.local == "a",
        },
        NodeData::Document | NodeData::Fragment => Visit::Element { is_link: false },
        _ => Visit::Nothing,
    })
}

/// Whether an element's content is no text of the page.
pub(super) fn is_unread(element: &Element) -> bool {
    matches!(
        &*element.name.local,
        "head"
            | "script"
            | "style"
            | "noscript"
            | "template"
            | "iframe"
            | "svg"
            | "object"
            | "canvas"
    ) || is_hidden(element)
}

/// The characters of a text that are not white space.
pub(super) fn length(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}
