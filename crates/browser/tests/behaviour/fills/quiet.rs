//! That nobody but the site sees a secret that is filled in by wire.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use guise_chromium::Engine;
use guise_core::ports::{Browser as _, Channel};
use guise_core::{Action, FillRules, ScrapeOptions, ScreenshotType};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::world::{PASSWORD, USER, World};
use crate::stage::{PATIENCE, soon};

const HOST: &str = "login.bank.example";

/// An outside client that turns on everything by which traffic can be watched, stops and lets go every request, and keeps all
/// that it is told.
struct Spy {
    heard: Arc<Mutex<Vec<String>>>,
    asks: mpsc::Sender<Bytes>,
    task: JoinHandle<()>,
}

impl Spy {
    async fn connect(world: &World) -> Self {
        let (to_browser, incoming) = mpsc::channel(256);
        let (outgoing, mut from_browser) = mpsc::channel::<Bytes>(4096);
        let browser = Arc::clone(&world.stage.browser);
        tokio::spawn(async move {
            browser
                .serve_client(Channel { incoming, outgoing }, false)
                .await
        });
        let asks = to_browser.clone();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heard);
        let (ready, is_ready) = oneshot::channel();
        let mut ready = Some(ready);
        let task = tokio::spawn(async move {
            let mut number = 0;
            let mut send = async |method: &str, params: Value, session: &Value| {
                number += 1;
                let mut message = json!({"id": number, "method": method, "params": params});
                if session.is_string() {
                    message["sessionId"] = session.clone();
                }
                // The relay goes when the browser does.
                let _ = to_browser.send(message.to_string().into()).await;
                number
            };
            let attach =
                json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true});
            send("Target.setAutoAttach", attach.clone(), &Value::Null).await;
            let mut last = 0;
            while let Some(message) = from_browser.recv().await {
                let text = String::from_utf8_lossy(&message).into_owned();
                let message: Value = serde_json::from_str(&text).unwrap();
                kept.lock().unwrap().push(text);
                let session = &message["sessionId"];
                match message["method"].as_str() {
                    Some("Target.attachedToTarget") => {
                        let session = &message["params"]["sessionId"];
                        send("Target.setAutoAttach", attach.clone(), session).await;
                        send(
                            "Network.enable",
                            json!({"maxPostDataSize": 1_000_000}),
                            session,
                        )
                        .await;
                        for domain in [
                            "Page",
                            "DOM",
                            "Log",
                            "Runtime",
                            "Audits",
                            "Debugger",
                            "Performance",
                        ] {
                            send(&format!("{domain}.enable"), json!({}), session).await;
                        }
                        let both = json!({"patterns": [
                            {"urlPattern": "*", "requestStage": "Request"}, {"urlPattern": "*", "requestStage": "Response"},
                        ]});
                        send("Fetch.enable", both, session).await;
                        last = send("Runtime.runIfWaitingForDebugger", json!({}), session).await;
                    }
                    Some("Fetch.requestPaused") => {
                        let id = &message["params"]["requestId"];
                        send("Fetch.continueRequest", json!({"requestId": id}), session).await;
                    }
                    Some("Network.requestWillBeSent" | "Network.loadingFinished") => {
                        let id = &message["params"]["requestId"];
                        send(
                            "Network.getRequestPostData",
                            json!({"requestId": id}),
                            session,
                        )
                        .await;
                        send("Network.getResponseBody", json!({"requestId": id}), session).await;
                    }
                    _ if message["id"] == last && last > 0 => {
                        if let Some(ready) = ready.take() {
                            let _ = ready.send(());
                        }
                    }
                    _ => {}
                }
            }
        });
        timeout(PATIENCE, is_ready).await.unwrap().unwrap();
        Self { heard, asks, task }
    }

    /// Opens a tab of its own.
    async fn opens(&self, url: &str) {
        let message =
            json!({"id": 1_000_000, "method": "Target.createTarget", "params": {"url": url}});
        self.asks.send(message.to_string().into()).await.unwrap();
    }

    /// All that it was told, and what of it was encoded.
    fn heard(&self) -> String {
        let heard = self.heard.lock().unwrap().join("\n");
        let mut all = heard.clone();
        for message in heard.lines() {
            let message: Value = serde_json::from_str(message).unwrap();
            let entries = &message["params"]["request"]["postDataEntries"];
            for entry in entries.as_array().into_iter().flatten() {
                let bytes = STANDARD
                    .decode(entry["bytes"].as_str().unwrap_or_default())
                    .unwrap();
                all.push_str(&String::from_utf8_lossy(&bytes));
                all.push('\n');
            }
        }
        all
    }
}

