//! Keys for providers of models that tenants bring for themselves.

use serde_json::json;

use crate::house::House;
use crate::support::model::Say;

const OWN: &str = "sk-brought-by-a-tenant-456";

fn done() -> Say {
    Say::call(
        "completion",
        json!({"success": true, "answer": "as I was told"}),
    )
}

#[tokio::test]
async fn a_tenants_own_key_comes_before_the_operators_and_is_nobody_elses() {
    let house = House::new(|_| done()).await;
    let client = &house.client;
    house.run(json!({})).await;
    assert_eq!(house.model.key(0), "Bearer sk-of-the-tests-123");

    let saved = client.put("/models/keys/OpenAI").json(json!({"key": OWN}));
    assert_eq!(
        saved.ok().await,
        json!({"provider": "openai", "status": "saved"})
    );
    let listed = client.get("/models/keys").ok().await;
    assert_eq!(listed, json!({"providers": ["openai"]}));
    let ended = house.run(json!({})).await;
    assert_eq!(house.model.key(1), format!("Bearer {OWN}"));

    // Another tenant has none of it.
    house.server.command(&["tenants", "create", "other"]).await;
    let key = house.server.new_key("other", &[]).await;
    let other = client.with_key(Some(&key));
    let listed = other.get("/models/keys").ok().await;
    assert_eq!(listed, json!({"providers": []}));
    other.delete("/models/keys/openai").refused(404).await;

    // A new one takes its place, and without it the operator's is back.
    let newer = client
        .put("/models/keys/openai")
        .json(json!({"key": "sk-newer-789"}));
    newer.ok().await;
    house.run(json!({})).await;
    assert_eq!(house.model.key(2), "Bearer sk-newer-789");
    client.delete("/models/keys/openai").ok().await;
    house.run(json!({})).await;
    assert_eq!(house.model.key(3), "Bearer sk-of-the-tests-123");
    assert!(!ended.to_string().contains(OWN) && !house.server.log().contains(OWN));
}

#[tokio::test]
async fn keys_that_can_be_none_are_refused_and_not_repeated() {
    let house = House::new(|_| done()).await;
    for key in ["", "two words", "sk-\u{e4}", "a\nb", &"x".repeat(5000)] {
        let call = house.client.put("/models/keys/openai");
        let message = call.json(json!({"key": key})).refused(422).await;
        assert!(message.contains("Invalid key"), "{message}");
        assert!(key.is_empty() || !message.contains(key), "{message}");
    }
    let call = house.client.put("/models/keys/ollama");
    let message = call.json(json!({"key": OWN})).refused(422).await;
    assert!(message.contains("'ollama'") && message.contains("anthropic"));
}
