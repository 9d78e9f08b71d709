//! A server whose model says what a test wants, and agents that get browsers of their own there.

use std::ops::Deref;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::Stage;
use crate::support::client::Client;
use crate::support::model::{Asked, Say, ScriptedModel};

/// An id that nothing has.
pub const NOBODY: &str = "01a2016d-14fe-75f8-9039-b52a260da311";

/// A server with a model and a project.
pub struct Yard {
    pub stage: Stage,
    pub project: String,
}

impl Deref for Yard {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.stage
    }
}

impl Yard {
    /// A server whose model answers as `script` says.
    pub async fn new(script: impl Fn(&Asked) -> Say + Send + Sync + 'static) -> Self {
        Self::with(&[], script).await
    }

    /// The same with further settings. No session is there.
    pub async fn with(
        settings: &[(&str, &str)],
        script: impl Fn(&Asked) -> Say + Send + Sync + 'static,
    ) -> Self {
        let model = ScriptedModel::start(script).await;
        let stage = Stage::without_session(model, settings).await;
        let project = made(&stage.client, "projects", json!({"name": "shop"})).await;
        Self { stage, project }
    }

    /// An address on the test site.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.site.origin())
    }

    /// What an agent is asked for, of a small browser and twenty steps unless `more` says otherwise.
    pub fn wanted(&self, more: Value) -> Value {
        let mut body = json!({"project_id": self.project, "prompt": "Buy the teapot.", "browser_type": "chromium",
            "max_iterations": 20});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    /// Starts an agent.
    pub async fn start(&self, more: Value) -> Value {
        let call = self.client.post("/api/v1/agents").json(self.wanted(more));
        let agent = call.created().await;
        assert_eq!(agent["state"], "pending", "{agent}");
        agent
    }

    /// An agent as it stands once it stands so.
    pub async fn once(&self, agent: &Value, state: &str) -> Value {
        once(&self.client, agent, state).await
    }

    /// Starts an agent and gives how it ended.
    pub async fn run(&self, more: Value, state: &str) -> Value {
        let agent = self.start(more).await;
        self.once(&agent, state).await
    }

    /// What an agent did.
    pub async fn work(&self, agent: &Value) -> Value {
        let path = format!("/agents/{}", text(agent, "run_id"));
        self.client.get(&path).ok().await
    }
}

/// An agent as it stands once it stands so. Browsers take their time on a machine that others use too.
pub async fn once(client: &Client, agent: &Value, state: &str) -> Value {
    let path = at(agent, "");
    patiently(&format!("{} is {state}", agent["name"]), async || {
        let agent = client.get(&path).ok().await;
        let ended = !agent["finished_at"].is_null();
        assert!(!ended || agent["state"] == state, "{agent}");
        (agent["state"] == state).then_some(agent)
    })
    .await
}

/// Asks again until `found` answers, at most a minute.
pub async fn patiently<T, F>(what: &str, mut found: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let until = tokio::time::Instant::now() + Duration::from_secs(90);
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

/// The address of an agent, and what comes behind.
pub fn at(agent: &Value, rest: &str) -> String {
    format!("/api/v1/agents/{}{rest}", text(agent, "id"))
}

/// Makes something and gives its id.
pub async fn made(client: &Client, what: &str, wanted: Value) -> String {
    let call = client.post(&format!("/api/v1/{what}")).json(wanted);
    text(&call.created().await, "id")
}

/// The text of a member.
pub fn text(value: &Value, member: &str) -> String {
    let text = value[member].as_str();
    text.unwrap_or_else(|| panic!("no text {member}: {value}"))
        .to_owned()
}

/// The texts of a member in every item of a list.
pub fn texts(list: &Value, member: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| text(item, member)).collect()
}

/// Ends the task.
pub fn completion(answer: &str) -> Say {
    Say::call("completion", json!({"success": true, "answer": answer}))
}
