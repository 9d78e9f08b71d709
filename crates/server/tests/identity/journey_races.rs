//! Many clients at once on roles, projects and journeys.

use rstest::rstest;
use serde_json::{Value, json};

use crate::databases::Backend::{self, Postgres, Sqlite};
use crate::races::{CLIENTS, at_once, count, rounds};
use crate::world::{journey, mailbox, role, text, texts};

/// A tenant that many use for the first time at once has each of its roles once.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_use_brings_three_roles(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            for round in 0..rounds(50) {
                let tenant = format!("tenant{round}");
                world.server.command(&["tenants", "create", &tenant]).await;
                let key = world.server.new_key(&tenant, &[]).await;
                let client = world.client.with_key(Some(&key));
                // Some of them make roles, one even under a name that is about to be taken.
                let answers = at_once((0..CLIENTS).map(|number| {
                    match number % 4 {
                        0 | 1 => client.get("/api/v1/roles"),
                        2 => client
                            .post("/api/v1/roles")
                            .json(json!({"name": format!("n{number}"), "description": "x"})),
                        _ => client
                            .post("/api/v1/roles")
                            .json(json!({"name": "UX Auditor", "description": "x"})),
                    }
                }))
                .await;
                assert_eq!(count(&answers, 200), CLIENTS / 2, "{answers:?}");
                assert_eq!(count(&answers, 201), CLIENTS / 4, "{answers:?}");
                assert_eq!(count(&answers, 409), CLIENTS / 4, "{answers:?}");
                // Whoever asked saw all three.
                for answer in answers.iter().filter(|answer| answer.status == 200) {
                    let roles = answer.json()["roles"].clone();
                    assert_eq!(defaults(&roles), 3, "{roles}");
                }
                let list = client.get("/api/v1/roles?limit=100").ok().await;
                assert_eq!(defaults(&list["roles"]), 3, "{list}");
                let names = texts(&list["roles"], "name");
                assert_eq!(names.len(), 3 + CLIENTS / 4, "{names:?}");
                for name in ["UX Auditor", "Functional QA", "Discovery Explorer"] {
                    assert_eq!(
                        names.iter().filter(|it| *it == name).count(),
                        1,
                        "{names:?}"
                    );
                }
            }
        })
        .await;
}

/// How many of the roles are ones that each tenant has.
fn defaults(roles: &Value) -> usize {
    let roles = roles.as_array().unwrap().iter();
    roles.filter(|role| role["is_default"] == true).count()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_gets_a_name(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            let client = &world.client;
            for round in 0..rounds(100) {
                let body = json!({"name": format!("name-{round}"), "description": "x"});
                let answers =
                    at_once((0..CLIENTS).map(|_| client.post("/api/v1/roles").json(body.clone())))
                        .await;
                assert_eq!(count(&answers, 201), 1);
                assert_eq!(count(&answers, 409), CLIENTS - 1);
                // In both APIs that have projects at once.
                let answers = at_once((0..CLIENTS).map(|number| {
                    let path = ["/api/v1/projects", "/api/projects"][number % 2];
                    client.post(path).json(body.clone())
                }))
                .await;
                assert_eq!(count(&answers, 201), 1);
                assert_eq!(count(&answers, 409), CLIENTS - 1);
            }
            let mut roles = Vec::new();
            for number in 0..CLIENTS {
                let made = role(client, &format!("n{number}")).await;
                roles.push(format!("/api/v1/roles/{}", text(&made, "id")));
            }
            let rename = |path: &String| client.patch(path).json(json!({"name": "wanted"}));
            let answers = at_once(roles.iter().map(rename)).await;
            assert_eq!(count(&answers, 200), 1);
            assert_eq!(count(&answers, 409), CLIENTS - 1);
        })
        .await;
}

/// A role, a persona or a project that goes while journeys come to name it: none names it in the end.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_journey_names_what_is_gone(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            let client = &world.client;
            let kept = journey(client, json!({})).await;
            let kept = format!("/api/v1/journeys/{}", text(&kept, "id"));
            for round in 0..rounds(100) {
                let body = json!({"name": format!("n{round}"), "description": "x"});
                for (list, member) in [
                    ("roles", "role_id"),
                    ("personas", "persona_id"),
                    ("projects", "project_id"),
                ] {
                    let list = format!("/api/v1/{list}");
                    let made = client.post(&list).json(body.clone()).created().await;
                    let id = text(&made, "id");
                    let naming = json!({"name": "x", "prompt_template": "x", member: id});
                    let answers = at_once((0..6).map(|number| match number {
                        3 => client.delete(&format!("{list}/{id}")),
                        0 | 2 | 4 => client.post("/api/v1/journeys").json(naming.clone()),
                        _ => client.patch(&kept).json(json!({member: id})),
                    }))
                    .await;
                    assert_eq!(count(&answers, 204), 1, "{answers:?}");
                    let done = count(&answers, 200) + count(&answers, 201);
                    assert_eq!(done + count(&answers, 400), 5, "{answers:?}");
                    let journeys = client.get("/api/v1/journeys?limit=4").ok().await;
                    for one in journeys["journeys"].as_array().unwrap() {
                        assert_eq!(one[member], Value::Null, "{one}");
                    }
                    assert_eq!(client.get(&kept).ok().await[member], Value::Null);
                }
            }
        })
        .await;
}

/// Several who attach mailboxes to one journey: it has those of one of them, whole.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_attaches_its_mailboxes(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            let client = &world.client;
            let mut boxes = Vec::new();
            for number in 0..6 {
                boxes.push(mailbox(client, &format!("n{number}")).await);
            }
            let made = journey(client, json!({})).await;
            let path = format!("/api/v1/journeys/{}", text(&made, "id"));
            for _ in 0..rounds(100) {
                // Lists of different lengths that have mailboxes in common.
                let lists: Vec<_> = (1..=6).map(|length| json!(boxes[..length])).collect();
                let change = |list: &Value| client.patch(&path).json(json!({"mailboxes": list}));
                let answers = at_once(lists.iter().map(change)).await;
                assert_eq!(count(&answers, 200), 6, "{answers:?}");
                for (answer, list) in answers.iter().zip(&lists) {
                    assert_eq!(&answer.json()["mailboxes"], list);
                }
                let left = client.get(&path).ok().await["mailboxes"].clone();
                assert!(lists.contains(&left), "{left}");
            }
        })
        .await;
}
