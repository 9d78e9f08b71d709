//! What the server's relay costs: one client, through the server's WebSocket, on a browser's own pipe, and through a process
//! that only copies bytes between a TCP connection and such a pipe.
//!
//! `RELAY_ADDRESS` is the `cdp_url` of a running session, `--batches N` how many times 200 evaluations are timed each
//! way. Prints one line of JSON: `relay`, `pipe` and `copied` are lists of microseconds. `--copy` is that other process.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program for measuring: it ends at the first thing that goes wrong, and prints what it found"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use guise_cdp::protocol::{runtime, target};
use guise_cdp::{Connection, Error, Events, Session};
use serde_json::json;
use support::{Browser, Process, evaluate, soon, within};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// Evaluations timed in one go.
const BATCH: usize = 200;
/// Characters of the large reply.
const LARGE: usize = 64_000_000;
/// Events are sent for so long.
const FLOOD: Duration = Duration::from_secs(6);
/// Events in a second.
const RATE: u64 = 10_000;
const CONSOLE: &[&str] = &["Runtime.consoleAPICalled"];

#[tokio::main]
async fn main() {
    if std::env::args().nth(1).as_deref() == Some("--copy") {
        return copy();
    }
    let address =
        std::env::var("RELAY_ADDRESS").expect("RELAY_ADDRESS is the cdp_url of a session");
    let batches = batches();

    let browser = Browser::start();
    let (pipe, _) = browser.page("about:blank").await;
    let relay = attach(&connect(&address).await).await;
    let copier = Copier::start();
    let copied = attach(&copier.connect().await).await;

    let (mut on_pipe, mut through_relay, mut by_copier) = (Vec::new(), Vec::new(), Vec::new());
    // The first batch is for what is made on first use.
    time_batch(&pipe).await;
    time_batch(&relay).await;
    time_batch(&copied).await;
    for _ in 0..batches {
        on_pipe.extend(time_batch(&pipe).await);
        through_relay.extend(time_batch(&relay).await);
        by_copier.extend(time_batch(&copied).await);
    }
    drop(copied);
    copier.end();
    let large = json!({
        "pipe_ms": large_reply(&pipe).await,
        "relay_ms": large_reply(&relay).await,
    });
    drop(browser);
    let events = flood(&address, &relay).await;
    let told = json!({
        "relay": through_relay,
        "pipe": on_pipe,
        "copied": by_copier,
        "large": large,
        "events": events,
    });
    println!("{told}");
}

fn batches() -> usize {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => 20,
        (Some("--batches"), Some(count)) => count.parse().expect("--batches takes a number"),
        _ => panic!("usage: relay_cost [--batches N]"),
    }
}

/// The process that only copies, and its port.
struct Copier {
    process: Child,
    port: u16,
}

impl Copier {
    fn start() -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .arg("--copy")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = [0; 2];
        process
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut port)
            .unwrap();
        Self {
            process,
            port: u16::from_be_bytes(port),
        }
    }

    async fn connect(&self) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (reader, writer) = stream.into_split();
        Connection::over_pipe(reader, writer)
    }

    /// It ends with its only connection.
    fn end(mut self) {
        self.process.wait().unwrap();
    }
}

/// Copies bytes between one connection and a browser: the least that a relay in a process of its own can do. Says on which port
/// it listens, in two bytes.
fn copy() {
    let (browser, from_browser, to_browser) = Process::with_page();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::io::stdout().write_all(&port.to_be_bytes()).unwrap();
    std::io::stdout().flush().unwrap();
    let (client, _) = listener.accept().unwrap();
    client.set_nodelay(true).unwrap();
    let back = client.try_clone().unwrap();
    // It ends with the browser.
    std::thread::spawn(move || pass_on(File::from(from_browser), back));
    pass_on(client, File::from(to_browser));
    drop(browser);
}

fn pass_on(mut from: impl Read, mut to: impl Write) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}

