//! Inboxes of personas, and mailboxes of their own.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use crate::support::client::Client;
use crate::support::server::Server;
use crate::support::smtp::{code_mail, send};

/// A persona: its id and address.
pub(super) async fn persona(client: &Client) -> (String, String) {
    let persona = client.post("/personas/create").json(json!({})).ok().await;
    let text = |name: &str| persona[name].as_str().unwrap().to_owned();
    (text("persona_id"), text("email"))
}

pub(super) async fn emails(client: &Client, id: &str, query: &str) -> Vec<Value> {
    let answer = client
        .get(&format!("/personas/{id}/emails{query}"))
        .ok()
        .await;
    answer.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_mail_arrives_is_read_once_and_survives_a_restart() {
    let server = Server::start().await;
    let client = server.client().await;
    let (id, address) = persona(&client).await;
    assert_eq!(
        send(server.mail(), &[&address], &code_mail("482913")).await,
        250
    );

    let mails = emails(&client, &id, "?only_unread=True").await;
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail["subject"], "Your code");
    assert_eq!(mail["sender_email"], "no-reply@shop.example");
    assert_eq!(mail["sender_name"], "The Shop");
    assert_eq!(mail["recipient"], address);
    assert_eq!(mail["thread_id"], "482913@shop.example");
    assert!(mail["text_content"].as_str().unwrap().contains("482913"));
    assert_eq!(mail["html_content"], Value::Null);
    assert_eq!(mail["codes"], json!(["482913"]));
    assert_eq!(mail["links"], json!([]));
    assert!(emails(&client, &id, "?only_unread=true").await.is_empty());
    assert_eq!(emails(&client, &id, "").await.len(), 1);

    let server = server.restart().await;
    let client = server.client().await;
    let kept = emails(&client, &id, "").await;
    assert_eq!(kept[0]["email_id"], mail["email_id"]);
    assert_eq!(kept[0]["text_content"], mail["text_content"]);
    assert!(emails(&client, &id, "?only_unread=true").await.is_empty());
}

