//! Who is asked where a mail comes from, and when.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use guise_inbox::{Authenticate, Authentication, Delivery, Incoming, Options, Outcome, Server};

use crate::support::{Client, Mailboxes};

/// Counts how often it is asked.
#[derive(Default)]
struct Counter(AtomicUsize);

#[async_trait]
impl Authenticate for Counter {
    async fn authenticate(&self, _: &Incoming) -> Authentication {
        self.0.fetch_add(1, Ordering::Relaxed);
        Authentication::default()
    }
}

#[tokio::test]
async fn nobody_is_asked_about_a_peer_on_this_machine() {
    let counter = Arc::new(Counter::default());
    let mailboxes = Mailboxes::new();
    let options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        hostname: "mx.example.com".to_owned(),
        authenticate: Some(Arc::clone(&counter) as _),
        ..Options::default()
    };
    let delivery: Arc<dyn Delivery> = Arc::clone(&mailboxes) as _;
    let server = Server::bind(options)
        .await
        .unwrap()
        .start(delivery)
        .unwrap();
    Client::greeted(&server).await.send_mail("hi").await;
    assert_eq!(mailboxes.mails()[0].authentication.spf, Outcome::Unchecked);
    assert_eq!(counter.0.load(Ordering::Relaxed), 0);
    server.stop().await;
}
