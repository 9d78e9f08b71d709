//! What the tests of the served API stand on: the built binary, a client that checks every answer, sample requests.

pub mod client;
pub mod dialect;
pub mod document;
pub mod model;
pub mod notte;
pub mod samples;
pub mod server;
pub mod smtp;
pub mod sockets;

use std::time::Duration;

use guise_testsite::Site;
use serde_json::{Value, json};

use client::Client;
use model::{Say, ScriptedModel};
use server::Server;

/// A server with a model and a search engine, and one session whose page is ours.
pub struct Stage {
    pub model: ScriptedModel,
    pub site: Site,
    pub client: Client,
    pub session: String,
    pub server: Server,
}

impl Stage {
    /// Starts all of it; the session stands on the shop's first page.
    pub async fn with_page() -> Self {
        let stage = Self::new().await;
        let url = format!("{}/shop", stage.site.origin());
        let done = stage.execute(json!({"type": "goto", "url": url})).await;
        assert_eq!(done["success"], true, "{done}");
        stage
    }

    /// Starts all of it; the session has not been anywhere.
    pub async fn new() -> Self {
        Self::configured(&[]).await
    }

    /// Starts all of it with further settings; the session has not been anywhere.
    pub async fn configured(settings: &[(&str, &str)]) -> Self {
        let answer = json!({"success": true, "answer": "done"});
        let model = ScriptedModel::start(move |asked| {
            if asked.text.contains("You judge") {
                return Say::words(r#"{"passed": true, "reason": "It is done."}"#);
            }
            match asked.tools().is_empty() {
                true => Say::words("Something better."),
                false => Say::call("completion", answer.clone()),
            }
        });
        Self::with_settings(model.await, settings).await
    }

    /// Starts all of it, for a model that says something else.
    pub async fn with_model(model: ScriptedModel) -> Self {
        Self::with_settings(model, &[]).await
    }

    /// Starts all of it, with further settings.
    pub async fn with_settings(model: ScriptedModel, settings: &[(&str, &str)]) -> Self {
        let mut stage = Self::without_session(model, settings).await;
        stage.session = stage.client.start(json!({})).await;
        stage
    }

    /// Starts all of it but a session, whose id is empty.
    pub async fn without_session(model: ScriptedModel, settings: &[(&str, &str)]) -> Self {
        let site = Site::start().await.unwrap();
        let mut all = model.settings();
        all.push(("search_engine".to_owned(), "searxng".to_owned()));
        all.push(("searxng_url".to_owned(), site.origin().to_owned()));
        let settings = settings.iter();
        all.extend(settings.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let all: Vec<_> = all
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let server = Server::with(&all).await;
        Self {
            model,
            site,
            client: server.client().await,
            session: String::new(),
            server,
        }
    }

    /// `/sessions/{id}` and what comes behind.
    pub fn path(&self, rest: &str) -> String {
        format!("/sessions/{}{rest}", self.session)
    }

    /// Does an action and gives what became of it.
    pub async fn execute(&self, action: Value) -> Value {
        self.client
            .post(&self.path("/page/execute"))
            .json(action)
            .ok()
            .await
    }

    /// Looks at the page.
    pub async fn observe(&self) -> Value {
        self.client.post(&self.path("/page/observe")).ok().await
    }
}

/// Asks again until `found` answers, at most ten seconds.
pub async fn eventually<T, F>(what: &str, mut found: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let until = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(value) = found().await {
            return value;
        }
        assert!(
            tokio::time::Instant::now() < until,
            "it never happened: {what}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
