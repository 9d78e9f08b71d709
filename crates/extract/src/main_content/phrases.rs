//! The phrases under which pages put what is not their content.

/// What comes under a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Under {
    /// Links to other pages, if it is links at all.
    Links,
    /// An invitation to share, subscribe or follow.
    Invitation,
    /// Comments.
    Comments,
}

/// Beginnings of headings over links to other pages.
const LINKS: &str = include_str!("phrases/links.txt");

/// Beginnings of headings over what invites to do something.
const INVITATIONS: &str = include_str!("phrases/invitations.txt");

/// Beginnings of headings over comments.
const COMMENTS: &str = include_str!("phrases/comments.txt");

/// Whole texts of small elements that say nothing about the page's subject.
const SCRAPS: &str = include_str!("phrases/scraps.txt");

/// Beginnings of paragraphs that are a link to another page.
const POINTERS: &str = include_str!("phrases/pointers.txt");

/// What comes under a heading with this text, when it is known.
pub(super) fn under(heading: &str) -> Option<Under> {
    let heading = plain(heading);
    if heading.is_empty() || heading.chars().count() > 60 {
        return None;
    }
    // "3 comments"
    let uncounted =
        heading.trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || c == ',');
    let is_counted = uncounted.len() < heading.len()
        && ["comment", "responses", "replies", "thoughts on"]
            .iter()
            .any(|known| uncounted.starts_with(known));
    if is_counted || announces_comments(uncounted) {
        return Some(Under::Comments);
    }
    if begins(INVITATIONS, &heading) {
        return Some(Under::Invitation);
    }
    let is_links =
        begins(LINKS, &heading) || matches!(heading.as_str(), "related" | "more" | "share");
    is_links.then_some(Under::Links)
}

/// Whether a small element's whole text is no content.
pub(super) fn is_scrap(text: &str) -> bool {
    let text = plain(text);
    text.len() <= 60 && SCRAPS.lines().any(|known| text == known)
}

/// Whether a paragraph only points at another page, given that most of it is a link.
pub(super) fn is_pointer(text: &str) -> bool {
    begins(POINTERS, &plain(text))
}

/// Whether a heading is one of those over comments. A single word has to stand alone: "Comments (3)" does, "Comments on
/// the draft" does not.
fn announces_comments(heading: &str) -> bool {
    COMMENTS
        .lines()
        .filter(|known| !known.is_empty())
        .any(|known| {
            heading.strip_prefix(known).is_some_and(|rest| {
                known.contains(' ') || !rest.trim_start().starts_with(char::is_alphabetic)
            })
        })
}

/// Whether a text begins with one of the phrases, one a line.
fn begins(phrases: &str, text: &str) -> bool {
    phrases
        .lines()
        .any(|known| !known.is_empty() && text.starts_with(known))
}

/// Lower case, single spaces, without what stands around.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace().take(40) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
    out.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '»' | '›' | '→' | '▼' | '|' | '*' | '-' | '–' | '—' | '•' | '.' | '!' | ':'
            )
    })
    .to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Related articles", Some(Under::Links))]
    #[case("  You might  also like… ", Some(Under::Links))]
    #[case("Related work", None)]
    #[case("12 Comments", Some(Under::Comments))]
    #[case("Share this:", Some(Under::Invitation))]
    #[case("Comments (3)", Some(Under::Comments))]
    #[case("Comments on the draft", None)]
    #[case("How comments are stored", None)]
    #[case("", None)]
    fn headings_are_known(#[case] heading: &str, #[case] expected: Option<Under>) {
        assert_eq!(under(heading), expected);
    }
}
