//! What the benchmarks of personas and mail are made with: many rows, a bare peer, and load. Each prints one line of JSON.
//!
//! ```text
//! identity_cost schema DATABASE NAME              makes a schema in a PostgreSQL
//! identity_cost fill DATABASE COUNT               adds so many personas to the default tenant
//! identity_cost bare DATABASE                     serves the newest ten of them with nothing in between
//! identity_cost load URL REQUESTS CALLERS         asks for URL so often, so many callers at once
//! identity_cost mail ADDRESS TO MAILS CALLERS     sends so many mails to each of TO in turn, so many callers at once
//! identity_cost readable ADDRESS TO URL MAILS     sends mails one by one, and looks for each one's code at URL
//! ```
//!
//! The API key is read from `IDENTITY_COST_KEY`; TO is one address or several with commas between them.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a tool of the benchmarks"
)]

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sqlx::{PgPool, Row as _, SqlitePool};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(worker_threads = 2)]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = match words.as_slice() {
        ["fill", database, count] => fill(database, count.parse().expect("a count")).await,
        ["bare", database] => bare(database).await,
        ["schema", database, name] => {
            let pool = Pool::open(database).await;
            pool.run(format!("CREATE SCHEMA {name}"), None).await;
            json!({"made": name})
        }
        ["load", url, requests, callers] => {
            let (requests, callers) = (requests.parse().unwrap(), callers.parse().unwrap());
            load(url, requests, callers).await
        }
        ["readable", address, to, url, mails] => {
            readable(address, to, url, mails.parse().unwrap()).await
        }
        ["mail", address, to, mails, callers] => {
            let (mails, callers) = (mails.parse().unwrap(), callers.parse().unwrap());
            mail(address, to, mails, callers).await
        }
        _ => panic!("usage: see the top of identity_cost.rs"),
    };
    println!("{said}");
}

#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    async fn open(database: &str) -> Self {
        if database.starts_with("sqlite") {
            Self::Sqlite(SqlitePool::connect(database).await.expect("it opens"))
        } else {
            Self::Postgres(PgPool::connect(database).await.expect("it opens"))
        }
    }

    async fn run(&self, sql: String, count: Option<i64>) {
        let sql = sqlx::AssertSqlSafe(sql);
        match self {
            Self::Sqlite(pool) => {
                let query = sqlx::query(sql);
                let query = match count {
                    Some(count) => query.bind(count),
                    None => query,
                };
                query.execute(pool).await.unwrap();
            }
            Self::Postgres(pool) => {
                let query = sqlx::query(sql);
                let query = match count {
                    Some(count) => query.bind(count),
                    None => query,
                };
                query.execute(pool).await.unwrap();
            }
        }
    }

    async fn newest(&self) -> Vec<Value> {
        macro_rules! rows {
            ($pool:expr, $id:literal) => {
                sqlx::query(concat!(
                    "SELECT ",
                    $id,
                    " AS id, handle, first_name, last_name, created_at FROM personas
                     WHERE tenant_id = (SELECT tenant_id FROM tenant_defaults LIMIT 1) AND closed_at IS NULL
                     ORDER BY personas.id DESC LIMIT 10"
                ))
                .fetch_all($pool)
                .await
                .unwrap()
                .iter()
                .map(|row| {
                    json!({
                        "id": row.get::<String, _>("id"),
                        "name": row.get::<String, _>("handle"),
                        "first_name": row.get::<String, _>("first_name"),
                        "last_name": row.get::<String, _>("last_name"),
                        "created_at": row.get::<i64, _>("created_at"),
                    })
                })
                .collect()
            };
        }
        match self {
            Self::Sqlite(pool) => rows!(pool, "id"),
            Self::Postgres(pool) => rows!(pool, "id::text"),
        }
    }
}

