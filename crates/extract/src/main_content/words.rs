//! The words by which pages name what surrounds their content.

use std::collections::HashMap;
use std::sync::LazyLock;

use dom_query::Element;

use crate::attribute::attribute;

/// What a word in a class or id says about its element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// Nothing.
    None,
    /// It is beside the content when much of it is links.
    Linked,
    /// It is beside the content when it holds little, or much of it is links.
    Small,
    /// It is beside the content, unless it holds a long text of its own.
    Likely,
    /// It is beside the content.
    Beside,
}

/// Words and what each says. Those of `beside.txt` name elements that hold no content, whatever is written in them; those of
/// `likely.txt` are also said of parts of it (`with-ad`, `nav-fixed`).
static KNOWN: LazyLock<HashMap<&str, Sign>> = LazyLock::new(|| {
    [
        (include_str!("words/linked.txt"), Sign::Linked),
        (include_str!("words/small.txt"), Sign::Small),
        (include_str!("words/likely.txt"), Sign::Likely),
        (include_str!("words/beside.txt"), Sign::Beside),
    ]
    .into_iter()
    .flat_map(|(words, sign)| words.lines().map(move |word| (word, sign)))
    .collect()
});

/// Words of what asks for consent, one a line.
const CONSENT: &str = include_str!("words/consent.txt");

/// Pairs of words that say more together than alone.
const PAIRS: &[(&str, &str, Sign)] = &[
    ("author", "bio", Sign::Beside),
    ("author", "box", Sign::Beside),
    ("about", "author", Sign::Beside),
    ("back", "top", Sign::Beside),
    ("to", "top", Sign::Beside),
    ("jump", "link", Sign::Beside),
    ("jump", "to", Sign::Beside),
    ("read", "next", Sign::Beside),
    ("more", "stories", Sign::Beside),
    ("more", "news", Sign::Beside),
    ("most", "read", Sign::Beside),
    ("most", "popular", Sign::Beside),
    ("post", "navigation", Sign::Beside),
    ("prev", "next", Sign::Beside),
    ("skip", "link", Sign::Beside),
    ("skip", "to", Sign::Beside),
    ("sign", "up", Sign::Small),
    ("tag", "list", Sign::Beside),
    ("tag", "links", Sign::Beside),
    ("post", "tags", Sign::Beside),
    ("also", "like", Sign::Beside),
    ("site", "header", Sign::Beside),
    ("site", "footer", Sign::Beside),
    ("cross", "sell", Sign::Linked),
    ("language", "switcher", Sign::Beside),
    ("lang", "switcher", Sign::Beside),
];

/// The most words of a class that are looked at.
const MAX_WORDS: usize = 64;

/// What the class and id of an element say.
pub(super) fn sign(words: &[String]) -> Sign {
    let single = words.iter().enumerate().map(|(place, word)| {
        // The foot of a card has its price.
        let is_of_card = matches!(word.as_str(), "footer" | "header")
            && place
                .checked_sub(1)
                .and_then(|before| words.get(before))
                .is_some_and(|before| {
                    matches!(
                        before.as_str(),
                        "card" | "item" | "product" | "tile" | "listing" | "result" | "table"
                    )
                });
        if is_of_card {
            Sign::None
        } else {
            KNOWN.get(word.as_str()).copied().unwrap_or(Sign::None)
        }
    });
    let pairs = words.windows(2).filter_map(|pair| {
        let [first, second] = pair else { return None };
        let known = PAIRS.iter().find(|(a, b, _)| a == first && b == second)?;
        Some(known.2)
    });
    single.chain(pairs).max().unwrap_or(Sign::None)
}

/// Whether the words are those of a comments section.
pub(super) fn names_comments(words: &[String]) -> bool {
    words.iter().any(|word| {
        matches!(
            word.as_str(),
            "comments" | "commentlist" | "disqus" | "respond" | "commentarea" | "usercomments" | "webmentions"
        )
    }) || words.windows(2).any(|pair| {
        matches!(pair, [first, second] if first == "comment" && matches!(second.as_str(), "list" | "section" | "area" | "respond" | "form"))
    })
}

/// Whether the words ask for consent: a word for that, or cookies together with what they are shown on.
pub(super) fn names_consent(words: &[String]) -> bool {
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    words
        .iter()
        .any(|word| CONSENT.lines().any(|known| known == word))
        || has(&["cookie", "cookies"])
            && has(&[
                "banner",
                "bar",
                "notice",
                "popup",
                "modal",
                "overlay",
                "law",
                "message",
                "alert",
                "warning",
                "dialog",
                "wall",
                "policy",
                "layer",
                "notification",
                "disclaimer",
                "box",
                "hint",
                "prompt",
                "window",
                "cc",
            ])
}

