//! Tasks that are done.

use serde_json::{Value, json};

use crate::house::{House, deeds, types};
use crate::support::model::Say;

/// Goes to the shop's first product, adds it to the cart, and says so.
fn shopper(house_url: &str) -> impl Fn(&crate::support::model::Asked) -> Say + Send + Sync + use<> {
    let url = format!("{house_url}/shop");
    move |asked| match asked.number {
        0 => Say::call("goto", json!({"url": url})),
        1 => Say::call("click", json!({"id": asked.element("link", "Desk lamp")})),
        2 => Say::text(
            "Done",
            "completion",
            json!({"success": true, "answer": "Found it."}),
        ),
        _ => panic!("asked too often: {}", asked.text),
    }
}

#[tokio::test]
async fn a_model_that_calls_tools_does_a_task() {
    let site = guise_testsite::Site::start().await.unwrap();
    let house = House::new(shopper(site.origin())).await;
    let agent = house.start(json!({})).await;
    let status = house.ended(&agent).await;
    assert_eq!(status["success"], true, "{status}");
    assert_eq!(status["answer"], "Found it.");
    assert_eq!(status["task"], "Buy the teapot.");
    let one = [
        "agent_step_start",
        "observation",
        "agent_completion",
        "execution_result",
        "agent_step_stop",
    ];
    assert_eq!(types(&status["steps"]), one.repeat(3));
    assert_eq!(
        deeds(&status["steps"]),
        [
            ("goto".to_owned(), true),
            ("click".to_owned(), true),
            ("completion".to_owned(), true)
        ]
    );
    // What the agent did is what the session shows, to the letter.
    let session = house.client.get(&house.path("")).ok().await;
    assert_eq!(session["steps"], status["steps"]);
    // A decision says what clients read, and no more.
    let decision = &status["steps"][2]["value"];
    assert_eq!(
        decision["action"],
        json!({"type": "goto", "url": format!("{}/shop", site.origin())})
    );
    assert_eq!(decision["state"]["previous_goal_status"], "unknown");
    let last = &status["steps"][12]["value"]["state"];
    assert_eq!(last["previous_goal_status"], "success");
    assert_eq!(last["next_goal"], "Done");
    assert!(
        status["usage"]["input_tokens"].as_u64().unwrap() > 0,
        "{}",
        status["usage"]
    );
    assert_eq!(house.model.count(), 3);
}

#[tokio::test]
async fn a_model_that_writes_json_does_it_too() {
    let house = House::new(|asked| {
        let action = match asked.number {
            0 => json!({"type": "click", "selector": "text=Sign in"}),
            _ => json!({"type": "completion", "success": true, "answer": {"found": true}}),
        };
        let state = json!({
            "previous_goal_status": "unknown", "previous_goal_eval": "", "page_summary": "A shop",
            "relevant_interactions": [{"id": "L1", "reason": "why not"}], "memory": "Remember the milk", "next_goal": "Look",
        });
        Say::words(&format!("```json\n{}\n```", json!({"state": state, "action": action})))
    })
    .await;
    let url = house.url("/shop");
    let status = house.run(json!({"url": url})).await;
    assert_eq!(status["success"], true, "{status}");
    let answer: Value = serde_json::from_str(status["answer"].as_str().unwrap()).unwrap();
    assert_eq!(answer, json!({"found": true}));
    assert_eq!(status["url"], url);
    // It went there first, without asking the model.
    assert_eq!(types(&status["steps"])[0], "execution_result");
    let second = house.model.asked(1);
    assert!(second.text.contains("Remember the milk"), "{}", second.text);
}

#[tokio::test]
async fn several_agents_share_a_session() {
    let house = House::new(|asked| match asked.turn() {
        1 => Say::call("goto", json!({"url": asked.word("http")})),
        _ => Say::call("completion", json!({"success": true, "answer": "there"})),
    })
    .await;
    let task = |path: &str| json!({"task": format!("Go to {} and stop.", house.url(path))});
    let first = house.run(task("/shop")).await;
    let offset = house.client.get(&house.path("/offset")).ok().await["offset"].clone();
    let second = house.run(task("/login")).await;
    let session = house.client.get(&house.path("")).ok().await;
    let all = session["steps"].as_array().unwrap();
    let mut both = first["steps"].as_array().unwrap().clone();
    assert_eq!(offset, both.len());
    both.extend(second["steps"].as_array().unwrap().clone());
    assert_eq!(all, &both);

    // An agent that may look back is told what was done; one that may not is not.
    let third = json!({"task": format!("Go to {} and stop.", house.url("/table")), "session_offset": offset});
    house.run(third).await;
    let told = house.model.asked(house.model.count() - 2).text;
    assert!(told.contains("/login") && !told.contains("/shop"), "{told}");
    house.run(task("/shop")).await;
    let told = house.model.asked(house.model.count() - 2).text;
    assert!(!told.contains("What you did so far"), "{told}");
}

#[tokio::test]
async fn agents_at_once_take_turns() {
    let house = House::new(|asked| match asked.turn() {
        1 => Say::call("evaluate_js", json!({"code": "document.title"})),
        _ => Say::call("completion", json!({"success": true, "answer": "done"})),
    })
    .await;
    let agents = futures_util::future::join_all((0..4).map(|_| house.start(json!({})))).await;
    for agent in &agents {
        let status = house.ended(agent).await;
        assert_eq!(status["success"], true, "{status}");
        assert_eq!(types(&status["steps"]).len(), 10);
    }
    let list = house.client.get("/agents?only_active=false").ok().await;
    let listed: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["agent_id"].as_str().unwrap())
        .collect();
    assert_eq!(listed.len(), 4);
    for agent in &agents {
        assert!(listed.contains(&agent.as_str()));
    }
    let none = house.client.get("/agents/").ok().await;
    assert_eq!(none["items"], json!([]), "none is active any more");
}
