//! Sessions in browsers of somebody else's, and runs that go on there after the server was restarted.

use serde_json::{Value, json};

use crate::house::{House, deeds};
use crate::support::client::Client;
use crate::support::model::{Asked, Say, ScriptedModel};
use crate::support::server::{KEY, Server};
use crate::support::sockets::Ear;
use crate::support::{Stage, eventually};

/// A provider of browsers: another server, with a session whose browser is driven from elsewhere.
struct Elsewhere {
    server: Server,
    client: Client,
    session: String,
}

impl Elsewhere {
    async fn start() -> Self {
        let server = Server::start().await;
        let client = server.client().await;
        let session = client.start(json!({"max_duration_minutes": 60, "idle_timeout_minutes": 30}));
        Self {
            session: session.await,
            server,
            client,
        }
    }

    async fn address(&self) -> String {
        let path = format!("/sessions/{}", self.session);
        let session = self.client.get(&path).ok().await;
        session["cdp_url"].as_str().unwrap().to_owned()
    }

    /// How many pages there are, in all contexts, by a client of its own.
    async fn pages(&self) -> usize {
        let (socket, _) = tokio_tungstenite::connect_async(self.address().await)
            .await
            .unwrap();
        let (mut sink, mut stream) = futures_util::StreamExt::split(socket);
        let ask = json!({"id": 1, "method": "Target.getTargets"}).to_string();
        futures_util::SinkExt::send(&mut sink, ask.into())
            .await
            .unwrap();
        loop {
            let message = futures_util::StreamExt::next(&mut stream).await;
            let message: Value =
                serde_json::from_str(message.unwrap().unwrap().to_text().unwrap()).unwrap();
            if message["id"] == 1 {
                let targets = message["result"]["targetInfos"].as_array().unwrap();
                return targets.iter().filter(|it| it["type"] == "page").count();
            }
        }
    }
}

/// A server whose session drives a browser elsewhere.
async fn house(
    elsewhere: &Elsewhere,
    script: impl Fn(&Asked) -> Say + Send + Sync + 'static,
) -> House {
    let mut house = House::without_session(script).await;
    let address = elsewhere.address().await;
    house.0.session = house
        .client
        .start(json!({"cdp_url": address, "max_duration_minutes": 60, "idle_timeout_minutes": 30}))
        .await;
    house
}

fn goto(house: &House, path: &str) -> Value {
    json!({"type": "goto", "url": house.url(path)})
}

#[tokio::test]
async fn a_browser_elsewhere_is_driven_like_any_other() {
    let elsewhere = Elsewhere::start().await;
    let before = elsewhere.pages().await;
    let house = house(&elsewhere, |_| Say::Hang).await;
    assert_eq!(elsewhere.pages().await, before + 1);
    let done = house.execute(goto(&house, "/shop")).await;
    assert_eq!(done["success"], true, "{done}");
    let seen = house.observe().await;
    assert!(seen["space"]["description"].as_str().unwrap().len() > 100);
    let scraped = house.client.post(&house.path("/page/scrape"));
    let scraped = scraped.json(json!({})).ok().await;
    assert!(scraped["markdown"].as_str().unwrap().contains("Catalogue"));
    let cookies = house.client.get(&house.path("/cookies")).ok().await;
    assert!(cookies.to_string().contains("cookies"));

    // Files do not travel, and the caller is told why.
    let debug = house.client.get(&house.path("/debug")).ok().await;
    assert!(debug["notes"].to_string().contains("files go neither"));
    let upload = json!({"type": "upload_file", "selector": "input", "file_path": "cv.txt"});
    let path = house.path("/page/execute");
    house.client.post(&path).json(upload).refused(400).await;

    // What the address authorises is nobody's business.
    let address = elsewhere.address().await;
    let token = address.rsplit('/').next().unwrap();
    let told = house.client.get(&house.path("")).ok().await;
    assert!(!told.to_string().contains(token) && !house.server.log().contains(token));

    house.client.stop(&house.session).await;
    eventually("its pages are closed", async || {
        (elsewhere.pages().await == before).then_some(())
    })
    .await;
}

