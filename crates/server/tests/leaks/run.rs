//! One run: a model signs in with what it never sees, a caller whose key may not read secrets looks everywhere.

use std::sync::Arc;

use guise_core::Timestamp;
use guise_secrets::OneTime;
use guise_testsite::Site;
use serde_json::{Value, json};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::devtools::DevTools;
use super::drawn;
use super::record::{Body, Part, Record};
use super::script::{Kind, Plan, READ, Secrets, TWO, Way, on};
use super::sockets;
use super::support::client::{Answer, Client};
use super::support::eventually;
use super::support::model::ScriptedModel;
use super::support::server::{KEY, Server};
use super::support::sockets::Ear;

/// Where a script finds what the page shows.
pub const SHOWN: &str = "JSON.stringify([...document.querySelectorAll('.copy, #field, #note')].map((it) => it.getBoundingClientRect()))";

/// The same script twice, with two secrets, side by side.
pub async fn twice(plan: Plan) -> (Record, Record) {
    let run = async |secrets| Run::start(plan, secrets).await.whole().await;
    let (mut one, mut other) = tokio::join!(run(TWO[0]), run(TWO[1]));
    let drawn = drawn::of(plan, &one, &other).await;
    one.drawn = Arc::clone(&drawn);
    other.drawn = drawn;
    (one, other)
}

/// A run under way.
struct Run {
    plan: Plan,
    secrets: Secrets,
    site: Site,
    model: ScriptedModel,
    /// May do everything but read secrets.
    client: Client,
    session: String,
    /// What the session and the agent tell and show while they go on.
    ears: Vec<(u8, &'static str, Ear)>,
    agent: String,
    record: Record,
    /// Of the beginning.
    from: Timestamp,
    server: Server,
}

fn now() -> Timestamp {
    Timestamp::from_jiff(jiff::Timestamp::now())
}

impl Run {
    /// A server of its own with a vault, a session and an agent in it that has begun.
    async fn start(plan: Plan, secrets: Secrets) -> Self {
        let from = now();
        let site = Site::start().await.unwrap();
        let model = plan.model().await;
        let mut settings = model.settings();
        for (name, value) in [("log_level", "trace"), ("log_format", "json")] {
            settings.push((name.to_owned(), value.to_owned()));
        }
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let server = Server::with(&settings).await;
        let whole = server.client().await;
        let vault = vault(&whole, plan.way, secrets).await;
        let key = server
            .new_key("default", &["--scopes", "sessions,personas"])
            .await;
        let client = whole.with_key(Some(&key));
        let session = client.start(json!({"vault_id": vault})).await;
        let address = server.address().to_string();
        let log = format!("ws://{address}/sessions/{session}/debug/logs?token={key}");
        let hears = Ear::at(&log).await;
        let debug = client.get(&format!("/sessions/{session}/debug")).ok().await;
        let watches = Ear::at(debug["ws"]["recording"].as_str().unwrap()).await;
        let task = json!({"task": "Sign in.", "session_id": session, "url": plan.url(&site), "vault_id": vault});
        let agent = client.post("/agents/start").json(task).ok().await;
        let agent = agent["agent_id"].as_str().unwrap().to_owned();
        let log = format!("ws://{address}/agents/{agent}/debug/logs?token={key}");
        let listens = Ear::at(&log).await;
        let provider = settings.iter().find(|(name, _)| *name == "OPENAI_BASE_URL");
        let folder = server.folder().display().to_string();
        let names = vec![
            (address, "«server»"),
            (site.origin().replace("http://", ""), "«site»"),
            (provider.unwrap().1.to_owned(), "«model»"),
            (folder, "«folder»"),
            (key, "«key»"),
            (KEY.to_owned(), "«first key»"),
        ];
        Self {
            plan,
            secrets,
            site,
            model,
            client,
            session,
            ears: vec![
                (18, "the session's socket", hears),
                (18, "the agent's socket", listens),
                (25, "all pictures of a recording", watches),
            ],
            agent,
            record: Record {
                names,
                ..Record::default()
            },
            from,
            server,
        }
    }

    /// Everything, to the end of the server.
    async fn whole(mut self) -> Record {
        self.agent_ends().await;
        self.look().await;
        self.record_and_view().await;
        self.page_hands_out().await;
        self.sign_in().await;
        self.afterwards().await;
        self.operator().await;
        self.record
    }

