//! Lists of agents, and whose they are.

use serde_json::{Value, json};

use super::yard::{NOBODY, Yard, at, completion, made, text, texts};

#[tokio::test]
async fn a_list_is_filtered_and_paged() {
    let yard = Yard::new(|_| completion("done")).await;
    let client = &yard.client;
    let other = made(client, "projects", json!({"name": "bank"})).await;
    let first = yard.run(json!({}), "completed").await;
    let second = yard.run(json!({"project_id": other}), "completed").await;
    let third = yard.run(json!({}), "completed").await;
    let ids = [&third, &second, &first].map(|agent| text(agent, "id"));
    let list = async |query: &str| {
        let list = client.get(&format!("/api/v1/agents?{query}")).ok().await;
        (texts(&list["agents"], "id"), list["next_cursor"].clone())
    };
    assert_eq!(list("").await, (ids.to_vec(), Value::Null));
    let (page, next) = list("limit=2").await;
    assert_eq!((&page[..], &next), (&ids[..2], &json!(ids[1])));
    // A cursor is the id of an agent, and stays one when that is gone.
    client.delete(&at(&second, "")).done().await;
    assert_eq!(
        list(&format!("cursor={}", ids[1])).await.0,
        [ids[2].clone()]
    );
    for (query, expected) in [
        (format!("project={}", yard.project), vec![&ids[0], &ids[2]]),
        (format!("project_id={other}"), vec![]),
        ("state=completed".to_owned(), vec![&ids[0], &ids[2]]),
        ("state=pending".to_owned(), vec![]),
        (format!("journey={NOBODY}"), vec![]),
    ] {
        let (listed, _) = list(&query).await;
        assert_eq!(listed.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    for (query, word) in [
        ("cursor=x", "cursor"),
        ("limit=x", "limit"),
        ("state=captcha", "state"),
        ("journey=x", "journey"),
        ("project=x", "project"),
        ("experiment=1", "no experiments"),
        ("experiment_run=", "no experiments"),
    ] {
        let path = format!("/api/v1/agents?{query}");
        let message = client.get(&path).refused(400).await;
        assert!(message.contains(word), "{query}: {message}");
    }
}

#[tokio::test]
async fn the_agents_of_others_are_not_there() {
    let yard = Yard::new(|_| completion("done")).await;
    let agent = yard.run(json!({}), "completed").await;
    yard.server.command(&["tenants", "create", "other"]).await;
    let key = yard.server.new_key("other", &[]).await;
    let stranger = yard.client.with_key(Some(&key));
    let journey = json!({"name": "look", "prompt_template": "Look."});
    let journey = made(&yard.client, "journeys", journey).await;
    for call in [
        stranger.get(&at(&agent, "")),
        stranger.delete(&at(&agent, "")),
        stranger.post(&at(&agent, "/stop")),
        stranger.get(&at(&agent, "/summary")),
        stranger.get(&at(&agent, "/verification")),
        stranger.post(&at(&agent, "/verify")),
        stranger
            .post(&format!("/api/v1/journeys/{journey}/run"))
            .json(json!({})),
        stranger.get(&format!("/api/v1/journeys/{journey}/runs")),
    ] {
        call.refused(404).await;
    }
    let list = stranger.get("/api/v1/agents").ok().await;
    assert_eq!(list["agents"], json!([]));
    let project = format!("/api/v1/agents?project={}", yard.project);
    assert_eq!(stranger.get(&project).ok().await["agents"], json!([]));
    // What is another tenant's cannot be named either.
    let message = stranger
        .post("/api/v1/agents")
        .json(yard.wanted(json!({})))
        .refused(400)
        .await;
    assert!(message.contains(&yard.project), "{message}");
    assert_eq!(yard.client.get(&at(&agent, "")).ok().await, agent);
}

#[tokio::test]
async fn a_key_without_browsers_starts_no_agents() {
    let yard = Yard::new(|_| completion("done")).await;
    let key = yard
        .server
        .new_key("default", &["--scopes", "personas"])
        .await;
    let client = yard.client.with_key(Some(&key));
    let call = client.post("/api/v1/agents").json(yard.wanted(json!({})));
    let message = call.refused(403).await;
    assert!(message.contains("sessions"), "{message}");
    client.get("/api/v1/agents").ok().await;
}
