//! Each engine against one that answers as its documentation has it.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::time::Duration;

use guise_core::ports::{SearchEngine, SearchFound, SearchQuery};
use guise_core::{Kind, Result, Secret};
use guise_search::{Brave, Searxng, Tavily};
use guise_testsite::{ENGINE_KEY, Site};
use rstest::rstest;
use tokio::time::Instant;
use url::Url;

fn engine(name: &str, base: &str, key: &str) -> Box<dyn SearchEngine> {
    let base: Url = base.parse().unwrap();
    let key = Secret::new(key.to_owned());
    match name {
        "searxng" => Box::new(Searxng::new(&base).unwrap()),
        "brave" => Box::new(Brave::new(&base, key).unwrap()),
        _ => Box::new(Tavily::new(&base, key).unwrap()),
    }
}

fn about(text: &str) -> SearchQuery<'_> {
    SearchQuery {
        text,
        most: 3,
        include_domains: &[],
        exclude_domains: &[],
        wants_answer: false,
        thorough: false,
    }
}

async fn ask(engine: &dyn SearchEngine, query: SearchQuery<'_>) -> Result<SearchFound> {
    engine
        .search(query, Instant::now() + Duration::from_secs(20))
        .await
}

#[rstest]
#[tokio::test]
async fn hits_come_in_their_order_and_no_more_than_wanted(
    #[values("searxng", "brave", "tavily")] name: &str,
) {
    let site = Site::start().await.unwrap();
    let engine = engine(name, site.origin(), ENGINE_KEY);
    assert_eq!(engine.name(), name);
    let found = ask(&*engine, about("books & more")).await.unwrap();
    assert_eq!(found.hits.len(), 3);
    assert_eq!(found.answer, None);
    let first = &found.hits[0];
    assert_eq!(first.url, site.url("/library/books/1"));
    assert_eq!(
        (first.title.as_str(), first.snippet.as_str()),
        ("Book 1", "The first one")
    );
    assert!(
        ask(&*engine, about("nothing"))
            .await
            .unwrap()
            .hits
            .is_empty()
    );
}

#[rstest]
#[tokio::test]
async fn answers_that_are_none_are_refused(#[values("searxng", "brave", "tavily")] name: &str) {
    let site = Site::start().await.unwrap();
    let engine = engine(name, site.origin(), ENGINE_KEY);
    for (words, why) in [("nonsense", "cannot be read"), ("flood", "longer than")] {
        let error = ask(&*engine, about(words)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        let message = error.message();
        assert!(message.contains(name) && message.contains(why), "{message}");
    }
}

#[rstest]
#[case("brave", "422", "invalid")]
#[case("tavily", "401", "invalid API key")]
#[tokio::test]
async fn a_wrong_key_is_told_and_not_shown(
    #[case] name: &str,
    #[case] status: &str,
    #[case] words: &str,
) {
    let site = Site::start().await.unwrap();
    let engine = engine(name, site.origin(), "another-key-4711");
    let message = ask(&*engine, about("books")).await.unwrap_err().to_string();
    assert!(
        message.contains(status) && message.contains(words),
        "{message}"
    );
    assert!(!message.contains("4711"), "{message}");
}

#[tokio::test]
async fn a_key_that_the_engine_repeats_is_not_handed_on() {
    let site = Site::start().await.unwrap();
    let engine = engine("brave", site.origin(), ENGINE_KEY);
    let message = ask(&*engine, about("busy")).await.unwrap_err().to_string();
    assert!(
        message.contains("429") && !message.contains(ENGINE_KEY),
        "{message}"
    );
}

#[tokio::test]
async fn a_searxng_without_json_says_what_to_switch_on() {
    let site = Site::start().await.unwrap();
    let engine = engine("searxng", &site.url("/fresh"), "");
    let message = ask(&*engine, about("books")).await.unwrap_err().to_string();
    assert!(message.contains("search.formats"), "{message}");
}

#[tokio::test]
async fn domains_and_answers_are_asked_for_in_each_engines_way() {
    let site = Site::start().await.unwrap();
    let domains = ["a.test".to_owned(), "b.test".to_owned()];
    let query = SearchQuery {
        include_domains: &domains,
        exclude_domains: &domains[..1],
        wants_answer: true,
        ..about("books")
    };
    for (name, path) in [("searxng", "/search"), ("brave", "/res/v1/web/search")] {
        ask(&*engine(name, site.origin(), ENGINE_KEY), query)
            .await
            .unwrap();
        let hit = site.hits_of(path).pop().unwrap();
        let asked = hit.query.replace('+', " ").replace("%3A", ":");
        assert!(
            asked.contains("books site:a.test OR site:b.test -site:a.test"),
            "{asked}"
        );
    }
    let found = ask(&*engine("tavily", site.origin(), ENGINE_KEY), query)
        .await
        .unwrap();
    assert_eq!(found.hits.len(), 1);
    assert_eq!(found.answer.as_deref(), Some("There are two books."));
}

#[tokio::test]
async fn an_engine_that_never_answers_is_left_at_the_deadline() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}/", listener.local_addr().unwrap());
    let engine = Searxng::new(&silent.parse().unwrap()).unwrap();
    let deadline = Instant::now() + Duration::from_millis(300);
    let error = engine.search(about("books"), deadline).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout);
    drop(listener);
    let error = ask(&engine, about("books")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
}

#[test]
fn settings_that_cannot_be_are_refused_without_the_key() {
    let base: Url = "ftp://a.test/".parse().unwrap();
    assert!(Searxng::new(&base).is_err());
    let base: Url = "http://me:secret@a.test/".parse().unwrap();
    let Err(error) = Searxng::new(&base) else {
        panic!("taken")
    };
    assert!(!error.to_string().contains("secret"));
    let base: Url = "https://a.test/".parse().unwrap();
    let Err(error) = Brave::new(&base, Secret::new("two words".to_owned())) else {
        panic!("taken")
    };
    assert!(!error.to_string().contains("words"), "{error}");
}
