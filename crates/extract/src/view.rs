//! A document as one flat list in the order of the page: what is asked of it is asked by walking over ranges, never by
//! recursion.

mod text;

use std::collections::{HashMap, HashSet};

use dom_query::{Document, NodeData, NodeId};
use url::Url;

use self::text::Text;
use crate::references::base_of;
use crate::visibility::is_hidden;

/// Of one element's text so many characters are taken.
pub(crate) const MOST_TEXT: usize = 8_000;
/// Of one element so many descendants are looked at for it.
const MOST_NODES: usize = 4_000;

/// The place of a node in its [`View`].
pub(crate) type Index = usize;

/// One element or text.
pub(crate) struct Node {
    /// The tag's name; empty for a text.
    pub name: String,
    /// A text's own characters.
    pub text: String,
    /// An element's attributes.
    pub attributes: Vec<(String, String)>,
    /// The element around it; itself for the first.
    pub parent: Index,
    /// Behind its last descendant.
    pub end: Index,
    /// Its number among the elements of its name beside it, from 1.
    nth: usize,
    /// Whether a reader does not see it.
    pub hidden: bool,
    /// Whether it is navigation, a footer and the like.
    pub surrounding: bool,
}

/// A document, flat.
pub(crate) struct View {
    nodes: Vec<Node>,
    /// What relative addresses are seen from.
    pub base: Url,
    /// The language that the document says it is in, such as `de`; lower case.
    pub language: Option<String>,
    /// Stands before each place in it: the address of a frame, nothing for the page itself.
    pub prefix: String,
}

impl View {
    /// The visible and hidden elements of a document, with the texts in them. Where elements are chosen, all that is outside
    /// of them counts as hidden.
    pub(crate) fn new(
        document: &Document,
        url: &Url,
        prefix: String,
        selected: Option<&HashSet<NodeId>>,
    ) -> Self {
        let mut places: HashMap<NodeId, Index> = HashMap::new();
        let mut nodes: Vec<Node> = Vec::new();
        let mut chosen: Vec<bool> = Vec::new();
        for node in document.root().descendants_it() {
            let parent = node
                .parent()
                .and_then(|parent| places.get(&parent.id).copied());
            let index = nodes.len();
            let (hidden, surrounding, in_choice) = match parent.and_then(|at| nodes.get(at)) {
                Some(above) => (
                    above.hidden,
                    above.surrounding,
                    parent
                        .and_then(|at| chosen.get(at).copied())
                        .unwrap_or(false),
                ),
                None => (false, false, selected.is_none()),
            };
            let in_choice = in_choice || selected.is_some_and(|ids| ids.contains(&node.id));
            let made = node.query_or(None, |inner| match &inner.data {
                NodeData::Text { contents } => {
                    // What scripts and styles hold is no text of the page.
                    Some((String::new(), contents.to_string(), Vec::new(), false))
                }
                NodeData::Element(element) => {
                    let attributes = element
                        .attrs
                        .iter()
                        .map(|it| (it.name.local.to_string(), it.value.to_string()))
                        .collect();
                    let name = element.name.local.to_string();
                    Some((name, String::new(), attributes, is_hidden(element)))
                }
                _ => None,
            });
            let Some((name, text, attributes, own)) = made else {
                continue;
            };
            let is_surrounding =
                surrounding || is_surrounding(&name, &attributes, parent.unwrap_or(0), &nodes);
            places.insert(node.id, index);
            chosen.push(in_choice);
            nodes.push(Node {
                name,
                text,
                attributes,
                parent: parent.unwrap_or(index),
                end: index + 1,
                nth: 0,
                hidden: hidden || own,
                surrounding: is_surrounding,
            });
        }
        for (node, chosen) in nodes.iter_mut().zip(&chosen) {
            node.hidden |= !chosen;
        }
        for index in (0..nodes.len()).rev() {
            let (end, parent) = (nodes[index].end, nodes[index].parent);
            if nodes[parent].end < end {
                nodes[parent].end = end;
            }
        }
        let mut counts: HashMap<(Index, &str), usize> = HashMap::new();
        let mut numbers = Vec::with_capacity(nodes.len());
        for node in &nodes {
            let count = counts.entry((node.parent, &node.name)).or_insert(0);
            *count += 1;
            numbers.push(*count);
        }
        for (node, number) in nodes.iter_mut().zip(numbers) {
            node.nth = number;
        }
        let language = nodes
            .iter()
            .find(|node| node.name == "html")
            .and_then(|html| find(&html.attributes, "lang"))
            .map(|lang| lang.trim().to_ascii_lowercase());
        Self {
            base: base_of(document, url),
            language,
            prefix,
            nodes,
        }
    }

    /// The node at a place that came from this view.
    pub(crate) fn node(&self, index: Index) -> &Node {
        &self.nodes[index]
    }

