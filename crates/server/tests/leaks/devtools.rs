//! An outside client over the Chrome DevTools Protocol, whose key may not read secrets.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::record::{Body, Record};
use super::support::sockets::{Socket, connect};

const PATIENCE: Duration = Duration::from_secs(30);

pub struct DevTools {
    socket: Socket,
    /// The page's session.
    session: String,
    number: u64,
    /// All that was said to it.
    heard: Vec<Value>,
}

impl DevTools {
    /// Connects, and turns on whatever tells of pages and their traffic.
    pub async fn connect(url: &str) -> Self {
        let mut client = Self {
            socket: connect(url).await,
            session: String::new(),
            number: 0,
            heard: Vec::new(),
        };
        let targets = client.ask("Target.getTargets", json!({})).await;
        let targets = targets["targetInfos"].as_array().unwrap();
        let page = targets.iter().find(|it| it["type"] == "page").unwrap();
        let attach = json!({"targetId": page["targetId"], "flatten": true});
        let attached = client.ask("Target.attachToTarget", attach).await;
        client.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Runtime", "Page", "DOM", "Log", "Network", "Accessibility"] {
            client.ask(&format!("{domain}.enable"), json!({})).await;
        }
        client
    }

    /// The answer to a command.
    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.socket
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
        let number = self.number;
        let answer = self.until(|it| it["id"] == number).await;
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The first message that fits, among those heard already, too.
    async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(found) = self.heard.iter().find(|it| fits(it)) {
            return found.clone();
        }
        loop {
            let next = timeout(PATIENCE, self.socket.next()).await.unwrap();
            let Message::Text(text) = next.unwrap().unwrap() else {
                continue;
            };
            let message: Value = serde_json::from_str(&text).unwrap();
            self.heard.push(message.clone());
            if fits(&message) {
                return message;
            }
        }
    }

    /// Reads the page in every way that there is.
    pub async fn read(&mut self, record: &mut Record) {
        let code = json!({"expression": super::script::READ, "returnByValue": true});
        let value = self.ask("Runtime.evaluate", code).await;
        record.json(
            26,
            "what a client's script reads",
            &value["result"]["value"],
        );
        let root = self.ask("DOM.getDocument", json!({"depth": 0})).await;
        let node = json!({"nodeId": root["root"]["nodeId"]});
        let html = self.ask("DOM.getOuterHTML", node).await;
        record.json(26, "the markup for a client", &html["outerHTML"]);
        let tree = self.ask("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().unwrap();
        let texts = nodes
            .iter()
            .filter(|node| node["role"]["value"] == "StaticText");
        let texts: String = texts
            .filter_map(|node| node["name"]["value"].as_str())
            .collect();
        record.text(26, "the texts for a client", texts);
        let others = nodes.iter().filter(|node| {
            !matches!(
                node["role"]["value"].as_str(),
                Some("StaticText" | "InlineTextBox")
            )
        });
        let said: Vec<_> = others
            .map(|node| {
                json!([
                    node["role"]["value"],
                    node["name"]["value"],
                    node["value"]["value"]
                ])
            })
            .collect();
        record.json(26, "the accessibility tree for a client", &json!(said));
        let cookies = self.ask("Network.getCookies", json!({})).await;
        record.json(
            26,
            "the cookies for a client",
            &cookies["cookies"][0]["value"],
        );
        let format = json!({"format": "jpeg", "quality": 80});
        let picture = self.ask("Page.captureScreenshot", format).await;
        let jpeg = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        record.picture(26, "a picture for a client", jpeg);
    }

    /// What the client is told of the request that signs in, then all that it heard.
    pub async fn watch(mut self, record: &mut Record) {
        let sends = |it: &Value| {
            let request = &it["params"]["request"];
            it["method"] == "Network.requestWillBeSent"
                && request["method"] == "POST"
                && request["url"].as_str().unwrap().contains("/sign-in/to/")
        };
        let sent = self.until(sends).await;
        let request = &sent["params"]["request"];
        let told = json!([request["url"], request["headers"], request["postData"]]);
        record.json(26, "the request that a client is told of", &told);
        let id = sent["params"]["requestId"].clone();
        let arrives = |it: &Value| {
            it["method"] == "Network.responseReceived" && it["params"]["requestId"] == id
        };
        self.until(arrives).await;
        let id = json!({"requestId": sent["params"]["requestId"]});
        let data = self.ask("Network.getRequestPostData", id).await;
        record.json(26, "the body that a client asks for", &data);
        let heard: Vec<_> = self.heard.iter().map(Value::to_string).collect();
        record.add(26, "all that a client heard", Body::Loose(heard.join("\n")));
    }
}
