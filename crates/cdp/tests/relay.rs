//! The relay between outside clients, a real browser and our own use of it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests end where something is wrong"
)]

mod support;

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{sink, stream};
use guise_cdp::protocol::{browser, target};
use guise_cdp::relay::{Ended, Rules, serve};
use guise_cdp::{Connection, Error};
use serde_json::{Value, json};
use support::{Browser, evaluate, soon, within};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

struct OnlyThis(PathBuf);

impl Rules for OnlyThis {
    fn may_upload(&self, path: &Path) -> bool {
        path == self.0
    }
}

/// A client that speaks raw CDP.
struct Client {
    commands: mpsc::Sender<Bytes>,
    messages: mpsc::UnboundedReceiver<Value>,
    /// Messages that the client's transport will take; a client with none left has stopped reading.
    reads: Arc<Semaphore>,
    shutdown: Option<oneshot::Sender<()>>,
    relay: JoinHandle<Ended>,
    last_id: i64,
    events: Vec<Value>,
}

impl Client {
    fn connect(connection: &Connection) -> Self {
        Self::connect_with(connection, OnlyThis(PathBuf::new()))
    }

    fn connect_with(connection: &Connection, rules: OnlyThis) -> Self {
        let (commands, mut incoming) = mpsc::channel::<Bytes>(16);
        let (outgoing, messages) = mpsc::unbounded_channel();
        let (shutdown, down) = oneshot::channel::<()>();
        let reads = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        let gate = Arc::clone(&reads);
        let connection = connection.clone();
        let relay = tokio::spawn(async move {
            let incoming = pin!(stream::poll_fn(|context| incoming.poll_recv(context)));
            let outgoing = pin!(sink::unfold(
                (outgoing, gate),
                async |(outgoing, gate), message: Bytes| {
                    gate.acquire().await.unwrap().forget();
                    let message = serde_json::from_slice(&message).unwrap();
                    outgoing.send(message).map(|()| (outgoing, gate))
                }
            ));
            let shutdown = async {
                if down.await.is_err() {
                    std::future::pending().await
                }
            };
            serve(&connection, incoming, outgoing, &rules, shutdown).await
        });
        Self {
            commands,
            messages,
            reads,
            shutdown: Some(shutdown),
            relay,
            last_id: 0,
            events: Vec::new(),
        }
    }

    fn stop_reading(&self) {
        self.reads.forget_permits(Semaphore::MAX_PERMITS);
    }

    async fn send(&mut self, session: Option<&str>, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let mut command = json!({"id": self.last_id, "method": method, "params": params});
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        self.commands
            .send(command.to_string().into())
            .await
            .unwrap();
        self.last_id
    }

    /// The whole answer. Events that come before it are kept.
    async fn ask(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        let id = self.send(session, method, params).await;
        loop {
            let message = within(self.messages.recv())
                .await
                .expect("the relay ended before it answered");
            if message["id"] == id {
                assert_eq!(message["sessionId"].as_str(), session, "{message}");
                return message;
            }
            assert!(
                message["method"].is_string(),
                "neither the answer nor an event: {message}"
            );
            self.events.push(message);
        }
    }

    async fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        let answer = self.ask(session, method, params).await;
        assert!(answer["result"].is_object(), "{method}: {answer}");
        answer["result"].clone()
    }

    async fn refused(&mut self, session: Option<&str>, method: &str, params: Value) -> String {
        let answer = self.ask(session, method, params).await;
        answer["error"]["message"]
            .as_str()
            .unwrap_or_else(|| panic!("{method}: {answer}"))
            .to_owned()
    }

    /// The next event of this name that was not taken yet.
    async fn event(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self
                .events
                .iter()
                .position(|event| event["method"] == method)
            {
                return self.events.remove(at);
            }
            let message = within(self.messages.recv())
                .await
                .expect("the relay ended before the event came");
            self.events.push(message);
        }
    }

    /// Opens a page and gives back its session.
    async fn page(&mut self) -> (String, String) {
        let created = self
            .call(None, "Target.createTarget", json!({"url": "about:blank"}))
            .await;
        let target = created["targetId"].as_str().unwrap().to_owned();
        (self.attach(&target).await, target)
    }

    async fn attach(&mut self, target: &str) -> String {
        let params = json!({"targetId": target, "flatten": true});
        let attached = self.call(None, "Target.attachToTarget", params).await;
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        let event = self.event("Target.attachedToTarget").await;
        assert_eq!(
            (event["params"]["sessionId"].as_str(), &event["sessionId"]),
            (Some(&*session), &Value::Null)
        );
        session
    }

    async fn evaluate(&mut self, session: &str, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        self.call(Some(session), "Runtime.evaluate", params).await["result"]["value"].clone()
    }

    /// Leaves, and gives back how the relay ended and the messages that were not looked at.
    async fn leave(mut self) -> Ended {
        drop(self.commands);
        let ended = within(self.relay).await.unwrap();
        while within(self.messages.recv()).await.is_some() {}
        ended
    }
}

