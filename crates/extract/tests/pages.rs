//! Whole pages as they are on the web: an article, a shop's list, a forum thread.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up shall fail"
)]

use guise_extract::{Options, page};
use insta::assert_snapshot;
use url::Url;

fn read(html: &str, url: &str, options: &Options) -> String {
    let page = page(html, &Url::parse(url).unwrap(), options).unwrap();
    format!(
        "title: {}\n\n{}",
        page.title.unwrap_or_default(),
        page.markdown
    )
}

fn whole() -> Options {
    Options {
        images: true,
        ..Options::default()
    }
}

fn main_content() -> Options {
    Options {
        only_main_content: true,
        ..Options::default()
    }
}

#[test]
fn article() {
    let html = include_str!("pages/article.html");
    let url = "https://shed.example/posts/rain/";
    assert_snapshot!("article", read(html, url, &whole()));
    assert_snapshot!("article_main", read(html, url, &main_content()));
}

#[test]
fn shop() {
    let html = include_str!("pages/shop.html");
    let url = "https://fellford.example/boots";
    assert_snapshot!("shop", read(html, url, &whole()));
    assert_snapshot!("shop_main", read(html, url, &main_content()));
}

#[test]
fn forum() {
    let html = include_str!("pages/forum.html");
    let url = "https://crumb.example/t/991";
    assert_snapshot!("forum", read(html, url, &whole()));
    assert_snapshot!("forum_main", read(html, url, &main_content()));
}
