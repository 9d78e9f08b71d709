//! Searching the web, by engines that answer as theirs do.

use guise_testsite::{ENGINE_KEY, Site};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::model::{Say, ScriptedModel};
use crate::support::server::Server;

/// A server whose engine finds the library.
struct Searches {
    client: Client,
    site: Site,
    server: Server,
    _model: ScriptedModel,
}

impl Searches {
    async fn by(engine: &str) -> Self {
        let site = Site::start().await.unwrap();
        let model = ScriptedModel::start(|asked| {
            let answer = match asked.text.contains("'answer'") {
                true => json!({"answer": "Three floors.", "sources": [1, 99]}),
                false => json!({"floors": 3}),
            };
            Say::words(&answer.to_string())
        });
        let model = model.await;
        let origin = site.origin().to_owned();
        let mut settings = model.settings();
        for (name, value) in [
            ("search_engine", engine),
            ("searxng_url", &origin),
            ("brave_url", &origin),
            ("tavily_url", &origin),
            ("brave_api_key", ENGINE_KEY),
            ("tavily_api_key", ENGINE_KEY),
        ] {
            settings.push((name.to_owned(), value.to_owned()));
        }
        let settings: Vec<_> = settings
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        let server = Server::with(&settings).await;
        Self {
            client: server.client().await,
            site,
            server,
            _model: model,
        }
    }

    async fn search(&self, body: Value) -> Value {
        self.client.post("/search").json(body).ok().await
    }
}

#[tokio::test]
async fn every_engine_finds_and_says_no_more_than_it_was_asked() {
    for engine in ["searxng", "brave", "tavily"] {
        let searches = Searches::by(engine).await;
        let found = searches.search(json!({"q": "books"})).await;
        let results = found["results"].as_array().unwrap();
        assert_eq!(results.len(), 4, "{engine}: {found}");
        let first = &results[0];
        assert_eq!(first["url"], searches.site.url("/library/books/1"));
        assert_eq!(
            (&first["name"], &first["title"]),
            (&json!("Book 1"), &json!("Book 1"))
        );
        assert_eq!(
            (&first["content"], &first["read_by"]),
            (&json!("The first one"), &json!(null))
        );
        let two = json!({"q": "books", "maxResults": 2, "depth": "fast", "outputType": "searchResults", "more": 1});
        assert_eq!(
            searches.search(two).await["results"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        assert!(
            searches.site.hits_of("/library/books/1").is_empty(),
            "nothing is read"
        );
        let refused = searches
            .client
            .post("/search")
            .json(json!({"q": "nonsense"}));
        assert!(refused.refused(400).await.contains(engine));
        let log = searches.server.log();
        assert!(!log.contains(ENGINE_KEY), "{log}");
    }
}

#[tokio::test]
async fn a_deep_search_reads_what_it_finds_and_leaves_no_session_behind() {
    let searches = Searches::by("brave").await;
    let found = searches
        .search(json!({"q": "books", "depth": "deep"}))
        .await;
    let result = |index: usize| &found["results"][index];
    assert_eq!(result(0)["read_by"], "http", "{found}");
    assert!(
        result(0)["content"]
            .as_str()
            .unwrap()
            .contains("three floors"),
        "{found}"
    );
    assert_eq!(result(0)["snippet"], "The first one");
    assert_eq!(result(1)["read_by"], "browser", "{found}");
    assert!(
        result(1)["content"]
            .as_str()
            .unwrap()
            .contains("three floors"),
        "{found}"
    );
    // What is not there stays as the engine tells it.
    assert_eq!(
        (&result(2)["read_by"], &result(2)["content"]),
        (&json!(null), &json!("It was there once"))
    );
    let active = searches.client.get("/sessions").ok().await;
    assert_eq!(active["items"], json!([]), "{active}");
}

#[tokio::test]
async fn answers_have_sources_by_the_engine_or_by_a_model() {
    let question = json!({"q": "How many books?", "outputType": "sourcedAnswer"});
    let by_engine = Searches::by("tavily").await.search(question.clone()).await;
    assert_eq!(by_engine["answer"], "There are two books.", "{by_engine}");
    assert_eq!(by_engine["sources"].as_array().unwrap().len(), 4);
    assert_eq!(by_engine.get("results"), None);
    let searches = Searches::by("searxng").await;
    let by_model = searches.search(question).await;
    assert_eq!(by_model["answer"], "Three floors.", "{by_model}");
    let sources = by_model["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 1, "only those that it names: {by_model}");
    assert_eq!(sources[0]["name"], "Book 1");
    let schema = json!({"type": "object", "properties": {"floors": {"type": "integer"}}});
    let wish = json!({"q": "floors", "outputType": "structured", "structuredOutputSchema": schema});
    let found = searches.search(wish).await;
    assert_eq!(found["structured"]["data"], json!({"floors": 3}), "{found}");
    assert_eq!(found["results"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_wrong_is_named_before_anybody_is_asked() {
    let searches = Searches::by("brave").await;
    for (body, names) in [
        (json!({}), "q"),
        (json!({"q": " "}), "q"),
        (json!({"q": "a".repeat(2_001)}), "q"),
        (json!({"q": 5}), "q"),
        (json!({"q": "a", "depth": "abyss"}), "depth"),
        (json!({"q": "a", "outputType": "poem"}), "outputType"),
        (json!({"q": "a", "maxResults": 0}), "maxResults"),
        (json!({"q": "a", "maxResults": 21}), "maxResults"),
        (
            json!({"q": "a", "includeDomains": ["a b"]}),
            "includeDomains",
        ),
        (
            json!({"q": "a", "excludeDomains": vec!["a.test"; 21]}),
            "excludeDomains",
        ),
        (
            json!({"q": "a", "structuredOutputSchema": {}}),
            "structuredOutputSchema",
        ),
        (
            json!({"q": "a", "outputType": "structured", "structuredOutputSchema": 5}),
            "structuredOutputSchema",
        ),
    ] {
        let message = searches
            .client
            .post("/search")
            .json(body)
            .refused(422)
            .await;
        assert!(message.contains(names), "{message}");
    }
    assert!(searches.site.hits_of("/res/v1/web/search").is_empty());
}

#[tokio::test]
async fn without_an_engine_the_answer_says_what_to_set() {
    let server = Server::start().await;
    let client = server.client().await;
    let message = client
        .post("/search")
        .json(json!({"q": "books"}))
        .refused(501)
        .await;
    for setting in [
        "search_engine",
        "searxng_url",
        "brave_api_key",
        "tavily_api_key",
    ] {
        assert!(message.contains(setting), "{message}");
    }
}