#[tokio::test]
async fn several_clients_share_the_browser_with_us() {
    let browser = Browser::start();
    let (ours, our_target) = browser.page("data:text/html,<title>ours</title>").await;
    let mut clients: Vec<Client> = (0..3)
        .map(|_| Client::connect(&browser.connection))
        .collect();
    let mut sessions = Vec::new();
    for (number, client) in clients.iter_mut().enumerate() {
        let version = client.call(None, "Browser.getVersion", json!({})).await;
        assert!(
            version["product"]
                .as_str()
                .unwrap()
                .starts_with("HeadlessChrome/")
        );
        let (session, _) = client.page().await;
        client
            .call(Some(&session), "Runtime.enable", json!({}))
            .await;
        client
            .evaluate(
                &session,
                &format!("globalThis.mine = {number}; console.log('of {number}')"),
            )
            .await;
        sessions.push(session);
    }
    for (number, client) in clients.iter_mut().enumerate() {
        let session = sessions[number].clone();
        assert_eq!(client.evaluate(&session, "mine").await, number);
        let logged = client.event("Runtime.consoleAPICalled").await;
        assert_eq!(logged["sessionId"], session.as_str());
        assert_eq!(logged["params"]["args"][0]["value"], format!("of {number}"));
        let shared = client.attach(our_target.as_str()).await;
        assert_eq!(client.evaluate(&shared, "document.title").await, "ours");

        let foreign = sessions[(number + 1) % 3].clone();
        let refused = client
            .refused(
                Some(&foreign),
                "Runtime.evaluate",
                json!({"expression": "1"}),
            )
            .await;
        assert_eq!(refused, "Session with given id not found.");
    }
    let title = ours
        .call(&evaluate("document.title"), soon())
        .await
        .unwrap()
        .result;
    assert_eq!(title.decode::<String>().unwrap(), "ours");
    for client in clients {
        assert_eq!(client.leave().await, Ended::ClientLeft);
    }
    let mut again = Client::connect(&browser.connection);
    assert!(
        again.call(None, "Target.getTargets", json!({})).await["targetInfos"]
            .as_array()
            .unwrap()
            .len()
            >= 4
    );
}

#[tokio::test]
async fn a_client_that_leaves_leaves_no_session_behind() {
    let browser = Browser::start();
    let mut client = Client::connect(&browser.connection);
    let (session, target) = client.page().await;
    client
        .send(
            Some(&session),
            "Runtime.evaluate",
            json!({"expression": "new Promise(() => {})", "awaitPromise": true}),
        )
        .await;
    client.evaluate(&session, "1").await;
    let ask = target::GetTargetInfo {
        target_id: Some(target.as_str().into()),
    };
    assert!(
        browser
            .root()
            .call(&ask, soon())
            .await
            .unwrap()
            .target_info
            .attached
    );
    assert_eq!(client.leave().await, Ended::ClientLeft);
    assert!(
        !browser
            .root()
            .call(&ask, soon())
            .await
            .unwrap()
            .target_info
            .attached
    );
}

