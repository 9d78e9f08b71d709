//! Runs of journeys.

use serde_json::{Value, json};

use super::yard::{NOBODY, Yard, completion, made, text, texts};

/// What a run takes over, from whom.
struct Cast {
    role: String,
    persona: String,
}

async fn cast(yard: &Yard, name: &str) -> Cast {
    let role = json!({"name": name, "description": format!("As {name} says.")});
    Cast {
        role: made(&yard.client, "roles", role).await,
        persona: made(&yard.client, "personas", json!({"name": name})).await,
    }
}

#[tokio::test]
async fn a_run_fills_in_the_variables_and_takes_over_what_it_does_not_name() {
    let yard = Yard::new(|_| completion("done")).await;
    let client = &yard.client;
    let [own, of_journey, of_project] = [
        cast(&yard, "own").await,
        cast(&yard, "journey").await,
        cast(&yard, "project").await,
    ];
    let project = json!({"name": "site", "entry_url": yard.url("/shop"), "default_role_id": of_project.role,
        "default_persona_id": of_project.persona});
    let project = made(client, "projects", project).await;
    let template = "Buy {{ what }} at {{ plan.variables.site }}: {{ what }}!";
    let journey = json!({"name": "buy", "prompt_template": template, "project_id": project});
    let journey = made(client, "journeys", journey).await;
    let path = format!("/api/v1/journeys/{journey}");
    let run = async |more: Value| {
        let mut body = json!({"variables": {"what": "a {{ pot }}", "plan.variables.site": "the shop"},
            "overrides": {"browser_type": "chromium"}});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let call = client.post(&format!("{path}/run")).json(body);
        call.created().await
    };
    let is = |agent: &Value, cast: &Cast| {
        assert_eq!(
            (&agent["role_id"], &agent["persona_id"]),
            (&json!(cast.role), &json!(cast.persona)),
            "{agent}"
        );
    };
    let first = run(json!({})).await;
    is(&first, &of_project);
    assert_eq!(first["prompt"], "Buy a {{ pot }} at the shop: a {{ pot }}!");
    assert_eq!(
        (&first["journey_id"], &first["project_id"], &first["name"]),
        (&json!(journey), &json!(project), &json!("buy"))
    );
    let names = json!({"role_id": of_journey.role, "persona_id": of_journey.persona});
    client.patch(&path).json(names).ok().await;
    let second = run(json!({})).await;
    is(&second, &of_journey);
    let wish = json!({"role_id": own.role, "persona_id": own.persona,
        "overrides": {"name": "special", "browser_type": "chromium", "max_iterations": 7, "max_tokens": 9_999}});
    let third = run(wish).await;
    is(&third, &own);
    assert_eq!(
        (
            &third["name"],
            &third["max_iterations"],
            &third["max_tokens"]
        ),
        (&json!("special"), &json!(7), &json!(9_999))
    );
    let ended = yard.once(&third, "completed").await;
    let work = yard.work(&ended).await;
    assert_eq!(
        work["steps"][0]["value"]["action"]["url"],
        yard.url("/shop")
    );

    // The history, newest first, page by page; by the list of all agents it is the same.
    let page = client.get(&format!("{path}/runs?limit=2")).ok().await;
    assert_eq!(
        texts(&page["runs"], "id"),
        [text(&third, "id"), text(&second, "id")]
    );
    let next = text(&page, "next_cursor");
    let rest = client.get(&format!("{path}/runs?cursor={next}")).ok().await;
    assert_eq!(texts(&rest["runs"], "id"), [text(&first, "id")]);
    assert_eq!(rest["next_cursor"], Value::Null);
    let all = client
        .get(&format!("/api/v1/agents?journey={journey}"))
        .ok()
        .await;
    assert_eq!(all["agents"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_run_that_cannot_be_is_refused() {
    let yard = Yard::new(|_| completion("done")).await;
    let client = &yard.client;
    let journey = json!({"name": "buy", "prompt_template": "Buy {{ what }}"});
    let journey = made(client, "journeys", journey).await;
    let run = format!("/api/v1/journeys/{journey}/run");
    let fine = json!({"what": "tea"});
    for (body, word) in [
        (json!({}), "what"),
        (json!({"variables": {"what": 5}}), "variables.what"),
        (json!({"variables": {"what": "tea", "who": "me"}}), "who"),
        (json!({"variables": fine, "persona_id": NOBODY}), NOBODY),
        (json!({"variables": fine, "role_id": "x"}), "role_id"),
        (
            json!({"variables": fine, "overrides": {"browser_type": "edge"}}),
            "chromium",
        ),
        (
            json!({"variables": fine, "overrides": {"prompt": "x"}}),
            "prompt",
        ),
    ] {
        let message = client.post(&run).json(body.clone()).refused(400).await;
        assert!(message.contains(word), "{body}: {message}");
    }
    let unknown = format!("/api/v1/journeys/{NOBODY}");
    for (path, status) in [(unknown.as_str(), 404), ("/api/v1/journeys/x", 400)] {
        let body = json!({"variables": fine});
        let call = client.post(&format!("{path}/run")).json(body);
        call.refused(status).await;
        client.get(&format!("{path}/runs")).refused(status).await;
    }
    let list = client.get("/api/v1/agents").ok().await;
    assert_eq!(list["agents"], json!([]), "nothing was half done");
    assert_eq!(yard.model.count(), 0);
}
