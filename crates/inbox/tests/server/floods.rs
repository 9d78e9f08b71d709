//! Clients that take more than their share.

use std::time::Duration;

use guise_inbox::Limits;

use crate::support::{Client, Mailboxes, start};

#[tokio::test]
async fn one_client_has_ten_connections() {
    let server = start(&Mailboxes::new(), Limits::default()).await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(Client::greeted(&server).await);
    }
    let mut eleventh = Client::connect(&server).await;
    assert_eq!(
        eleventh.reply().await,
        "421 4.7.0 Too many connections from your address, try again later"
    );
    assert!(eleventh.is_closed().await);

    // A place that is free again is given again.
    clients.pop().unwrap().say("QUIT").await;
    loop {
        let mut next = Client::connect(&server).await;
        if next.reply().await.starts_with("220 ") {
            break;
        }
    }
}

#[tokio::test]
async fn all_clients_together_have_their_number() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let server = start(&Mailboxes::new(), limits).await;
    let _first = Client::greeted(&server).await;
    let _second = Client::greeted(&server).await;
    let mut third = Client::connect(&server).await;
    assert_eq!(
        third.reply().await,
        "421 4.3.2 Too many connections, try again later"
    );
}

#[tokio::test]
async fn a_client_that_says_nothing_is_let_go() {
    let limits = Limits {
        patience: Duration::from_millis(100),
        ..Limits::default()
    };
    let server = start(&Mailboxes::new(), limits).await;
    let mut client = Client::connect(&server).await;
    assert_eq!(client.reply().await, "220 mx.example.com ESMTP");
    assert_eq!(client.reply().await, "421 4.4.2 That took too long");
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_client_that_drips_is_let_go() {
    let limits = Limits {
        patience: Duration::from_millis(200),
        slowest_mail: 1_000_000,
        ..Limits::default()
    };
    let mailboxes = Mailboxes::new();
    let server = start(&mailboxes, limits).await;
    for in_mail in [false, true] {
        let mut client = Client::greeted(&server).await;
        if in_mail {
            client.say("MAIL FROM:<>").await;
            client.say("RCPT TO:<ada@example.com>").await;
            client.say("DATA").await;
        }
        let (mut read, mut write) = client.stream.into_inner().into_split();
        let drip = async {
            // A byte now and then, as long as the server listens.
            let mut pause = tokio::time::interval(Duration::from_millis(20));
            loop {
                pause.tick().await;
                if tokio::io::AsyncWriteExt::write_all(&mut write, b"x")
                    .await
                    .is_err()
                {
                    std::future::pending::<()>().await;
                }
            }
        };
        let mut said = Vec::new();
        let listen = tokio::io::AsyncReadExt::read_to_end(&mut read, &mut said);
        tokio::select! {
            () = drip => {}
            _ = listen => {}
        }
        assert_eq!(
            String::from_utf8_lossy(&said),
            "421 4.4.2 That took too long\r\n"
        );
    }
    assert!(mailboxes.mails().is_empty());
}

#[tokio::test]
async fn a_client_that_does_not_read_is_let_go() {
    let limits = Limits {
        patience: Duration::from_millis(200),
        idle_commands: usize::MAX,
        connections: 1,
        ..Limits::default()
    };
    let server = start(&Mailboxes::new(), limits).await;
    let mut client = Client::greeted(&server).await;
    // More answers than fit into the sockets' buffers, and none of them read: the writes stop or fail.
    let commands = "HELP\r\n".repeat(100_000);
    while tokio::time::timeout(Duration::from_secs(1), client.stream.get_mut().writable())
        .await
        .is_ok()
    {
        if client
            .stream
            .get_mut()
            .try_write(commands.as_bytes())
            .is_err()
        {
            tokio::task::yield_now().await;
        }
        let mut other = Client::connect(&server).await;
        if other.reply().await.starts_with("220 ") {
            return;
        }
    }
    // The writes have stopped; the place is free as soon as patience is over.
    loop {
        let mut other = Client::connect(&server).await;
        if other.reply().await.starts_with("220 ") {
            return;
        }
    }
}