#[tokio::test]
async fn closing_the_browser_closes_one_client() {
    let browser = Browser::start();
    let mut staying = Client::connect(&browser.connection);
    let mut closing = Client::connect(&browser.connection);
    assert_eq!(
        closing.call(None, "Browser.close", json!({})).await,
        json!({})
    );
    assert_eq!(within(closing.relay).await.unwrap(), Ended::ClosedByClient);
    staying.call(None, "Browser.getVersion", json!({})).await;
    browser
        .root()
        .call(&browser::GetVersion {}, soon())
        .await
        .unwrap();

    staying.shutdown.take().unwrap().send(()).unwrap();
    assert_eq!(within(staying.relay).await.unwrap(), Ended::Shutdown);
}

#[tokio::test]
async fn a_dead_browser_ends_the_relay() {
    let mut browser = Browser::start();
    let mut client = Client::connect(&browser.connection);
    client.call(None, "Browser.getVersion", json!({})).await;
    browser.process.child.kill().await.unwrap();
    let ended = within(client.relay).await.unwrap();
    assert!(
        matches!(ended, Ended::Browser(Error::Disconnected(_))),
        "{ended:?}"
    );
}

#[tokio::test]
async fn the_machine_is_out_of_reach() {
    let browser = Browser::start();
    let allowed = browser.file("allowed.txt", "hello");
    let mut client = Client::connect_with(&browser.connection, OnlyThis(allowed.clone()));
    let (session, _) = client.page().await;
    let page = Some(&*session);

    client
        .evaluate(&session, "document.body.innerHTML = '<input type=file>'; 0")
        .await;
    let input = client
        .call(
            page,
            "Runtime.evaluate",
            json!({"expression": "document.querySelector('input')"}),
        )
        .await;
    let input = input["result"]["objectId"].clone();
    let denied = json!({"files": ["/etc/passwd"], "objectId": input});
    let reason = client.refused(page, "DOM.setFileInputFiles", denied).await;
    assert_eq!(
        reason,
        "'/etc/passwd' is not one of this session's uploaded files"
    );
    client
        .call(
            page,
            "DOM.setFileInputFiles",
            json!({"files": [allowed], "objectId": input}),
        )
        .await;
    let content = client
        .evaluate(&session, "document.querySelector('input').files[0].text()")
        .await;
    assert_eq!(content, "hello");

    client
        .refused(page, "Page.navigate", json!({"url": "file:///etc/passwd"}))
        .await;
    client
        .refused(
            None,
            "Target.createTarget",
            json!({"url": "file:///etc/passwd"}),
        )
        .await;
    client
        .refused(
            None,
            "Target.createBrowserContext",
            json!({"proxyServer": "direct://"}),
        )
        .await;
    client
        .refused(
            None,
            "Target.exposeDevToolsProtocol",
            json!({"targetId": "x"}),
        )
        .await;
    client.refused(None, "SystemInfo.getInfo", json!({})).await;
    let folder = browser.process.folder.join("stolen");
    let download = json!({"behavior": "allow", "downloadPath": folder});
    assert_eq!(
        client
            .call(None, "Browser.setDownloadBehavior", download)
            .await,
        json!({})
    );
    client
        .call(
            None,
            "Target.createBrowserContext",
            json!({"disposeOnDetach": true}),
        )
        .await;
    assert_eq!(
        client.evaluate(&session, "location.href").await,
        "about:blank"
    );

    client.commands.send("{\"id\":1,".into()).await.unwrap();
    let broken = within(client.messages.recv()).await.unwrap();
    assert_eq!(broken["error"]["code"], -32700);
    client.commands.send("[]".into()).await.unwrap();
    assert!(within(client.messages.recv()).await.unwrap()["error"].is_object());
    client.call(None, "Browser.getVersion", json!({})).await;
}

/// Makes `client` pause new targets, lets us open one below `page`, and waits until it is paused.
async fn pause_a_worker(client: &mut Client, page: &str) {
    let auto = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true});
    client.call(Some(page), "Target.setAutoAttach", auto).await;
    let worker = "globalThis.answered = new Promise(resolve => {
        globalThis.worker = new Worker('data:text/javascript,postMessage(42)');
        worker.onmessage = event => resolve(event.data);
    }); 0";
    client.evaluate(page, worker).await;
    let attached = client.event("Target.attachedToTarget").await;
    assert_eq!(attached["params"]["waitingForDebugger"], true);
}

