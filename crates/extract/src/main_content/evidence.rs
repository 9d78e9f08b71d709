//! What a page says of itself: an article, a conversation, or neither.

use dom_query::Document;
use url::Url;

use crate::attribute::attribute;
use crate::json_ld::JsonLd;

/// What a page says it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    /// One text by one author is what the page is about.
    pub is_article: bool,
    /// The page is a conversation, and what would be comments elsewhere is its content.
    pub is_conversation: bool,
    /// The page is about one thing that it describes shortly: a video, a product, an event.
    pub is_item: bool,
}

/// Programs whose pages are conversations.
const FORUMS: &[&str] = &[
    "discourse",
    "phpbb",
    "vbulletin",
    "xenforo",
    "mybb",
    "flarum",
    "nodebb",
    "smf",
    "vanilla",
    "invision",
];

/// Parts of addresses that are those of conversations.
const PLACES: &[&str] = &[
    "forum",
    "forums",
    "thread",
    "threads",
    "viewtopic.php",
    "showthread.php",
    "questions",
    "discussion",
    "discussions",
    "issues",
    "viewtopic",
    "showthread",
    "topic",
    "comments",
];

/// Reads structured data, Open Graph, microdata and, where those say nothing, the address for it.
pub(super) fn evidence(document: &Document, url: &Url, data: &JsonLd) -> Evidence {
    let mut found = Evidence::default();
    let mut articles = 0_usize;
    for kind in data.types() {
        note(kind, &mut found, &mut articles);
    }
    for node in document.select("[itemtype]").nodes() {
        if let Some(kind) = node.attr("itemtype") {
            let kind = kind.trim().rsplit(['/', '#']).next().unwrap_or_default();
            note(kind, &mut found, &mut articles);
        }
    }
    for node in document
        .select("meta[property='og:type'], meta[name=generator]")
        .nodes()
    {
        let Some(element) = node.element_ref() else {
            continue;
        };
        let content = attribute(&element, "content")
            .unwrap_or_default()
            .to_ascii_lowercase();
        if attribute(&element, "name").is_some() {
            found.is_conversation |= FORUMS.iter().any(|forum| content.starts_with(forum));
        } else {
            found.is_article |= content == "article";
            found.is_item |= ["video", "product", "music", "event"]
                .iter()
                .any(|kind| content.starts_with(kind));
        }
    }
    let bodies = document.select("[itemprop=articleBody]").length();
    // Where there are several, the page is a list of them.
    found.is_article |= articles == 1 || bodies == 1;
    // A thread often calls its posts articles as well.
    found.is_article &= !found.is_conversation;
    found.is_conversation |= !found.is_article
        && url.path_segments().is_some_and(|mut parts| {
            parts.any(|part| PLACES.contains(&part.to_ascii_lowercase().as_str()))
        });
    found
}

fn note(kind: &str, found: &mut Evidence, articles: &mut usize) {
    match kind {
        "QAPage" | "DiscussionForumPosting" | "Conversation" => {
            found.is_conversation = true;
        }
        "JobPosting" => {}
        "VideoObject" | "Product" | "Event" | "PodcastEpisode" | "MusicRecording" | "Recipe" => {
            found.is_item = true;
        }
        kind if kind.ends_with("Article")
            || kind.ends_with("Posting")
            || kind == "Report"
            || kind == "Review" =>
        {
            *articles += 1;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::parse::parse;

    #[rstest]
    #[case("<meta property=og:type content=article>", true, false)]
    #[case(
        "<script type=application/ld+json>{\"@type\":\"NewsArticle\"}</script>",
        true,
        false
    )]
    #[case(
        "<div itemscope itemtype='https://schema.org/BlogPosting'>",
        true,
        false
    )]
    #[case(
        "<div itemtype=https://schema.org/BlogPosting></div><div itemtype=https://schema.org/BlogPosting></div>",
        false,
        false
    )]
    #[case(
        "<meta name=generator content='Discourse 3.5'><meta property=og:type content=article>",
        false,
        true
    )]
    #[case("<html itemtype=https://schema.org/QAPage>", false, true)]
    #[case("<p>nothing</p>", false, false)]
    fn pages_say_what_they_are(
        #[case] html: &str,
        #[case] is_article: bool,
        #[case] is_conversation: bool,
    ) {
        let document = parse(html).document;
        let url = Url::parse("https://site.example/a/b").expect("an address");
        let found = evidence(&document, &url, &JsonLd::of(&document));
        assert_eq!(
            (found.is_article, found.is_conversation),
            (is_article, is_conversation)
        );
    }

    #[rstest]
    #[case("https://site.example/forum/viewtopic.php?t=1", true)]
    #[case("https://site.example/Threads/12", true)]
    #[case("https://site.example/news/forum-closes", false)]
    fn addresses_of_conversations(#[case] url: &str, #[case] expected: bool) {
        let document = parse("<p>x").document;
        let url = Url::parse(url).expect("an address");
        assert_eq!(
            evidence(&document, &url, &JsonLd::default()).is_conversation,
            expected
        );
    }
}
