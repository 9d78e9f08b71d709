//! What a model says of agents that have ended.

use serde_json::json;

use super::tools::{VALUES, sarah};
use super::yard::{Yard, at, completion, text};
use crate::support::model::{Asked, Say};

fn script(asked: &Asked) -> Say {
    if asked.text.contains("You judge") {
        let failed = asked.text.contains("State: failed");
        let verdict = json!({"passed": !failed, "reason": "It says so."});
        return Say::words(&format!("```json\n{verdict}\n```"));
    }
    if asked.text.contains("You summarise") {
        return Say::words(&format!("Summary {}", asked.number));
    }
    match (asked.text.contains("Hang."), asked.turn()) {
        (true, _) => Say::Hang,
        (_, 1) => Say::call("evaluate_js", json!({"code": "'seen' + 'it'"})),
        _ => completion("42 lamps"),
    }
}

#[tokio::test]
async fn a_summary_is_written_once_and_anew_when_that_is_asked_for() {
    let yard = Yard::new(script).await;
    let client = &yard.client;
    let agent = yard.run(json!({}), "completed").await;
    let first = client.get(&at(&agent, "/summary")).ok().await;
    assert_eq!(first["agent_id"], agent["id"]);
    assert_eq!(first["summary"], "Summary 2");
    // It is written from what was asked, done and answered.
    let asked = yard.model.asked(2).text;
    for told in ["Buy the teapot.", "evaluate_js", "42 lamps"] {
        assert!(asked.contains(told), "{asked}");
    }
    let again = client.get(&at(&agent, "/summary?force=false")).ok().await;
    assert_eq!(again, first);
    let anew = client.get(&at(&agent, "/summary?force=true")).ok().await;
    assert_eq!(anew["summary"], "Summary 3");
    let kept = client.get(&at(&agent, "/summary")).ok().await;
    assert_eq!(kept, anew);
}

#[tokio::test]
async fn an_outcome_is_judged_and_the_verdict_is_kept() {
    let yard = Yard::new(script).await;
    let client = &yard.client;
    let agent = yard.run(json!({}), "completed").await;
    let message = client.get(&at(&agent, "/verification")).refused(404).await;
    assert!(message.contains("verified"), "{message}");
    let verdict = client.post(&at(&agent, "/verify")).ok().await;
    assert_eq!(
        (&verdict["passed"], &verdict["reason"]),
        (&json!(true), &json!("It says so."))
    );
    assert!(!text(&verdict, "checked_at").is_empty());
    let kept = client.get(&at(&agent, "/verification")).ok().await;
    assert_eq!(kept, verdict);
}

#[tokio::test]
async fn one_that_has_not_ended_is_neither_summarised_nor_judged() {
    let yard = Yard::new(script).await;
    let client = &yard.client;
    let agent = yard.start(json!({"prompt": "Hang."})).await;
    yard.once(&agent, "running").await;
    for call in [
        client.get(&at(&agent, "/summary")),
        client.get(&at(&agent, "/summary?force=true")),
        client.post(&at(&agent, "/verify")),
    ] {
        let message = call.refused(409).await;
        assert!(message.contains("running"), "{message}");
    }
    client.post(&at(&agent, "/stop")).ok().await;
    let verdict = client.post(&at(&agent, "/verify")).ok().await;
    assert_eq!(verdict["passed"], false);
}

#[tokio::test]
async fn a_model_that_gives_no_verdict_leaves_the_last_one() {
    let yard = Yard::new(|asked| match asked.tools().is_empty() {
        true if asked.number == 1 => Say::words(r#"{"passed": true}"#),
        true => Say::words("Perhaps."),
        false => completion("done"),
    })
    .await;
    let client = &yard.client;
    let agent = yard.run(json!({}), "completed").await;
    let first = client.post(&at(&agent, "/verify")).ok().await;
    assert_eq!(
        (&first["passed"], &first["reason"]),
        (&json!(true), &json!(""))
    );
    let message = client.post(&at(&agent, "/verify")).refused(400).await;
    assert!(message.contains("openai/some-model"), "{message}");
    assert_eq!(yard.model.count(), 4, "it was asked twice");
    let kept = client.get(&at(&agent, "/verification")).ok().await;
    assert_eq!(kept, first);
}

/// Whoever wrote a secret into the task told it to nobody.
#[tokio::test]
async fn no_review_holds_a_secret() {
    let told = format!("It typed {}.", VALUES[0]);
    let yard = Yard::new(move |asked| match asked.tools().is_empty() {
        true if asked.text.contains("You judge") => {
            Say::words(&json!({"passed": true, "reason": told}).to_string())
        }
        true => Say::words(&told),
        false => completion("done"),
    })
    .await;
    let client = &yard.client;
    let persona = sarah(&yard).await;
    let prompt = format!("Sign in with {}.", VALUES[0]);
    let wanted = json!({"persona_id": persona["id"], "prompt": prompt});
    let agent = yard.run(wanted, "completed").await;
    let summary = client.get(&at(&agent, "/summary")).ok().await;
    let verdict = client.post(&at(&agent, "/verify")).ok().await;
    let kept = client.get(&at(&agent, "/summary")).ok().await;
    for (told, member) in [
        (&summary, "summary"),
        (&kept, "summary"),
        (&verdict, "reason"),
    ] {
        let told = text(told, member);
        assert!(
            told.starts_with("It typed ") && !told.contains(VALUES[0]),
            "{told}"
        );
    }
    for number in 0..yard.model.count() {
        let asked = yard.model.asked(number);
        assert!(
            !asked.body.to_string().contains(VALUES[0]),
            "{}",
            asked.text
        );
    }
}
