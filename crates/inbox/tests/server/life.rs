//! From start to stop.

use std::time::Duration;

use guise_inbox::Limits;
use tokio::net::TcpStream;

use crate::support::{Client, Mailboxes, start};

#[tokio::test]
async fn a_mail_is_received() {
    let mailboxes = Mailboxes::new();
    let server = start(&mailboxes, Limits::default()).await;
    let mut client = Client::greeted(&server).await;
    assert_eq!(
        client.send_mail("Subject: hi\r\n\r\nhello").await,
        "250 2.0.0 The mail is kept"
    );
    assert_eq!(client.say("QUIT").await, "221 2.0.0 Goodbye");
    assert!(client.is_closed().await);
    let mails = mailboxes.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].raw, "Subject: hi\r\n\r\nhello\r\n");
    assert!(mails[0].peer.ip().is_loopback());
    server.stop().await;
}

#[tokio::test]
async fn stopping_closes_the_port_and_tells_the_clients() {
    let mailboxes = Mailboxes::new();
    let server = start(&mailboxes, Limits::default()).await;
    let mut client = Client::greeted(&server).await;
    let (reply, ()) = tokio::join!(
        async {
            let reply = client.reply().await;
            drop(client);
            reply
        },
        server.stop()
    );
    assert_eq!(reply, "421 4.3.2 The server is stopping");
    assert!(TcpStream::connect(server.local_addr()).await.is_err());
    server.stop().await;
}

#[tokio::test]
async fn a_mail_under_way_is_finished_before_the_stop() {
    let mailboxes = Mailboxes::new();
    let server = start(&mailboxes, Limits::default()).await;
    mailboxes.may_deliver.forget_permits(usize::MAX);
    let mut client = Client::greeted(&server).await;
    client.say("MAIL FROM:<>").await;
    client.say("RCPT TO:<ada@example.com>").await;
    client.say("DATA").await;
    client.write("hi\r\n.\r\n").await;
    mailboxes.begun.acquire().await.unwrap().forget();
    let stop = async {
        server.stop().await;
        mailboxes.mails().len()
    };
    let finish = async {
        // The stop has begun once the port is closed.
        while TcpStream::connect(server.local_addr()).await.is_ok() {
            tokio::task::yield_now().await;
        }
        mailboxes.may_deliver.add_permits(1);
        let replies = (client.reply().await, client.reply().await);
        drop(client);
        replies
    };
    let (delivered, (kept, over)) = tokio::join!(stop, finish);
    assert_eq!(delivered, 1);
    assert_eq!(kept, "250 2.0.0 The mail is kept");
    assert_eq!(over, "421 4.3.2 The server is stopping");
}

#[tokio::test]
async fn a_delivery_that_takes_too_long_is_put_off() {
    let mailboxes = Mailboxes::new();
    let limits = Limits {
        delivery: Duration::from_millis(50),
        ..Limits::default()
    };
    let server = start(&mailboxes, limits).await;
    mailboxes.may_deliver.forget_permits(usize::MAX);
    let mut client = Client::greeted(&server).await;
    let reply = client.send_mail("hi").await;
    assert_eq!(
        reply,
        "451 4.3.0 The mail could not be kept, try again later"
    );
    assert!(mailboxes.mails().is_empty());
}

#[tokio::test]
async fn dropping_the_handle_ends_it() {
    let mailboxes = Mailboxes::new();
    let server = start(&mailboxes, Limits::default()).await;
    let mut client = Client::greeted(&server).await;
    drop(server);
    assert_eq!(client.reply().await, "421 4.3.2 The server is stopping");
}