async fn socket(address: &str) -> TcpStream {
    let host = address
        .strip_prefix("ws://")
        .and_then(|rest| rest.split('/').next())
        .expect("the address is ws://host:port/…");
    let stream = TcpStream::connect(host).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

async fn connect(address: &str) -> Connection {
    let stream = socket(address).await;
    Connection::over_websocket(address, stream, soon())
        .await
        .unwrap()
}

/// The page that is there.
async fn attach(connection: &Connection) -> Session {
    let root = connection.root();
    let targets = root
        .call(&target::GetTargets::default(), soon())
        .await
        .unwrap();
    let page = targets
        .target_infos
        .into_iter()
        .find(|info| info.r#type == "page");
    let attach = target::AttachToTarget {
        target_id: page.expect("the session has a page").target_id,
        flatten: true,
    };
    let id = root.call(&attach, soon()).await.unwrap().session_id;
    connection.session(&id)
}

/// Microseconds of each evaluation, one after the other.
async fn time_batch(page: &Session) -> Vec<f64> {
    let mut times = Vec::with_capacity(BATCH);
    for _ in 0..BATCH {
        let begun = Instant::now();
        page.call(&evaluate("1"), soon()).await.unwrap();
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    times
}

/// Milliseconds of one reply of 64 MB.
async fn large_reply(page: &Session) -> f64 {
    let begun = Instant::now();
    let expression = format!("'x'.repeat({LARGE})");
    let answer = page.call(&evaluate(expression), soon()).await.unwrap();
    let text: String = answer.result.decode().unwrap();
    assert_eq!(text.len(), LARGE);
    begun.elapsed().as_secs_f64() * 1000.0
}

/// Events for two clients that read and one that does not.
async fn flood(address: &str, page: &Session) -> serde_json::Value {
    let other = attach(&connect(address).await).await;
    let mut readers = Vec::new();
    for reader in [page, &other] {
        let events = reader.subscribe(CONSOLE);
        reader.call(&runtime::Enable {}, soon()).await.unwrap();
        readers.push(events);
    }
    let stalled = stall(address, page).await;

    let millis = FLOOD.as_millis();
    let per_milli = RATE / 1000;
    // By the clock, so that late timers do not make it slower.
    let script = format!(
        "new Promise(done => {{
            const begun = performance.now();
            let sent = 0;
            const tick = () => {{
                const now = performance.now() - begun;
                for (const due = Math.min(now, {millis}) * {per_milli}; sent < due; sent += 1) console.debug(sent);
                if (now < {millis}) setTimeout(tick, 5); else done([sent, performance.now() - begun]);
            }};
            tick();
        }})"
    );
    let flood = runtime::Evaluate {
        expression: script.into(),
        return_by_value: Some(true),
        await_promise: Some(true),
        ..Default::default()
    };
    let counting: Vec<_> = readers
        .into_iter()
        .map(|events| tokio::spawn(count(events)))
        .collect();
    let answer = page.call(&flood, soon()).await.unwrap();
    let (sent, millis): (u64, f64) = answer.result.decode().unwrap();
    page.call(&evaluate("console.debug('done')"), soon())
        .await
        .unwrap();
    drop(stalled);
    let mut lost = 0;
    for reader in counting {
        lost += sent - within(reader).await.unwrap();
    }
    #[expect(clippy::cast_precision_loss, reason = "far fewer events than 2^52")]
    let per_second = sent as f64 / millis * 1000.0;
    json!({
        "sent": sent,
        "per_second": per_second,
        "lost": lost,
    })
}

/// Events until the last one; what is missing was lost.
async fn count(mut events: Events) -> u64 {
    let mut seen = 0;
    loop {
        let event = match events.next().await {
            Ok(event) => event,
            // What was lost is missing in the end.
            Err(Error::Lagged(_)) => continue,
            Err(error) => panic!("a reader was sent away: {error}"),
        };
        let event: runtime::ConsoleApiCalled = event.parse().unwrap();
        let argument = event.args[0].value.as_ref().unwrap();
        if argument.get() == "\"done\"" {
            return seen;
        }
        seen += 1;
    }
}

/// A client that asks for the same events as everybody, and reads nothing any more.
async fn stall(address: &str, page: &Session) -> WebSocketStream<TcpStream> {
    let stream = socket(address).await;
    let (mut socket, _) = tokio_tungstenite::client_async(address, stream)
        .await
        .unwrap();
    let attach = json!({ "id": 1, "method": "Target.setAutoAttach",
        "params": { "autoAttach": true, "flatten": true, "waitForDebuggerOnStart": false } });
    socket
        .send(Message::text(attach.to_string()))
        .await
        .unwrap();
    let session = loop {
        let message = within(socket.next()).await.unwrap().unwrap();
        let message: serde_json::Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        if message["method"] == "Target.attachedToTarget" {
            break message["params"]["sessionId"].clone();
        }
    };
    let enable = json!({ "id": 2, "method": "Runtime.enable", "sessionId": session });
    socket
        .send(Message::text(enable.to_string()))
        .await
        .unwrap();
    // Answered after what was sent before it, so the stalled client has its events, too.
    page.call(&evaluate("1"), soon()).await.unwrap();
    socket
}
