//! The AIQaramba API: roles, projects and journeys.

use serde_json::json;

use super::{NOBODY, Samples, id_of, number_for};
use crate::support::client::{Call, Client};

/// Makes a role.
pub async fn role(client: &Client, name: &str) -> String {
    let role = json!({"name": name, "description": "Be quick"});
    let call = client.post("/api/v1/roles").json(role);
    id_of(&call.created().await, "id")
}

/// Makes a journey.
pub async fn journey(client: &Client) -> String {
    let journey = json!({"name": "sign up", "prompt_template": "Sign up at {{ site }}"});
    let call = client.post("/api/v1/journeys").json(journey);
    id_of(&call.created().await, "id")
}

pub fn valid(client: &Client, samples: &Samples, operation: &str) -> Option<Call> {
    let role = format!("/api/v1/roles/{}", samples.role);
    let project = format!("/api/v1/projects/{}", samples.project);
    let journey = format!("/api/v1/journeys/{}", samples.journey);
    Some(match operation {
        "role_list" => client.get("/api/v1/roles?limit=2"),
        "role_create" => client
            .post("/api/v1/roles")
            .json(json!({"name": "Sample", "description": "Be slow"})),
        "role_get" => client.get(&role),
        "role_change" => client.patch(&role).json(json!({"description": "Be fast"})),
        "role_change_put" => client.put(&role).json(json!({"name": "kept"})),
        "role_delete" => client.delete(&format!("/api/v1/roles/{}", samples.doomed_role)),
        "tenant_project_list" => client.get("/api/v1/projects?limit=2"),
        "tenant_project_create" => client.post("/api/v1/projects").json(
            json!({"name": "Sample of the tenant", "description": "Sells", "entry_url": "https://shop.example/",
                "default_role_id": samples.role, "default_persona_id": samples.tenant_persona}),
        ),
        "tenant_project_get" => client.get(&project),
        "tenant_project_change" => client
            .patch(&project)
            .json(json!({"entry_url": "https://bank.example/"})),
        "tenant_project_change_put" => client.put(&project).json(json!({"name": "kept"})),
        "tenant_project_delete" => {
            client.delete(&format!("/api/v1/projects/{}", samples.doomed_tenant_project))
        }
        "journey_list" => client.get(&format!("/api/v1/journeys?project_id={}", samples.project)),
        "journey_create" => client.post("/api/v1/journeys").json(
            json!({"name": "Sample", "description": "x", "prompt_template": "Buy {{ what }}", "priority": 7,
                "project_id": samples.project, "role_id": samples.role, "persona_id": samples.tenant_persona,
                "mailboxes": [samples.mailbox]}),
        ),
        "journey_get" => client.get(&journey),
        "journey_change" => client
            .patch(&journey)
            .json(json!({"mailboxes": [samples.mailbox], "role_id": samples.role})),
        "journey_change_put" => client.put(&journey).json(json!({"priority": 0})),
        "journey_delete" => client.delete(&format!("/api/v1/journeys/{}", samples.doomed_journey)),
        _ => return None,
    })
}

pub fn wrong(client: &Client, operation: &str) -> Option<(Call, u16)> {
    let role = format!("/api/v1/roles/{NOBODY}");
    let project = format!("/api/v1/projects/{NOBODY}");
    let journey = format!("/api/v1/journeys/{NOBODY}");
    Some(match operation {
        "role_list" => (client.get("/api/v1/roles?limit=x"), 400),
        "role_create" => (
            client
                .post("/api/v1/roles")
                .json(json!({"name": "UX Auditor", "description": "x"})),
            409,
        ),
        "role_get" => (client.get(&role), 404),
        "role_change" => (client.patch(&role).json(number_for("name")), 400),
        "role_change_put" => (client.put(&role).json(json!({})), 404),
        "role_delete" => (client.delete("/api/v1/roles/x"), 400),
        "tenant_project_list" => (client.get("/api/v1/projects?cursor=x"), 400),
        "tenant_project_create" => (
            client
                .post("/api/v1/projects")
                .json(json!({"name": "default"})),
            409,
        ),
        "tenant_project_get" => (client.get("/api/v1/projects/x"), 400),
        "tenant_project_change" => (client.patch(&project).json(number_for("entry_url")), 400),
        "tenant_project_change_put" => (client.put(&project).json(json!({})), 404),
        "tenant_project_delete" => (client.delete(&project), 404),
        "journey_list" => (client.get("/api/v1/journeys?project_id=x"), 400),
        "journey_create" => (
            client.post("/api/v1/journeys").json(json!({"name": "x"})),
            400,
        ),
        "journey_get" => (client.get(&journey), 404),
        "journey_change" => (client.patch(&journey).json(json!({"role_id": NOBODY})), 404),
        "journey_change_put" => (client.put(&journey).json(json!({"mailboxes": ["x"]})), 400),
        "journey_delete" => (client.delete(&journey), 404),
        _ => return None,
    })
}