    fn path(&self, rest: &str) -> String {
        format!("/sessions/{}{rest}", self.session)
    }

    async fn execute(&self, action: Value) -> Answer {
        let path = self.path("/page/execute");
        self.client.post(&path).json(action).send().await
    }

    /// Does an action that must work; what became of it is recorded.
    async fn does(&mut self, channel: u8, what: &str, action: Value) {
        let answer = self.execute(action).await;
        assert_eq!(answer.json()["success"], true, "{what}: {answer}");
        self.record.answer(channel, what, &answer);
    }

    async fn gets(&mut self, channel: u8, what: &str, path: &str) {
        let answer = self.client.get(path).send().await;
        // Two refusals are equal, too, and show nothing.
        assert_eq!(answer.status, 200, "{what}: {answer}");
        self.record.answer(channel, what, &answer);
    }

    async fn posts(&mut self, channel: u8, what: &str, path: &str, body: Value) {
        let path = self.path(path);
        let answer = self.client.post(&path).json(body).send().await;
        assert_eq!(answer.status, 200, "{what}: {answer}");
        self.record.answer(channel, what, &answer);
    }

    /// What a script gives in the page, where a script may run.
    async fn evaluate(&self, code: &str) -> Option<String> {
        let answer = self
            .execute(json!({"type": "evaluate_js", "code": code}))
            .await;
        let answer = answer.json();
        let given = answer["data"]["markdown"].as_str();
        given.map(str::to_owned)
    }

    /// Notes where the page may show its stand-in.
    async fn finds_shown(&mut self) {
        let shown: Value = serde_json::from_str(&self.evaluate(SHOWN).await.unwrap()).unwrap();
        let shown = shown.as_array().unwrap().iter().map(part);
        self.record.shown.extend(shown);
    }

    async fn agent_ends(&mut self) {
        let path = format!("/agents/{}", self.agent);
        let mut done = 0;
        let status = loop {
            // It does much: what is waited for is each thing that it does.
            let status = eventually("the agent goes on", async || {
                let status = self.client.get(&path).ok().await;
                let steps = status["steps"].as_array().map_or(0, Vec::len);
                (status["status"] == "closed" || steps > done).then_some(status)
            })
            .await;
            if status["status"] == "closed" {
                break status;
            }
            done = status["steps"].as_array().map_or(0, Vec::len);
        };
        assert_eq!(status["success"], true, "{status}");
        self.record.json(16, "the final answer", &status["answer"]);
        self.record.json(17, "the agent", &status);
        if self.plan.way == Way::Wire {
            let field = "document.querySelector('#field').value";
            self.record.stand_in = self.evaluate(field).await;
            self.finds_shown().await;
        } else {
            assert_eq!(self.evaluate("1").await, None, "scripts run");
        }
        for number in 0..self.model.count() {
            let body = self.model.asked(number).body;
            let step = format!("question {number}");
            self.record
                .json(1, &format!("rules of {step}"), &body["messages"][0]);
            let rest = body["messages"].as_array().unwrap()[1..].to_vec();
            self.record
                .json(2, &format!("task in {step}"), &json!(rest));
            let text = self.model.asked(number).text;
            let quoted = |source: &str| match text.contains(&format!("from=\"{source}\"")) {
                true => self.model.asked(number).quoted(source),
                false => String::new(),
            };
            let (page, steps) = (quoted("page"), quoted("steps"));
            self.record.text(3, &format!("page in {step}"), page);
            self.record.text(15, &format!("steps in {step}"), steps);
            let mut rest = body;
            rest["messages"] = Value::Null;
            self.record
                .json(2, &format!("what else is in {step}"), &rest);
        }
        for (what, path) in [
            ("the agent's trace", "/trace"),
            ("the agent's script", "/workflow/code?as_workflow=true"),
            ("the agent's statements", "/workflow/code?as_workflow=false"),
        ] {
            let channel = if path == "/trace" { 17 } else { 27 };
            let path = format!("/agents/{}{path}", self.agent);
            self.gets(channel, what, &path).await;
        }
    }

