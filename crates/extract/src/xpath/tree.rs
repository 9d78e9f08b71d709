//! A document as XPath sees it: one flat list in the order of the page, attributes among it.

use std::collections::HashMap;

use dom_query::{Document, NodeData, NodeId};
use html5ever::{QualName, ns};
use xpath_eval::{Axis, NodeTest};

/// The most nodes and attributes of a page that is looked through.
const MAX_NODES: usize = 1_500_000;

/// The place of a node in its [`Tree`]; the order of places is that of the page.
pub(super) type Place = usize;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Root,
    Element,
    Attribute,
    Text,
    Comment,
}

struct Node {
    kind: Kind,
    id: NodeId,
    /// An element's or attribute's.
    name: Option<QualName>,
    /// What an attribute, text or comment says.
    text: Box<str>,
    /// The node around it; itself for the root.
    parent: Place,
    /// Behind its last descendant.
    end: Place,
}

/// A document, flat. There is always a root, at place 0.
pub(super) struct Tree(Vec<Node>);

impl Tree {
    /// The tree of a document; nothing where it is too large.
    pub(super) fn new(document: &Document) -> Option<Self> {
        let root = document.root();
        let mut places = HashMap::from([(root.id, 0)]);
        let mut nodes = vec![Node {
            kind: Kind::Root,
            id: root.id,
            name: None,
            text: Box::default(),
            parent: 0,
            end: 1,
        }];
        for node in root.descendants_it() {
            let around = node.parent().and_then(|it| places.get(&it.id).copied());
            let Some(parent) = around else {
                continue;
            };
            let at = nodes.len();
            if at > MAX_NODES {
                return None;
            }
            let mut push = |kind, name, text: &str, parent| {
                nodes.push(Node {
                    kind,
                    id: node.id,
                    name,
                    text: text.into(),
                    parent,
                    end: nodes.len() + 1,
                });
            };
            node.query_or((), |inner| match &inner.data {
                NodeData::Element(element) => {
                    push(Kind::Element, Some(element.name.clone()), "", parent);
                    for it in &element.attrs {
                        push(Kind::Attribute, Some(it.name.clone()), &it.value, at);
                    }
                }
                NodeData::Text { contents } => push(Kind::Text, None, contents, parent),
                NodeData::Comment { contents } => {
                    push(Kind::Comment, None, contents, parent);
                }
                _ => {}
            });
            if nodes.len() > at {
                places.insert(node.id, at);
            }
        }
        for at in (1..nodes.len()).rev() {
            let (end, parent) = (nodes[at].end, nodes[at].parent);
            nodes[parent].end = nodes[parent].end.max(end);
        }
        Some(Self(nodes))
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The element at a place, if there is one.
    pub(super) fn element(&self, at: Place) -> Option<NodeId> {
        let node = &self.0[at];
        (node.kind == Kind::Element).then_some(node.id)
    }

    /// The name of an element or attribute.
    pub(super) fn name(&self, at: Place) -> Option<&QualName> {
        self.0[at].name.as_ref()
    }

    /// The attributes of an element.
    pub(super) fn attributes(&self, of: Place) -> impl Iterator<Item = Place> {
        (of + 1..self.0[of].end).take_while(|at| self.0[*at].kind == Kind::Attribute)
    }

    /// The value of an attribute of an element.
    pub(super) fn attribute(&self, of: Place, name: &str) -> Option<&str> {
        let mut attributes = self.attributes(of).map(|at| &self.0[at]);
        attributes
            .find(|it| it.name.as_ref().is_some_and(|own| is_named(own, name)))
            .map(|it| &*it.text)
    }

    /// How many nodes a node has in it, itself among them.
    pub(super) fn inside(&self, at: Place) -> usize {
        self.0[at].end - at
    }

    /// The texts that make up what a node says.
    pub(super) fn texts(&self, at: Place) -> impl Iterator<Item = &str> {
        let own = &self.0[at];
        let inside = match own.kind {
            Kind::Root | Kind::Element => &self.0[at + 1..own.end],
            _ => &[],
        };
        let own = inside.is_empty().then_some(&*own.text);
        let inside = inside.iter().filter(|it| it.kind == Kind::Text);
        own.into_iter().chain(inside.map(|it| &*it.text))
    }

    /// The node around one.
    pub(super) fn parent(&self, at: Place) -> Option<Place> {
        (at > 0).then(|| self.0[at].parent)
    }

    /// Walks along an axis, the nearest first. `visit` is asked at each place that is passed, on the axis (true) or on the way
    /// (false), and nothing from it ends the walk.
    pub(super) fn walk(
        &self,
        axis: Axis,
        from: Place,
        mut visit: impl FnMut(Place, bool) -> Option<()>,
    ) -> Option<()> {
        let own = &self.0[from];
        let is_attribute = |at: Place| self.0[at].kind == Kind::Attribute;
        match axis {
            Axis::SelfAxis => visit(from, true),
            Axis::Parent => self.parent(from).map_or(Some(()), |at| visit(at, true)),
            Axis::Ancestor | Axis::AncestorOrSelf => {
                if axis == Axis::AncestorOrSelf {
                    visit(from, true)?;
                }
                std::iter::successors(self.parent(from), |at| self.parent(*at))
                    .try_for_each(|at| visit(at, true))
            }
            Axis::Child => self
                .children(from)
                .try_for_each(|at| visit(at, !is_attribute(at))),
            Axis::Attribute => self.attributes(from).try_for_each(|at| visit(at, true)),
            Axis::Descendant | Axis::DescendantOrSelf => {
                if axis == Axis::DescendantOrSelf {
                    visit(from, true)?;
                }
                (from + 1..own.end).try_for_each(|at| visit(at, !is_attribute(at)))
            }
            Axis::Following => {
                (own.end..self.len()).try_for_each(|at| visit(at, !is_attribute(at)))
            }
            Axis::Preceding => (1..from)
                .rev()
                .try_for_each(|at| visit(at, !is_attribute(at) && self.0[at].end <= from)),
            Axis::FollowingSibling | Axis::PrecedingSibling if from == 0 || is_attribute(from) => {
                Some(())
            }
            Axis::FollowingSibling => self
                .siblings(own.end, self.0[own.parent].end)
                .try_for_each(|at| visit(at, true)),
            Axis::PrecedingSibling => {
                let mut before = Vec::new();
                for at in self.siblings(own.parent + 1, from) {
                    visit(at, false)?;
                    before.push(at);
                }
                let before = before.into_iter().rev();
                before
                    .filter(|at| !is_attribute(*at))
                    .try_for_each(|at| visit(at, true))
            }
            // Browsers know no namespaces as nodes.
            Axis::Namespace => Some(()),
        }
    }

    fn children(&self, of: Place) -> impl Iterator<Item = Place> {
        self.siblings(of + 1, self.0[of].end)
    }

    /// The nodes beside each other from one place up to another.
    fn siblings(&self, from: Place, to: Place) -> impl Iterator<Item = Place> {
        let first = (from < to).then_some(from);
        std::iter::successors(first, move |at| Some(self.0[*at].end).filter(|at| *at < to))
    }

    /// Whether a node on an axis is of a sort.
    pub(super) fn fits(&self, at: Place, axis: Axis, test: &NodeTest) -> bool {
        let node = &self.0[at];
        let principal = match axis {
            Axis::Attribute => Kind::Attribute,
            _ => Kind::Element,
        };
        match test {
            NodeTest::Node => true,
            NodeTest::Text => node.kind == Kind::Text,
            NodeTest::Comment => node.kind == Kind::Comment,
            NodeTest::AnyName => node.kind == principal,
            NodeTest::QName(wanted) => {
                let name = node.name.as_ref().filter(|_| node.kind == principal);
                name.is_some_and(|name| is_named(name, &wanted.local))
            }
            // HTML has none of these, and no prefixes.
            NodeTest::ProcessingInstruction(_) | NodeTest::NamespaceWildcard(_) => false,
        }
    }
}

/// Whether a name without a prefix means this one: as in browsers, elements of HTML in whatever case.
fn is_named(name: &QualName, wanted: &str) -> bool {
    if name.ns == ns!(html) {
        return str::eq_ignore_ascii_case(&name.local, wanted);
    }
    name.ns == ns!() && *name.local == *wanted
}
