//! Judging elements: by their tag and role, by the words of their class and id, by what they hold.

use dom_query::{Element, NodeData, NodeRef};

use super::measure::{Measure, Measures, is_unread};
use super::surroundings::Context;
use super::words::{Sign, names_byline, names_comments, names_consent, names_note, sign, words};
use crate::attribute::attribute;

/// The least text of its own of what is content although a word in its class says otherwise.
const MIN_OWN: usize = 160;
/// The same where the word nearly always says so.
const MIN_LONG: usize = 400;
/// The longest line that says who wrote something and when.
const MAX_BYLINE: usize = 120;
/// The most that a question for consent is, in hundredths of the page's own text.
const MOST_CONSENT: usize = 85;
/// The longest text of a button that only does something.
const MAX_BUTTON: usize = 28;
/// How much of a header is looked through for a heading.
const MAX_HEADER: usize = 2_000;

/// What is known of an element from those around it.
#[derive(Clone, Copy, Default)]
struct Around {
    /// Whether it is inside `main`, `article` or the like.
    is_content: bool,
    /// Whether it is inside an `article`.
    is_article: bool,
    /// Whether it is inside a heading or a summary.
    is_heading: bool,
    /// Whether it is inside one of several articles, or a quote: headers and footers belong to that.
    is_part: bool,
}

enum Judgement {
    Keeps,
    Beside,
    Comments,
}

impl Context {
    /// Walks over the page and gives what is beside its content, and its comments.
    pub(super) fn judge_all<'d>(&self, body: NodeRef<'d>) -> (Vec<NodeRef<'d>>, Vec<NodeRef<'d>>) {
        let mut beside = Vec::new();
        let mut comments = Vec::new();
        let mut waiting = vec![(body, Around::default())];
        while let Some((node, around)) = waiting.pop() {
            let inner = node.query(|inner| match &inner.data {
                NodeData::Element(element) if is_unread(element) => {
                    beside.push(node);
                    None
                }
                NodeData::Element(element) => match self.judge(&node, element, around) {
                    Judgement::Keeps => Some(around.inside(element)),
                    Judgement::Beside => {
                        beside.push(node);
                        None
                    }
                    Judgement::Comments => {
                        comments.push(node);
                        None
                    }
                },
                _ => None,
            });
            if let Some(Some(inner)) = inner {
                waiting.extend(node.children_it(false).map(|child| (child, inner)));
            }
        }
        (beside, comments)
    }

    fn judge(&self, node: &NodeRef<'_>, element: &Element, around: Around) -> Judgement {
        let name = &*element.name.local;
        if matches!(
            name,
            "html" | "body" | "main" | "pre" | "code" | "math" | "th" | "tr" | "tbody" | "thead"
        ) {
            return Judgement::Keeps;
        }
        let measure = self.measures.of(node);
        let words = words(element);
        if names_comments(&words)
            && name != "article"
            && measure.links < 10_000
            && !self.holds_content(node)
        {
            return Judgement::Comments;
        }
        let is_beside = self.by_name(node, element, measure, &words, around)
            || self.by_role(element, measure, &words)
            || self.by_words(name, measure, &words, around);
        let is_consent = name != "article"
            && names_consent(&words)
            && (self.names_content() || measure.plain() * 100 <= self.total * MOST_CONSENT);
        let is_links = self.is_row_of_links(node, name, measure, around);
        if (is_consent || is_links || is_beside && !self.is_too_much(measure))
            && !self.holds_content(node)
        {
            Judgement::Beside
        } else {
            Judgement::Keeps
        }
    }

    fn by_name(
        &self,
        node: &NodeRef<'_>,
        element: &Element,
        measure: Measure,
        words: &[String],
        around: Around,
    ) -> bool {
        match &*element.name.local {
            "nav" | "search" => true,
            "dialog" => true,
            "aside" => {
                !around.is_content
                    || !(names_note(words) || measure.plain() >= 80 && !measure.is_linked(30))
            }
            "footer" => !around.is_part || measure.is_linked(30) || measure.plain() < 60,
            "header" => !around.is_content && !has_own_heading(node, &self.measures),
            "form" => {
                measure.plain() < 300
                    && (is_search_or_login(node) || measure.plain() * 5 < self.total)
            }
            "input" => is_button(element),
            "button" => !around.is_heading && is_action(node, measure),
            "figcaption" => false,
            _ => false,
        }
    }

    fn by_role(&self, element: &Element, measure: Measure, words: &[String]) -> bool {
        let role = attribute(element, "role")
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match role.as_str() {
            "navigation" | "search" | "menu" | "menubar" | "contentinfo" | "dialog"
            | "alertdialog" | "toolbar" | "tablist" => true,
            "banner" | "complementary" => &*element.name.local != "header" && !names_note(words),
            "button" => measure.text <= MAX_BUTTON && &*element.name.local != "a",
            _ => attribute(element, "aria-modal").is_some_and(|modal| modal == "true"),
        }
    }

    fn by_words(&self, name: &str, measure: Measure, words: &[String], around: Around) -> bool {
        if matches!(
            name,
            "article" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt" | "dd"
        ) || matches!(name, "a" | "li" | "p") && measure.plain() > 20
        {
            return false;
        }
        let is_named = match sign(words) {
            Sign::Beside => true,
            Sign::Likely => measure.is_linked(40) || measure.plain() < MIN_LONG,
            Sign::Small => measure.is_linked(40) || measure.plain() < MIN_OWN.min(self.total / 5),
            Sign::Linked => measure.is_linked(40),
            Sign::None => false,
        };
        is_named || self.is_byline(name, measure, words, around)
    }

    /// Whether an element only says who wrote the page and when, which its metadata tell.
    fn is_byline(&self, name: &str, measure: Measure, words: &[String], around: Around) -> bool {
        if self.evidence.is_conversation
            || measure.text >= MAX_BYLINE
            || !matches!(
                name,
                "div" | "p" | "span" | "ul" | "time" | "small" | "footer"
            )
        {
            return false;
        }
        match names_byline(words) {
            Sign::Beside => self.evidence.is_article || around.is_article,
            Sign::Small => self.evidence.is_article && !around.is_heading,
            _ => false,
        }
    }

    /// Whether an element is short links beside each other, as sites have them without a word for it: letters, pages,
    /// sections.
    fn is_row_of_links(
        &self,
        node: &NodeRef<'_>,
        name: &str,
        measure: Measure,
        around: Around,
    ) -> bool {
        if measure.links < 3
            || !measure.is_linked(70)
            || !matches!(name, "div" | "p" | "td" | "span" | "center" | "font")
        {
            return false;
        }
        let direct = node
            .children_it(false)
            .filter(|child| child.has_name("a"))
            .count();
        let most = if around.is_content { 3 } else { 20 };
        direct >= 3 && direct + 1 >= measure.links && measure.linked <= measure.links * most
    }
}

