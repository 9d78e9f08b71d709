//! What the tests of the served API stand on: the built binary, a client that checks every answer, sample requests.

pub mod client;
pub mod dialect;
pub mod document;
pub mod notte;
pub mod samples;
pub mod server;
pub mod smtp;

use std::time::Duration;

use guise_testsite::Site;
use serde_json::{Value, json};

use client::Client;
use server::Server;

/// A server with one session whose page is ours.
pub struct Stage {
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
        Self::on(Server::start().await).await
    }

    /// Starts a session and a site for a server that runs.
    pub async fn on(server: Server) -> Self {
        let client = server.client().await;
        let session = client.start(json!({})).await;
        let site = Site::start().await.unwrap();
        Self {
            site,
            client,
            session,
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
