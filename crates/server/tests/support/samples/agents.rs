//! Agents and prompts of the Notte API.

use serde_json::{Value, json};

use super::{NOBODY, Samples, id_of, number_for};
use crate::support::client::{Call, Client};

/// An agent of the session.
pub async fn made(client: &Client, session: &str) -> String {
    let agent = client.post("/agents/start").json(task(session)).ok().await;
    id_of(&agent, "agent_id")
}

fn task(session: &str) -> Value {
    json!({"task": "Look at the page.", "session_id": session})
}

pub fn valid(client: &Client, samples: &Samples, operation: &str) -> Option<Call> {
    let agent = &samples.agent;
    let session = &samples.session;
    Some(match operation {
        "list_agents" => client.get("/agents?only_active=False"),
        "list_agents_slash" => client.get("/agents/?page=1&page_size=100&only_saved=true"),
        "agent_start" => client.post("/agents/start").json(task(session)),
        "agent_status" => client.get(&format!("/agents/{agent}?agent_id={agent}")),
        "agent_stop" => client.delete(&format!("/agents/{agent}/stop?session_id={session}")),
        "agent_trace" => client.get(&format!("/agents/{agent}/trace")),
        "agent_workflow_code" => client.get(&format!(
            "/agents/{agent}/workflow/code?as_workflow=True&infer_response_format=True"
        )),
        "session_workflow_code" => client.get(&format!(
            "/sessions/{session}/workflow/code?as_workflow=False"
        )),
        "improve_prompt" => client
            .post("/prompts/improve")
            .json(json!({"prompt": "Buy tea"})),
        "nudge_prompt" => client
            .post("/prompts/nudge")
            .json(json!({"task": "Buy tea", "agent_messages": [{"text": "I am stuck"}]})),
        _ => return None,
    })
}

pub fn wrong(client: &Client, samples: &Samples, operation: &str) -> Option<(Call, u16)> {
    let agent = &samples.agent;
    Some(match operation {
        "list_agents" => (client.get("/agents?page=0"), 422),
        "list_agents_slash" => (client.get("/agents/?only_saved=perhaps"), 422),
        "agent_start" => (client.post("/agents/start").json(number_for("task")), 422),
        "agent_status" => (client.get(&format!("/agents/{NOBODY}")), 404),
        "agent_stop" => (client.delete(&format!("/agents/{agent}/stop")), 422),
        "agent_trace" => (client.get(&format!("/agents/{NOBODY}/trace")), 404),
        "agent_workflow_code" => (client.get(&format!("/agents/{agent}/workflow/code")), 422),
        "session_workflow_code" => (
            client.get(&format!(
                "/sessions/{NOBODY}/workflow/code?as_workflow=true"
            )),
            404,
        ),
        "improve_prompt" => (
            client.post("/prompts/improve").json(number_for("prompt")),
            422,
        ),
        "nudge_prompt" => (client.post("/prompts/nudge").json(number_for("task")), 422),
        _ => return None,
    })
}