impl Around {
    fn inside(self, element: &Element) -> Self {
        let name = &*element.name.local;
        let role = attribute(element, "role").unwrap_or_default();
        let is_content = matches!(name, "main" | "article") || role.trim() == "main";
        Self {
            is_content: self.is_content || is_content,
            is_article: self.is_article || name == "article",
            is_heading: self.is_heading
                || matches!(
                    name,
                    "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" | "dt"
                ),
            is_part: self.is_part
                || matches!(
                    name,
                    "article" | "blockquote" | "section" | "li" | "td" | "main" | "figure"
                ),
        }
    }
}

/// Whether a page's header holds a main heading with words about the page, and not only the site's name.
fn has_own_heading(header: &NodeRef<'_>, measures: &Measures) -> bool {
    header
        .descendants_it()
        .take(MAX_HEADER)
        .any(|node| node.has_name("h1") && measures.of(&node).plain() > 0)
        && measures.of(header).plain() >= 40
}

/// Whether a form asks for a word to look for, a mail address or a password.
fn is_search_or_login(form: &NodeRef<'_>) -> bool {
    form.descendants_it().any(|node| {
        node.has_name("input")
            && node.attr("type").is_some_and(|kind| {
                matches!(&*kind.to_ascii_lowercase(), "search" | "password" | "email")
            })
    })
}

/// Whether an input is a button that sends or clears a form.
fn is_button(input: &Element) -> bool {
    attribute(input, "type").is_some_and(|kind| {
        ["submit", "reset", "button", "image"]
            .iter()
            .any(|button| kind.trim().eq_ignore_ascii_case(button))
    })
}

/// Whether a button does something rather than say something: a question of an FAQ is a button too.
fn is_action(button: &NodeRef<'_>, measure: Measure) -> bool {
    // One that cannot be pressed tells a state, such as that something is sold out.
    measure.text <= MAX_BUTTON
        && !button.has_attr("disabled")
        && !button.text().trim_end().ends_with(['?', '？', '؟'])
}
