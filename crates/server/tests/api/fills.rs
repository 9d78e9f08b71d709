//! Sessions that hold a vault: placeholders become secrets on their way to the site, and nowhere else.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::server::Server;
use crate::support::{Stage, eventually};

const PASSWORD: &str = "Tr0ub4dor&3 canary";
const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// A vault with credentials for the test site.
async fn vault(client: &Client) -> String {
    let made = client.post("/vaults/create").ok().await;
    let id = made["vault_id"].as_str().unwrap().to_owned();
    let credentials = json!({"username": "ada", "password": PASSWORD, "mfa_secret": SEED});
    let body = json!({"url": "http://127.0.0.1/", "credentials": credentials});
    let path = format!("/vaults/{id}/credentials");
    client.post(&path).json(body).ok().await;
    id
}

/// A stage whose session holds that vault.
async fn stage() -> (Stage, String) {
    let mut stage = Stage::new().await;
    let vault = vault(&stage.client).await;
    stage.client.stop(&stage.session).await;
    stage.session = stage.client.start(json!({"vault_id": vault})).await;
    (stage, vault)
}

async fn goto(stage: &Stage, page: &str) {
    let url = format!("{}/sign-in/page/{page}", stage.site.origin());
    let done = stage.execute(json!({"type": "goto", "url": url})).await;
    assert_eq!(done["success"], true, "{done}");
}

async fn fill(stage: &Stage, selector: &str, value: &str) -> Value {
    let action = json!({"type": "fill", "selector": selector, "value": value});
    stage.execute(action).await
}

/// What arrived at the sink last.
async fn taken(stage: &Stage) -> String {
    eventually("something arrives", async || {
        stage.site.takes().pop().map(|take| take.body)
    })
    .await
}

