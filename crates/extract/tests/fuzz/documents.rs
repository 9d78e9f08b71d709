//! Answers of any kind, above all feeds.

use guise_extract::{Options, document};
use proptest::prelude::*;
use url::Url;

use crate::cases;

fn feed() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<rss>",
        "<feed>",
        "<rdf:RDF>",
        "<channel>",
        "</channel>",
        "<item>",
        "</item>",
        "<entry>",
        "</entry>",
        "<title>",
        "</title>",
        "<link>",
        "</link>",
        "<link href='/x'/>",
        "<link rel='self' href='&amp;",
        "<content type='xhtml'>",
        "</content>",
        "<content:encoded>",
        "</content:encoded>",
        "<![CDATA[",
        "]]>",
        "<p>",
        "</p>",
        "<a href='b'>",
        "</a>",
        "&amp;",
        "&nbsp;",
        "&#x41;",
        "&#xFFFFFF;",
        "&",
        "text",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>",
        "<?xml version='1.0'?>",
        "<!-- ",
        " -->",
        "<author><name>",
        "</name></author>",
        "<pubDate>",
        "2026",
        "</",
        "<",
        ">",
        "</>",
        "<a:b:c>",
        "<dc:date>",
        "é",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn check(bytes: &[u8], content_type: Option<&str>) {
    let url = Url::parse("https://site.example/dir/").unwrap();
    if let Ok(page) = document(bytes, content_type, &url, &Options::default()) {
        assert!(page.markdown.len() <= 40 * bytes.len() + 1_000);
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn any_feed(root in prop::sample::select(vec!["", "<rss>", "<feed>"]), feed in feed()) {
        check(format!("{root}{feed}").as_bytes(), Some("application/xml"));
    }

    #[test]
    fn any_answer(bytes in prop::collection::vec(any::<u8>(), 0..200), content_type in prop::option::of(prop::sample::select(vec![
        "text/html", "text/plain", "application/json", "application/rss+xml", "text/xml; charset=utf-16", "application/octet-stream", "image/png", ";", "a/b;charset",
    ]))) {
        check(&bytes, content_type);
    }

    #[test]
    fn any_json(text in "[\\[\\]{},:\"a\\\\\n0-9 e.-]{0,80}|\\{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[\\[\\]{},:\"a0-9]{0,40}") {
        check(text.as_bytes(), Some("application/json"));
    }
}
