//! Text messages: numbers, and the webhooks by which messages come in.

use serde_json::json;

use crate::support::server::Server;

#[tokio::test]
async fn a_message_to_a_made_up_number_is_read_once() {
    let server = Server::with(&[("phone_provider", "loopback")]).await;
    let client = server.client().await;
    let persona = client
        .post("/personas/create")
        .json(json!({"create_phone_number": true}))
        .ok()
        .await;
    let id = persona["persona_id"].as_str().unwrap();
    let number = persona["phone_number"].as_str().unwrap();
    let again = client
        .post(&format!("/personas/{id}/sms/number"))
        .json(json!({}))
        .refused(409)
        .await;
    assert!(again.contains(number), "{again}");

    let message = json!({"id": "m1", "from": "Shop", "to": number, "body": "Your code is 482913"});
    for _ in 0..2 {
        // A gateway that did not hear the answer sends again.
        let answer = client
            .post("/webhooks/sms")
            .json(message.clone())
            .unchecked()
            .await;
        assert_eq!(answer.status.as_u16(), 204, "{answer}");
    }
    let read = client
        .get(&format!("/personas/{id}/sms?only_unread=true"))
        .ok()
        .await;
    assert_eq!(read.as_array().unwrap().len(), 1, "{read}");
    assert_eq!(read[0]["body"], "Your code is 482913");
    assert_eq!(read[0]["sender"], "Shop");
    assert_eq!(read[0]["codes"], json!(["482913"]));
    let read = client
        .get(&format!("/personas/{id}/sms?only_unread=true"))
        .ok()
        .await;
    assert_eq!(read, json!([]));

    // Without a key, with another tenant's, or to nobody's number.
    let nobody = client
        .with_key(None)
        .post("/webhooks/sms")
        .json(message.clone())
        .unchecked()
        .await;
    assert_eq!(nobody.status.as_u16(), 401, "{nobody}");
    server.command(&["tenants", "create", "other"]).await;
    let key = server.new_key("other", &[]).await;
    let other = client
        .with_key(Some(&key))
        .post("/webhooks/sms")
        .json(message)
        .unchecked()
        .await;
    assert_eq!(other.status.as_u16(), 404, "{other}");
    let broken = client
        .post("/webhooks/sms")
        .json(json!({"to": number}))
        .unchecked()
        .await;
    assert_eq!(broken.status.as_u16(), 400, "{broken}");

    client
        .delete(&format!("/personas/{id}/sms/number"))
        .ok()
        .await;
    client
        .delete(&format!("/personas/{id}/sms/number"))
        .refused(404)
        .await;
    let free = client.get(&format!("/personas/{id}")).ok().await;
    assert!(free["phone_number"].is_null(), "{free}");
}

#[tokio::test]
async fn messages_with_the_same_id_do_not_keep_each_other_out() {
    let server = Server::with(&[("phone_provider", "loopback")]).await;
    let client = server.client().await;
    server.command(&["tenants", "create", "other"]).await;
    let other = client.with_key(Some(&server.new_key("other", &[]).await));
    // Gateways that count, two of one tenant and one of another.
    for (client, code) in [(&client, "111111"), (&client, "222222"), (&other, "333333")] {
        let persona = client
            .post("/personas/create")
            .json(json!({"create_phone_number": true}))
            .ok()
            .await;
        let number = &persona["phone_number"];
        let message =
            json!({"id": 1, "from": "Shop", "to": number, "body": format!("Your code is {code}")});
        let answer = client.post("/webhooks/sms").json(message).unchecked().await;
        assert_eq!(answer.status.as_u16(), 204, "{answer}");
        let id = persona["persona_id"].as_str().unwrap();
        let read = client.get(&format!("/personas/{id}/sms")).ok().await;
        assert_eq!(read[0]["codes"], json!([code]), "{read}");
    }
}

#[tokio::test]
async fn twilio_without_an_account_is_a_start_that_says_what_is_missing() {
    let server = Server::start().await;
    let client = server.client().await;
    let answer = client
        .post("/webhooks/sms/twilio")
        .body("application/x-www-form-urlencoded", "a=b");
    let answer = answer.unchecked().await;
    assert_eq!(answer.status.as_u16(), 501, "{answer}");
    assert!(answer.message().contains("phone_provider"), "{answer}");
}
