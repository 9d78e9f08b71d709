//! Agents that act as a persona and read what arrives for it.

use serde_json::{Value, json};

use crate::house::House;
use crate::support::eventually;
use crate::support::model::Say;
use crate::support::smtp;

async fn persona(house: &House) -> Value {
    house
        .client
        .post("/personas/create")
        .json(json!({"create_phone_number": false}))
        .ok()
        .await
}

#[tokio::test]
async fn a_mail_that_arrives_meanwhile_is_read() {
    let house = House::new(|asked| match asked.number {
        0 => Say::call("email_verification_read", json!({})),
        1 => Say::call(
            "completion",
            json!({"success": true, "answer": asked.after("\"codes\":[\"")}),
        ),
        _ => panic!("asked too often"),
    })
    .await;
    let persona = persona(&house).await;
    let address = persona["email"].as_str().unwrap().to_owned();
    let agent = house
        .start(json!({"persona_id": persona["persona_id"]}))
        .await;
    eventually("the model is asked", async || {
        (house.model.count() > 0).then_some(())
    })
    .await;
    let first = house.model.asked(0);
    let name = format!(
        "{} {}",
        persona["first_name"].as_str().unwrap(),
        persona["last_name"].as_str().unwrap()
    );
    assert!(
        first.text.contains(&name) && first.text.contains(&address),
        "{}",
        first.text
    );
    assert!(first.tools().contains(&"email_read".to_owned()));
    smtp::send(
        house.server.mail(),
        &[&address],
        "Subject: Hello\n\nNo number in this one.\n",
    )
    .await;
    assert_eq!(
        smtp::send(house.server.mail(), &[&address], &smtp::code_mail("771394")).await,
        250
    );
    let status = house.ended(&agent).await;
    assert_eq!(
        (&status["success"], &status["answer"]),
        (&json!(true), &json!("771394")),
        "{status}"
    );
    // What the mail says stands between marks that are not the mail's.
    let told = house.model.asked(1).text;
    let (_, quoted) = told.split_once("from=\"mail\">").unwrap();
    let (quoted, _) = quoted.split_once("</untrusted ").unwrap();
    assert!(quoted.contains("771394"), "{told}");
}

#[tokio::test]
async fn mails_that_are_there_are_listed() {
    let house = House::new(|asked| match asked.number {
        0 => Say::call("email_read", json!({"only_unread": true})),
        1 => Say::call(
            "email_read",
            json!({"only_unread": false, "limit": 1, "timedelta": "PT1H"}),
        ),
        2 => Say::call("email_read", json!({"timedelta": "soon"})),
        _ => Say::call("completion", json!({"success": true, "answer": "read"})),
    })
    .await;
    let persona = persona(&house).await;
    let address = persona["email"].as_str().unwrap().to_owned();
    for code in ["111222", "333444"] {
        smtp::send(house.server.mail(), &[&address], &smtp::code_mail(code)).await;
    }
    let status = house
        .run(json!({"persona_id": persona["persona_id"]}))
        .await;
    assert_eq!(status["success"], true, "{status}");
    let results: Vec<_> = status["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["type"] == "execution_result")
        .map(|step| &step["value"])
        .collect();
    let mails = |index: usize| {
        results[index]["data"]["structured"]["data"]["emails"]
            .as_array()
            .unwrap()
    };
    assert_eq!(mails(0).len(), 2);
    assert_eq!(mails(0)[0]["sender_email"], "no-reply@shop.example");
    assert!(mails(0)[0]["content"].as_str().unwrap().contains("333444"));
    assert_eq!(mails(1).len(), 1);
    assert_eq!(results[2]["success"], false);
    assert!(results[2]["message"].as_str().unwrap().contains("PT5M"));
}

/// A code that was given is not given again where a newer one comes, and nothing else counts as read by it.
#[tokio::test]
async fn the_next_code_is_another_one() {
    let house = House::new(|asked| match asked.number {
        0 | 1 => Say::call("email_verification_read", json!({})),
        _ => Say::call("completion", json!({"success": true, "answer": "read"})),
    })
    .await;
    let persona = persona(&house).await;
    let address = persona["email"].as_str().unwrap().to_owned();
    let send = async |text: &str| {
        let answer = smtp::send(house.server.mail(), &[&address], text).await;
        assert_eq!(answer, 250);
    };
    send(&smtp::code_mail("000111")).await;
    send("Subject: Hello\n\nNo number in this one.\n").await;
    send(&smtp::code_mail("111222")).await;
    let id = persona["persona_id"].as_str().unwrap();
    let agent = house.start(json!({"persona_id": id})).await;
    eventually("the model is asked again", async || {
        (house.model.count() > 1).then_some(())
    })
    .await;
    send(&smtp::code_mail("333444")).await;
    let status = house.ended(&agent).await;
    let steps = status["steps"].as_array().unwrap().iter();
    let read: Vec<_> = steps
        .filter(|step| step["type"] == "execution_result")
        .filter_map(|step| {
            let mails = &step["value"]["data"]["structured"]["data"]["verification"];
            mails[0]["codes"][0].as_str()
        })
        .collect();
    assert_eq!(read, ["111222", "333444"], "{status}");
    let unread = format!("/personas/{id}/emails?only_unread=true");
    let unread = house.client.get(&unread).ok().await;
    let unread = unread.as_array().unwrap().iter();
    let unread: Vec<_> = unread.map(|mail| mail["subject"].as_str()).collect();
    assert_eq!(unread, [Some("Hello"), Some("Your code")]);
}
