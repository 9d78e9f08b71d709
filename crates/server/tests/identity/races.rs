//! Many clients at once: nothing is made twice, nothing is lost, and there is always one default.

use std::collections::HashSet;

use rstest::rstest;
use serde_json::{Value, json};

use crate::databases::Backend::{self, Postgres, Sqlite};
use crate::support::client::{Answer, Call, Client};
use crate::world::{notte_persona, project, project_persona, tenant_persona, text, texts, vault};

/// So many clients do the same at once.
pub const CLIENTS: usize = 20;

/// All of a long campaign when asked for, a tenth otherwise.
pub fn rounds(all: usize) -> usize {
    if std::env::var_os("GUISE_TEST_SOAK").is_some() {
        all
    } else {
        all / 10
    }
}

/// Sends requests at the same time and gives the answers.
pub async fn at_once(calls: impl IntoIterator<Item = Call>) -> Vec<Answer> {
    let tasks: Vec<_> = calls
        .into_iter()
        .map(|call| tokio::spawn(call.send()))
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

/// How many answers have each status.
pub fn count(answers: &[Answer], status: u16) -> usize {
    answers
        .iter()
        .filter(|answer| answer.status == status)
        .count()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_gets_a_name(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            let client = &world.client;
            let shop = project(client, "shop").await;
            for round in 0..rounds(100) {
                let name = format!("name-{round}");
                let named = json!({"name": name});
                let flat = json!({"name": name, "projectId": shop});
                for (path, body) in [
                    ("/api/v1/personas", &named),
                    ("/api/v1/mailboxes", &named),
                    ("/api/projects", &named),
                    ("/api/personas", &flat),
                ] {
                    let answers =
                        at_once((0..CLIENTS).map(|_| client.post(path).json(body.clone()))).await;
                    assert_eq!(count(&answers, 201), 1, "{path}");
                    assert_eq!(count(&answers, 409), CLIENTS - 1, "{path}");
                }
                // In both forms of one API at once, in another project.
                let home = project(client, &format!("home {round}")).await;
                let flat = json!({"name": name, "projectId": home});
                let below = format!("/api/projects/{home}/personas");
                let answers = at_once((0..CLIENTS).map(|number| match number % 2 {
                    0 => client.post("/api/personas").json(flat.clone()),
                    _ => client.post(&below).json(named.clone()),
                }))
                .await;
                assert_eq!(count(&answers, 201), 1);
                assert_eq!(count(&answers, 409), CLIENTS - 1);
            }
            // Every persona has a mailbox and a name of its own.
            let all = client.get("/api/v1/personas?limit=100").ok().await;
            let emails = texts(&all["personas"], "email");
            assert_eq!(emails.iter().collect::<HashSet<_>>().len(), emails.len());
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_renames(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            let client = &world.client;
            let shop = project(client, "shop").await;
            let mut personas = Vec::new();
            let mut projects = Vec::new();
            for number in 0..CLIENTS {
                let name = format!("n{number}");
                projects.push(format!("/api/projects/{}", project(client, &name).await));
                let made = project_persona(client, &shop, &name).await;
                personas.push(format!("/api/personas/{}", text(&made, "id")));
            }
            for (paths, refused) in [(&personas, 409), (&projects, 400)] {
                let rename = |path: &String| client.put(path).json(json!({"name": "wanted"}));
                let answers = at_once(paths.iter().map(rename)).await;
                assert_eq!(count(&answers, 200), 1);
                assert_eq!(count(&answers, refused), CLIENTS - 1);
            }
            let names = texts(
                &client
                    .get(&format!("/api/personas?projectId={shop}"))
                    .ok()
                    .await,
                "name",
            );
            assert_eq!(names.iter().filter(|name| *name == "wanted").count(), 1);
        })
        .await;
}

/// A tenant that many use for the first time at once has one of everything.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_use_makes_one_default(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            for round in 0..rounds(50) {
                let tenant = format!("tenant{round}");
                world.server.command(&["tenants", "create", &tenant]).await;
                let key = world.server.new_key(&tenant, &[]).await;
                let client = world.client.with_key(Some(&key));
                let answers = at_once((0..CLIENTS).map(|number| {
                    match number % 4 {
                        0 => client.get("/personas"),
                        1 => client.get("/api/v1/personas"),
                        2 => client
                            .post("/api/v1/personas")
                            .json(json!({"name": format!("n{number}")})),
                        _ => client.get("/api/projects"),
                    }
                }))
                .await;
                assert!(
                    answers.iter().all(|answer| answer.status.is_success()),
                    "{answers:?}"
                );
                assert_one_default(&client).await;
                let projects = client.get("/api/projects").ok().await;
                assert_eq!(texts(&projects, "name"), ["default"]);
            }
        })
        .await;
}

