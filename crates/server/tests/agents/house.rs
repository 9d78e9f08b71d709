//! A server whose model says what a test wants it to say.

use std::ops::Deref;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::model::{Asked, Say, ScriptedModel};
use crate::support::{Stage, eventually};

/// Longer than any agent of these tests works.
const PATIENCE: Duration = Duration::from_secs(150);

/// A server with a session and a model that says what a test wants.
pub struct House(pub Stage);

impl Deref for House {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.0
    }
}

impl House {
    /// A server with a session, and a model that answers as `script` says.
    pub async fn new(script: impl Fn(&Asked) -> Say + Send + Sync + 'static) -> Self {
        Self(Stage::with_model(ScriptedModel::start(script).await).await)
    }

    /// The same without a session.
    pub async fn without_session(script: impl Fn(&Asked) -> Say + Send + Sync + 'static) -> Self {
        Self(Stage::without_session(ScriptedModel::start(script).await, &[]).await)
    }

    /// The same house after its server crashed, and `meanwhile` happened.
    pub async fn crashed(self, meanwhile: impl FnOnce()) -> Self {
        let Stage {
            model,
            site,
            session,
            mut server,
            ..
        } = self.0;
        server.kill();
        meanwhile();
        let server = server.restart().await;
        Self(Stage {
            client: server.client().await,
            model,
            site,
            session,
            server,
        })
    }

    /// An address on the test site.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.site.origin())
    }

    /// Starts an agent in the session and gives its id.
    pub async fn start(&self, more: Value) -> String {
        let mut body = json!({"task": "Buy the teapot.", "session_id": self.session});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let agent = self.client.post("/agents/start").json(body).ok().await;
        assert_eq!(agent["status"], "active", "{agent}");
        agent["agent_id"].as_str().unwrap().to_owned()
    }

    /// How an agent stands.
    pub async fn status(&self, agent: &str) -> Value {
        self.client.get(&format!("/agents/{agent}")).ok().await
    }

    /// How an agent ended, once it has.
    pub async fn ended(&self, agent: &str) -> Value {
        eventually("the agent ends", async || {
            let status = self.status(agent).await;
            (status["status"] == "closed").then_some(status)
        })
        .await
    }

    /// The same for an agent that may have to wait for pages.
    pub async fn ended_late(&self, agent: &str) -> Value {
        let ended = async {
            loop {
                let status = self.status(agent).await;
                if status["status"] == "closed" {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let ended = tokio::time::timeout(PATIENCE, ended).await;
        ended.unwrap_or_else(|_| panic!("agent {agent} does not end"))
    }

    /// Starts an agent and gives how it ended.
    pub async fn run(&self, more: Value) -> Value {
        let agent = self.start(more).await;
        self.ended(&agent).await
    }
}

/// The types of a list of steps.
pub fn types(steps: &Value) -> Vec<&str> {
    let steps = steps.as_array().unwrap();
    steps
        .iter()
        .map(|step| step["type"].as_str().unwrap())
        .collect()
}

/// The actions that were carried out, by their types, with whether they had their effect.
pub fn deeds(steps: &Value) -> Vec<(String, bool)> {
    let steps = steps.as_array().unwrap().iter();
    steps
        .filter(|step| step["type"] == "execution_result")
        .map(|step| {
            let value = &step["value"];
            let name = value["action"]["type"].as_str().unwrap().to_owned();
            (name, value["success"].as_bool().unwrap())
        })
        .collect()
}

/// The word that stands for a part of a secret, such as `password`: the first that the model was told.
pub fn placeholder(asked: &Asked, part: &str) -> String {
    placeholder_of(asked, "", part)
}

/// The word that stands for a part of what the vault has for a site.
pub fn placeholder_of(asked: &Asked, site: &str, part: &str) -> String {
    let mark = format!(" {part} secret-");
    let mut lines = asked.text.lines().filter(|line| line.contains(site));
    let rest = lines.find_map(|line| line.split_once(&mark));
    let (_, rest) = rest.unwrap_or_else(|| panic!("no {part} of {site} in {}", asked.text));
    let end = rest.find(|c: char| !c.is_alphanumeric());
    format!("secret-{}", &rest[..end.unwrap_or(rest.len())])
}

/// A short while, for what must not happen meanwhile.
pub const MEANWHILE: Duration = Duration::from_millis(500);
