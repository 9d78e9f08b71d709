//! What was acknowledged is there, whenever the server is killed.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::Method;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::databases::{Backend, Schema};
use crate::support::{Client, Home, KEY, Server, within};

/// All kills, and those that happen unless `GUISE_TEST_SOAK` is set.
const KILLS: usize = 50;
const TENTH: usize = 5;

/// Those who ask at once, of each kind.
const AT_ONCE: u64 = 3;

type Gone = Box<dyn std::error::Error + Send + Sync>;

/// What the server has answered for.
#[derive(Default)]
struct Acknowledged {
    /// Personas: identifier, name and address.
    personas: Mutex<Vec<(String, String, String)>>,
    /// Passwords by site.
    passwords: Mutex<HashMap<String, String>>,
    /// Mails: whose persona's, and the code in it.
    mails: Mutex<Vec<(String, String)>>,
    count: AtomicUsize,
    next: AtomicU64,
}

impl Acknowledged {
    /// A number that nobody else has.
    fn number(&self) -> u64 {
        100_000 + self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn counted(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    async fn make_personas(self: Arc<Self>, client: Client) -> Result<(), Gone> {
        loop {
            self.make_persona(&client).await?;
        }
    }

    async fn make_persona(&self, client: &Client) -> Result<(), Gone> {
        let name = format!("Persona {}", self.number());
        let made = client
            .try_call(Method::POST, "/api/v1/personas", &json!({"name": name}))
            .await?;
        assert_eq!(made.status, 201, "{made:?}");
        let text = |member: &str| made.body[member].as_str().unwrap().to_owned();
        let made = (text("id"), name, text("email"));
        self.personas.lock().unwrap().push(made);
        self.counted();
        Ok(())
    }

    async fn keep_passwords(self: Arc<Self>, client: Client, vault: String) -> Result<(), Gone> {
        loop {
            let number = self.number();
            let site = format!("https://s{number}.example");
            let password = format!("pa55-{number}");
            let body =
                json!({"url": site, "credentials": {"username": "joe", "password": password}});
            let kept = client
                .try_call(Method::POST, &format!("/vaults/{vault}/credentials"), &body)
                .await?;
            assert_eq!(kept.status, 200, "{kept:?}");
            self.passwords.lock().unwrap().insert(site, password);
            self.counted();
        }
    }

    async fn send_mails(self: Arc<Self>, server: SocketAddr) -> Result<(), Gone> {
        let mut stream = BufStream::new(TcpStream::connect(server).await?);
        reply(&mut stream, "220").await?;
        say(&mut stream, "EHLO sender.example", "250").await?;
        loop {
            let number = self.number();
            let newest = self.personas.lock().unwrap().last().cloned();
            let (persona, _, address) = newest.unwrap();
            say(&mut stream, "MAIL FROM:<shop@sender.example>", "250").await?;
            say(&mut stream, &format!("RCPT TO:<{address}>"), "250").await?;
            say(&mut stream, "DATA", "354").await?;
            let mail =
                format!("Subject: Your code\r\n\r\nYour verification code is {number}.\r\n.");
            say(&mut stream, &mail, "250").await?;
            self.mails
                .lock()
                .unwrap()
                .push((persona, number.to_string()));
            self.counted();
        }
    }

    /// Looks for all of it.
    async fn is_there(&self, client: &Client, vault: &str) {
        let personas = self.personas.lock().unwrap().clone();
        for (id, name, address) in personas {
            let found = client.get(&format!("/api/v1/personas/{id}")).await;
            assert_eq!(found.status, 200, "{name}: {found:?}");
            assert_eq!(found.body["name"], *name);
            assert_eq!(found.body["email"], *address);
        }
        let passwords = self.passwords.lock().unwrap().clone();
        for (site, password) in passwords {
            let path = format!("/vaults/{vault}/credentials?url={site}");
            let found = client.get(&path).await;
            assert_eq!(found.status, 200, "{site}: {found:?}");
            assert_eq!(found.body["credentials"]["password"], *password);
        }
        let mut mails: HashMap<String, Vec<String>> = HashMap::new();
        let sent = self.mails.lock().unwrap().clone();
        for (persona, code) in sent {
            mails.entry(persona).or_default().push(code);
        }
        for (persona, codes) in mails {
            let found = client
                .get(&format!("/personas/{persona}/emails?limit=100"))
                .await;
            let found: Vec<&str> = found.body.as_array().unwrap().iter().map(code_in).collect();
            for code in codes {
                assert!(
                    found.contains(&code.as_str()),
                    "{persona}: no {code} in {found:?}"
                );
            }
        }
    }

    /// Forgets all but the newest persona, who goes on to get mail. How many of each kind there were.
    fn clear(&self) -> [usize; 3] {
        let mut personas = self.personas.lock().unwrap();
        let older = personas.len() - 1;
        [
            personas.drain(..older).count(),
            self.passwords.lock().unwrap().drain().count(),
            self.mails.lock().unwrap().drain(..).count(),
        ]
    }
}

/// The code in a mail's text.
fn code_in(mail: &Value) -> &str {
    let text = mail["text_content"].as_str().unwrap();
    let code = text.split("code is ").nth(1).unwrap();
    code.split('.').next().unwrap()
}

async fn say(stream: &mut BufStream<TcpStream>, line: &str, expected: &str) -> Result<(), Gone> {
    stream.write_all(line.as_bytes()).await?;
    stream.write_all(b"\r\n").await?;
    stream.flush().await?;
    reply(stream, expected).await
}

/// Takes an answer. An end of the connection is an error; any other answer than the expected one fails the test.
async fn reply(stream: &mut BufStream<TcpStream>, expected: &str) -> Result<(), Gone> {
    loop {
        let mut line = String::new();
        timeout(Duration::from_secs(30), stream.read_line(&mut line)).await??;
        if !line.ends_with('\n') {
            return Err("the connection ended".into());
        }
        assert!(line.starts_with(expected), "{line}");
        if line.as_bytes().get(3) == Some(&b' ') {
            return Ok(());
        }
    }
}

/// Where the server receives mail, as it says.
fn mail_address(server: &Server) -> Option<SocketAddr> {
    let out = server.out();
    let line = out.lines().find(|line| line.starts_with("  mail "))?;
    line.split_whitespace()
        .nth(1)?
        .trim_end_matches(',')
        .parse()
        .ok()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_to_a_kill(#[case] backend: Backend) {
    let mut home = Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_POOL_HEADLESS_SHELL", "0");
    let mut schema = None;
    if backend == Backend::Postgres {
        let made = Schema::make().await;
        home = home.set("GUISE_DATABASE_URL", made.address());
        schema = Some(made);
    }
    let whole = std::env::var_os("GUISE_TEST_SOAK").is_some();
    let kills = if whole { KILLS } else { TENTH };
    let mut random = StdRng::seed_from_u64(9);
    let all = Arc::new(Acknowledged::default());
    let mut server = Server::start(&home);
    let made = server
        .client()
        .call(Method::POST, "/vaults/create", &json!({}))
        .await;
    let vault = made.body["vault_id"].as_str().unwrap().to_owned();
    all.make_persona(&server.client()).await.unwrap();
    let mut totals = [0; 3];
    for _ in 0..kills {
        within(
            Duration::from_secs(5),
            "the mail server is told",
            async || mail_address(&server).is_some(),
        )
        .await;
        let smtp = mail_address(&server).unwrap();
        let mut load = JoinSet::new();
        for _ in 0..AT_ONCE {
            load.spawn(Arc::clone(&all).make_personas(server.client()));
            load.spawn(Arc::clone(&all).keep_passwords(server.client(), vault.clone()));
            // A mail takes several exchanges, so more of them are under way. Ten come from one address at most.
            for _ in 0..3 {
                load.spawn(Arc::clone(&all).send_mails(smtp));
            }
        }
        let wanted = all.count.load(Ordering::SeqCst) + random.random_range(1..80);
        within(
            Duration::from_secs(30),
            "enough was acknowledged",
            async || all.count.load(Ordering::SeqCst) >= wanted,
        )
        .await;
        // Not always right behind an answer.
        sleep(Duration::from_micros(random.random_range(0..15_000))).await;
        server.kill();
        while let Some(ended) = load.join_next().await {
            let ended = ended.unwrap();
            assert!(ended.is_err(), "it went on without a server");
        }
        server = Server::start(&home);
        all.is_there(&server.client(), &vault).await;
        for (total, count) in totals.iter_mut().zip(all.clear()) {
            *total += count;
        }
    }
    assert!(totals.iter().all(|total| *total > 0), "{totals:?}");
    let verified = home.run(["audit", "verify"]).ok();
    assert!(verified.contains("as it was written"), "{verified}");
    let [personas, passwords, mails] = totals;
    eprintln!(
        "{backend:?}: {kills} kills; acknowledged and there: {personas} personas, {passwords} passwords, {mails} mails"
    );
    drop(server);
    if let Some(schema) = schema {
        schema.remove().await;
    }
}