async fn shown(stage: &Stage, selector: &str) -> String {
    let code = format!("document.querySelector('{selector}').value");
    let action = json!({"type": "evaluate_js", "code": code});
    let done = stage.execute(action).await;
    done["data"]["markdown"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_session_with_a_vault_signs_in_without_showing_anything() {
    let (stage, vault) = stage().await;
    goto(&stage, "classic").await;
    for (selector, placeholder) in [("#user", "cooljohnny1567"), ("#password", "mycoolpassword")] {
        let done = fill(&stage, selector, placeholder).await;
        assert_eq!(done["success"], true, "{done}");
        assert_eq!(done["action"]["value"], placeholder);
        assert_eq!(done["action"]["type"], "fill");
    }
    assert_eq!(shown(&stage, "#user").await, "ada");
    let stand_in = shown(&stage, "#password").await;
    assert!(
        stand_in != PASSWORD && stand_in != "mycoolpassword",
        "{stand_in}"
    );
    let seen = stage.observe().await;
    let click = json!({"type": "click", "selector": "#send"});
    assert_eq!(stage.execute(click).await["success"], true);
    let body = taken(&stage).await;
    let sent: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).collect();
    assert_eq!(
        sent,
        [
            ("username".into(), "ada".into()),
            ("password".into(), PASSWORD.into())
        ]
    );

    stage.site.reset();
    goto(&stage, "code").await;
    let code = format!("/vaults/{vault}/credentials/code?url=127.0.0.1");
    let (before, done) = tokio::join!(
        stage.client.get(&code).ok(),
        fill(&stage, "#code", "999779")
    );
    assert_eq!(done["success"], true, "{done}");
    assert!(!shown(&stage, "#code").await.contains("999779"));
    stage
        .execute(json!({"type": "press_key", "key": "Enter"}))
        .await;
    let after = stage.client.get(&code).ok().await;
    let codes = [&before["code"], &after["code"]].map(|code| code.as_str().unwrap().to_owned());
    let body = taken(&stage).await;
    assert!(
        codes.iter().any(|code| body == format!("otp={code}")),
        "{body} {codes:?}"
    );

    let told = stage.client.get(&stage.path("")).ok().await;
    assert!(told["steps"].as_array().unwrap().len() > 8);
    for place in [
        told.to_string(),
        seen.to_string(),
        done.to_string(),
        stage.server.log(),
    ] {
        for secret in [PASSWORD, SEED]
            .into_iter()
            .chain(codes.iter().map(String::as_str))
        {
            assert!(!place.contains(secret), "{secret} in {place}");
        }
    }
}

#[tokio::test]
async fn literals_stand_for_themselves_where_the_vault_has_nothing() {
    let (stage, vault) = stage().await;
    let path = format!("/vaults/{vault}/credentials?url=127.0.0.1");
    stage.client.delete(&path).ok().await;
    goto(&stage, "classic").await;
    let done = fill(&stage, "#password", "mycoolpassword").await;
    assert_eq!(done["success"], true, "{done}");
    assert_eq!(shown(&stage, "#password").await, "mycoolpassword");

    // A session without a vault knows no placeholders, whatever vaults there are.
    let bare = Stage::new().await;
    goto(&bare, "classic").await;
    fill(&bare, "#password", "mycoolpassword").await;
    assert_eq!(shown(&bare, "#password").await, "mycoolpassword");
}

#[tokio::test]
async fn a_refusal_is_an_answer_that_says_why() {
    let (stage, vault) = stage().await;
    goto(&stage, "classic").await;
    let done = fill(&stage, "#user", "mycoolpassword").await;
    assert_eq!(done["success"], false, "{done}");
    let message = done["message"].as_str().unwrap();
    assert!(
        message.contains("127.0.0.1") && message.contains("type password"),
        "{message}"
    );
    assert_eq!(done["exception"], done["message"]);
    assert_eq!(shown(&stage, "#user").await, "");

    stage.client.delete(&format!("/vaults/{vault}")).ok().await;
    let done = fill(&stage, "#password", "mycoolpassword").await;
    assert_eq!(done["success"], false, "{done}");
    assert!(
        done["message"].as_str().unwrap().contains("was deleted"),
        "{done}"
    );
}

#[tokio::test]
async fn a_session_gets_no_vault_but_its_tenants_own() {
    let server = Server::start().await;
    let client = server.client().await;
    server.command(&["tenants", "create", "other"]).await;
    let other = server.new_key("other", &[]).await;
    let theirs = vault(&client.with_key(Some(&other))).await;
    for id in [
        theirs.as_str(),
        "nonsense",
        "0199d3a0-0000-7000-8000-000000000000",
    ] {
        let start = client.post("/sessions/start").json(json!({"vault_id": id}));
        let message = start.refused(422).await;
        assert!(
            message.contains("vault_id") && message.contains(id),
            "{message}"
        );
    }
    let ours = vault(&client).await;
    let sessions = server.new_key("default", &["--scopes", "sessions"]).await;
    let client = client.with_key(Some(&sessions));
    let start = client
        .post("/sessions/start")
        .json(json!({"vault_id": ours}));
    let message = start.refused(403).await;
    assert!(message.contains("personas"), "{message}");
}

/// Lets the vault's secrets go into pages of the test site themselves.
async fn into_the_page(stage: &Stage, vault: &str) {
    let rules = json!({"sites": {"127.0.0.1": {"way": "page"}}});
    let path = format!("/vaults/{vault}/fill_rules");
    stage.client.put(&path).json(rules).ok().await;
}

#[tokio::test]
async fn who_may_not_read_secrets_is_kept_from_a_page_that_holds_one() {
    let (mut stage, vault) = stage().await;
    into_the_page(&stage, &vault).await;
    goto(&stage, "classic").await;
    let whole = stage.client.clone();
    let key = stage
        .server
        .new_key("default", &["--scopes", "sessions,personas"])
        .await;
    let lesser = whole.with_key(Some(&key));
    let cdp = async |client: &Client| {
        let session = client.get(&stage.path("")).ok().await;
        let url = session["cdp_url"].as_str().unwrap().to_owned();
        let at = url.find("/cdp/").unwrap();
        url[at..].to_owned()
    };
    let (wholes, lessers) = (cdp(&whole).await, cdp(&lesser).await);
    let done = fill(&stage, "#password", "mycoolpassword").await;
    assert_eq!(done["success"], true, "{done}");
    assert!(
        done["message"]
            .as_str()
            .unwrap()
            .contains("itself is in the page"),
        "{done}"
    );

    assert_eq!(connect(&whole, &lessers).await, 400);
    assert_eq!(connect(&whole, &wholes).await, 101);
    let script =
        json!({"type": "evaluate_js", "code": "document.querySelector('#password').value"});
    let path = stage.path("/page/execute");
    let done = lesser.post(&path).json(script.clone()).ok().await;
    assert_eq!(
        (&done["success"], &done["data"]),
        (&json!(false), &Value::Null),
        "{done}"
    );
    assert!(
        done["message"].as_str().unwrap().contains("vault:reveal"),
        "{done}"
    );
    let done = whole.post(&path).json(script).ok().await;
    // It runs; what it answers goes into the record, where others read it.
    assert_eq!(done["data"]["markdown"], "[password of 127.0.0.1]");

    stage.client = lesser;
    let done = stage
        .execute(json!({"type": "click", "selector": "#send"}))
        .await;
    assert_eq!(done["success"], true, "{done}");
    assert!(taken(&stage).await.contains("canary"));
    assert_eq!(connect(&whole, &lessers).await, 101);

    // From now on nobody knows what the browser's pages are.
    goto(&stage, "classic").await;
    let done = fill(&stage, "#password", "mycoolpassword").await;
    assert_eq!(done["success"], false, "{done}");
    assert!(
        done["message"]
            .as_str()
            .unwrap()
            .contains("start a new session"),
        "{done}"
    );
}

/// The status of a connection to a socket.
async fn connect(client: &Client, path: &str) -> u16 {
    let call = client
        .get(path)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    call.unchecked().await.status.as_u16()
}

#[tokio::test]
async fn a_server_that_never_shows_secrets_keeps_everybody_from_them() {
    let mut stage = Stage::configured(&[("vault_reveal", "never")]).await;
    let vault = vault(&stage.client).await;
    into_the_page(&stage, &vault).await;
    stage.client.stop(&stage.session).await;
    stage.session = stage.client.start(json!({"vault_id": vault})).await;
    goto(&stage, "classic").await;
    let done = fill(&stage, "#password", "mycoolpassword").await;
    assert_eq!(done["success"], true, "{done}");
    let script =
        json!({"type": "evaluate_js", "code": "document.querySelector('#password').value"});
    let done = stage.execute(script).await;
    assert_eq!(done["success"], false, "{done}");
}

#[tokio::test]
async fn a_card_is_filled_in_where_the_vault_allows_it() {
    let (stage, vault) = stage().await;
    let card = json!({"card_holder_name": "Ada King", "card_number": "4539 1488 0343 6467", "card_cvv": "731",
        "card_full_expiration": "07/31"});
    let path = format!("/vaults/{vault}");
    stage
        .client
        .post(&format!("{path}/card"))
        .json(json!({"credit_card": card}))
        .ok()
        .await;
    goto(&stage, "card").await;
    let done = fill(&stage, "#number", "4242 4242 4242 4242").await;
    assert_eq!(done["success"], false, "{done}");
    assert!(
        done["message"]
            .as_str()
            .unwrap()
            .contains("allows its card"),
        "{done}"
    );

    let rules = json!({"card_sites": ["127.0.0.1"]});
    stage
        .client
        .put(&format!("{path}/fill_rules"))
        .json(rules)
        .ok()
        .await;
    let value = json!({"cc_name": "John Doe", "cc_number": "4242 4242 4242 4242",
        "cc_exp": "[CardExpirationPlaceholder]", "cc_cvv": "[CardCVVPlaceholder]", "city": "London"});
    let done = stage
        .execute(json!({"type": "form_fill", "value": value}))
        .await;
    assert_eq!(done["success"], true, "{done}");
    assert_eq!(done["action"]["value"], value);
    stage
        .execute(json!({"type": "click", "selector": "#send"}))
        .await;
    let body = taken(&stage).await;
    let sent: Vec<_> = url::form_urlencoded::parse(body.as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect();
    assert_eq!(
        sent,
        ["Ada King", "4539 1488 0343 6467", "07/31", "731", "", ""]
    );
}
