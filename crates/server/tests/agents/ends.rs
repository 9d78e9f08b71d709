//! Every way in which a run ends before its task is done.

use serde_json::json;

use crate::house::{House, deeds};
use crate::support::eventually;
use crate::support::model::Say;

#[tokio::test]
async fn a_page_that_never_changes_ends_a_run() {
    let house = House::new(|asked| match asked.number % 2 {
        0 => Say::call("wait", json!({"time_ms": 1})),
        _ => Say::call("evaluate_js", json!({"code": "1"})),
    })
    .await;
    let status = house.run(json!({"max_steps": 50})).await;
    assert_eq!(status["success"], false);
    assert!(
        status["answer"]
            .as_str()
            .unwrap()
            .contains("nothing changed"),
        "{status}"
    );
    assert_eq!(
        deeds(&status["steps"]).len(),
        7,
        "two attempts, and five repeats"
    );
    assert!(house.model.asked(5).text.contains("does not change"));
}

#[tokio::test]
async fn the_steps_are_counted() {
    let house =
        House::new(|asked| Say::call("evaluate_js", json!({"code": asked.number.to_string()})))
            .await;
    let status = house.run(json!({"max_steps": 3})).await;
    assert_eq!(status["success"], false);
    assert!(
        status["answer"].as_str().unwrap().contains("3 steps"),
        "{status}"
    );
    assert_eq!(house.model.count(), 3);
}

#[tokio::test]
async fn a_run_can_be_stopped_at_any_time() {
    let house =
        House::new(|asked| Say::call("evaluate_js", json!({"code": asked.number.to_string()})))
            .await;
    let agent = house.start(json!({"max_steps": 150})).await;
    eventually("the model is asked", async || {
        (house.model.count() > 1).then_some(())
    })
    .await;
    let path = format!("/agents/{agent}/stop");
    let client = &house.client;
    client.delete(&path).refused(422).await;
    client
        .delete(&format!(
            "{path}?session_id=00000000-0000-0000-0000-000000000000"
        ))
        .refused(404)
        .await;
    let stop = format!("{path}?session_id={}", house.session);
    let stopped = client.delete(&stop).ok().await;
    let asked = house.model.count();
    assert_eq!(
        (&stopped["status"], &stopped["success"]),
        (&json!("closed"), &json!(false))
    );
    let again = client.delete(&stop).ok().await;
    assert_eq!(
        again["closed_at"], stopped["closed_at"],
        "once more is fine"
    );
    // The session goes on, and its turns are ours.
    for _ in 0..10 {
        let done = house.execute(json!({"type": "wait", "time_ms": 1})).await;
        assert_eq!(done["success"], true);
    }
    assert!(house.model.count() <= asked + 1, "it is not asked again");
    let session = client.get(&house.path("")).ok().await;
    assert_eq!(session["status"], "active");
}

#[tokio::test]
async fn a_model_that_thinks_is_stopped_too() {
    let house = House::new(|_| Say::Hang).await;
    let agent = house.start(json!({})).await;
    eventually("the model is asked", async || {
        (house.model.count() > 0).then_some(())
    })
    .await;
    let stop = format!("/agents/{agent}/stop?session_id={}", house.session);
    house.client.delete(&stop).ok().await;
    eventually("the model is left alone", async || {
        house.model.was_left().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_run_ends_with_its_session() {
    let house = House::new(|_| Say::Hang).await;
    let agent = house.start(json!({})).await;
    eventually("the model is asked", async || {
        (house.model.count() > 0).then_some(())
    })
    .await;
    house.client.stop(&house.session).await;
    let status = house.ended(&agent).await;
    assert_eq!(status["success"], false);
    assert!(
        status["answer"].as_str().unwrap().contains("session"),
        "{status}"
    );
}

#[tokio::test]
async fn asking_for_clarification_ends_a_run() {
    let house = House::new(|_| Say::call("help", json!({"reason": "Which teapot?"}))).await;
    let status = house.run(json!({})).await;
    assert_eq!(status["success"], false);
    assert!(
        status["answer"].as_str().unwrap().contains("Which teapot?"),
        "{status}"
    );
}

#[tokio::test]
async fn a_first_page_that_cannot_be_reached_ends_a_run() {
    let house = House::new(|_| panic!("the model is not asked")).await;
    let status = house.run(json!({"url": "http://127.0.0.1:9/"})).await;
    assert_eq!(status["success"], false);
    assert!(
        status["answer"].as_str().unwrap().contains("127.0.0.1"),
        "{status}"
    );
}

#[tokio::test]
async fn a_restart_closes_what_was_under_way() {
    let house = House::new(|asked| match asked.number {
        0 => Say::call("evaluate_js", json!({"code": "1"})),
        _ => Say::Hang,
    })
    .await;
    let agent = house.start(json!({})).await;
    eventually("the second question", async || {
        (house.model.count() > 1).then_some(())
    })
    .await;
    let house = house.crashed(|| {}).await;
    let status = house.status(&agent).await;
    assert_eq!(
        (&status["status"], &status["success"]),
        (&json!("closed"), &json!(false))
    );
    assert!(
        status["answer"].as_str().unwrap().contains("restarted"),
        "{status}"
    );
    assert_eq!(deeds(&status["steps"]), [("evaluate_js".to_owned(), true)]);
    assert_eq!(house.model.count(), 2);
}
