//! The AIQaramba API.

use serde_json::json;

use super::{NOBODY, Samples, id_of, number_for};
use crate::support::client::{Call, Client};

/// Makes a persona with two credentials, and one that is to be deleted.
pub async fn prepare(client: &Client) -> (String, String, [String; 2]) {
    let mut personas = Vec::new();
    for name in ["Kept", "Doomed"] {
        let call = client.post("/api/v1/personas").json(json!({"name": name}));
        personas.push(id_of(&call.created().await, "id"));
    }
    let mut credentials = Vec::new();
    for label in ["kept", "doomed"] {
        let call = client.post(&format!("/api/v1/personas/{}/credentials", personas[0]));
        let call = call.json(
            json!({"label": label, "cred_type": "username_password", "password": "hunter2!",
            "mfa_secret": "mysecret"}),
        );
        credentials.push(id_of(&call.created().await, "id"));
    }
    let doomed = personas.pop().unwrap();
    (personas.remove(0), doomed, credentials.try_into().unwrap())
}

/// Makes a mailbox.
pub async fn mailbox(client: &Client, name: &str) -> String {
    let call = client.post("/api/v1/mailboxes").json(json!({"name": name}));
    id_of(&call.created().await, "id")
}

pub fn valid(client: &Client, samples: &Samples, operation: &str) -> Option<Call> {
    let at = |rest: &str| format!("/api/v1/personas/{}{rest}", samples.tenant_persona);
    let mailbox = |rest: &str| format!("/api/v1/mailboxes/{}{rest}", samples.mailbox);
    let credential = &samples.credential;
    Some(match operation {
        "tenant_persona_list" => client.get("/api/v1/personas?limit=3"),
        "tenant_persona_create" => client
            .post("/api/v1/personas")
            .json(json!({"name": "Sample"})),
        "tenant_persona_get" => client.get(&at("")),
        "tenant_persona_delete" => client.delete(&format!(
            "/api/v1/personas/{}",
            samples.doomed_tenant_persona
        )),
        "tenant_persona_make_default" => client.put(&at("/default")),
        "tenant_persona_emails" => client.get(&at("/emails")),
        "tenant_credential_list" => client.get(&at("/credentials")),
        "tenant_credential_create" => client
            .post(&at("/credentials"))
            .json(json!({"label": "token", "cred_type": "secret", "value": "hunter3!"})),
        "tenant_credential_delete" => {
            client.delete(&at(&format!("/credentials/{}", samples.doomed_credential)))
        }
        "tenant_credential_code" => client.get(&at(&format!("/credentials/{credential}/code"))),
        "mailbox_list" => client.get("/api/v1/mailboxes?limit=1"),
        "mailbox_create" => client
            .post("/api/v1/mailboxes")
            .json(json!({"name": "sample"})),
        "mailbox_get" => client.get(&mailbox("")),
        "mailbox_delete" => client.delete(&format!("/api/v1/mailboxes/{}", samples.doomed_mailbox)),
        "mailbox_emails" => client.get(&mailbox("/emails")),
        _ => return None,
    })
}

pub fn wrong(client: &Client, samples: &Samples, operation: &str) -> Option<(Call, u16)> {
    let at = |rest: &str| format!("/api/v1/personas/{}{rest}", samples.tenant_persona);
    let unknown = |rest: &str| format!("/api/v1/personas/{NOBODY}{rest}");
    Some(match operation {
        "tenant_persona_list" => (client.get("/api/v1/personas?cursor=x"), 400),
        "tenant_persona_create" => (client.post("/api/v1/personas").json(json!({})), 400),
        "tenant_persona_get" => (client.get("/api/v1/personas/x"), 400),
        "tenant_persona_delete" => (client.delete(&unknown("")), 404),
        "tenant_persona_make_default" => (client.put(&unknown("/default")), 404),
        "tenant_persona_emails" => (client.get(&at("/emails?limit=0")), 400),
        "tenant_credential_list" => (client.get(&unknown("/credentials")), 404),
        "tenant_credential_create" => (
            client.post(&at("/credentials")).json(number_for("label")),
            400,
        ),
        "tenant_credential_delete" => (client.delete(&at(&format!("/credentials/{NOBODY}"))), 404),
        "tenant_credential_code" => (client.get(&at("/credentials/x/code")), 400),
        "mailbox_list" => (client.get("/api/v1/mailboxes?limit=x"), 400),
        "mailbox_create" => (
            client
                .post("/api/v1/mailboxes")
                .json(json!({"name": "kept"})),
            409,
        ),
        "mailbox_get" => (client.get(&format!("/api/v1/mailboxes/{NOBODY}")), 404),
        "mailbox_delete" => (client.delete("/api/v1/mailboxes/x"), 400),
        "mailbox_emails" => (
            client.get(&format!("/api/v1/mailboxes/{NOBODY}/emails")),
            404,
        ),
        _ => return None,
    })
}
