//! A page as lines for a model: `B1 button "Buy" disabled`.

use std::collections::HashMap;
use std::fmt::Write as _;

use guise_core::{Element, Observation, Offer, PageLine, Weight, fit};

/// A page's lines take so many tokens at most, so that a prompt stays a prompt whatever the page is.
const MOST_TOKENS: usize = 1_000;

/// So many tabs are named, each so short.
const MOST_TABS: usize = 10;
const TAB: usize = 60;

/// The longest text or label of one line.
const LONGEST: usize = 200;

/// Parts of a line in an observation's description (Notte contract §3.2).
const MARK: &str = "[:]";

/// The page as the model reads it. What does not fit is counted.
pub(crate) fn page_lines(seen: &Observation) -> String {
    let elements: HashMap<&str, &Element> = seen
        .elements
        .iter()
        .map(|element| (element.id.as_str(), element))
        .collect();
    let mut text = head(seen);
    let mut lines = seen.description.lines().peekable();
    // The first line names the page, which the head has done already.
    lines.next_if(|line| line.starts_with("### "));
    let lines: Vec<PageLine> = lines.map(|line| page_line(line, &elements)).collect();
    let fitted = fit(&lines, MOST_TOKENS);
    text.push_str(&fitted.text);
    if fitted.elements + fitted.texts > 0 {
        let _ = writeln!(
            text,
            "({} more elements and {} more texts in view are left out; use scrape to read the page)",
            fitted.elements, fitted.texts
        );
    }
    text.push_str(&beyond(seen));
    text
}

/// A line of an observation's description as the model reads it.
fn page_line(line: &str, elements: &HashMap<&str, &Element>) -> PageLine {
    let (text, weight) = match line.split_once(MARK) {
        Some(("_", words)) => (format!("· {}", cut(words)), Weight::Text),
        Some((id, markup)) => match elements.get(id) {
            Some(element) => (element_line(element), weight(element)),
            None => (format!("{id} {}", cut(markup)), Weight::Scroller),
        },
        None => (cut(line.trim_start_matches("### ")), Weight::Heading),
    };
    PageLine { text, weight }
}

fn weight(element: &Element) -> Weight {
    if element
        .states
        .iter()
        .any(|state| state.starts_with("invalid"))
    {
        Weight::Changed
    } else if element.label.is_empty() {
        Weight::Unnamed
    } else {
        Weight::Named
    }
}

fn head(seen: &Observation) -> String {
    let mut text = format!("Title: {}\nAddress: {}\n", cut(&seen.title), cut(&seen.url));
    if seen.tabs.len() > 1 {
        for tab in seen.tabs.iter().take(MOST_TABS) {
            let (title, url) = (shorter(&tab.title, TAB), shorter(&tab.url, TAB));
            let _ = writeln!(text, "Tab {}: {title} {url}", tab.index);
        }
        if let Some(more) = seen.tabs.len().checked_sub(MOST_TABS).filter(|it| *it > 0) {
            let _ = writeln!(text, "({more} more tabs)");
        }
    }
    text
}

fn element_line(element: &Element) -> String {
    let mut line = format!("{} {}", element.id, kind(element));
    if !element.label.is_empty() {
        let label = cut(&element.label).replace('"', "'");
        let _ = write!(line, " \"{label}\"");
    }
    if !element.states.is_empty() {
        let _ = write!(line, " {}", cut(&element.states.join(", ")));
    }
    if let Some(options) = options(element) {
        let _ = write!(line, " options: {}", cut(options));
    }
    line
}

/// The role, and what a field is for, where the label does not say.
fn kind(element: &Element) -> &str {
    match (&element.offer, element.role.as_str()) {
        (Offer::Fill, "" | "generic") => "field",
        (_, "") => "element",
        (_, role) => role,
    }
}

/// What a `<select>` offers, from its markup.
fn options(element: &Element) -> Option<&str> {
    let markup = element.markup.strip_prefix("<select")?;
    let (_, rest) = markup.split_once('>')?;
    rest.strip_suffix("</select>")
        .filter(|options| !options.is_empty())
}

fn beyond(seen: &Observation) -> String {
    let view = seen.viewport;
    let above = view.scroll_y.max(0);
    let below = (view.total_height - view.scroll_y - view.viewport_height).max(0);
    match (above, below) {
        (0, 0) => String::new(),
        (above, below) => format!("({above} pixels above and {below} below the part in view)\n"),
    }
}

/// A text on one line, not longer than a line may be.
pub(crate) fn cut(text: &str) -> String {
    shorter(text, LONGEST)
}

fn shorter(text: &str, longest: usize) -> String {
    let mut line: String = text
        .chars()
        .take(longest)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(longest).is_some() {
        line.push('…');
    }
    line
}
