//! What a vault's owner allows to be filled in where.

use serde_json::json;

use crate::world::{World, vault};

#[tokio::test]
async fn rules_are_kept_in_one_spelling_and_replaced_as_a_whole() {
    let world = World::new().await;
    let client = &world.client;
    let path = format!("/vaults/{}/fill_rules", vault(client).await);
    let nothing = json!({"card_sites": [], "sites": {}});
    assert_eq!(client.get(&path).ok().await, nothing);
    let sent = json!({
        "card_sites": ["https://www.Shop.example/cart", "pay.example", "shop.example"],
        "sites": {"https://login.bank.example/": {"hosts": ["login.bank.example"], "port": 8443, "way": "page"}},
    });
    let kept = json!({
        "card_sites": ["pay.example", "shop.example"],
        "sites": {"bank.example": {"hosts": ["login.bank.example"], "port": 8443, "way": "page", "any_body": false}},
    });
    assert_eq!(client.put(&path).json(sent).ok().await, kept);
    assert_eq!(client.get(&path).ok().await, kept);
    let other = json!({"sites": {"nas.example": {}}});
    let plain = json!({"hosts": [], "way": "wire_then_page", "any_body": false});
    let kept = json!({"card_sites": [], "sites": {"nas.example": plain}});
    assert_eq!(client.put(&path).json(other).ok().await, kept);
    assert_eq!(client.put(&path).json(json!({})).ok().await, nothing);
}

#[tokio::test]
async fn rules_that_make_no_sense_change_nothing() {
    let world = World::new().await;
    let client = &world.client;
    let path = format!("/vaults/{}/fill_rules", vault(client).await);
    let many: Vec<_> = (0..1001)
        .map(|number| format!("s{number}.example"))
        .collect();
    for (rules, word) in [
        (json!({"card_sites": ["a b"]}), "card_sites"),
        (json!({"card_sites": [""]}), "card_sites"),
        (json!({"card_sites": many}), "1001"),
        (json!({"sites": {"a b": {}}}), "sites"),
        (json!({"sites": {"a.example": {"port": 0}}}), "port"),
        (json!({"sites": {"a.example": {"port": 65_536}}}), "port"),
        (
            json!({"sites": {"a.example": {"hosts": ["b.example"]}}}),
            "b.example",
        ),
        (
            json!({"sites": {"a.example": {"hosts": ["A.example"]}}}),
            "A.example",
        ),
        (
            json!({"sites": {"a.example": {"hosts": ["https://a.example"]}}}),
            "hosts",
        ),
        (json!({"sites": {"a.example": {"way": "post"}}}), "way"),
        (json!({"sites": {"a.example": {"wya": "page"}}}), "wya"),
        (json!({"cards": []}), "cards"),
    ] {
        let message = client.put(&path).json(rules.clone()).refused(422).await;
        assert!(message.contains(word), "{rules}: {message}");
    }
    let nothing = json!({"card_sites": [], "sites": {}});
    assert_eq!(client.get(&path).ok().await, nothing);
}

#[tokio::test]
async fn who_may_not_read_secrets_may_not_say_where_they_go() {
    let world = World::new().await;
    let path = format!("/vaults/{}/fill_rules", vault(&world.client).await);
    let key = world
        .server
        .new_key("default", &["--scopes", "personas,sessions"])
        .await;
    let client = world.client.with_key(Some(&key));
    client.get(&path).ok().await;
    let rules = json!({"card_sites": ["evil.example"]});
    let message = client.put(&path).json(rules).refused(403).await;
    assert!(message.contains("vault:reveal"), "{message}");
}