    /// All that reads the page while the field is filled.
    async fn look(&mut self) {
        self.posts(3, "an observation", "/page/observe", json!({}))
            .await;
        self.posts(4, "Markdown", "/page/scrape", json!({})).await;
        let images = json!({"scrape_images": true, "only_main_content": true});
        self.posts(4, "Markdown with images", "/page/scrape", images)
            .await;
        let schema = json!({"type": "object", "properties": {"heading": {"type": "string"}}});
        let wish = json!({"response_format": schema, "instructions": "The heading."});
        let before = self.model.count();
        self.posts(5, "structured data", "/page/scrape", wish).await;
        assert!(
            self.model.count() > before,
            "no structured data was asked for"
        );
        for number in before..self.model.count() {
            let body = self.model.asked(number).body;
            self.record
                .json(5, "the question for structured data", &body);
        }
        self.posts(5, "a part", "/page/scrape", json!({"selector": "main"}))
            .await;
        self.posts(8, "what is in view", "/page/screenshot", json!({}))
            .await;
        let debug = self.path("/debug");
        self.gets(11, "tabs and addresses", &debug).await;
        let tab = self.path("/debug/tab?tab_idx=0");
        self.gets(11, "the tab", &tab).await;
        let cookies = self.path("/cookies");
        self.gets(24, "the session's cookies", &cookies).await;
        let script = json!({"type": "evaluate_js", "code": READ});
        let answer = self.execute(script).await;
        self.record.answer(13, "what a script gives", &answer);
        for (what, action) in [
            (
                "an element that is not there",
                // It is waited for as long as is allowed; what else is wrong shows at once.
                json!({"type": "click", "selector": "#nowhere", "timeout": 500}),
            ),
            (
                "an element that is not known",
                json!({"type": "click", "id": "B999"}),
            ),
            (
                "a field that is not for it",
                json!({"type": "fill", "selector": "#remark", "value": self.plan.placeholder()}),
            ),
            (
                "a box that is none",
                json!({"type": "check", "selector": "h1", "value": true}),
            ),
        ] {
            let answer = self.execute(action).await;
            assert_eq!(answer.json()["success"], false, "{what}: {answer}");
            self.record.answer(7, what, &answer);
        }
        let answer = self
            .client
            .post(&self.path("/page/execute"))
            .json(json!({"type": "dance"}));
        let answer = answer.send().await;
        self.record.answer(7, "an action that is none", &answer);
        let asks = self.execute(on("click", "#ask")).await;
        self.record.answer(12, "a press that opens dialogs", &asks);
    }

    /// The first picture for who begins to watch now. The page stands still: it is the same every time.
    async fn first_picture(&self) -> Vec<u8> {
        let debug = self.client.get(&self.path("/debug")).ok().await;
        sockets::picture(debug["ws"]["recording"].as_str().unwrap()).await
    }

    /// What watchers see.
    async fn record_and_view(&mut self) {
        let jpeg = self.first_picture().await;
        self.record
            .picture(25, "the first picture of a recording", jpeg);
        let debug = self.client.get(&self.path("/debug")).ok().await;
        let viewer = debug["viewer_url"].as_str().unwrap();
        let at = viewer.find("/view/").unwrap();
        let viewer = self.client.with_key(None).get(&viewer[at..]);
        let viewer = viewer.unchecked().await;
        self.record.answer(25, "the viewer", &viewer);
    }

    /// The page hands out what it has, by its own means.
    async fn page_hands_out(&mut self) {
        self.does(6, "a press that copies", on("click", "#copy"))
            .await;
        self.does(6, "a press into a field", on("click", "#remark"))
            .await;
        let paste = json!({"type": "press_key", "key": "Control+V"});
        let answer = self.execute(paste).await;
        self.record.answer(14, "pasting", &answer);
        self.posts(14, "what was pasted", "/page/observe", json!({}))
            .await;
        let jpeg = self.first_picture().await;
        self.record
            .picture(25, "the first picture after a paste", jpeg);
        self.does(6, "a press that saves", on("click", "#save"))
            .await;
        if !self.plan.mirrors {
            return;
        }
        let list = format!("/storage/{}/downloads", self.session);
        let name = eventually("the page's file is kept", async || {
            let files = self.client.get(&list).ok().await;
            let name = files["files"][0]["name"].as_str()?;
            Some(name.to_owned())
        })
        .await;
        self.gets(30, "the list of files", &list).await;
        let name = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
        let link = self.client.get(&format!("{list}/{name}")).ok().await;
        let link = link["url"].as_str().unwrap();
        let at = link.find("/files/").unwrap();
        let file = self.client.with_key(None).get(&link[at..]);
        let file = file.unchecked().await;
        self.record.answer(30, "the file", &file);
    }

