//! The EvalStudio API.

use serde_json::json;

use super::{NOBODY, Samples, id_of};
use crate::support::client::{Call, Client};

/// Makes a project.
pub async fn project(client: &Client, name: &str) -> String {
    let call = client.post("/api/projects").json(json!({"name": name}));
    id_of(&call.created().await, "id")
}

/// Makes a persona in a project.
pub async fn persona(client: &Client, project: &str, name: &str) -> String {
    let call = client.post("/api/personas");
    let call = call.json(json!({"projectId": project, "name": name}));
    id_of(&call.created().await, "id")
}

pub fn valid(client: &Client, samples: &Samples, operation: &str) -> Option<Call> {
    let project = &samples.project;
    let persona = format!("/api/personas/{}", samples.project_persona);
    let below = |id: &str| format!("/api/projects/{project}/personas/{id}");
    Some(match operation {
        "project_list" => client.get("/api/projects"),
        "project_create" => client.post("/api/projects").json(json!({"name": "sample"})),
        "project_get" => client.get(&format!("/api/projects/{project}")),
        "project_change" => client
            .put(&format!("/api/projects/{project}"))
            .json(json!({"description": "Described"})),
        "project_delete" => client.delete(&format!("/api/projects/{}", samples.doomed_project)),
        "project_persona_list" => client.get(&format!("/api/personas?projectId={project}")),
        "project_persona_create" => client
            .post("/api/personas")
            .json(json!({"projectId": project, "name": "sample"})),
        "project_persona_get" => client.get(&persona),
        "project_persona_change" => client
            .put(&persona)
            .json(json!({"systemPrompt": "Be brief."})),
        "project_persona_delete" => {
            client.delete(&format!("/api/personas/{}", samples.doomed_project_persona))
        }
        "personas_of_project_list" => client.get(&format!("/api/projects/{project}/personas")),
        "personas_of_project_create" => client
            .post(&format!("/api/projects/{project}/personas"))
            .json(json!({"name": "sample below"})),
        "personas_of_project_get" => client.get(&below(&samples.project_persona)),
        "personas_of_project_change" => client
            .put(&below(&samples.project_persona))
            .json(json!({"description": "Described"})),
        "personas_of_project_delete" => client.delete(&below(&samples.doomed_persona_of_project)),
        _ => return None,
    })
}

pub fn wrong(client: &Client, samples: &Samples, operation: &str) -> Option<(Call, u16)> {
    let project = &samples.project;
    let nobody = format!("/api/personas/{NOBODY}");
    let below = format!("/api/projects/{project}/personas/{NOBODY}");
    let nowhere = format!("/api/projects/{NOBODY}");
    let named = json!({"name": "Nobody"});
    Some(match operation {
        "project_create" => (client.post("/api/projects").json(json!({"name": ""})), 400),
        "project_get" => (client.get(&nowhere), 404),
        "project_change" => (
            client
                .put(&format!("/api/projects/{project}"))
                .json(json!({"name": "default"})),
            400,
        ),
        "project_delete" => (client.delete(&nowhere), 404),
        "project_persona_create" => (
            client
                .post("/api/personas")
                .json(json!({"projectId": project, "name": "kept"})),
            409,
        ),
        "project_persona_get" => (client.get(&nobody), 404),
        "project_persona_change" => (client.put(&nobody).json(named), 404),
        "project_persona_delete" => (client.delete(&nobody), 404),
        "personas_of_project_list" => (client.get(&format!("{nowhere}/personas")), 404),
        "personas_of_project_create" => (
            client
                .post(&format!("/api/projects/{project}/personas"))
                .json(json!({})),
            400,
        ),
        "personas_of_project_get" => (client.get(&below), 404),
        "personas_of_project_change" => (client.put(&below).json(named), 404),
        "personas_of_project_delete" => (client.delete(&below), 404),
        _ => return None,
    })
}