#[tokio::test]
async fn who_waits_is_woken_by_the_mail() {
    let server = Server::start().await;
    let client = server.client().await;
    let (id, address) = persona(&client).await;
    let (other, _) = persona(&client).await;
    let waiting = |id: String| {
        let client = client.clone();
        tokio::spawn(async move {
            let begun = Instant::now();
            let mails = emails(&client, &id, "?only_unread=true&wait_seconds=10").await;
            (mails.len(), begun.elapsed())
        })
    };
    let waiter = waiting(id.clone());
    assert_eq!(
        send(server.mail(), &[&address], &code_mail("1234")).await,
        250
    );
    let (count, took) = waiter.await.unwrap();
    assert_eq!(count, 1);
    assert!(took < Duration::from_secs(9), "{took:?}");
    // Nobody's mail wakes somebody else, and a wait ends by itself.
    let begun = Instant::now();
    assert!(emails(&client, &other, "?wait_seconds=1").await.is_empty());
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn addresses_of_one_mailbox_and_of_none() {
    let server = Server::start().await;
    let client = server.client().await;
    let (id, address) = persona(&client).await;
    let (local, domain) = address.split_once('@').unwrap();
    let spellings = [
        address.to_uppercase(),
        format!("{local}+shop@{domain}"),
        format!("anything@{local}.{domain}"),
    ];
    for to in &spellings {
        assert_eq!(
            send(server.mail(), &[to], &code_mail("5555")).await,
            250,
            "{to}"
        );
    }
    let mails = emails(&client, &id, "").await;
    assert_eq!(mails.len(), 3);
    assert_eq!(mails[1]["recipient"], spellings[1]);

    // Two addresses of one mailbox in one mail: it is kept once.
    let both = [spellings[1].as_str(), address.as_str()];
    assert_eq!(send(server.mail(), &both, &code_mail("6666")).await, 250);
    assert_eq!(emails(&client, &id, "").await.len(), 4);

    for nobody in [
        format!("nobody@{domain}"),
        format!("+{local}@{domain}"),
        format!("{local}@other.example"),
        format!("x@nobody.{domain}"),
        format!("{local}@evil{domain}"),
    ] {
        assert_eq!(
            send(server.mail(), &[&nobody], &code_mail("7777")).await,
            550,
            "{nobody}"
        );
    }

    // A persona that is gone receives nothing.
    client.delete(&format!("/personas/{id}")).ok().await;
    assert_eq!(
        send(server.mail(), &[&address], &code_mail("8888")).await,
        550
    );
}

#[tokio::test]
async fn attachments_come_down_as_they_were_sent() {
    let server = Server::start().await;
    let client = server.client().await;
    let (id, address) = persona(&client).await;
    let mail = "From: a@b.example\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html; charset=iso-8859-1\n\
        Content-Transfer-Encoding: quoted-printable\n\n<p>Gr=FC=DFe</p>\n--x\n\
        Content-Type: application/pdf; name=\"bill.pdf\"\nContent-Disposition: attachment; filename=\"bill.pdf\"\n\
        Content-Transfer-Encoding: base64\n\nAAECAwQ=\n--x--\n";
    assert_eq!(send(server.mail(), &[&address], mail).await, 250);
    let mails = emails(&client, &id, "").await;
    assert_eq!(mails[0]["subject"], "Grüße");
    assert_eq!(mails[0]["text_content"].as_str().unwrap().trim(), "Grüße");
    let attachment = json!([{"name": "bill.pdf", "content_type": "application/pdf", "size": 5}]);
    assert_eq!(mails[0]["attachments"], attachment);
    let mail = mails[0]["email_id"].as_str().unwrap();
    let path = format!("/personas/{id}/emails/{mail}/attachments");
    let answer = client.get(&format!("{path}/0")).send().await;
    assert_eq!(answer.body.as_ref(), [0, 1, 2, 3, 4]);
    assert_eq!(answer.header("content-disposition"), Some("attachment"));
    client.get(&format!("{path}/1")).refused(404).await;
}

#[tokio::test]
async fn a_mailbox_keeps_the_newest() {
    let server = Server::with(&[("mail_max_messages", "3")]).await;
    let client = server.client().await;
    let (id, address) = persona(&client).await;
    for number in 1..=5 {
        let mail = code_mail(&format!("000{number}"));
        assert_eq!(send(server.mail(), &[&address], &mail).await, 250);
    }
    let kept: Vec<_> = emails(&client, &id, "?limit=100")
        .await
        .iter()
        .map(|mail| mail["thread_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        kept,
        [
            "0005@shop.example",
            "0004@shop.example",
            "0003@shop.example"
        ]
    );
}

#[tokio::test]
async fn a_mailbox_of_its_own_receives_under_its_free_name() {
    let server = Server::start().await;
    let client = server.client().await;
    let made = client
        .post("/api/v1/mailboxes")
        .json(json!({"name": "qa-team"}))
        .send()
        .await;
    assert_eq!(made.status.as_u16(), 201, "{made}");
    let mailbox = made.json();
    let address = mailbox["address"].as_str().unwrap();
    assert_eq!(
        send(server.mail(), &[address], &code_mail("9876")).await,
        250
    );
    let id = mailbox["id"].as_str().unwrap();
    let list = client
        .get(&format!("/api/v1/mailboxes/{id}/emails"))
        .ok()
        .await;
    assert_eq!(list["emails"][0]["subject"], "Your code");
    let taken = client
        .post("/api/v1/mailboxes")
        .json(json!({"name": "qa-team"}))
        .send()
        .await;
    assert_eq!(taken.status.as_u16(), 409, "{taken}");
    let gone = client
        .delete(&format!("/api/v1/mailboxes/{id}"))
        .send()
        .await;
    assert_eq!(gone.status.as_u16(), 204, "{gone}");
    assert_eq!(
        send(server.mail(), &[address], &code_mail("9876")).await,
        550
    );
}

#[tokio::test]
async fn what_cannot_be_given_does_not_count_as_read() {
    let server = Server::start().await;
    let client = server.client().await;
    let (id, address) = persona(&client).await;
    for code in ["111111", "222222", "333333"] {
        assert_eq!(
            send(server.mail(), &[&address], &code_mail(code)).await,
            250
        );
    }
    let database = format!("sqlite:{}", server.folder().join("guise.db").display());
    let mut database = SqliteConnection::connect(&database).await.unwrap();
    let envelope: Vec<u8> = sqlx::query_scalar(
        "SELECT envelope FROM sealed_values WHERE kind = 'mail' ORDER BY id LIMIT 1",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    let mut replace = async |from: &[u8], to: &[u8]| {
        let update = sqlx::query("UPDATE sealed_values SET envelope = $2 WHERE envelope = $1");
        let done = update.bind(from).bind(to).execute(&mut database).await;
        assert_eq!(done.unwrap().rows_affected(), 1);
    };
    let mut damaged = envelope.clone();
    *damaged.last_mut().unwrap() ^= 1;
    replace(&envelope, &damaged).await;
    let unread = format!("/personas/{id}/emails?only_unread=true");
    // A fault of the database is one of ours.
    let answer = client.get(&unread).unchecked().await;
    assert_eq!(answer.status.as_u16(), 500, "{answer}");
    replace(&damaged, &envelope).await;
    assert_eq!(emails(&client, &id, "?only_unread=true").await.len(), 3);
    assert!(emails(&client, &id, "?only_unread=true").await.is_empty());
}