#[tokio::test]
async fn wishes_that_do_not_go_together_are_named() {
    let house = House::new(|_| Say::Hang).await;
    for (member, wish) in [
        ("headless", json!({"headless": false})),
        ("user_agent", json!({"user_agent": "me"})),
        ("chrome_args", json!({"chrome_args": ["--mute-audio"]})),
        (
            "viewport_width",
            json!({"viewport_width": 800, "viewport_height": 600}),
        ),
        (
            "proxies",
            json!({"proxies": [{"type": "external", "server": "http://p.example:1"}]}),
        ),
    ] {
        let mut body = wish;
        body["cdp_url"] = json!("wss://browsers.example/secret-token");
        let call = house.client.post("/sessions/start").json(body);
        let message = call.refused(422).await;
        assert!(message.contains(member), "{message}");
        assert!(!message.contains("secret-token"), "{message}");
    }
    for address in [
        "",
        "browsers.example",
        "file:///etc/passwd",
        "ftp://x.example",
        "ws://",
    ] {
        let call = house.client.post("/sessions/start");
        let message = call.json(json!({"cdp_url": address})).refused(422).await;
        assert!(message.contains("Invalid cdp_url"), "{message}");
    }
    // Addresses go through the guard like any page's, and what is behind must be a browser.
    let own = format!("ws://{}/", house.server.address());
    let site = house.url("/shop").replace("http://", "ws://");
    let page = house.url("/shop");
    for (address, why) in [
        ("ws://10.0.0.1:9222/secret-token", "private"),
        ("http://169.254.169.254/secret-token", "metadata"),
        (own.as_str(), "port"),
        (site.as_str(), "cdp_url"),
        (page.as_str(), "json/version"),
    ] {
        let call = house.client.post("/sessions/start");
        let message = call.json(json!({"cdp_url": address})).refused(400).await;
        assert!(message.contains(why), "{message}");
        assert!(!message.contains("secret-token"), "{message}");
    }
}

