//! Answers of other kinds than HTML, and of none.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up shall fail"
)]

use guise_extract::{Error, Options, Page, document, is_pdf};
use url::Url;

fn read(body: impl AsRef<[u8]>, content_type: &str) -> Page {
    let url = Url::parse("https://site.example/dir/feed").unwrap();
    let content_type = (!content_type.is_empty()).then_some(content_type);
    document(body.as_ref(), content_type, &url, &Options::default()).unwrap()
}

#[test]
fn html_in_any_letters() {
    let page = read(
        b"<title>\xcf\xf0\xe8\xe2\xe5\xf2</title><p>\xec\xe8\xf0",
        "text/html; charset=windows-1251",
    );
    assert_eq!(page.title.as_deref(), Some("Привет"));
    assert_eq!(page.markdown, "мир");
}

#[test]
fn plain_text_stays_as_it_is() {
    assert_eq!(
        read("a *b*\r\n  # c\0\n", "text/plain").markdown,
        "```\na *b*\n  # c\n```"
    );
    assert_eq!(read("```", "text/plain").markdown, "````\n```\n````");
    assert_eq!(read("", "text/plain").markdown, "");
    assert_eq!(read("# x\n", "text/markdown").markdown, "# x");
}

#[test]
fn json_is_laid_out() {
    assert_eq!(
        read(r#"{"b":1,"a":["x"]}"#, "application/json").markdown,
        "```json\n{\n  \"b\": 1,\n  \"a\": [\n    \"x\"\n  ]\n}\n```"
    );
    assert_eq!(
        read("{broken", "application/json").markdown,
        "```json\n{broken\n```"
    );
    let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(
        read(&deep, "application/json").markdown.len(),
        deep.len() + "```json\n\n```".len()
    );
}

#[test]
fn rss_is_a_list_of_entries() {
    let rss = r#"<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="d"><channel>
<title>Low &amp; Tide</title><link>https://site.example/</link><atom:link href="https://site.example/feed" rel="self"/><description>Notes</description><language>en</language>
<item><title>First &lt;b&gt;post&lt;/b&gt;</title><link>/a?x=1&amp;y=2</link><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate><dc:creator>Ida</dc:creator><description>short</description><content:encoded><![CDATA[<p>Long <a href="b">text</a></p><script>x</script>]]></content:encoded></item>
<item><title>Second</title><guid isPermaLink="true">https://site.example/c</guid><description>&lt;p&gt;Only this&lt;/p&gt;</description></item>
</channel></rss>"#;
    let page = read(rss, "application/rss+xml");
    assert_eq!(page.title.as_deref(), Some("Low & Tide"));
    assert_eq!(
        page.markdown,
        "# Low & Tide\n\nNotes\n\n## [First post](https://site.example/a?x=1&y=2)\n\nMon, 02 Mar 2026 08:00:00 GMT · Ida\n\n\
         Long [text](https://site.example/dir/b)\n\n## [Second](https://site.example/c)\n\nOnly this"
    );
    assert_eq!(page.metadata.language.as_deref(), Some("en"));
    assert_eq!(page.links.len(), 3);
}

#[test]
fn atom_is_a_list_of_entries() {
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>Tides</title><subtitle>of the sound</subtitle><link href="https://tides.example/"/>
<entry><title>Spring</title><link rel="enclosure" href="/x.mp3"/><link rel="alternate" href="/spring"/><updated>2026-03-02</updated><author><name>Ulla</name><email>u@x.example</email></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>High at <b>four</b>.</p></div></content></entry></feed>"#;
    let page = read(atom, "");
    assert_eq!(
        page.markdown,
        "# Tides\n\nof the sound\n\n## [Spring](https://site.example/spring)\n\n2026-03-02 · Ulla\n\nHigh at **four**."
    );
}

#[test]
fn json_feeds_are_lists_of_entries() {
    let feed = r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[
        {"id":"1","url":"https://site.example/1","title":"One","content_text":"a < b\n\nc","authors":[{"name":"Bo"}],"date_published":"2026-01-01"},
        {"id":"2","content_html":"<p>two</p>","date_published":"2026-01-02"},7]}"#;
    let page = read(feed, "application/feed+json");
    assert_eq!(
        page.markdown,
        "# T\n\n## [One](https://site.example/1)\n\n2026-01-01 · Bo\n\na < b\n\nc\n\n## 2026-01-02\n\n2026-01-02\n\ntwo"
    );
}

#[test]
fn other_xml_is_shown() {
    assert_eq!(
        read("<a><b/></a>", "text/xml").markdown,
        "```xml\n<a><b/></a>\n```"
    );
}

#[test]
fn what_is_no_text_is_refused() {
    let url = Url::parse("https://site.example/x").unwrap();
    let refused = document(
        b"%PDF-1.7 ...",
        Some("application/pdf"),
        &url,
        &Options::default(),
    );
    let content_type = "application/pdf".to_owned();
    assert_eq!(refused, Err(Error::Unreadable { content_type }));
}

#[test]
fn a_pdf_is_told_by_its_name_or_its_beginning() {
    for (bytes, content_type) in [
        (&b"%PDF-1.7"[..], None),
        (b"%PDF-1.7", Some("application/octet-stream")),
        (b"%PDF-1.7", Some("text/html")),
        (b"<html>", Some("Application/PDF; x=y")),
    ] {
        assert!(is_pdf(bytes, content_type), "{content_type:?}");
    }
    for (bytes, content_type) in [
        (&b"<p>%PDF-1.7"[..], Some("text/html")),
        (b"PK\x03\x04", None),
        (b"", None),
    ] {
        assert!(!is_pdf(bytes, content_type), "{content_type:?}");
    }
}

#[test]
fn bombs_do_nothing() {
    let entities: String = (1..20)
        .map(|n| format!("<!ENTITY a{n} \"&a{};&a{};\">", n - 1, n - 1))
        .collect();
    let bomb = format!(
        "<!DOCTYPE rss [<!ENTITY a0 \"ha\">{entities}]><rss><channel><title>&a19;</title><item><title>x</title></item></channel></rss>"
    );
    assert!(read(&bomb, "text/xml").markdown.len() < 200);
    let deep = format!("<rss>{}x", "<a>".repeat(500_000));
    assert!(read(&deep, "text/xml").markdown.len() < 100);
    let deep = format!("<feed><entry><content>{}x", "<a>".repeat(100_000));
    read(&deep, "text/xml");
    let many = format!(
        "<rss><channel>{}",
        "<item><title>t</title></item>".repeat(10_000)
    );
    let page = read(&many, "text/xml");
    assert!(page.truncated && page.markdown.len() < 10_000);
    let long = "x ".repeat(25 * 1024 * 1024);
    let page = read(&long, "text/plain");
    assert!(page.truncated && page.markdown.len() < 3 * 1024 * 1024);
}
