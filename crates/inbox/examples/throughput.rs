//! How many mails a second are received, on this machine and with both sides on it.
//!
//! `cargo run --release -p guise-inbox --example throughput -- [connections] [mails] [bytes]`

use std::hint::black_box;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use guise_inbox::{
    Address, DeliverError, Delivery, Incoming, Limits, Message, Options, Server, Verdict, find,
};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Counts mails, and reads them if it should.
struct Counter {
    received: AtomicUsize,
    reads: bool,
}

#[async_trait]
impl Delivery for Counter {
    async fn recipient(&self, _: &Address) -> Verdict {
        Verdict::Accept
    }

    async fn deliver(&self, mail: Incoming) -> Result<(), DeliverError> {
        if self.reads {
            black_box(find(&Message::parse(&mail.raw)));
        }
        self.received.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok());
    let connections = numbers.next().unwrap_or(8);
    let mails = numbers.next().unwrap_or(20_000);
    let bytes = numbers.next().unwrap_or(4096);
    for reads in [false, true] {
        let delivery = Arc::new(Counter {
            received: AtomicUsize::new(0),
            reads,
        });
        let options = Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            limits: Limits {
                connections_per_client: connections,
                mails_per_connection: usize::MAX,
                ..Limits::default()
            },
            ..Options::default()
        };
        let keeper: Arc<dyn Delivery> = Arc::clone(&delivery) as _;
        let server = Server::bind(options).await?.start(keeper)?;
        let began = Instant::now();
        let senders: Vec<_> = (0..connections)
            .map(|_| tokio::spawn(send(server.local_addr(), mails / connections, bytes)))
            .collect();
        let mut times = Vec::new();
        for sender in senders {
            times.extend(sender.await.map_err(io::Error::other)??);
        }
        let took = began.elapsed();
        server.stop().await;
        report(
            reads,
            delivery.received.load(Ordering::Relaxed),
            bytes,
            took,
            times,
        );
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is what this program is for")]
fn report(reads: bool, received: usize, bytes: usize, took: Duration, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| {
        times
            .get(times.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    let rate = received as f64 / took.as_secs_f64();
    let what = if reads {
        "received, read and searched"
    } else {
        "received"
    };
    println!(
        "{received} mails of {bytes} bytes {what} in {took:.2?}: {rate:.0}/s, p50 {:.2?}, p99 {:.2?}",
        at(50),
        at(99)
    );
}

/// Sends mails one after the other, waiting for each reply. Gives the time that each took.
async fn send(to: SocketAddr, mails: usize, bytes: usize) -> io::Result<Vec<Duration>> {
    let mut stream = BufReader::new(TcpStream::connect(to).await?);
    reply(&mut stream).await?;
    say(&mut stream, "EHLO client.example\r\n").await?;
    let line = "Some text of a mail, and a number or two: 12, 2025.\r\n";
    let text = line.repeat(bytes / line.len());
    let mail = format!(
        "Subject: Hello\r\nFrom: eve@example.net\r\n\r\nYour verification code is 482915.\r\n{text}.\r\n"
    );
    let mut times = Vec::with_capacity(mails);
    for _ in 0..mails {
        let began = Instant::now();
        say(&mut stream, "MAIL FROM:<eve@example.net>\r\n").await?;
        say(&mut stream, "RCPT TO:<ada@example.com>\r\n").await?;
        say(&mut stream, "DATA\r\n").await?;
        say(&mut stream, &mail).await?;
        times.push(began.elapsed());
    }
    Ok(times)
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes()).await?;
    reply(stream).await
}

async fn reply(stream: &mut BufReader<TcpStream>) -> io::Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        if line.starts_with(['4', '5']) || line.is_empty() {
            return Err(io::Error::other(line));
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}
