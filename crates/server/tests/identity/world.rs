//! A server and its tenant, with the requests that most tests begin with.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::server::Server;

/// What stands behind the `@` of every address here.
pub const DOMAIN: &str = "mail.guise.example";

/// An id that nothing has.
pub const NOBODY: &str = "01a2016d-14fe-75f8-9039-b52a260da311";

/// A server without browsers, and somebody who may do everything.
pub struct World {
    pub client: Client,
    pub server: Server,
}

impl World {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With further settings of the server, such as `("evalstudio_keyless", "true")`.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let all = [&[("mail_domain", DOMAIN)], settings].concat();
        let server = Server::with(&all).await;
        Self {
            client: server.client().await,
            server,
        }
    }

    /// Somebody with a new key of the default tenant's.
    pub async fn colleague(&self, more: &[&str]) -> Client {
        let key = self.server.new_key("default", more).await;
        self.client.with_key(Some(&key))
    }

    /// Somebody of another tenant.
    pub async fn stranger(&self) -> Client {
        self.server.command(&["tenants", "create", "other"]).await;
        let key = self.server.new_key("other", &[]).await;
        self.client.with_key(Some(&key))
    }

    /// The persona that the tenant has from the beginning.
    pub async fn default_persona(&self) -> Value {
        let list = self.client.get("/api/v1/personas?limit=100").ok().await;
        let personas = list["personas"].as_array().unwrap().iter();
        let mut defaults = personas.filter(|persona| persona["is_default"] == true);
        let default = defaults.next().expect("there is a default");
        assert_eq!(defaults.next(), None, "there is only one");
        default.clone()
    }

    /// The id of the project that the tenant has from the beginning.
    pub async fn default_project(&self) -> String {
        let projects = self.client.get("/api/projects").ok().await;
        assert_eq!(projects[0]["name"], "default", "{projects}");
        text(&projects[0], "id")
    }
}

/// A persona that the AIQaramba API makes.
pub async fn tenant_persona(client: &Client, name: &str) -> Value {
    let call = client.post("/api/v1/personas");
    call.json(json!({"name": name})).created().await
}

/// A persona that the Notte API makes.
pub async fn notte_persona(client: &Client, wanted: Value) -> Value {
    client.post("/personas/create").json(wanted).ok().await
}

/// The id of a new project.
pub async fn project(client: &Client, name: &str) -> String {
    let call = client.post("/api/projects").json(json!({"name": name}));
    text(&call.created().await, "id")
}

/// A persona that the EvalStudio API makes in a project.
pub async fn project_persona(client: &Client, project: &str, name: &str) -> Value {
    let call = client.post("/api/personas");
    let wanted = json!({"projectId": project, "name": name});
    call.json(wanted).created().await
}

/// The id of a new vault of its own.
pub async fn vault(client: &Client) -> String {
    let vault = client.post("/vaults/create").ok().await;
    text(&vault, "vault_id")
}

/// The text of a member.
pub fn text(value: &Value, member: &str) -> String {
    value[member]
        .as_str()
        .unwrap_or_else(|| panic!("no text {member}: {value}"))
        .to_owned()
}

/// The texts of a member in every item of a list.
pub fn texts(list: &Value, member: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| text(item, member)).collect()
}

/// The members of an object, in alphabetical order.
pub fn members(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

/// A role that the AIQaramba API makes.
pub async fn role(client: &Client, name: &str) -> Value {
    let wanted = json!({"name": name, "description": "Be quick."});
    client.post("/api/v1/roles").json(wanted).created().await
}

/// A project that the AIQaramba API makes.
pub async fn tenant_project(client: &Client, wanted: Value) -> Value {
    client.post("/api/v1/projects").json(wanted).created().await
}

/// A journey that the AIQaramba API makes, of a name and a prompt unless they are wanted otherwise.
pub async fn journey(client: &Client, wanted: Value) -> Value {
    let mut body = json!({"name": "sign up", "prompt_template": "Sign up."});
    for (name, member) in wanted.as_object().unwrap() {
        body[name] = member.clone();
    }
    client.post("/api/v1/journeys").json(body).created().await
}

/// The id of a mailbox of its own.
pub async fn mailbox(client: &Client, name: &str) -> String {
    let call = client.post("/api/v1/mailboxes").json(json!({"name": name}));
    text(&call.created().await, "id")
}