#[tokio::test]
async fn a_run_in_a_browser_elsewhere_goes_on_after_a_restart() {
    let elsewhere = Elsewhere::start().await;
    let house = house(&elsewhere, |asked| match asked.number {
        0 => Say::text(
            r#"{"memory": "the shop sells tea"}"#,
            "goto",
            json!({"url": asked.word("http")}),
        ),
        1 => Say::call("click", json!({"selector": "a >> nth=0"})),
        2 => Say::Hang,
        _ => Say::call(
            "completion",
            json!({"success": true, "answer": "it went on"}),
        ),
    })
    .await;
    let url = house.url("/shop");
    let task = format!("Look at {url} and tell.");
    let agent = house.start(json!({"task": task})).await;
    eventually("the third question", async || {
        (house.model.count() > 2).then_some(())
    })
    .await;
    let visits = house.site.hits().len();
    let house = house.crashed(|| {}).await;
    let status = house.ended(&agent).await;
    assert_eq!(house.site.hits().len(), visits, "nothing is done twice");
    assert_eq!(
        (&status["success"], &status["answer"]),
        (&json!(true), &json!("it went on")),
        "{status}"
    );
    let types: Vec<_> = deeds(&status["steps"])
        .into_iter()
        .map(|deed| deed.0)
        .collect();
    assert_eq!(types, ["goto", "click", "completion"]);
    let asked = house.model.asked(3);
    let steps = asked.quoted("steps");
    assert!(steps.contains("goto") && steps.contains("click"), "{steps}");
    assert!(!steps.contains("interrupted"), "{steps}");
    assert_eq!(asked.turn(), 3);

    // The session goes on too, with the page as it was, and ends like any other.
    let done = house.execute(goto(&house, "/shop")).await;
    assert_eq!(done["success"], true, "{done}");
    house.client.stop(&house.session).await;
    eventually("its pages are closed", async || {
        (elsewhere.pages().await == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_was_interrupted_is_looked_at_and_not_repeated() {
    const ONCE: &str =
        "fetch('/sign-in/to/once', {method: 'POST', body: 'x'}).then(() => new Promise(() => {}))";
    let elsewhere = Elsewhere::start().await;
    let house = house(&elsewhere, |asked| match asked.number {
        0 => Say::call("evaluate_js", json!({"code": ONCE})),
        _ => Say::call("completion", json!({"success": true, "answer": "I looked"})),
    })
    .await;
    house.execute(goto(&house, "/shop")).await;
    let agent = house.start(json!({})).await;
    eventually("it has its effect", async || {
        (house.site.takes().len() == 1).then_some(())
    })
    .await;
    let house = house.crashed(|| {}).await;
    let status = house.ended(&agent).await;
    assert_eq!(status["answer"], "I looked", "{status}");
    let asked = house.model.asked(1);
    let steps = asked.quoted("steps");
    assert!(
        steps.contains("interrupted") && steps.contains("look at the page"),
        "{steps}"
    );
    assert!(asked.quoted("page").contains(" link \""));
    assert_eq!(house.site.takes().len(), 1);
    let types: Vec<_> = deeds(&status["steps"])
        .into_iter()
        .map(|deed| deed.0)
        .collect();
    assert_eq!(types, ["completion"], "what is not known is not told");
}

#[tokio::test]
async fn a_browser_that_is_gone_ends_its_session_and_its_run() {
    let mut elsewhere = Elsewhere::start().await;
    let house = house(&elsewhere, |asked| match asked.number {
        0 => Say::call("evaluate_js", json!({"code": "1"})),
        _ => Say::Hang,
    })
    .await;
    let agent = house.start(json!({})).await;
    eventually("the second question", async || {
        (house.model.count() > 1).then_some(())
    })
    .await;
    let house = house.crashed(|| elsewhere.server.kill()).await;
    let status = house.status(&agent).await;
    assert_eq!(
        (&status["status"], &status["success"]),
        (&json!("closed"), &json!(false))
    );
    assert!(status["answer"].as_str().unwrap().contains("restarted"));
    assert_eq!(deeds(&status["steps"]), [("evaluate_js".to_owned(), true)]);
    let session = house.client.get(&house.path("")).ok().await;
    assert_eq!(session["status"], "error", "{session}");
    let error = session["error"].as_str().unwrap();
    assert!(error.contains("not found again"), "{error}");
}

#[tokio::test]
async fn a_server_that_stops_in_order_leaves_it_to_its_next_life() {
    let elsewhere = Elsewhere::start().await;
    let house = house(&elsewhere, |asked| match asked.number {
        0 => Say::Hang,
        _ => Say::call(
            "completion",
            json!({"success": true, "answer": "it went on"}),
        ),
    })
    .await;
    let agent = house.start(json!({})).await;
    eventually("the first question", async || {
        (house.model.count() > 0).then_some(())
    })
    .await;
    let address = house.server.address();
    let log = format!("ws://{address}/agents/{agent}/debug/logs?token={KEY}");
    let ear = Ear::at(&log).await;
    let House(stage) = house;
    let mut server = stage.server;
    server.terminate();
    // Who listened is told no end, since there is none.
    let heard = ear.rest().await;
    assert_eq!(heard.closed, Some(1001), "{heard:?}");
    assert_eq!(heard.messages, Vec::<Value>::new());
    let server = server.restart().await;
    let client = server.client().await;
    let ended = eventually("the run ends", async || {
        let status = client.get(&format!("/agents/{agent}")).ok().await;
        (status["status"] == "closed").then_some(status)
    })
    .await;
    assert_eq!(ended["answer"], "it went on", "{ended}");
}

#[tokio::test]
async fn a_run_whose_key_was_revoked_does_not_go_on_after_a_restart() {
    let elsewhere = Elsewhere::start().await;
    let house = house(&elsewhere, |_| Say::Hang).await;
    let key = house
        .server
        .new_key("default", &["--scopes", "sessions"])
        .await;
    let body = json!({"task": "Wait.", "session_id": house.session});
    let call = house.client.with_key(Some(&key)).post("/agents/start");
    let agent = call.json(body).ok().await;
    let agent = agent["agent_id"].as_str().unwrap();
    eventually("the question", async || {
        (house.model.count() > 0).then_some(())
    })
    .await;
    let keys = house.server.command(&["keys", "list"]).await;
    let row = keys.lines().find(|row| row.contains(&key[..9])).unwrap();
    let id = row.split_whitespace().next().unwrap();
    house.server.command(&["keys", "revoke", id]).await;
    let house = house.crashed(|| {}).await;
    let status = house.ended(agent).await;
    let answer = status["answer"].as_str().unwrap();
    assert!(answer.contains("was revoked"), "{status}");
    assert_eq!(house.model.count(), 1, "no model was asked");
}

/// Where the browser is, is sealed: it is found again once there are keys.
#[tokio::test]
async fn a_run_in_a_browser_elsewhere_waits_for_keys() {
    let elsewhere = Elsewhere::start().await;
    let model = ScriptedModel::start(|asked| match asked.number {
        0 => Say::Hang,
        _ => Say::call(
            "completion",
            json!({"success": true, "answer": "it went on"}),
        ),
    })
    .await;
    let settings = [("start_sealed", "true")];
    let mut house = House(Stage::with_settings(model, &settings).await);
    let address = elsewhere.address().await;
    let wish = json!({"cdp_url": address, "max_duration_minutes": 60, "idle_timeout_minutes": 30});
    house.0.session = house.client.start(wish).await;
    let agent = house.start(json!({})).await;
    eventually("the first question", async || {
        (house.model.count() > 0).then_some(())
    })
    .await;
    let key = house.server.folder().join("instance.key");
    let aside = house.server.folder().join("aside.key");
    let house = house
        .crashed(|| std::fs::rename(&key, &aside).unwrap())
        .await;
    house.client.get("/sessions").refused(503).await;
    std::fs::rename(&aside, &key).unwrap();
    // Nobody else can, and whoever tries makes the token.
    let opens = house.client.post("/operator/unseal").json(json!({}));
    opens.refused(403).await;
    let token = house.server.folder().join("operator_token");
    let token = std::fs::read_to_string(token).unwrap();
    let operator = house.client.with_key(Some(token.trim()));
    let opened = operator.post("/operator/unseal").json(json!({}));
    assert_eq!(opened.unchecked().await.status, 204);
    let status = house.ended(&agent).await;
    assert_eq!(status["answer"], "it went on", "{status}");
    let done = house.execute(goto(&house, "/shop")).await;
    assert_eq!(done["success"], true, "{done}");
}
