//! A server, a site with accounts, and what goes between the two: mails, text messages, and models that walk a path.

use std::ops::Deref;
use std::sync::Arc;

use guise_testsite::{Letter, Site};
use serde_json::{Value, json};
use tokio::task::AbortHandle;

use super::kept::Secrets;
use crate::house::House;
use crate::support::Stage;
use crate::support::client::Client;
use crate::support::model::{Asked, Say, ScriptedModel};
use crate::support::server::KEY;
use crate::support::smtp;
use crate::support::sockets::{Ear, Heard};

/// Every sort of sign, none of which is easy in some encoding.
const PASSWORD: &str = "Tr0ub4dor&3 \"ü%+\\=canary";
const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// The site of the accounts. It is on this machine by its name alone.
const BANK: &str = "bank.localhost";

/// A way into an account.
pub struct Path {
    pub name: &'static str,
    /// The page of the account service that it begins at.
    pub page: &'static str,
    pub start: Start,
    /// What the model says.
    pub script: fn(&Asked) -> Say,
    /// How the site says that somebody got in.
    pub entries: &'static [&'static str],
    /// How often the site refused somebody on the way.
    pub refused: u32,
}

/// What is there in the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A persona whose vault has a password that was made up for the site.
    Nothing,
    /// The same, with a phone number.
    Phone,
    /// An account, and its password in the vault.
    Account,
    /// The same, with a second factor.
    SecondFactor,
}

/// All of it.
pub struct Town {
    house: House,
    site: Arc<Site>,
    courier: AbortHandle,
}

/// A path that was walked.
pub struct Walk {
    pub secrets: Secrets,
}

impl Deref for Town {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.house
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.courier.abort();
    }
}

impl Town {
    pub async fn start(paths: &[Path]) -> Self {
        let scripts: Vec<_> = paths.iter().map(|it| (mark(it.name), it.script)).collect();
        let script = move |asked: &Asked| {
            let mut scripts = scripts.iter();
            let found = scripts.find(|(mark, _)| asked.text.contains(mark));
            let (_, script) = found.unwrap_or_else(|| panic!("whose is {}", asked.text));
            script(asked)
        };
        let settings = [
            ("phone_provider", "loopback"),
            ("log_level", "info,guise=trace"),
        ];
        let model = ScriptedModel::start(script).await;
        let house = House(Stage::without_session(model, &settings).await);
        let site = Arc::new(Site::start().await.unwrap());
        let (client, mail) = (house.client.clone(), house.server.mail());
        let from = Arc::clone(&site);
        let courier = tokio::spawn(async move {
            while let Some(letter) = from.letter().await {
                deliver(&client, mail, letter).await;
            }
        });
        Self {
            house,
            site,
            courier: courier.abort_handle(),
        }
    }

    fn url(&self, page: &str) -> String {
        let port = self.site.origin().rsplit(':').next().unwrap();
        format!("http://www.{BANK}:{port}/accounts/{page}")
    }

    /// Has a persona walk a path, and checks what the site has then and that nobody was told a secret.
    pub async fn walk(&self, path: &Path) -> Walk {
        let (persona, login, secrets) = self.persona(path).await;
        let session = self.client.start(json!({})).await;
        let address = self.server.address();
        let debug = format!("/sessions/{session}/debug");
        let debug = self.client.get(&debug).ok().await;
        let watches = Ear::at(debug["ws"]["recording"].as_str().unwrap()).await;
        let log = format!("ws://{address}/sessions/{session}/debug/logs?token={KEY}");
        let hears = Ear::at(&log).await;
        let task = format!("{} Get into your account.", mark(path.name));
        let body = json!({"task": task, "session_id": session, "url": self.url(path.page), "persona_id": persona});
        let agent = self.house.start(body).await;
        let log = format!("ws://{address}/agents/{agent}/debug/logs?token={KEY}");
        let listens = Ear::at(&log).await;
        let status = self.house.ended_late(&agent).await;
        self.check_site(path, &login, &status, &secrets);
        self.check_traces(path, &agent, &session, &secrets).await;
        // That ends the sockets, too.
        self.client.stop(&session).await;
        let place = format!("{}: the recording", path.name);
        let shown = heard(&place, watches, &secrets).await;
        assert!(!shown.pictures.is_empty(), "{place} shows nothing");
        for (what, ear) in [("the session's log", hears), ("the agent's log", listens)] {
            let place = format!("{}: {what}", path.name);
            let told = heard(&place, ear, &secrets).await;
            assert!(!told.messages.is_empty(), "{place} tells nothing");
        }
        Walk { secrets }
    }