/// The ids of a tenant's personas; fails unless one of them is the default.
async fn assert_one_default(client: &Client) -> Vec<String> {
    let list = client.get("/api/v1/personas?limit=100").ok().await;
    let personas = list["personas"].as_array().unwrap();
    let defaults = personas
        .iter()
        .filter(|persona| persona["is_default"] == true);
    assert_eq!(defaults.count(), 1, "{list}");
    texts(&list["personas"], "id")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_swaps_leave_one_default(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            let client = &world.client;
            let mut paths = Vec::new();
            for name in ["a", "b", "c"] {
                let made = tenant_persona(client, name).await;
                paths.push(format!("/api/v1/personas/{}/default", text(&made, "id")));
            }
            for round in 0..rounds(1000) {
                let both = [round, round + 1].map(|number| client.put(&paths[number % 3]));
                for answer in at_once(both).await {
                    assert_eq!(answer.status, 200, "{answer}");
                    assert_eq!(answer.json()["is_default"], true);
                }
                assert_one_default(client).await;
            }
        })
        .await;
}

/// The next default and the deletion of it at once: either it is the default and stays, or it is gone and was never one.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swap_against_a_deletion_leaves_one_default(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |world| {
            let client = &world.client;
            let home = world.default_project().await;
            let first = text(&world.default_persona().await, "id");
            let mut won = [0, 0];
            for round in 0..rounds(1000) {
                let made = text(&tenant_persona(client, "next").await, "id");
                let swap = client.put(&format!("/api/v1/personas/{made}/default"));
                let delete = client.delete(&match round % 4 {
                    0 => format!("/personas/{made}"),
                    1 => format!("/api/v1/personas/{made}"),
                    2 => format!("/api/personas/{made}"),
                    _ => format!("/api/projects/{home}/personas/{made}"),
                });
                // Who is asked first is not always the same.
                let answers = match round / 4 % 2 {
                    0 => at_once([swap, delete]).await,
                    _ => at_once([delete, swap]).await.into_iter().rev().collect(),
                };
                let [swapped, deleted] = [&answers[0], &answers[1]];
                let there = assert_one_default(client).await.contains(&made);
                if there {
                    assert_eq!(
                        (swapped.status.as_u16(), deleted.status.as_u16()),
                        (200, 409),
                        "{answers:?}"
                    );
                    client
                        .put(&format!("/api/v1/personas/{first}/default"))
                        .ok()
                        .await;
                    client
                        .delete(&format!("/api/v1/personas/{made}"))
                        .done()
                        .await;
                } else {
                    assert_eq!(swapped.status, 404, "{swapped}");
                    assert!(deleted.status.is_success(), "{deleted}");
                }
                won[usize::from(there)] += 1;
            }
            assert_eq!(won[0] + won[1], rounds(1000));
            assert_eq!(assert_one_default(client).await, [first]);
        })
        .await;
}