/// How surely the words are those of a line that says who wrote something and when.
pub(super) fn names_byline(words: &[String]) -> Sign {
    let sure = |word: &str| {
        matches!(
            word,
            "meta"
                | "byline"
                | "dateline"
                | "authorbox"
                | "postmeta"
                | "entrymeta"
                | "articlemeta"
                | "timestamp"
                | "pubdate"
        )
    };
    let likely = |word: &str| {
        matches!(
            word,
            "date"
                | "time"
                | "info"
                | "author"
                | "authors"
                | "published"
                | "posted"
                | "updated"
                | "autor"
                | "auteur"
                | "datum"
                | "fecha"
        )
    };
    if words.iter().any(|word| sure(word)) {
        Sign::Beside
    } else if words.iter().any(|word| likely(word)) {
        Sign::Small
    } else {
        Sign::None
    }
}

/// Whether the words are those of a note within the content.
pub(super) fn names_note(words: &[String]) -> bool {
    words.iter().any(|word| {
        matches!(
            word.as_str(),
            "note"
                | "notes"
                | "tip"
                | "warning"
                | "caution"
                | "important"
                | "info"
                | "callout"
                | "admonition"
                | "hint"
                | "example"
                | "alert"
                | "infobox"
                | "factbox"
                | "footnote"
                | "footnotes"
                | "sidenote"
        )
    })
}

/// The words of an element's class and id, in lower case; `navBar`, `nav-bar` and `nav_bar` are `nav`, `bar`.
///
/// Ids of headings, sections and the like name their subject, and so do the categories and tags that programs write into
/// classes.
pub(super) fn words(element: &Element) -> Vec<String> {
    let mut all = Vec::new();
    let class = attribute(element, "class").unwrap_or_default();
    for name in class.split_ascii_whitespace() {
        let is_subject = ["category-", "tag-", "cat-", "topic-"].iter().any(|start| {
            name.strip_prefix(start)
                .is_some_and(|rest| !matches!(rest, "list" | "links" | "cloud" | "nav"))
        });
        if is_subject {
            continue;
        }
        for part in name.split(|c: char| !c.is_alphanumeric()) {
            split_humps(part, &mut all);
        }
        if all.len() >= MAX_WORDS {
            return all;
        }
    }
    let is_anchor = !matches!(
        &*element.name.local,
        "div"
            | "aside"
            | "nav"
            | "ul"
            | "ol"
            | "form"
            | "footer"
            | "header"
            | "table"
            | "td"
            | "center"
            | "dialog"
    ) || all.iter().any(|word| word == "section");
    if !is_anchor {
        let id = attribute(element, "id").unwrap_or_default();
        for part in id.split(|c: char| !c.is_alphanumeric()).take(MAX_WORDS) {
            split_humps(part, &mut all);
        }
    }
    all
}

/// Adds the words of a name in camel case.
fn split_humps(name: &str, words: &mut Vec<String>) {
    let mut word = String::new();
    let mut was_lower = false;
    for c in name.chars().take(64) {
        if c.is_uppercase() && was_lower {
            words.push(std::mem::take(&mut word));
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
        word.extend(c.to_lowercase());
    }
    if !word.is_empty() {
        words.push(word);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn of(class: &str) -> Vec<String> {
        let mut all = Vec::new();
        class
            .split(|c: char| !c.is_alphanumeric())
            .for_each(|part| split_humps(part, &mut all));
        all
    }

    #[rstest]
    #[case("site-nav", Sign::Likely)]
    #[case("SiteNav", Sign::Likely)]
    #[case("navigate", Sign::None)]
    #[case("header-ad_top", Sign::Likely)]
    #[case("sidebar", Sign::Beside)]
    #[case("headline", Sign::None)]
    #[case("author-bio", Sign::Beside)]
    #[case("author", Sign::None)]
    #[case("sharePanel", Sign::Small)]
    #[case("card-header", Sign::None)]
    #[case("card-footer", Sign::None)]
    #[case("post-header", Sign::Linked)]
    #[case("", Sign::None)]
    fn words_are_taken_whole(#[case] class: &str, #[case] expected: Sign) {
        assert_eq!(sign(&of(class)), expected);
    }

    #[rstest]
    #[case("<div class='post category-cookies tag-ads' id=main-nav>", &["post", "main", "nav"])]
    #[case("<section id=pagination class=x>", &["x"])]
    #[case("<div class=section id=navigation>", &["section"])]
    #[case("<h2 id=cookies>", &[])]
    fn subjects_are_no_words(#[case] html: &str, #[case] expected: &[&str]) {
        let document = crate::parse::parse(html).document;
        let found = document.select_single("body > *");
        let found = found
            .nodes()
            .first()
            .and_then(|node| node.element_ref().map(|element| words(&element)));
        assert_eq!(found.unwrap_or_default(), expected);
    }

    #[rstest]
    #[case("cookie-banner", true)]
    #[case("onetrust-consent-sdk", true)]
    #[case("chocolate-cookies", false)]
    fn consent_is_known(#[case] class: &str, #[case] expected: bool) {
        assert_eq!(names_consent(&of(class)), expected);
    }
}
