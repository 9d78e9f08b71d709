//! A tenant's own keys for models.

use serde_json::json;

use crate::support::client::{Call, Client};

/// Brings a key that is to be deleted.
pub async fn prepare(client: &Client) {
    let call = client.put("/models/keys/gemini");
    call.json(json!({"key": "a-key-of-mine"})).ok().await;
}

pub fn valid(client: &Client, operation: &str) -> Option<Call> {
    Some(match operation {
        "model_keys_list" => client.get("/models/keys"),
        "model_key_set" => client
            .put("/models/keys/anthropic")
            .json(json!({"key": "another-key-of-mine"})),
        "model_key_delete" => client.delete("/models/keys/gemini"),
        _ => return None,
    })
}

pub fn wrong(client: &Client, operation: &str) -> Option<(Call, u16)> {
    Some(match operation {
        "model_key_set" => {
            let call = client.put("/models/keys/nobody");
            (call.json(json!({"key": "a-key-of-mine"})), 422)
        }
        "model_key_delete" => (client.delete("/models/keys/openrouter"), 404),
        _ => return None,
    })
}
