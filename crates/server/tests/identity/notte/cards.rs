//! A vault's card.

use serde_json::{Value, json};

use crate::world::{World, vault};

fn card(number: &str) -> Value {
    json!({"card_holder_name": "Joe Doe", "card_number": number, "card_cvv": "012", "card_full_expiration": "12/31"})
}

#[tokio::test]
async fn a_card_is_kept_revealed_replaced_and_deleted() {
    let world = World::new().await;
    let client = &world.client;
    let vault = vault(client).await;
    let path = format!("/vaults/{vault}/card");
    client.get(&path).refused(404).await;
    client.delete(&path).refused(404).await;
    for number in ["4242 4242 4242 4242", "4000-0566", "not checked"] {
        let call = client
            .post(&path)
            .json(json!({"credit_card": card(number)}));
        assert_eq!(call.ok().await, json!({"status": "success"}));
        let answer = client.get(&path).send().await;
        assert_eq!(answer.json(), json!({"credit_card": card(number)}));
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    }
    // Nothing else shows it.
    for path in ["/vaults", &format!("/vaults/{vault}")[..]] {
        let answer = client.get(path).send().await.to_string();
        assert!(!answer.contains("not checked"), "{answer}");
    }
    let deleted = client.delete(&path).ok().await;
    assert_eq!(
        deleted,
        json!({"status": "success", "message": "Credit card deleted successfully"})
    );
    client.get(&path).refused(404).await;
    client.delete(&path).refused(404).await;
    // Another one after that is the first one again.
    let call = client
        .post(&path)
        .json(json!({"credit_card": card("4242")}));
    call.ok().await;
    assert_eq!(client.get(&path).ok().await["credit_card"], card("4242"));
}

#[tokio::test]
async fn a_card_has_all_its_members_and_refusals_do_not_repeat_them() {
    let world = World::new().await;
    let client = &world.client;
    let path = format!("/vaults/{}/card", vault(client).await);
    let whole = card("4242");
    for name in whole.as_object().unwrap().keys() {
        for value in [
            Value::Null,
            json!(""),
            json!(884_377_884_377_u64),
            json!(["884377884377"]),
            json!("884377884377".repeat(10_000)),
        ] {
            let mut card = whole.clone();
            card[name] = value;
            let call = client.post(&path).json(json!({"credit_card": card}));
            let answer = call.send().await;
            assert_eq!(answer.status, 422, "{answer}");
            assert!(answer.message().contains(name), "{answer}");
            assert!(!answer.to_string().contains("884377884377"), "{answer}");
        }
    }
    for body in [json!({}), json!({"credit_card": "884377884377"}), whole] {
        let answer = client.post(&path).json(body).send().await;
        assert_eq!(answer.status, 422, "{answer}");
        assert!(!answer.to_string().contains("884377884377"), "{answer}");
    }
    client.get(&path).refused(404).await;
}
