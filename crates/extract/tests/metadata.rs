//! What pages say about themselves, in all the ways that they do.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up shall fail"
)]

use guise_extract::{Metadata, Options, metadata, page};
use rstest::rstest;
use url::Url;

fn base() -> Url {
    Url::parse("https://site.example/dir/page").unwrap()
}

fn of(html: &str) -> Metadata {
    metadata(html, &base())
}

fn json_ld(json: &str) -> Metadata {
    of(&format!(
        "<script type='application/ld+json'>{json}</script>"
    ))
}

#[test]
fn a_page_with_everything() {
    let html = r#"<html lang="en-GB"><head><title>Ferry strike | Courier</title>
        <link rel="canonical" href="/ferry"><meta property="og:site_name" content="The Courier">
        <meta property="og:title" content="Ferry strike"><meta name="description" content="Islands  run
 short of bread.">
        <meta property="og:image" content="//cdn.example/f.jpg">
        <script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Ferry strike leaves islands short",
        "author":[{"@type":"Person","name":"Mairi Docherty"},{"@type":"Person","name":"Iain Bell"}],
        "datePublished":"2026-03-02T08:00:00Z","dateModified":"2026-03-02T11:30:00Z"}</script></head><body><h1>x</h1></body></html>"#;
    let found = of(html);
    assert_eq!(
        found,
        Metadata {
            title: Some("Ferry strike".into()),
            author: Some("Mairi Docherty, Iain Bell".into()),
            published: Some("2026-03-02T08:00:00Z".into()),
            modified: Some("2026-03-02T11:30:00Z".into()),
            language: Some("en-GB".into()),
            canonical: Some(Url::parse("https://site.example/ferry").unwrap()),
            site_name: Some("The Courier".into()),
            description: Some("Islands run short of bread.".into()),
            image: Some(Url::parse("https://cdn.example/f.jpg").unwrap()),
        }
    );
    assert_eq!(
        page(html, &base(), &Options::default()).unwrap().metadata,
        found
    );
}

#[test]
fn a_page_with_nothing() {
    assert!(of("").is_empty());
    assert!(of("<p>text</p>").is_empty());
}

#[rstest]
#[case::text(r#"{"@type":"Article","author":"Ada"}"#, Some("Ada"))]
#[case::list(r#"[{"@type":"Article","author":["Ada","Bo"]}]"#, Some("Ada, Bo"))]
#[case::graph(
    r#"{"@graph":[{"@type":"WebSite","author":{"name":"Site"}},{"@type":"WebPage"},{"@type":"Article","author":{"name":"Ada"}}]}"#,
    Some("Ada")
)]
#[case::reference(
    r##"{"@graph":[{"@type":"Article","author":{"@id":"#a"}},{"@type":"Person","@id":"#a","name":"Ada"}]}"##,
    Some("Ada")
)]
#[case::lost_reference(r##"{"@type":"Article","author":{"@id":"#a"}}"##, None)]
#[case::address(r#"{"@type":"Article","author":"https://site.example/ada"}"#, None)]
#[case::number(r#"{"@type":"Article","author":7}"#, None)]
#[case::nothing(r#"{"@type":"Article","author":{"name":null}}"#, None)]
#[case::by(r#"{"@type":"Article","author":"By Ada"}"#, Some("Ada"))]
#[case::broken(r#"{"@type":"Article","author":"Ada""#, None)]
#[case::semicolon(r#"{"@type":"Article","author":"Ada",};"#, Some("Ada"))]
fn authors_in_json_ld(#[case] json: &str, #[case] expected: Option<&str>) {
    assert_eq!(json_ld(json).author.as_deref(), expected);
}

