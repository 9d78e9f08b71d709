//! A server whose mailboxes are in memory, and a client that writes what it likes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use guise_inbox::{
    Address, DeliverError, Delivery, Handle, Incoming, Limits, Options, Server, Tls, Verdict,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// Mailboxes for everybody at `example.com`.
pub struct Mailboxes {
    mails: Mutex<Vec<Incoming>>,
    /// One for each mail that may be delivered; without any, a delivery waits.
    pub may_deliver: Semaphore,
    /// One for each delivery that has begun.
    pub begun: Semaphore,
}

impl Mailboxes {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            mails: Mutex::default(),
            may_deliver: Semaphore::new(Semaphore::MAX_PERMITS),
            begun: Semaphore::new(0),
        })
    }

    pub fn mails(&self) -> Vec<Incoming> {
        self.mails.lock().unwrap().clone()
    }
}

#[async_trait]
impl Delivery for Mailboxes {
    async fn recipient(&self, address: &Address) -> Verdict {
        match address.domain() {
            "example.com" => Verdict::Accept,
            _ => Verdict::UnknownUser,
        }
    }

    async fn deliver(&self, mail: Incoming) -> Result<(), DeliverError> {
        self.begun.add_permits(1);
        let permit = self
            .may_deliver
            .acquire()
            .await
            .map_err(DeliverError::new)?;
        permit.forget();
        self.mails.lock().unwrap().push(mail);
        Ok(())
    }
}

pub async fn start(mailboxes: &Arc<Mailboxes>, limits: Limits) -> Handle {
    let options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        hostname: "mx.example.com".to_owned(),
        limits,
        tls: Some(Tls::self_made("mx.example.com").unwrap()),
        authenticate: None,
    };
    let delivery: Arc<dyn Delivery> = Arc::clone(mailboxes) as _;
    Server::bind(options)
        .await
        .unwrap()
        .start(delivery)
        .unwrap()
}

/// A connection to a server.
pub struct Client<S = TcpStream> {
    pub stream: BufReader<S>,
}

impl Client {
    pub async fn connect(server: &Handle) -> Self {
        let stream = TcpStream::connect(server.local_addr()).await.unwrap();
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// A connection that was greeted and has greeted.
    pub async fn greeted(server: &Handle) -> Self {
        let mut client = Self::connect(server).await;
        assert_eq!(client.reply().await, "220 mx.example.com ESMTP");
        client.say("EHLO client.example").await;
        client
    }
}

impl<S: AsyncReadExt + AsyncWriteExt + Unpin> Client<S> {
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Sends a line and gives the last line of the reply.
    pub async fn say(&mut self, line: &str) -> String {
        self.write(format!("{line}\r\n")).await;
        self.reply().await
    }

    /// The last line of the next reply; empty when the connection is closed.
    pub async fn reply(&mut self) -> String {
        use tokio::io::AsyncBufReadExt;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    /// Whether the other side has closed, once it has said all it had to say.
    pub async fn is_closed(&mut self) -> bool {
        self.stream.read_u8().await.is_err()
    }

    pub async fn send_mail(&mut self, content: &str) -> String {
        self.say("MAIL FROM:<eve@example.net>").await;
        self.say("RCPT TO:<ada@example.com>").await;
        self.say("DATA").await;
        self.say(&format!("{content}\r\n.")).await
    }
}
