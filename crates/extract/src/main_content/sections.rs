//! Sections that their heading gives away: related pages, invitations, comments.

use dom_query::{Document, NodeRef};

use super::measure::{Measure, Measures, length};
use super::phrases::{Under, is_pointer, is_scrap, under};
use super::surroundings::Context;

/// The most text of its own in an invitation to subscribe and the like.
const MAX_INVITATION: usize = 500;
/// How far is looked among the neighbours of an element, so that time grows with the page and not with its square.
const MAX_NEIGHBOURS: usize = 100;

impl Context {
    /// What comes under headings that announce other pages, invitations or comments; and lines that do so themselves.
    pub(super) fn under_headings<'d>(
        &self,
        document: &'d Document,
        keeps_comments: bool,
    ) -> Vec<NodeRef<'d>> {
        let mut found = Vec::new();
        for node in document.select("h2, h3, h4, h5, h6, p, div, span, strong, b, li, summary, legend, section[aria-label], ul[aria-label], a").nodes() {
            let measure = self.measures.of(node);
            let Some(name) = node.node_name() else { continue };
            let label = node.attr("aria-label").filter(|_| matches!(&*name, "section" | "ul"));
            if let Some(label) = label {
                if under(&label) == Some(Under::Links) && measure.is_linked(50) && !self.is_too_much(measure) {
                    found.push(*node);
                }
                continue;
            }
            if measure.text == 0 || measure.text > 160 {
                continue;
            }
            let text = node.text();
            if !matches!(&*name, "h2" | "h3") && measure.text <= 50 && is_scrap(&text) && !is_within_sentence(node) {
                found.push(*node);
                continue;
            }
            if name == *"a" || (name == *"li" || name == *"span") && measure.text > 40 {
                continue;
            }
            if measure.is_linked(50) && measure.links <= 3 && is_pointer(&text) && matches!(&*name, "p" | "div" | "li") && length(&text) > 10 {
                found.push(*node);
                continue;
            }
            let is_heading = matches!(&*name, "h2" | "h3" | "h4" | "h5" | "h6");
            if !is_heading && (measure.text > 50 || has_blocks(node)) {
                continue;
            }
            let Some(what) = under(&text) else { continue };
            if what == Under::Comments && (keeps_comments || !is_heading) {
                continue;
            }
            self.take_section(*node, what, is_heading, &mut found);
        }
        found
    }

    /// The section that a heading begins: the largest element that begins with it, or what follows it.
    fn take_section<'d>(
        &self,
        heading: NodeRef<'d>,
        what: Under,
        is_heading: bool,
        found: &mut Vec<NodeRef<'d>>,
    ) {
        let own = self.measures.of(&heading);
        let fits = |measure: Measure| {
            let rest = Measure {
                text: measure.text.saturating_sub(own.text),
                linked: measure.linked.saturating_sub(own.linked),
                links: measure.links,
            };
            !self.is_too_much(measure)
                && match what {
                    Under::Links => {
                        rest.is_linked(45)
                            || (measure.links >= 3
                                && rest.plain() < measure.links * 60
                                && rest.is_linked(25))
                    }
                    Under::Invitation => rest.plain() <= MAX_INVITATION,
                    Under::Comments => true,
                }
        };
        let mut best = None;
        let mut at = heading;
        while let Some(parent) = at.parent() {
            if has_text_before(&at, &self.measures)
                || matches!(
                    parent.node_name().as_deref(),
                    None | Some("body" | "main" | "html" | "article")
                )
            {
                break;
            }
            let measure = self.measures.of(&parent);
            if measure.text > own.text && fits(measure) {
                best = Some(parent);
            }
            at = parent;
        }
        if let Some(section) = best {
            found.push(section);
            return;
        }
        // A flat page: the heading and what is beside it, up to the next heading.
        let mut section = vec![at];
        if at.id != heading.id {
            section = vec![heading];
        }
        let first = section[0];
        let mut sum = Measure::default();
        let mut next = first.next_sibling();
        while let Some(node) = next
            && section.len() < MAX_NEIGHBOURS
        {
            let is_end = matches!(
                node.node_name().as_deref(),
                Some("h1" | "h2" | "h3" | "h4" | "h5" | "h6")
            ) || !is_heading && self.measures.of(&node).plain() > 60;
            if is_end {
                break;
            }
            let measure = self.measures.of(&node);
            if what == Under::Links && measure.text > 0 && !measure.is_linked(45) && !fits(measure)
            {
                break;
            }
            sum.text += measure.text;
            sum.linked += measure.linked;
            sum.links += measure.links;
            section.push(node);
            next = node.next_sibling();
        }
        let whole = Measure {
            text: sum.text + own.text,
            linked: sum.linked + own.linked,
            links: sum.links,
        };
        if sum.text > 0 && fits(whole) {
            found.extend(section);
        }
    }
}

/// Whether something to read stands before a node within its parent.
fn has_text_before(node: &NodeRef<'_>, measures: &Measures) -> bool {
    let mut before = node.prev_sibling();
    while let Some(sibling) = before {
        let has_text = if sibling.is_text() {
            !sibling.text().trim().is_empty()
        } else {
            measures.of(&sibling).text > 0
        };
        if has_text {
            return true;
        }
        before = sibling.prev_sibling();
    }
    false
}

/// Whether a small element is part of running text.
fn is_within_sentence(node: &NodeRef<'_>) -> bool {
    let is_inline = matches!(
        node.node_name().as_deref(),
        Some("span" | "strong" | "b" | "a")
    );
    is_inline
        && node.parent().is_some_and(|parent| {
            parent.children_it(false).take(MAX_NEIGHBOURS).any(|child| {
                child.is_text() && child.text().trim().chars().any(char::is_alphanumeric)
            }) || matches!(
                parent.node_name().as_deref(),
                Some("td" | "th" | "h1" | "h2" | "h3" | "dt" | "dd" | "li" | "code")
            )
        })
}

fn has_blocks(node: &NodeRef<'_>) -> bool {
    node.children_it(false).any(|child| {
        matches!(
            child.node_name().as_deref(),
            Some("div" | "p" | "ul" | "ol" | "table" | "section" | "h2" | "h3" | "h4" | "figure")
        )
    })
}