/// Rows as the server would make them, by one statement for each table.
async fn fill(database: &str, count: i64) -> Value {
    let pool = Pool::open(database).await;
    let (id, hash, series) = if matches!(pool, Pool::Sqlite(_)) {
        (
            "'0190a000-0000-7000-8000-' || printf('%012x', n)",
            "CAST(printf('%032d', n) AS BLOB)",
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)",
        )
    } else {
        (
            "('0190a000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid",
            "lpad(n::text, 32, '0')::bytea",
            "WITH numbers (n) AS (SELECT generate_series(1, $1))",
        )
    };
    let personas = format!(
        "{series} INSERT INTO personas
             (id, tenant_id, project_id, key_id, handle, name, name_hash, label, first_name, last_name, created_at, updated_at)
         SELECT {id}, d.tenant_id, d.project_id, d.persona_id, 'filler-' || n, 'filler-' || n, {hash}, 'filler-' || n,
                'Maria', 'Lopez', n, n
         FROM numbers, tenant_defaults d"
    );
    let mailboxes = format!(
        "{series} INSERT INTO mailboxes (id, tenant_id, persona_id, name, created_at)
         SELECT {id}, d.tenant_id, {id}, 'filler-' || n, n FROM numbers, tenant_defaults d"
    );
    pool.run(personas, Some(count)).await;
    pool.run(mailboxes, Some(count)).await;
    if matches!(pool, Pool::Postgres(_)) {
        // As PostgreSQL does by itself a little later.
        pool.run("ANALYZE".to_owned(), None).await;
    }
    json!({"filled": count})
}

/// The least that answers the same question: no key, no rules, one table.
async fn bare(database: &str) -> Value {
    let pool = Pool::open(database).await;
    let list = async |State(pool): State<Pool>| Json(pool.newest().await);
    let router = Router::new().route("/", get(list)).with_state(pool);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!(
        "{}",
        json!({"url": format!("http://{}/", listener.local_addr().unwrap())})
    );
    axum::serve(listener, router).await.unwrap();
    Value::Null
}

fn key() -> String {
    std::env::var("IDENTITY_COST_KEY").expect("IDENTITY_COST_KEY is the API key")
}

/// Asks over a connection that is kept open.
struct Asker {
    sender: hyper::client::conn::http1::SendRequest<Empty<Bytes>>,
    url: hyper::Uri,
    authorization: String,
}

impl Asker {
    async fn connect(url: &str) -> Self {
        let url: hyper::Uri = url.parse().unwrap();
        let stream = TcpStream::connect(url.authority().unwrap().as_str())
            .await
            .unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        Self {
            sender,
            url,
            authorization: format!("Bearer {}", key()),
        }
    }

    async fn ask(&mut self) -> Bytes {
        let request = Request::get(self.url.path_and_query().unwrap().as_str())
            .header("host", self.url.authority().unwrap().as_str())
            .header("authorization", &self.authorization)
            .body(Empty::new())
            .unwrap();
        self.sender.ready().await.unwrap();
        let answer = self.sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.into_body().collect().await.unwrap().to_bytes()
    }
}