    /// A persona for a path: its id, what it signs in with, and its secrets.
    async fn persona(&self, path: &Path) -> (String, String, Secrets) {
        let with_phone = path.start == Start::Phone;
        let body = json!({"create_vault": true, "create_phone_number": with_phone});
        let persona = self.client.post("/personas/create").json(body).ok().await;
        let text = |member: &str| persona[member].as_str().unwrap().to_owned();
        let (id, email) = (text("persona_id"), text("email"));
        let credentials = format!("/vaults/{}/credentials", text("vault_id"));
        let url = format!("https://{BANK}");
        let seed = (path.start == Start::SecondFactor).then_some(SEED);
        if matches!(path.start, Start::Nothing | Start::Phone) {
            let body = json!({"url": url, "email": email});
            let made = self.client.post(&format!("{credentials}/generate"));
            made.json(body).ok().await;
            let kept = self.client.get(&format!("{credentials}?url={url}"));
            let kept = kept.ok().await;
            let password = kept["credentials"]["password"].as_str().unwrap();
            let login = if with_phone {
                text("phone_number")
            } else {
                email
            };
            return (id, login, Secrets::new(password.to_owned(), None));
        }
        let factor = seed.map(|seed| format!("otpauth://totp/Bank:ada?secret={seed}&digits=8"));
        let mut known = json!({"email": email, "password": PASSWORD});
        if let Some(factor) = factor {
            known["mfa_secret"] = json!(factor);
        }
        let body = json!({"url": url, "credentials": known});
        self.client.post(&credentials).json(body).ok().await;
        self.site.open_account("Ada King", &email, PASSWORD, seed);
        (id, email, Secrets::new(PASSWORD.to_owned(), seed))
    }

    /// The site let in who had the right things, and the model saw the page behind.
    fn check_site(&self, path: &Path, login: &str, status: &Value, secrets: &Secrets) {
        let name = path.name;
        assert_eq!(status["success"], true, "{name}: {}", status["answer"]);
        let account = self.site.account(login);
        let account = account.unwrap_or_else(|| panic!("{name}: no account of {login}"));
        assert_eq!(status["answer"], account.number, "{name}");
        assert!(account.confirmed, "{name}: {account:?}");
        assert_eq!(account.entries, path.entries, "{name}");
        assert_eq!(account.refused, path.refused, "{name}");
        assert!(account.has_password(&secrets.password), "{name}");
    }

    /// Nothing that a model, a caller or an operator can look at holds a secret.
    async fn check_traces(&self, path: &Path, agent: &str, session: &str, secrets: &Secrets) {
        let mark = mark(path.name);
        let mut questions = self.model.all_asked();
        questions.retain(|asked| asked.text.contains(&mark));
        assert!(!questions.is_empty());
        for asked in questions {
            let place = format!("{}: question {}", path.name, asked.number);
            secrets.are_not_in(&place, &asked.body.to_string());
        }
        for place in [
            format!("/agents/{agent}"),
            format!("/agents/{agent}/trace"),
            format!("/agents/{agent}/workflow/code?as_workflow=true"),
            format!("/agents/{agent}/workflow/code?as_workflow=false"),
            format!("/sessions/{session}"),
            format!("/sessions/{session}/workflow/code?as_workflow=true"),
            format!("/sessions/{session}/debug"),
            format!("/sessions/{session}/debug/tab"),
            format!("/sessions/{session}/cookies"),
        ] {
            let answer = self.client.get(&place).ok().await;
            secrets.are_not_in(&format!("{}: {place}", path.name), &answer.to_string());
        }
        for place in ["observe", "scrape"] {
            let place = format!("/sessions/{session}/page/{place}");
            let answer = self.client.post(&place).json(json!({})).ok().await;
            secrets.are_not_in(&format!("{}: {place}", path.name), &answer.to_string());
        }
        // Nor does the site's own list of addresses and headers.
        let hits = format!("{:?}", self.site.hits());
        secrets.are_not_in(&format!("{}: addresses and headers", path.name), &hits);
    }
}

/// All that a socket says, to its end: no secret is in it. Pictures are looked through as they come, which is not in base64, where
/// a code comes about by chance.
async fn heard(place: &str, ear: Ear, secrets: &Secrets) -> Heard {
    let heard = ear.rest().await;
    for message in &heard.messages {
        secrets.are_not_in(place, &message.to_string());
    }
    for jpeg in &heard.pictures {
        let signs: String = jpeg.iter().map(|byte| char::from(*byte)).collect();
        secrets.are_not_in(place, &signs);
    }
    heard
}

/// What tells the questions of a path from others.
fn mark(name: &str) -> String {
    format!("Task:\n[{name}]")
}

/// Brings what the site sends to the server, as other servers and gateways do.
async fn deliver(client: &Client, mail: std::net::SocketAddr, letter: Letter) {
    match letter {
        Letter::Mail { to, subject, text } => {
            let head = format!("From: Bank <no-reply@{BANK}>\nTo: {to}\nSubject: {subject}");
            let text = format!("{head}\n\n{text}");
            assert_eq!(smtp::send(mail, &[&to], &text).await, 250);
        }
        Letter::Text { to, text } => {
            let message = json!({"from": "Bank", "to": to, "body": text});
            let answer = client.post("/webhooks/sms").json(message).unchecked().await;
            assert_eq!(answer.status.as_u16(), 204, "{answer}");
        }
    }
}