#[tokio::test]
async fn a_target_that_a_client_keeps_paused_goes_on() {
    let browser = Browser::start();
    let mut client = Client::connect(&browser.connection);
    let (page, _) = client.page().await;
    let before = Instant::now();
    pause_a_worker(&mut client, &page).await;
    assert_eq!(client.evaluate(&page, "answered").await, 42);
    assert!(
        before.elapsed() >= Duration::from_secs(2),
        "it was never paused"
    );
}

#[tokio::test]
async fn a_target_that_a_leaving_client_paused_goes_on() {
    let browser = Browser::start();
    let (ours, target) = browser.page("about:blank").await;
    let mut client = Client::connect(&browser.connection);
    let page = client.attach(target.as_str()).await;
    pause_a_worker(&mut client, &page).await;
    assert_eq!(client.leave().await, Ended::ClientLeft);
    let answered = guise_cdp::protocol::runtime::Evaluate {
        await_promise: Some(true),
        ..evaluate("answered")
    };
    let value: u32 = ours
        .call(&answered, soon())
        .await
        .unwrap()
        .result
        .decode()
        .unwrap();
    assert_eq!(value, 42);
}

#[tokio::test]
async fn a_64_mb_reply_passes() {
    let browser = Browser::start();
    let mut client = Client::connect(&browser.connection);
    let (page, _) = client.page().await;
    let text = client.evaluate(&page, "'x'.repeat(64 << 20)").await;
    assert_eq!(text.as_str().unwrap().len(), 64 << 20);
    assert_eq!(client.evaluate(&page, "1 + 1").await, 2);
}

#[tokio::test]
async fn a_stalled_client_is_sent_away_and_nobody_else_notices() {
    const EVENTS: u64 = 10_000;
    let browser = Browser::start();
    let (ours, target) = browser.page("about:blank").await;
    let mut stalled = Client::connect(&browser.connection);
    let mut reading = Client::connect(&browser.connection);
    for client in [&mut stalled, &mut reading] {
        let page = client.attach(target.as_str()).await;
        client.call(Some(&page), "Runtime.enable", json!({})).await;
    }
    stalled.stop_reading();
    let flood = format!("for (let i = 0; i < {EVENTS}; i++) console.log(i, 'x'.repeat(8000))");
    ours.call(&evaluate(flood), soon()).await.unwrap();
    for number in 0..EVENTS {
        let message = within(reading.messages.recv()).await.unwrap();
        assert_eq!(message["method"], "Runtime.consoleAPICalled");
        assert_eq!(message["params"]["args"][0]["value"], number);
    }
    assert_eq!(within(stalled.relay).await.unwrap(), Ended::Stalled);
    reading.call(None, "Browser.getVersion", json!({})).await;
}

#[tokio::test]
async fn the_browsers_own_windows_stay_hidden() {
    let browser = Browser::start_full();
    let all = browser
        .root()
        .call(
            &target::GetTargets {
                filter: Some(vec![Default::default()]),
            },
            soon(),
        )
        .await
        .unwrap();
    let own = all
        .target_infos
        .iter()
        .filter(|target| target.r#type == "browser_ui")
        .count();
    assert!(own > 0, "this Chromium has none: {all:?}");

    let mut client = Client::connect(&browser.connection);
    let everything = json!([{"type": "tab", "exclude": true}, {}]);
    client
        .call(
            None,
            "Target.setDiscoverTargets",
            json!({"discover": true, "filter": everything}),
        )
        .await;
    let auto = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": everything});
    client.call(None, "Target.setAutoAttach", auto).await;
    let listed = client
        .call(None, "Target.getTargets", json!({"filter": everything}))
        .await;
    client
        .call(None, "Target.createTarget", json!({"url": "about:blank"}))
        .await;
    let mut types: Vec<&str> = client
        .events
        .iter()
        .filter_map(|event| event["params"]["targetInfo"]["type"].as_str())
        .collect();
    types.extend(
        listed["targetInfos"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|target| target["type"].as_str()),
    );
    assert!(types.contains(&"page"), "{types:?}");
    assert!(!types.contains(&"browser_ui"), "{types:?}");
}