/// The default that was is deleted while another one takes its place.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_default_that_is_replaced_can_be_deleted_only_then(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |world| {
            let client = &world.client;
            let mut default = text(&world.default_persona().await, "id");
            for round in 0..rounds(500) {
                let next = text(&tenant_persona(client, &format!("n{round}")).await, "id");
                let swap = client.put(&format!("/api/v1/personas/{next}/default"));
                let delete = client.delete(&format!("/api/v1/personas/{default}"));
                let answers = at_once([delete, swap]).await;
                assert_eq!(answers[1].status, 200, "{}", answers[1]);
                let there = assert_one_default(client).await.contains(&default);
                assert_eq!(answers[0].status.as_u16(), if there { 409 } else { 204 });
                if there {
                    client
                        .delete(&format!("/api/v1/personas/{default}"))
                        .done()
                        .await;
                }
                default = next;
            }
            assert_eq!(assert_one_default(client).await, [default]);
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_write_one_sites_credentials(#[values(Sqlite, Postgres)] backend: Backend) {
    backend.run(async |world| {
        let client = &world.client;
        let vault = format!("/vaults/{}", vault(client).await);
        let path = format!("{vault}/credentials");
        let login = |number: usize| {
            json!({"username": format!("user {number}"), "password": format!("password {number}")})
        };
        let card = |number: usize| {
            json!({"card_holder_name": format!("holder {number}"), "card_number": format!("number {number}"),
                "card_cvv": "1", "card_full_expiration": "1/31"})
        };
        // A few of the sixty that a key may reveal in a minute.
        for round in 0..rounds(80).min(25) {
            let url = format!("https://s{}.a{round}.example/x", round % 3);
            let answers = at_once((0..CLIENTS).map(|number| {
                let body = json!({"url": url, "credentials": login(number)});
                client.post(&path).json(body)
            }))
            .await;
            assert_eq!(count(&answers, 200), CLIENTS, "{answers:?}");
            // One of them counts, and it is whole.
            let seen = client.get(&format!("{path}?url={url}")).ok().await;
            let winner = (0..CLIENTS).find(|number| seen["credentials"] == login(*number));
            assert!(winner.is_some(), "{seen}");
            let answers = at_once((0..CLIENTS).map(|number| {
                let body = json!({"credit_card": card(number)});
                client.post(&format!("{vault}/card")).json(body)
            }))
            .await;
            assert_eq!(count(&answers, 200), CLIENTS, "{answers:?}");
            let seen = client.get(&format!("{vault}/card")).ok().await;
            let winner = (0..CLIENTS).find(|number| seen["credit_card"] == card(*number));
            assert!(winner.is_some(), "{seen}");
            let list = client.get(&vault).ok().await;
            assert_eq!(list["credentials"].as_array().unwrap().len(), round + 1);

            // One of many deletes it.
            let answers = at_once((0..CLIENTS).map(|_| client.delete(&format!("{vault}/card")))).await;
            assert_eq!(count(&answers, 200), 1);
            assert_eq!(count(&answers, 404), CLIENTS - 1);
        }
        let url = "https://a0.example";
        let answers = at_once((0..CLIENTS).map(|_| client.delete(&format!("{path}?url={url}")))).await;
        assert_eq!(count(&answers, 200), 1);
        assert_eq!(count(&answers, 404), CLIENTS - 1);
    })
    .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_deletes(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            let client = &world.client;
            let home = world.default_project().await;
            for _ in 0..rounds(100) {
                let made = notte_persona(client, json!({"create_vault": true})).await;
                let id = text(&made, "persona_id");
                let vault = format!("/vaults/{}", text(&made, "vault_id"));
                let answers = at_once((0..CLIENTS).map(|number| {
                    client.delete(&match number % 4 {
                        0 => format!("/personas/{id}"),
                        1 => format!("/api/v1/personas/{id}"),
                        2 => format!("/api/personas/{id}"),
                        _ => format!("/api/projects/{home}/personas/{id}"),
                    })
                }))
                .await;
                let deleted = answers.iter().filter(|answer| answer.status.is_success());
                assert_eq!(deleted.count(), 1, "{answers:?}");
                assert_eq!(count(&answers, 404), CLIENTS - 1, "{answers:?}");
                client.get(&vault).refused(404).await;
            }
        })
        .await;
}

/// Whatever is added to a persona that is being deleted goes with it.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_added_to_a_persona_that_is_gone(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            let client = &world.client;
            for round in 0..rounds(200) {
                let id = text(&tenant_persona(client, "doomed").await, "id");
                let path = format!("/api/v1/personas/{id}");
                let token = json!({"label": "token", "cred_type": "secret", "value": "sk_1"});
                let answers = at_once((0..CLIENTS).map(|number| {
                    if number == round % CLIENTS {
                        client.delete(&path)
                    } else {
                        client
                            .post(&format!("{path}/credentials"))
                            .json(token.clone())
                    }
                }))
                .await;
                assert_eq!(count(&answers, 204), 1, "{answers:?}");
                let added = count(&answers, 201);
                assert_eq!(added + count(&answers, 404), CLIENTS - 1, "{answers:?}");
                // No vault outlives its persona.
                let vaults = client.get("/vaults?page_size=100").ok().await;
                assert_eq!(vaults["items"], json!([]), "after {added} were added");
            }
            let all = client
                .get("/vaults?page_size=100&only_active=false")
                .ok()
                .await;
            for vault in texts(&all["items"], "vault_id") {
                client.get(&format!("/vaults/{vault}")).refused(404).await;
            }
        })
        .await;
}

/// One vault a persona, however many ask for the first credential at once.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_credentials_bring_one_vault(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |world| {
            let client = &world.client;
            for round in 0..rounds(100) {
                let id = text(&tenant_persona(client, &format!("n{round}")).await, "id");
                let path = format!("/api/v1/personas/{id}/credentials");
                let token = json!({"label": "token", "cred_type": "secret", "value": "sk_1"});
                let answers =
                    at_once((0..CLIENTS).map(|_| client.post(&path).json(token.clone()))).await;
                assert_eq!(count(&answers, 201), CLIENTS, "{answers:?}");
                let made: HashSet<_> = answers
                    .iter()
                    .map(|answer| text(&answer.json(), "id"))
                    .collect();
                let list: Value = client.get(&path).ok().await;
                let listed: HashSet<_> = texts(&list["credentials"], "id").into_iter().collect();
                assert_eq!(listed, made);
            }
            let vaults = client
                .get("/vaults?page_size=100&only_active=false")
                .ok()
                .await;
            assert_eq!(vaults["items"].as_array().unwrap().len(), rounds(100));
        })
        .await;
}