impl Drop for Spy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn outside_clients_see_the_stand_in(
    #[values(Engine::HeadlessShell, Engine::Full)] engine: Engine,
) {
    let world = World::running(engine, FillRules::default()).await;
    world.page(HOST, "blank").await;
    let spy = Spy::connect(&world).await;
    for page in ["classic", "json", "multipart", "worker"] {
        world.page(HOST, page).await;
        world.fills("#user", USER).await;
        world.fills("#password", PASSWORD).await;
        world.click("#send").await;
        let take = world.sent_to(page).await;
        let decoded: String = url::form_urlencoded::parse(take.body.as_bytes())
            .map(|(_, value)| value.into_owned())
            .collect();
        let json = serde_json::to_string(world.password()).unwrap();
        let arrived = take.body.contains(world.password())
            || decoded.contains(world.password())
            || take.body.contains(&json);
        assert!(arrived, "{page}: {}", take.body);
    }
    // In a frame that is rendered by another process, and in a tab that the page opens.
    let inner = format!("https://{HOST}/sign-in/page/classic");
    world.stage.site.reset();
    world
        .page("www.bank.example", &format!("frame?src={inner}"))
        .await;
    let field = |id: &str| format!("iframe >> internal:control=enter-frame >> #{id}");
    world.fills(&field("password"), PASSWORD).await;
    world.click(&field("send")).await;
    world.sent_to("classic").await;
    world.stage.site.reset();
    world
        .stage
        .evaluate(&format!("window.open('{inner}'); 0"))
        .await;
    world.fills("#password", PASSWORD).await;
    world.click("#send").await;
    world.sent_to("classic").await;
    // In a tab that the client opens itself.
    world.stage.site.reset();
    let (before, _) = world.stage.browser.tabs().await.unwrap();
    spy.opens(&inner).await;
    let until = soon();
    while world.stage.browser.tabs().await.unwrap().0.len() == before.len() {
        assert!(tokio::time::Instant::now() < until, "the tab never came");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    world.perform(Action::SwitchTab { tab_index: -1 }).await;
    world.fills("#password", PASSWORD).await;
    world.click("#send").await;
    world.sent_to("classic").await;
    // A redirect that keeps the body.
    world.stage.site.reset();
    let body = "<form method=post action='/sign-in/redirect?status=307&to=/sign-in/to/there'><input id=password name=password type=password><button id=send>x</button></form>";
    world.made(HOST, body).await;
    world.fills("#password", PASSWORD).await;
    world.click("#send").await;
    world.sent_to("there").await;

    let heard = spy.heard();
    assert!(heard.contains("Fetch.requestPaused") && heard.contains("Network.requestWillBeSent"));
    for path in [
        "/sign-in/to/classic",
        "/sign-in/to/json",
        "/sign-in/to/worker",
        "/sign-in/to/there",
    ] {
        let paused = heard
            .lines()
            .any(|line| line.contains("Fetch.requestPaused") && line.contains(path));
        assert!(paused, "the client saw nothing of {path}");
    }
    world.says_nothing_in("what a client was told", &heard);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_the_page_nor_what_is_read_from_it_has_it() {
    let world = World::new().await;
    world.page(HOST, "json").await;
    // The page keeps all that it ever sees.
    let keep = "window.kept = [];
        for (const type of ['input', 'change', 'keydown', 'keyup', 'beforeinput', 'paste', 'submit', 'formdata'])
          addEventListener(type, (e) => kept.push(e.data, e.key, e.target.value, e.formData && [...e.formData]), true);
        const real = window.fetch;
        window.fetch = (...given) => { kept.push(JSON.stringify(given)); return real(...given); };
        JSON.stringify = ((inner) => (...given) => { const text = inner(...given); kept.push(text); return text; })(JSON.stringify);
        Object.defineProperty(HTMLInputElement.prototype, 'value', ((p) => ({ ...p, get() { const v = p.get.call(this); kept.push(v); return v; }, set(v) { kept.push(v); p.set.call(this, v); } }))(Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')));
        0";
    world.stage.evaluate(keep).await;
    world.fills("#user", USER).await;
    world.fills("#password", PASSWORD).await;
    let seen = world.stage.observe().await;
    let read = world.stage.scrape(&ScrapeOptions::default()).await.unwrap();
    let html = world
        .stage
        .evaluate("document.documentElement.outerHTML")
        .await;
    world.click("#send").await;
    world.sent_to("json").await;
    let kept = world
        .perform(Action::EvaluateJs {
            code: "kept".to_owned(),
        })
        .await
        .outcome;
    let kept = kept.data.unwrap().markdown;
    assert!(kept.contains("ada@bank.example"), "{kept}");
    for (what, text) in [
        ("the page's own records", kept),
        ("an observation", format!("{seen:?}")),
        ("its description", seen.description),
        ("what was read", read.data.markdown),
        ("the markup", html),
        ("the storage", world.stage.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie, history.state])").await),
    ] {
        world.says_nothing_in(what, &text);
    }
    let cookies = world.stage.browser.cookies(soon()).await.unwrap();
    world.says_nothing_in("the cookies", &format!("{cookies:?}"));
    let (tabs, _) = world.stage.browser.tabs().await.unwrap();
    world.says_nothing_in("the tabs", &format!("{tabs:?}"));
    assert!(!world.stage.browser.secrets_live());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_do_not_depend_on_it() {
    // The same page with two different secrets; what is shown in clear is random, so it is made of one sign here.
    let mut pictures = Vec::new();
    for _ in 0..2 {
        let world = World::new().await;
        world
            .made(
                HOST,
                "<input id=password name=password type=password autofocus>",
            )
            .await;
        world.fills("#password", PASSWORD).await;
        world
            .stage
            .evaluate("document.activeElement.blur(); 0")
            .await;
        let picture = world
            .stage
            .browser
            .screenshot(ScreenshotType::Raw, soon())
            .await
            .unwrap();
        let bytes = String::from_utf8_lossy(&picture.jpeg).into_owned();
        world.says_nothing_in("a picture", &bytes);
        pictures.push(picture.jpeg);
        world.end().await;
    }
    assert_eq!(pictures[0], pictures[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_in_is_good_for_three_requests() {
    let world = World::new().await;
    world.page(HOST, "json").await;
    world.fills("#password", PASSWORD).await;
    let sent = |take: &guise_testsite::Take| {
        serde_json::from_str::<Value>(&take.body).unwrap()["password"].clone()
    };
    for round in 1..=5 {
        world.click("#send").await;
        world
            .taken(|_| world.stage.site.takes().len() == round)
            .await;
    }
    let takes = world.stage.site.takes();
    let right = takes.iter().filter(|take| sent(take) == world.password());
    assert_eq!(right.count(), 3);
    world.end().await;
}
