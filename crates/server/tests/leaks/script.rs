//! What is done in every run, and what the model says in it.

use guise_testsite::Site;
use serde_json::{Value, json};

use super::support::model::{Asked, Say, ScriptedModel};

/// Which secret is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Password,
    Code,
}

/// How it gets to its site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Into the request.
    Wire,
    /// Into the page.
    Page,
}

/// What one run is like.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub kind: Kind,
    pub way: Way,
    /// The page copies what is in its field to wherever it can.
    pub mirrors: bool,
}

/// What is secret in a run.
#[derive(Clone, Copy, Debug)]
pub struct Secrets {
    pub password: &'static str,
    pub seed: &'static str,
}

/// Two vaults' secrets: of one length, with the same sort of character at each place.
pub const TWO: [Secrets; 2] = [
    Secrets {
        password: "Tr0ub4dor&3 canary",
        seed: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    },
    Secrets {
        password: "Xk7wz9qem&5 planet",
        seed: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    },
];

impl Secrets {
    /// As a site shows it when a second factor is set up. Codes of eight digits do not come about by chance.
    pub fn factor(&self) -> String {
        let seed = self.seed;
        format!("otpauth://totp/Bank:ada?secret={seed}&issuer=Bank&digits=8")
    }
}

impl Plan {
    /// The page that is signed in on.
    pub fn url(&self, site: &Site) -> String {
        let kind = match self.kind {
            Kind::Password => "password",
            Kind::Code => "code",
        };
        let quiet = if self.mirrors { "" } else { "&quiet" };
        site.url(&format!("/sign-in/page/mirror?kind={kind}{quiet}"))
    }

    /// What callers write in the place of the secret.
    pub fn placeholder(&self) -> &'static str {
        match self.kind {
            Kind::Password => "mycoolpassword",
            Kind::Code => "999779",
        }
    }

    /// What the prompt calls it.
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Password => "password",
            Kind::Code => "one-time code",
        }
    }

    /// A provider whose model fills the secret in, and tries everything to see it.
    pub async fn model(self) -> ScriptedModel {
        ScriptedModel::start(move |asked| {
            // Questions about structured data have no tools.
            match asked.tools().is_empty() {
                true => Say::words(r#"{"heading": "Sign in"}"#),
                false => self.says(asked),
            }
        })
        .await
    }

    fn says(self, asked: &Asked) -> Say {
        let word = word(asked, self.name());
        let fill = |selector: &str| {
            let arguments = json!({"selector": selector, "value": word, "timeout": 5000});
            Say::call("fill", arguments)
        };
        let click =
            |selector: &str| Say::call("click", json!({"selector": selector, "timeout": 1000}));
        match asked.turn() {
            1 => fill("#field"),
            2 => click("#ask"),
            3 => Say::call("evaluate_js", json!({"code": READ})),
            4 => click("#field"),
            5 => Say::call("press_key", json!({"key": "Control+A"})),
            6 => Say::call("press_key", json!({"key": "Control+C"})),
            7 => fill("#remark"),
            8 => click("#nowhere"),
            9 => Say::call("scrape", json!({"only_main_content": false})),
            // It tells all that it sees.
            _ => {
                let seen = asked.quoted("page");
                Say::call("completion", json!({"success": true, "answer": seen}))
            }
        }
    }
}

/// A script that tells what is in the field, and all that the page keeps.
pub const READ: &str = "JSON.stringify([document.querySelector('#field').value, document.documentElement.outerHTML,
    localStorage.kept, sessionStorage.kept, document.cookie, window.name, history.state, location.href, document.title])";

/// The word that stands for a part of the one credential.
fn word(asked: &Asked, name: &str) -> String {
    let (_, rest) = asked
        .text
        .split_once(&format!(" {name} secret-"))
        .unwrap_or_else(|| panic!("no {name} in {}", asked.text));
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap();
    format!("secret-{}", &rest[..end])
}

/// An action of a caller on an element.
pub fn on(kind: &str, selector: &str) -> Value {
    json!({"type": kind, "selector": selector, "timeout": 5000})
}
