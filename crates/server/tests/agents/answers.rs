//! Answers in a shape, and models that do not answer as they should.

use serde_json::{Value, json};

use crate::house::{House, types};
use crate::support::eventually;
use crate::support::model::Say;

fn shape() -> Value {
    json!({"type": "object", "properties": {"price": {"type": "number"}}, "required": ["price"], "additionalProperties": false})
}

fn answer(answer: &str) -> Say {
    Say::call("completion", json!({"success": true, "answer": answer}))
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_given_back_once() {
    let house = House::new(|asked| match asked.number {
        0 => answer("Twelve euros"),
        _ => answer("```json\n{\"price\": 12}\n```"),
    })
    .await;
    let status = house.run(json!({"response_format": shape()})).await;
    assert_eq!(
        (&status["success"], &status["answer"]),
        (&json!(true), &json!("{\"price\":12}")),
        "{status}"
    );
    let asked = house.model.asked(0);
    assert!(
        asked.text.contains("\"price\""),
        "the shape is told: {}",
        asked.text
    );
    let again = house.model.asked(1);
    assert!(again.text.contains("does not fit"), "{}", again.text);
}

#[tokio::test]
async fn an_answer_that_never_fits_is_a_failure_that_says_why() {
    let house = House::new(|_| answer("{\"price\": \"12\"}")).await;
    let status = house.run(json!({"response_format": shape()})).await;
    assert_eq!(status["success"], false);
    assert!(
        status["answer"]
            .as_str()
            .unwrap()
            .contains("does not fit response_format"),
        "{status}"
    );
    assert_eq!(house.model.count(), 2);
}

#[tokio::test]
async fn a_useless_answer_is_repaired_once_and_then_counts_as_a_step() {
    let house = House::new(|asked| match asked.number {
        0 => Say::words("I think I should buy it."),
        1 => Say::call("dance", json!({})),
        2 => Say::words("{\"action\": {\"type\": \"fill\"}}"),
        _ => answer("done"),
    })
    .await;
    let status = house.run(json!({})).await;
    assert_eq!(status["success"], true, "{status}");
    let first = ["agent_step_start", "observation", "agent_step_stop"];
    assert_eq!(types(&status["steps"])[..3], first);
    assert_eq!(house.model.count(), 4);
    let repaired = house.model.asked(1);
    assert!(
        repaired.text.contains("cannot be used"),
        "{}",
        repaired.text
    );
    let trace = house
        .client
        .get(&format!(
            "/agents/{}/trace",
            status["agent_id"].as_str().unwrap()
        ))
        .ok()
        .await;
    let calls = trace["asked"].as_array().unwrap();
    assert_eq!(calls.len(), 2);
    assert_eq!(
        (&calls[0]["attempts"], &calls[1]["attempts"]),
        (&json!(2), &json!(2))
    );
    let says =
        |call: &Value, member: &str, part: &str| call[member].as_str().unwrap().contains(part);
    assert!(says(&calls[0], "unusable", "dance"), "{trace}");
    assert!(says(&calls[1], "repaired", "value"), "{trace}");
    assert_eq!(calls[1]["unusable"], Value::Null);
    assert!(calls[0]["prompt_characters"].as_u64().unwrap() > 500);
}

#[tokio::test]
async fn a_model_that_never_makes_sense_ends_its_run() {
    let house = House::new(|_| Say::words("No.")).await;
    let status = house.run(json!({})).await;
    assert_eq!(status["success"], false);
    assert!(
        status["answer"]
            .as_str()
            .unwrap()
            .contains("no answer that can be used"),
        "{status}"
    );
    assert_eq!(house.model.count(), 6);
    // What they took is in the trace, too: it was paid for.
    let path = format!("/agents/{}/trace", status["agent_id"].as_str().unwrap());
    let trace = house.client.get(&path).ok().await;
    let calls = trace["asked"].as_array().unwrap();
    assert_eq!(calls.len(), 3, "{trace}");
    let tokens = calls
        .iter()
        .map(|it| it["usage"]["input_tokens"].as_u64().unwrap())
        .sum::<u64>();
    assert!(tokens > 0, "{trace}");
    assert_eq!(trace["agent"]["usage"]["input_tokens"], tokens, "{trace}");
}

#[tokio::test]
async fn a_model_that_cannot_be_asked_ends_its_run_with_the_reason() {
    for (say, why) in [
        (Say::Status(401), "401"),
        (Say::Garbage, "cannot be read"),
        (Say::Cut, "some-model"),
    ] {
        let house = House::new(move |_| say.clone()).await;
        let status = house.run(json!({})).await;
        assert_eq!(status["success"], false);
        let answer = status["answer"].as_str().unwrap();
        assert!(answer.contains(why), "{status}");
        // The step that it was is in the trace, to its end.
        let trace = format!("/agents/{}/trace", status["agent_id"].as_str().unwrap());
        let trace = house.client.get(&trace).ok().await;
        let unusable = trace["asked"][0]["unusable"].as_str().unwrap();
        assert!(unusable.contains(why), "{trace}");
        assert_eq!(*types(&status["steps"]).last().unwrap(), "agent_step_stop");
    }
}

#[tokio::test]
async fn a_model_that_cannot_see_is_asked_without_pictures() {
    let house = House::new(|asked| match asked.body.to_string().contains("image_url") {
        true => Say::Status(400),
        false => match asked.turn() {
            1 => Say::call("evaluate_js", json!({"code": "1"})),
            _ => answer("done"),
        },
    })
    .await;
    let status = house.run(json!({})).await;
    assert_eq!(status["answer"], "done", "{status}");
    // Only the first question had some.
    assert_eq!(house.model.count(), 3);
    let trace = format!("/agents/{}/trace", status["agent_id"].as_str().unwrap());
    let trace = house.client.get(&trace).ok().await;
    let call = &trace["asked"][0];
    assert_eq!(
        (&call["pictures"], &call["attempts"]),
        (&json!(0), &json!(2)),
        "{trace}"
    );
    assert!(
        call["repaired"].as_str().unwrap().contains("pictures"),
        "{trace}"
    );
}

/// What a scrape asks a model is the run's, too.
#[tokio::test]
async fn a_scrape_by_a_model_is_counted() {
    let house = House::new(|asked| match asked.text.contains("You extract data") {
        true => Say::words(r#"{"name": "Teapot"}"#),
        false => match asked.turn() {
            1 => Say::words(
                r#"{"action": {"type": "scrape", "instructions": "The first product's name."}}"#,
            ),
            _ => answer("done"),
        },
    })
    .await;
    let wish = json!({"url": house.url("/shop"), "reasoning_model": "openai/another-model"});
    let status = house.run(wish).await;
    assert_eq!(status["success"], true, "{status}");
    assert_eq!(house.model.count(), 3);
    for number in 0..3 {
        assert_eq!(house.model.asked(number).body["model"], "another-model");
    }
    let trace = format!("/agents/{}/trace", status["agent_id"].as_str().unwrap());
    let trace = house.client.get(&trace).ok().await;
    let calls = trace["asked"].as_array().unwrap();
    assert_eq!(calls.len(), 3, "{trace}");
    let tokens = calls
        .iter()
        .map(|it| it["usage"]["input_tokens"].as_u64().unwrap());
    let tokens = tokens.sum::<u64>();
    assert_eq!(trace["agent"]["usage"]["input_tokens"], tokens, "{trace}");
}

/// Whoever else uses the session does not cost a run its answer.
#[tokio::test]
async fn a_busy_session_does_not_end_a_run() {
    let house = House::new(|asked| match asked.number {
        // It is asked again a moment later.
        0 => Say::Status(503),
        _ => answer("done"),
    })
    .await;
    let agent = house.start(json!({})).await;
    eventually("the model is asked", async || {
        (house.model.count() > 0).then_some(())
    })
    .await;
    let path = house.path("/page/execute");
    let holds = house
        .client
        .post(&path)
        .json(json!({"type": "wait", "time_ms": 30_000}));
    let status = tokio::select! {
        _ = holds.send() => panic!("the session was not busy long enough"),
        status = house.ended(&agent) => status,
    };
    assert_eq!(status["answer"], "done", "{status}");
}

#[tokio::test]
async fn an_action_that_cannot_be_done_is_told_to_the_model() {
    let house = House::new(|asked| match asked.number {
        0 => Say::call("click", json!({"id": "B99"})),
        1 => Say::call("email_read", json!({})),
        _ => answer("never mind"),
    })
    .await;
    let status = house.run(json!({})).await;
    assert_eq!(status["success"], true, "{status}");
    assert!(
        house
            .model
            .asked(1)
            .text
            .contains("Action with id 'B99' is invalid")
    );
    assert!(house.model.asked(2).text.contains("needs a persona"));
    assert!(
        !house
            .model
            .asked(0)
            .tools()
            .contains(&"email_read".to_owned())
    );
}
