//! Taking away what surrounds the content: navigation, banners, share bars, related pages, comments under an article.

use std::collections::HashSet;

use dom_query::{Document, NodeId, NodeRef};

use super::evidence::Evidence;
use super::measure::{Measure, Measures};

/// What is taken away is at most so many hundredths of the page's own text: what holds more is the page.
const MOST: usize = 35;
/// Comments are left out where the rest of the page has at least so many characters of its own, or says what it is.
const MIN_BESIDE_COMMENTS: usize = 400;
const MIN_OF_ITEM: usize = 60;
/// The same where it is more than the comments are.
const MIN_BEFORE_COMMENTS: usize = 150;
/// The most elements that a page can call its content.
const MAX_CONTENTS: usize = 50;

/// Takes away what surrounds the content, and gives the measures of what is left.
pub(super) fn remove(document: &Document, evidence: Evidence) -> Measures {
    for node in document.select("script, style, noscript, template").nodes() {
        node.remove_from_parent();
    }
    let Some(body) = document.body() else {
        return Measures::default();
    };
    let measures = Measures::below(body);
    let cx = Context {
        total: measures.of(&body).plain(),
        measures,
        evidence,
        content: around_content(document),
    };
    let (mut beside, comments) = cx.judge_all(body);
    let taken: usize = comments
        .iter()
        .map(|node| cx.measures.of(node).plain())
        .sum();
    let rest = cx.total.saturating_sub(
        taken
            + beside
                .iter()
                .map(|node| cx.measures.of(node).plain())
                .sum::<usize>(),
    );
    let is_enough = if evidence.is_article || evidence.is_item {
        MIN_OF_ITEM
    } else if rest > taken {
        MIN_BEFORE_COMMENTS
    } else {
        MIN_BESIDE_COMMENTS
    };
    let keeps_comments = evidence.is_conversation || rest < is_enough;
    if !keeps_comments {
        beside.extend(comments);
    }
    for node in &beside {
        node.remove_from_parent();
    }

    let measures = Measures::below(body);
    let cx = Context {
        total: measures.of(&body).plain(),
        measures,
        evidence,
        content: around_content(document),
    };
    for node in cx.under_headings(document, keeps_comments) {
        node.remove_from_parent();
    }
    Measures::below(body)
}

/// A page while it is judged.
pub(super) struct Context {
    /// The page's own text.
    pub total: usize,
    pub measures: Measures,
    pub evidence: Evidence,
    /// Where the page says that its content is, and what is around that.
    content: HashSet<NodeId>,
}

impl Context {
    /// Whether an element holds so much of the page that it cannot be beside it.
    pub(super) fn is_too_much(&self, measure: Measure) -> bool {
        measure.plain() * 100 > self.total * MOST && measure.plain() > 40
    }

    /// Whether the page says where its content is.
    pub(super) fn names_content(&self) -> bool {
        !self.content.is_empty()
    }

    /// Whether the page says that its content is in there.
    pub(super) fn holds_content(&self, node: &NodeRef<'_>) -> bool {
        self.content.contains(&node.id)
    }
}

/// Navigation and the like by tag and role alone, for parts that the caller has chosen.
pub(crate) const BY_TAG: &str = "nav, aside, footer:not(article footer, blockquote footer), \
    header:not(article header, main header, section header), \
    [role=navigation], [role=banner], [role=contentinfo], [role=complementary], [role=search], [role=menu], [role=menubar]";

/// What the page says its content is in, with all that is around it.
fn around_content(document: &Document) -> HashSet<NodeId> {
    let content = document.select("main, [role=main], [itemprop=articleBody]");
    content
        .nodes()
        .iter()
        .take(MAX_CONTENTS)
        .flat_map(|node| {
            node.ancestors_it(None)
                .map(|above| above.id)
                .chain([node.id])
        })
        .collect()
}