    /// An outside client connects, and the form is sent.
    async fn sign_in(&mut self) {
        let session = self.client.get(&self.path("")).ok().await;
        let url = session["cdp_url"].as_str().unwrap();
        let client = match self.plan.way {
            Way::Wire => {
                let mut client = DevTools::connect(url).await;
                client.read(&mut self.record).await;
                Some(client)
            }
            Way::Page => {
                let refusal = sockets::refused(url).await;
                assert!(refusal.starts_with("400"), "{refusal}");
                self.record
                    .text(26, "a client that wants to connect", refusal);
                None
            }
        };
        self.does(6, "a press that sends", on("click", "#send"))
            .await;
        let take = eventually("the form arrives", async || self.site.takes().pop()).await;
        let mut sent = url::form_urlencoded::parse(take.body.as_bytes());
        let sent = sent.next().unwrap().1.into_owned();
        self.record.secrets = self.valid_secrets();
        assert!(
            self.record.secrets.contains(&sent),
            "the site got {sent} and no secret"
        );
        assert_ne!(Some(&sent), self.record.stand_in.as_ref());
        if let Some(client) = client {
            client.watch(&mut self.record).await;
        }
    }

    /// What may have been filled in: the password, or every code of the time since the beginning; and what makes codes.
    fn valid_secrets(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        if self.plan.kind == Kind::Password {
            secrets.push(self.secrets.password.to_owned());
        } else {
            let factor = OneTime::parse(&self.secrets.factor()).unwrap();
            let (mut at, until) = (self.from.as_micros(), now().as_micros() + 30_000_000);
            while at < until {
                let code = factor.at(Timestamp::from_micros(at)).unwrap().code;
                secrets.push(code.expose().to_owned());
                at += 30_000_000;
            }
        }
        secrets.push(self.secrets.seed.to_owned());
        secrets
    }

    /// The next pages, and what is kept.
    async fn afterwards(&mut self) {
        let welcome = self.client.post(&self.path("/page/observe")).send().await;
        let mut seen = welcome.json();
        seen["screenshot"] = Value::Null;
        assert_eq!(seen["title"], "Welcome", "{seen}");
        self.record
            .json(3, "an observation of the next page", &seen);
        let picture = self
            .client
            .post(&self.path("/page/screenshot"))
            .send()
            .await;
        let jpeg = picture.body.to_vec();
        self.record.bare_picture(8, "the next page", jpeg);
        let jpeg = self.first_picture().await;
        self.record
            .bare_picture(25, "the first picture of the next page", jpeg);
        let url = self.site.url("/sign-in/page/card");
        self.does(
            6,
            "going to another page",
            json!({"type": "goto", "url": url}),
        )
        .await;
        self.does(6, "a press into its field", on("click", "#note"))
            .await;
        if self.plan.way == Way::Wire {
            // What is pasted is the stand-in.
            self.finds_shown().await;
        }
        let paste = json!({"type": "press_key", "key": "Control+V"});
        let answer = self.execute(paste).await;
        self.record.answer(14, "pasting on another page", &answer);
        let seen = self.client.post(&self.path("/page/observe")).send().await;
        let mut seen = seen.json();
        let jpeg = seen["screenshot"].take();
        self.record
            .json(14, "what was pasted on another page", &seen);
        self.record.json(14, "how that looks", &jpeg);
        for (channel, what, rest) in [
            (17, "the session", ""),
            (17, "how far it has come", "/offset"),
            (
                27,
                "the session's script",
                "/workflow/code?as_workflow=true",
            ),
        ] {
            let path = self.path(rest);
            self.gets(channel, what, &path).await;
        }
        self.gets(18, "all sessions", "/sessions?only_active=false")
            .await;
        let stopped = self.client.stop(&self.session).await;
        self.record.json(18, "how it was stopped", &stopped);
        let observe = self.client.post(&self.path("/page/observe"));
        let refusal = observe.json(json!({})).send().await;
        assert_eq!(refusal.status, 400, "{refusal}");
        self.record.answer(7, "a session that has ended", &refusal);
        for (channel, what, ear) in std::mem::take(&mut self.ears) {
            let heard = ear.rest().await;
            if channel == 25 {
                self.record
                    .add(channel, what, Body::Pictures(heard.pictures));
            } else {
                self.record.json(channel, what, &json!(heard.messages));
            }
        }
    }

