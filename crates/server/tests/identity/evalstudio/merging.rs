//! PUT merges: what is absent or null stays, and an empty text is one.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::support::eventually;
use crate::world::{NOBODY, World, project, project_persona, text};

/// The members that a change may have.
const MEMBERS: [&str; 3] = ["name", "description", "systemPrompt"];

/// A member of a change: absent, null, or a text.
fn member() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        Just(None),
        Just(Some(Value::Null)),
        Just(Some(json!(""))),
        "\\PC{0,20}".prop_map(|text| Some(json!(text))),
    ]
}

#[tokio::test]
async fn any_row_of_changes_merges_like_a_map() {
    let world = World::new().await;
    let client = &world.client;
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, b"the same cases on every machine!"),
    );
    let change = [member(), member(), member()];
    let rows = proptest::collection::vec(change, 1..8);
    for round in 0..20 {
        // A project of its own: a name may come again.
        let home = project(client, &format!("project {round}")).await;
        let mut model = project_persona(client, &home, "first").await;
        let id = text(&model, "id");
        let paths = [
            format!("/api/personas/{id}"),
            format!("/api/projects/{home}/personas/{id}"),
        ];
        for (number, change) in rows
            .new_tree(&mut runner)
            .unwrap()
            .current()
            .into_iter()
            .enumerate()
        {
            let mut body = json!({});
            for (name, value) in MEMBERS.into_iter().zip(change) {
                let Some(value) = value else { continue };
                body[name] = value.clone();
                if !value.is_null() {
                    model[name] = value;
                }
            }
            let put = client.put(&paths[number % 2]).json(body.clone());
            let seen = put.ok().await;
            let read = client.get(&paths[0]).ok().await;
            model["updatedAt"] = read["updatedAt"].clone();
            assert_eq!(read, model, "{body}");
            for (name, value) in seen.as_object().unwrap() {
                assert_eq!(*value, model[name], "{body}");
            }
        }
    }
}

#[tokio::test]
async fn a_change_of_nothing_is_one_and_some_things_cannot_change() {
    let world = World::new().await;
    let client = &world.client;
    let [shop, bank] = [project(client, "shop").await, project(client, "bank").await];
    let made = project_persona(client, &shop, "hasty").await;
    let path = format!("/api/personas/{}", text(&made, "id"));
    // The clock has milliseconds here.
    let touched = eventually("a change of nothing shows", async || {
        let touched = client.put(&path).json(json!({})).ok().await;
        (touched["updatedAt"] != made["updatedAt"]).then_some(touched)
    })
    .await;
    assert!(text(&touched, "updatedAt") > text(&made, "updatedAt"));
    assert_eq!(touched["createdAt"], made["createdAt"]);
    assert_eq!(touched["name"], "hasty");

    let fixed = json!({"projectId": bank, "id": NOBODY, "createdAt": "x", "updatedAt": "x", "name": "hasty"});
    let same = client.put(&path).json(fixed).ok().await;
    for member in ["id", "projectId", "createdAt", "name"] {
        assert_eq!(same[member], made[member], "{same}");
    }
    for member in MEMBERS {
        let call = client.put(&path).json(json!({member: [1]}));
        assert!(call.refused(400).await.ends_with("must be a string"));
    }
    let path = format!("/api/projects/{shop}");
    let changed = client
        .put(&path)
        .json(json!({"description": "Sells", "name": null}));
    let changed = changed.ok().await;
    assert_eq!(
        (&changed["name"], &changed["description"]),
        (&json!("shop"), &json!("Sells"))
    );
    let changed = client
        .put(&path)
        .json(json!({"description": null, "name": ""}))
        .ok()
        .await;
    assert_eq!(
        (&changed["name"], &changed["description"]),
        (&json!(""), &json!("Sells"))
    );
}
