//! The AIQaramba API: agents, and runs of journeys.

use serde_json::{Value, json};

use super::{NOBODY, Samples, id_of, number_for};
use crate::support::client::{Call, Client};
use crate::support::eventually;

/// An agent of the project.
pub async fn made(client: &Client, project: &str) -> String {
    let call = client.post("/api/v1/agents").json(task(project));
    id_of(&call.created().await, "id")
}

/// One that has ended, and was verified.
pub async fn ended(client: &Client, project: &str) -> String {
    let agent = made(client, project).await;
    let path = format!("/api/v1/agents/{agent}");
    eventually("the agent ends", async || {
        let agent = client.get(&path).ok().await;
        (agent["state"] == "completed").then_some(())
    })
    .await;
    client.post(&format!("{path}/verify")).ok().await;
    agent
}

fn task(project: &str) -> Value {
    json!({"project_id": project, "prompt": "Look at the page.", "browser_type": "chromium", "max_iterations": 3,
        "files": [{"path": "sample.txt", "content": "eA=="}]})
}

pub fn valid(client: &Client, samples: &Samples, operation: &str) -> Option<Call> {
    let at = |rest: &str| format!("/api/v1/agents/{}{rest}", samples.tenant_agent);
    let journey = |rest: &str| format!("/api/v1/journeys/{}{rest}", samples.journey);
    Some(match operation {
        "tenant_agent_create" => client.post("/api/v1/agents").json(task(&samples.project)),
        "tenant_agent_list" => client.get("/api/v1/agents?limit=2&state=completed"),
        "tenant_agent_get" => client.get(&at("")),
        "tenant_agent_delete" => {
            client.delete(&format!("/api/v1/agents/{}", samples.doomed_tenant_agent))
        }
        "tenant_agent_stop" => client.post(&at("/stop")),
        "tenant_agent_summary" => client.get(&at("/summary?force=true")),
        "tenant_agent_verification" => client.get(&at("/verification")),
        "tenant_agent_verify" => client.post(&at("/verify")),
        "journey_run" => client.post(&journey("/run")).json(
            json!({"variables": {"site": "the shop"}, "persona_id": samples.tenant_persona, "role_id": samples.role,
                "overrides": {"name": "Sample", "browser_type": "chromium"}}),
        ),
        "journey_runs" => client.get(&journey("/runs?limit=2")),
        _ => return None,
    })
}

pub fn wrong(client: &Client, operation: &str) -> Option<(Call, u16)> {
    let at = |rest: &str| format!("/api/v1/agents/{NOBODY}{rest}");
    let journey = |rest: &str| format!("/api/v1/journeys/{NOBODY}{rest}");
    Some(match operation {
        "tenant_agent_create" => (
            client.post("/api/v1/agents").json(number_for("prompt")),
            400,
        ),
        "tenant_agent_list" => (client.get("/api/v1/agents?experiment=x"), 400),
        "tenant_agent_get" => (client.get("/api/v1/agents/x"), 400),
        "tenant_agent_delete" => (client.delete(&at("")), 404),
        "tenant_agent_stop" => (client.post(&at("/stop")), 404),
        "tenant_agent_summary" => (client.get(&at("/summary?force=perhaps")), 400),
        "tenant_agent_verification" => (client.get(&at("/verification")), 404),
        "tenant_agent_verify" => (client.post(&at("/verify")), 404),
        "journey_run" => (client.post(&journey("/run")).json(json!({})), 404),
        "journey_runs" => (client.get("/api/v1/journeys/x/runs"), 400),
        _ => return None,
    })
}