    /// What operators see.
    async fn operator(&mut self) {
        let metrics = self.client.get("/metrics").unchecked().await;
        let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
        let lines = metrics.lines().filter(|line| !line.starts_with('#'));
        let labels = lines.filter_map(|line| Some(line.rsplit_once(' ')?.0));
        let labels: Vec<_> = labels.collect();
        self.record
            .add(34, "names and labels", Body::Lines(labels.join("\n")));
        let verified = self.server.command(&["audit", "verify"]).await;
        self.record
            .text(31, "what the audit's check says", verified);
        let audit = audit(&self.server).await;
        let (deeds, rows) = audit;
        self.record.text(31, "what was done", deeds);
        self.record.add(31, "the rows", Body::Loose(rows));
        self.server.terminate();
        self.log();
    }

    fn log(&mut self) {
        let log = self.server.log();
        let mut spans = String::new();
        let mut told = String::new();
        for line in log.lines() {
            let Ok(line) = serde_json::from_str::<Value>(line) else {
                panic!("no line of a log: {line}");
            };
            for span in line["spans"].as_array().into_iter().flatten() {
                spans.push_str(&format!("{span}\n"));
            }
            let target = line["target"].as_str().unwrap();
            // Single messages' and single pictures' fates differ from run to run.
            let single = line["level"] == "TRACE" || target == "guise_browser::recording";
            if target.starts_with("guise") && !single {
                told.push_str(&format!(
                    "{} {} {}\n",
                    line["level"], target, line["fields"]["message"]
                ));
            }
        }
        let panics = log.matches("panicked").count();
        self.record
            .text(33, "panics in the log", panics.to_string());
        self.record
            .add(32, "the server's log at trace", Body::Loose(log));
        self.record
            .add(32, "what sorts of lines it has", Body::Lines(told));
        self.record.add(35, "spans", Body::Lines(spans));
    }
}

/// The place of an element, in whole pixels.
pub fn part(rect: &Value) -> Part {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places in a picture"
    )]
    let pixel = |name: &str| rect[name].as_f64().unwrap().max(0.0) as u32;
    Part {
        left: pixel("left"),
        top: pixel("top"),
        right: pixel("right") + 1,
        bottom: pixel("bottom") + 1,
    }
}

/// A vault with a credential for the test site.
pub async fn vault(client: &Client, way: Way, secrets: Secrets) -> String {
    let made = client.post("/vaults/create").ok().await;
    let id = made["vault_id"].as_str().unwrap().to_owned();
    let credentials =
        json!({"username": "ada", "password": secrets.password, "mfa_secret": secrets.factor()});
    let body = json!({"url": "http://127.0.0.1/", "credentials": credentials});
    let path = format!("/vaults/{id}/credentials");
    client.post(&path).json(body).ok().await;
    let way = match way {
        Way::Wire => "wire",
        Way::Page => "page",
    };
    let rules = json!({"sites": {"127.0.0.1": {"way": way}}});
    let path = format!("/vaults/{id}/fill_rules");
    client.put(&path).json(rules).ok().await;
    id
}

/// The deeds in the audit, in their order, and its rows as they are.
async fn audit(server: &Server) -> (String, String) {
    let path = server.folder().join("guise.db");
    let url = format!("sqlite:{}", path.display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let rows =
        sqlx::query("SELECT actor, deed, subject, details FROM audit ORDER BY chain, sequence");
    let rows = rows.fetch_all(&mut database).await.unwrap();
    let mut deeds = String::new();
    let mut all = String::new();
    for row in rows {
        let [actor, deed, subject, details] = [0, 1, 2, 3].map(|at| row.get::<String, _>(at));
        deeds.push_str(&format!("{deed}\n"));
        all.push_str(&format!("{actor} {deed} {subject} {details}\n"));
    }
    (deeds, all)
}
