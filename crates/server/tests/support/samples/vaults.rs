//! Vaults of the Notte API.

use serde_json::{Value, json};

use super::{NOBODY, Samples, id_of, number_for};
use crate::support::client::{Call, Client};

/// Makes a vault with credentials and a card, and one with a card that is to be deleted.
pub async fn prepare(client: &Client) -> (String, String) {
    let [kept, doomed] = [made(client, "kept").await, made(client, "doomed").await];
    for site in ["kept.example", "doomed.example"] {
        let call = client.post(&format!("/vaults/{kept}/credentials"));
        call.json(login(site)).ok().await;
    }
    for vault in [&kept, &doomed] {
        let call = client.post(&format!("/vaults/{vault}/card"));
        call.json(card()).ok().await;
    }
    (kept, doomed)
}

async fn made(client: &Client, name: &str) -> String {
    let call = client.post("/vaults/create").json(json!({"name": name}));
    id_of(&call.ok().await, "vault_id")
}

fn login(site: &str) -> Value {
    let credentials = json!({"username": "joe", "password": "hunter2!", "mfa_secret": "mysecret"});
    json!({"url": site, "credentials": credentials})
}

fn card() -> Value {
    json!({"credit_card": {"card_holder_name": "Joe Doe", "card_number": "4000 0566 5566 5556", "card_cvv": "987",
        "card_full_expiration": "12/31"}})
}

pub fn valid(client: &Client, samples: &Samples, operation: &str) -> Option<Call> {
    let at = |rest: &str| format!("/vaults/{}{rest}", samples.vault);
    let doomed = |rest: &str| format!("/vaults/{}{rest}", samples.doomed_vault);
    Some(match operation {
        "list_vaults" => client.get("/vaults?only_active=false"),
        "list_vaults_slash" => client.get("/vaults/?page=1&page_size=100"),
        "vault_create" => client
            .post("/vaults/create")
            .json(json!({"name": "another"})),
        "vault_credentials_list" => client.get(&at("")),
        "vault_update" => client.patch(&at("")).json(json!({"name": "renamed"})),
        // Its card is to be deleted, too, and that must come before.
        "vault_delete" => client.delete(&doomed("")),
        "vault_credentials_get" => client.get(&at("/credentials?url=kept.example")),
        "vault_credentials_add" => client.post(&at("/credentials")).json(login("new.example")),
        "vault_credentials_delete" => client.delete(&at("/credentials?url=doomed.example")),
        "vault_credentials_code" => client.get(&at("/credentials/code?url=kept.example")),
        "vault_credentials_generate" => client
            .post(&at("/credentials/generate"))
            .json(json!({"url": "made.example", "username": "joe", "policy": {"length": 12}})),
        "vault_fill_rules_get" => client.get(&at("/fill_rules")),
        "vault_fill_rules_set" => client.put(&at("/fill_rules")).json(json!({
            "card_sites": ["shop.example"],
            "sites": {"nas.example": {"hosts": ["login.nas.example"], "port": 5001, "way": "wire", "any_body": true}},
        })),
        "vault_credit_card_get" => client.get(&at("/card")),
        "vault_credit_card_set" => client.post(&at("/card")).json(card()),
        "vault_credit_card_delete" => client.delete(&doomed("/card")),
        _ => return None,
    })
}

pub fn wrong(client: &Client, samples: &Samples, operation: &str) -> Option<(Call, u16)> {
    let at = |rest: &str| format!("/vaults/{}{rest}", samples.vault);
    let unknown = |rest: &str| format!("/vaults/{NOBODY}{rest}");
    Some(match operation {
        "list_vaults" => (client.get("/vaults?only_current_token=perhaps"), 422),
        "list_vaults_slash" => (client.get("/vaults/?page_size=0"), 422),
        "vault_create" => (client.post("/vaults/create").json(number_for("name")), 422),
        "vault_credentials_list" => (client.get(&unknown("")), 404),
        "vault_update" => (client.patch(&at("")).json(json!({"name": " "})), 422),
        "vault_delete" => (client.delete(&unknown("")), 404),
        "vault_credentials_get" => (client.get(&at("/credentials?url=nothing.example")), 404),
        "vault_credentials_add" => (client.post(&at("/credentials")).json(json!({})), 422),
        "vault_credentials_delete" => (client.delete(&at("/credentials")), 422),
        "vault_credentials_code" => (
            client.get(&at("/credentials/code?url=nothing.example")),
            404,
        ),
        "vault_credentials_generate" => (
            client
                .post(&at("/credentials/generate"))
                .json(json!({"url": "made.example", "username": "joe", "policy": {"length": 7}})),
            422,
        ),
        "vault_fill_rules_get" => (client.get(&unknown("/fill_rules")), 404),
        "vault_fill_rules_set" => (
            client
                .put(&at("/fill_rules"))
                .json(json!({"card_sites": ["a b"]})),
            422,
        ),
        "vault_credit_card_get" => (client.get(&unknown("/card")), 404),
        "vault_credit_card_set" => (
            client
                .post(&at("/card"))
                .json(json!({"credit_card": {"card_cvv": "1"}})),
            422,
        ),
        "vault_credit_card_delete" => (client.delete(&unknown("/card")), 404),
        _ => return None,
    })
}