async fn load(url: &str, requests: usize, callers: usize) -> Value {
    let mut connected = Vec::new();
    for _ in 0..callers {
        let mut asker = Asker::connect(url).await;
        asker.ask().await;
        connected.push(asker);
    }
    let begun = Instant::now();
    let callers: Vec<_> = connected
        .into_iter()
        .map(|mut asker| {
            tokio::spawn(async move {
                let mut times = Vec::new();
                for _ in 0..requests / callers {
                    let asked = Instant::now();
                    asker.ask().await;
                    times.push(asked.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for caller in callers {
        times.extend(caller.await.unwrap());
    }
    report(times, begun.elapsed())
}

/// Fewer mails than a server takes from one connection.
const ON_ONE_CONNECTION: usize = 90;

/// Sends mails over a few connections, each as often as the server takes it there.
async fn mail(address: &str, to: &str, mails: usize, callers: usize) -> Value {
    let begun = Instant::now();
    let callers: Vec<_> = (0..callers)
        .map(|caller| {
            let address = address.to_owned();
            let to: Vec<_> = to.split(',').map(str::to_owned).collect();
            tokio::spawn(async move {
                let mut times = Vec::new();
                let mut left = mails / callers;
                while left > 0 {
                    let here = left.min(ON_ONE_CONNECTION);
                    left -= here;
                    let mut sender = Sender::connect(&address).await;
                    for number in 0..here {
                        let sent = Instant::now();
                        let code = format!("{:06}", number * 7919 % 1_000_000);
                        sender.send(&to[(caller + number) % to.len()], &code).await;
                        times.push(sent.elapsed());
                    }
                    say(&mut sender.0, "QUIT", "221").await;
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for caller in callers {
        times.extend(caller.await.unwrap());
    }
    report(times, begun.elapsed())
}

/// How long after its acknowledgement a mail's code is in an answer: of who asks then, and of who has been waiting.
async fn readable(address: &str, to: &str, url: &str, mails: usize) -> Value {
    let mut sender = Sender::connect(address).await;
    let mut asking = Asker::connect(&format!("{url}?limit=1")).await;
    let wait = format!("{url}?limit=1&only_unread=true&wait_seconds=30");
    let mut waiting = Some(Asker::connect(&wait).await);
    let (mut asked, mut woken) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    for number in 0..mails {
        if number > 0 && number % (ON_ONE_CONNECTION / 2) == 0 {
            sender = Sender::connect(address).await;
        }
        let code = format!("{:06}", 100_000 + number);
        sender.send(to, &code).await;
        let acknowledged = Instant::now();
        let answer = asking.ask().await;
        asked.push(acknowledged.elapsed());
        assert!(has_code(&answer, &code), "{code}: {answer:?}");

        let code = format!("{:06}", 500_000 + number);
        let mut waiter = waiting.take().unwrap();
        let wait = tokio::spawn(async move {
            let answer = waiter.ask().await;
            (waiter, answer, Instant::now())
        });
        // The server has the question before the mail comes.
        asking.ask().await;
        sender.send(to, &code).await;
        let acknowledged = Instant::now();
        let (waiter, answer, at) = wait.await.unwrap();
        woken.push(at.saturating_duration_since(acknowledged));
        assert!(has_code(&answer, &code), "{code}: {answer:?}");
        waiting = Some(waiter);
    }
    let whole = begun.elapsed();
    json!({"asked": report(asked, whole), "woken": report(woken, whole)})
}

fn has_code(answer: &Bytes, code: &str) -> bool {
    let mails: Value = serde_json::from_slice(answer).unwrap();
    mails[0]["codes"] == json!([code])
}

/// Whoever sends mail.
struct Sender(BufStream<TcpStream>);

impl Sender {
    async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut stream = BufStream::new(stream);
        expect(&mut stream, "220").await;
        say(&mut stream, "EHLO bench.example", "250").await;
        Self(stream)
    }

    async fn send(&mut self, to: &str, code: &str) {
        say(&mut self.0, "MAIL FROM:<bench@example.com>", "250").await;
        say(&mut self.0, &format!("RCPT TO:<{to}>"), "250").await;
        say(&mut self.0, "DATA", "354").await;
        let text = format!(
            "From: Bench <bench@example.com>\r\nTo: <{to}>\r\nSubject: Your code\r\n\
             Message-ID: <{code}@bench.example>\r\n\r\nYour verification code is {code}.\r\n."
        );
        say(&mut self.0, &text, "250").await;
    }
}

async fn say(stream: &mut BufStream<TcpStream>, line: &str, code: &str) {
    stream.write_all(line.as_bytes()).await.unwrap();
    stream.write_all(b"\r\n").await.unwrap();
    stream.flush().await.unwrap();
    expect(stream, code).await;
}

async fn expect(stream: &mut BufStream<TcpStream>, code: &str) {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        assert!(line.starts_with(code), "expected {code}, got {line:?}");
        if line.as_bytes().get(3) != Some(&b'-') {
            return;
        }
    }
}

fn report(mut times: Vec<Duration>, whole: Duration) -> Value {
    times.sort_unstable();
    let at = |share: usize| {
        times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1000.0
    };
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let rate = times.len() as f64 / whole.as_secs_f64();
    json!({"runs": times.len(), "rate": rate, "p50": at(50), "p95": at(95), "p99": at(99)})
}