#[rstest]
#[case(
    r#"{"@type":"Article","image":"a.png"}"#,
    Some("https://site.example/dir/a.png")
)]
#[case(
    r#"{"@type":"Article","image":["/b.png","/c.png"]}"#,
    Some("https://site.example/b.png")
)]
#[case(
    r#"{"@type":"Article","image":{"@type":"ImageObject","url":"https://x.example/d.png"}}"#,
    Some("https://x.example/d.png")
)]
#[case(r#"{"@type":"Article","image":"data:image/png;base64,AA"}"#, None)]
#[case(
    r#"{"@type":"Article","image":["javascript:x",{"url":"/e.png"}]}"#,
    Some("https://site.example/e.png")
)]
#[case(r#"{"@type":"Article","image":[[["x"]]]}"#, None)]
fn pictures_in_json_ld(#[case] json: &str, #[case] expected: Option<&str>) {
    assert_eq!(json_ld(json).image.as_ref().map(Url::as_str), expected);
}

#[rstest]
#[case("<meta name=author content='Ada'>", Some("Ada"))]
#[case(
    "<meta property='article:author' content='https://facebook.example/ada'>",
    None
)]
#[case(
    "<div itemprop=author><span itemprop=name>Ada  Rowe</span>, editor</div>",
    Some("Ada Rowe")
)]
#[case("<a rel='author nofollow' href=/ada>By Ada</a>", Some("Ada"))]
#[case(
    "<meta name=citation_author content=Ada><meta name=citation_author content=Bo>",
    Some("Ada, Bo")
)]
#[case("<meta name=author content='  '>", None)]
fn authors_in_markup(#[case] html: &str, #[case] expected: Option<&str>) {
    assert_eq!(of(html).author.as_deref(), expected);
}

#[rstest]
#[case(
    "<meta property=article:published_time content=2026-01-02>",
    Some("2026-01-02")
)]
#[case(
    "<time itemprop=datePublished datetime='2026-01-02T10:00'>today</time>",
    Some("2026-01-02T10:00")
)]
#[case(
    "<span itemprop=datePublished>2 January 2026</span>",
    Some("2 January 2026")
)]
#[case("<meta name=date content=yesterday>", None)]
#[case(
    "<article><time datetime=2026-05-06>x</time></article>",
    Some("2026-05-06")
)]
fn dates(#[case] html: &str, #[case] expected: Option<&str>) {
    assert_eq!(of(html).published.as_deref(), expected);
}

#[rstest]
#[case("<html lang=de>", Some("de"))]
#[case("<meta property=og:locale content=pt_BR>", Some("pt-BR"))]
#[case(
    "<html lang=''><meta http-equiv=content-language content='fr, en'>",
    Some("fr")
)]
#[case("<html lang='\"><script>'>", None)]
#[case("<html lang=xx-verylongsubtag>", None)]
fn languages(#[case] html: &str, #[case] expected: Option<&str>) {
    assert_eq!(of(html).language.as_deref(), expected);
}

#[rstest]
#[case(
    "<link rel=canonical href=other?x=1>",
    Some("https://site.example/dir/other?x=1")
)]
#[case(
    "<base href='https://b.example/'><link rel='Canonical' href=c>",
    Some("https://b.example/c")
)]
#[case(
    "<link rel=canonical href='javascript:x'><meta property=og:url content=/y>",
    Some("https://site.example/y")
)]
#[case("<link rel=canonical href='http://['>", None)]
fn canonical_addresses(#[case] html: &str, #[case] expected: Option<&str>) {
    assert_eq!(of(html).canonical.as_ref().map(Url::as_str), expected);
}

#[test]
fn sizes_are_bounded() {
    let html = format!(
        "<title>{}</title><meta name=description content='{}'>{}",
        "t ".repeat(100_000),
        "d".repeat(100_000),
        "<meta name=author content=a>".repeat(50_000)
    );
    let found = of(&html);
    assert_eq!(found.title.unwrap().chars().count(), 199);
    assert_eq!(found.description.unwrap().len(), 2_000);
    let huge = format!(
        r#"{{"@type":"Article","headline":"x","body":"{}"}}"#,
        "x".repeat(3_000_000)
    );
    assert_eq!(json_ld(&huge).title, None);
}
