//! A server, the site that its sessions visit, and sessions with the options of a test.

use guise_testsite::Site;
use serde_json::{Value, json};

use crate::support::client::{Call, Client};
use crate::support::server::Server;

/// A server and a site.
pub struct House {
    pub client: Client,
    pub site: Site,
    // Last, so that a failing test ends its server after everything else.
    _server: Server,
}

/// A session of it.
pub struct Opened {
    pub id: String,
    pub client: Client,
}

impl House {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With further settings of the server, such as `("slots", "1")`.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let server = Server::with(settings).await;
        Self {
            client: server.client().await,
            site: Site::start().await.unwrap(),
            _server: server,
        }
    }

    /// Starts a session.
    pub async fn open(&self, options: Value) -> Opened {
        Opened {
            id: self.client.start(options).await,
            client: self.client.clone(),
        }
    }

    /// Starts a session and one more call: `options` are refused as unprocessable, and the message is given.
    pub async fn refused(&self, options: Value) -> String {
        let call = self.client.post("/sessions/start").json(options);
        call.refused(422).await
    }
}

impl Opened {
    /// A request about the session.
    pub fn post(&self, rest: &str) -> Call {
        self.client.post(&format!("/sessions/{}{rest}", self.id))
    }

    /// The session as it stands.
    pub async fn status(&self) -> Value {
        self.client
            .get(&format!("/sessions/{}", self.id))
            .ok()
            .await
    }

    /// What the debug answer notes.
    pub async fn notes(&self) -> Value {
        let debug = self.client.get(&format!("/sessions/{}/debug", self.id));
        debug.ok().await["notes"].clone()
    }

    /// Does an action, whatever becomes of it.
    pub async fn execute(&self, action: Value) -> Value {
        self.post("/page/execute").json(action).ok().await
    }

    /// Does an action that must succeed.
    pub async fn done(&self, action: Value) -> Value {
        let done = self.execute(action).await;
        assert_eq!(done["success"], true, "{done}");
        done
    }

    /// Does an action that must fail, and gives the message.
    pub async fn fails(&self, action: Value) -> String {
        let failed = self.execute(action).await;
        assert_eq!(failed["success"], false, "{failed}");
        failed["message"].as_str().unwrap().to_owned()
    }

    pub async fn goto(&self, url: &str) -> Value {
        self.done(json!({"type": "goto", "url": url})).await
    }

    /// What a script in the page gives, as text.
    pub async fn evaluate(&self, code: &str) -> String {
        let done = self
            .done(json!({"type": "evaluate_js", "code": code}))
            .await;
        done["data"]["markdown"].as_str().unwrap().to_owned()
    }

    /// What a script in the page gives, as JSON.
    pub async fn evaluate_json(&self, code: &str) -> Value {
        let code = format!("(async () => JSON.stringify(await ({code})))()");
        serde_json::from_str(&self.evaluate(&code).await).unwrap()
    }
}
