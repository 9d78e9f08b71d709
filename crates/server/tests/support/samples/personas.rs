//! Personas of the Notte API.

use serde_json::json;

use super::{NOBODY, Samples, id_of, number_for};
use crate::support::client::{Call, Client};
use crate::support::{Stage, smtp};

/// Makes a persona with a vault.
pub async fn made(client: &Client) -> String {
    let wanted = json!({"create_vault": true});
    let persona = client.post("/personas/create").json(wanted).ok().await;
    id_of(&persona, "persona_id")
}

/// Sends a persona a mail with an attachment, and gives its id.
pub async fn mail(stage: &Stage, persona: &str) -> String {
    let path = format!("/personas/{persona}");
    let persona = stage.client.get(&path).ok().await;
    let mail = "From: a@b.example\nSubject: Files\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nHello\n\
        --x\nContent-Type: text/csv\nContent-Disposition: attachment; filename=\"a.csv\"\n\na,b\n--x--\n";
    let address = persona["email"].as_str().unwrap();
    let code = smtp::send(stage.server.mail(), &[address], mail).await;
    assert_eq!(code, 250);
    let mails = stage.client.get(&format!("{path}/emails")).ok().await;
    id_of(&mails[0], "email_id")
}

pub fn valid(client: &Client, samples: &Samples, operation: &str) -> Option<Call> {
    let at = |rest: &str| format!("/personas/{}{rest}", samples.persona);
    Some(match operation {
        "list_personas" => client.get("/personas?only_active=True"),
        "list_personas_slash" => client.get("/personas/?page=1&page_size=100"),
        "persona_create" => client
            .post("/personas/create")
            .json(json!({"name": "Sample"})),
        "persona_get" => client.get(&at("")),
        "persona_update" => client.patch(&at("")).json(json!({"name": "Renamed"})),
        "persona_delete" => client.delete(&format!("/personas/{}", samples.doomed_persona)),
        "persona_emails_list" => client.get(&at("/emails?limit=5")),
        "persona_email_attachment" => {
            client.get(&at(&format!("/emails/{}/attachments/0", samples.mail)))
        }
        "persona_sms_list" => client.get(&at("/sms?only_unread=true")),
        "create_number" => client.post(&at("/sms/number")).json(json!({})),
        "delete_number" => client.delete(&at("/sms/number")),
        _ => return None,
    })
}

pub fn wrong(client: &Client, samples: &Samples, operation: &str) -> Option<(Call, u16)> {
    let unknown = |rest: &str| format!("/personas/{NOBODY}{rest}");
    Some(match operation {
        "list_personas" => (client.get("/personas?page=0"), 422),
        "list_personas_slash" => (client.get("/personas/?page_size=101"), 422),
        "persona_create" => (
            client
                .post("/personas/create")
                .json(number_for("create_vault")),
            422,
        ),
        "persona_get" => (client.get(&unknown("")), 404),
        "persona_update" => (
            client.patch(&unknown("")).json(json!({"name": "Nobody"})),
            404,
        ),
        "persona_delete" => (client.delete(&unknown("")), 404),
        "persona_emails_list" => (client.get(&unknown("/emails")), 404),
        "persona_email_attachment" => {
            let (persona, mail) = (&samples.persona, &samples.mail);
            let path = format!("/personas/{persona}/emails/{mail}/attachments/7");
            (client.get(&path), 404)
        }
        "persona_sms_list" => (client.get(&unknown("/sms")), 404),
        "create_number" => (client.post(&unknown("/sms/number")), 404),
        "delete_number" => (client.delete(&unknown("/sms/number")), 404),
        _ => return None,
    })
}