    /// All nodes, with their places.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Index, &Node)> {
        self.nodes.iter().enumerate()
    }

    /// The nodes below one, in the order of the page.
    pub(crate) fn below(&self, index: Index) -> impl Iterator<Item = (Index, &Node)> {
        let end = self.nodes[index].end;
        (index + 1..end).map(|at| (at, &self.nodes[at]))
    }

    /// The elements directly below one.
    pub(crate) fn children(&self, index: Index) -> impl Iterator<Item = (Index, &Node)> {
        let end = self.nodes[index].end;
        let mut next = index + 1;
        std::iter::from_fn(move || {
            while next < end {
                let at = next;
                next = self.nodes[at].end;
                if !self.nodes[at].name.is_empty() {
                    return Some((at, &self.nodes[at]));
                }
            }
            None
        })
    }

    /// The element after one, below the same parent.
    pub(crate) fn next(&self, index: Index) -> Option<(Index, &Node)> {
        let mut at = self.nodes[index].end;
        let end = self.nodes[self.nodes[index].parent].end;
        while at < end {
            if !self.nodes[at].name.is_empty() {
                return Some((at, &self.nodes[at]));
            }
            at = self.nodes[at].end;
        }
        None
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, index: Index, name: &str) -> Option<&str> {
        find(&self.nodes[index].attributes, name)
    }

    /// Whether a reader of the page's main part sees it.
    pub(crate) fn is_content(&self, index: Index) -> bool {
        let node = &self.nodes[index];
        !node.hidden && !node.surrounding
    }

    /// What an element says, white space collapsed. What is struck out is not said any more.
    pub(crate) fn text(&self, index: Index) -> String {
        self.text_of(index, self.nodes[index].end)
    }

    /// What the nodes from `from` up to `to` say.
    pub(crate) fn text_of(&self, from: Index, to: Index) -> String {
        let mut out = Text::default();
        let mut at = from;
        let last = to.min(from.saturating_add(MOST_NODES));
        while at < last && out.text.len() < MOST_TEXT {
            let node = &self.nodes[at];
            if node.hidden || is_unsaid(&node.name) {
                out.boundary(true);
                at = node.end;
                continue;
            }
            if node.name.is_empty() {
                out.push(&node.text);
            } else {
                out.boundary(!is_inline(&node.name));
            }
            // The end of a block separates as well as its beginning.
            if node.end == at + 1
                && let Some(next) = self.nodes.get(at + 1)
                && next.parent != node.parent
                && next.parent != at
            {
                out.boundary(self.closes_block(at, next.parent));
            }
            at += 1;
        }
        out.text
    }

    /// Whether a block ends between a node and the next one, whose parent is `until`.
    fn closes_block(&self, at: Index, until: Index) -> bool {
        let mut above = self.nodes[at].parent;
        while above > until {
            if !is_inline(&self.nodes[above].name) {
                return true;
            }
            above = self.nodes[above].parent;
        }
        false
    }

    /// A short path to a node, for people: the nearest element with an id, or at most four levels.
    pub(crate) fn path(&self, index: Index) -> String {
        let mut steps = Vec::new();
        let mut at = index;
        while steps.len() < 4 {
            let node = &self.nodes[at];
            if !node.name.is_empty() {
                if let Some(id) = find(&node.attributes, "id")
                    && is_plain(id)
                {
                    steps.push(format!("#{id}"));
                    break;
                }
                let class = find(&node.attributes, "class")
                    .and_then(|class| class.split_whitespace().next())
                    .filter(|class| is_plain(class));
                let mut step = node.name.clone();
                if let Some(class) = class {
                    step.push('.');
                    step.push_str(class);
                }
                if node.nth > 1 {
                    step.push_str(&format!(":nth-of-type({})", node.nth));
                }
                steps.push(step);
            }
            if node.parent == at || node.name == "body" {
                break;
            }
            at = node.parent;
        }
        steps.reverse();
        format!("{}{}", self.prefix, steps.join(" > "))
    }
}

fn find<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(own, _)| own == name)
        .map(|(_, value)| value.as_str())
}

/// Whether a name can stand in a path as it is.
fn is_plain(name: &str) -> bool {
    name.len() <= 40
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_')
}

/// A header is one of the page when it belongs to no part of it.
fn is_surrounding(
    name: &str,
    attributes: &[(String, String)],
    parent: Index,
    nodes: &[Node],
) -> bool {
    let role = find(attributes, "role").unwrap_or_default();
    if matches!(
        role,
        "navigation" | "banner" | "contentinfo" | "complementary" | "search"
    ) {
        return true;
    }
    match name {
        "nav" | "aside" => true,
        "header" | "footer" => {
            let mut at = parent;
            while let Some(above) = nodes.get(at) {
                if matches!(
                    above.name.as_str(),
                    "main" | "article" | "section" | "li" | "aside"
                ) {
                    return false;
                }
                if above.parent == at {
                    break;
                }
                at = above.parent;
            }
            true
        }
        _ => false,
    }
}

/// Elements whose content is not part of what the page says now.
fn is_unsaid(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "template"
            | "noscript"
            | "del"
            | "s"
            | "strike"
            | "svg"
            | "select"
            | "textarea"
            | "button"
            | "title"
            | "iframe"
    )
}

/// Whether an element runs within a line of text.
pub(crate) fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "" | "a"
            | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "cite"
            | "code"
            | "del"
            | "s"
            | "strike"
            | "data"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "img"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "meta"
            | "link"
            | "meter"
            | "output"
            | "q"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "u"
            | "var"
            | "wbr"
    )
}
