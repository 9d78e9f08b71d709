//! A site that sends back what it was sent: what leaves the session has labels in the places of the secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::support::{Stage, eventually};

const PASSWORD: &str = "Tr0ub4dor&3 \"canary\" <x>";
const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const CARD: &str = "4539 1488 0343 6467";

/// The forms in which the echo sends it back, and those that answers may have.
fn spellings(secret: &str) -> Vec<String> {
    let html = secret
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    vec![
        secret.to_owned(),
        secret.chars().rev().collect(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
        serde_json::to_string(secret)
            .unwrap()
            .trim_matches('"')
            .to_owned(),
        STANDARD.encode(secret),
        html,
    ]
}

fn holds_none(what: &str, place: &str, secrets: &[&str]) {
    for secret in secrets {
        for spelling in spellings(secret) {
            assert!(
                !place.contains(&spelling),
                "{what} holds {spelling}: {place:.4000}"
            );
        }
    }
}

async fn stage(settings: &[(&str, &str)]) -> (Stage, String) {
    let mut stage = Stage::configured(settings).await;
    let made = stage.client.post("/vaults/create").ok().await;
    let vault = made["vault_id"].as_str().unwrap().to_owned();
    let credentials = json!({"username": "ada", "password": PASSWORD, "mfa_secret": SEED});
    let body = json!({"url": "http://127.0.0.1/", "credentials": credentials});
    let path = format!("/vaults/{vault}/credentials");
    stage.client.post(&path).json(body).ok().await;
    let card = json!({"card_holder_name": "Ada King", "card_number": CARD, "card_cvv": "731",
        "card_full_expiration": "07/31"});
    let path = format!("/vaults/{vault}/card");
    let card = json!({"credit_card": card});
    stage.client.post(&path).json(card).ok().await;
    stage.client.stop(&stage.session).await;
    stage.session = stage.client.start(json!({"vault_id": vault})).await;
    (stage, vault)
}

/// Signs in at a site that shows what it was sent.
async fn echoed(stage: &Stage, name: &str, kind: &str, placeholder: &str) {
    let body = format!(
        "<form method=post action=/sign-in/echo><input id=field name={name} {kind}><button id=send>Go</button></form>"
    );
    let body: String = url::form_urlencoded::byte_serialize(body.as_bytes()).collect();
    let url = format!("{}/sign-in/made?body={body}", stage.site.origin());
    for action in [
        json!({"type": "goto", "url": url}),
        json!({"type": "fill", "selector": "#field", "value": placeholder}),
        json!({"type": "click", "selector": "#send"}),
    ] {
        let done = stage.execute(action).await;
        assert_eq!(done["success"], true, "{done}");
    }
}

/// All that a caller gets to see of the page, by name.
async fn seen(stage: &Stage) -> Vec<(&'static str, String)> {
    let scrape = json!({"type": "scrape", "scrape_links": true, "scrape_images": true});
    let images = json!({"only_images": true});
    let code =
        "document.documentElement.outerHTML + document.cookie + location.href + document.title";
    let evaluate = json!({"type": "evaluate_js", "code": code});
    let throw = json!({"type": "evaluate_js", "code": "throw new Error(document.title)"});
    let missing = json!({"type": "click", "selector": "#nothing", "timeout": 100});
    let mut seen = vec![
        ("observation", stage.observe().await.to_string()),
        ("scrape", stage.execute(scrape).await.to_string()),
        ("script", stage.execute(evaluate).await.to_string()),
        ("error", stage.execute(throw).await.to_string()),
        ("failure", stage.execute(missing).await.to_string()),
    ];
    let client = &stage.client;
    for (what, path) in [
        ("tabs", "/debug"),
        ("cookies", "/cookies"),
        ("steps", ""),
        ("code", "/workflow/code?as_workflow=false"),
    ] {
        let answer: Value = client.get(&stage.path(path)).ok().await;
        seen.push((what, answer.to_string()));
    }
    let answer = client.post(&stage.path("/page/scrape")).json(images);
    seen.push(("images", answer.ok().await.to_string()));
    seen
}

#[tokio::test]
async fn what_a_site_sends_back_does_not_leave_the_session() {
    let (stage, _) = stage(&[("log_level", "trace")]).await;
    echoed(&stage, "password", "type=password", "mycoolpassword").await;
    let code = "document.querySelector('#again').value.length";
    let done = stage
        .execute(json!({"type": "evaluate_js", "code": code}))
        .await;
    let length = PASSWORD.chars().count().to_string();
    assert_eq!(done["data"]["markdown"], length, "the page has it: {done}");

    for (what, place) in seen(&stage).await {
        holds_none(what, &place, &[PASSWORD]);
        let labelled = place.contains("[password of 127.0.0.1]");
        assert_eq!(
            labelled,
            !matches!(what, "failure" | "code"),
            "{what}: {place:.4000}"
        );
    }
    let done = stage
        .execute(json!({"type": "download_file", "selector": "#save"}))
        .await;
    assert_eq!(done["success"], true, "{done}");
    let path = format!("/storage/{}/downloads", stage.session);
    let listed = stage.client.get(&path).ok().await;
    let name = listed["files"][0]["name"].as_str().unwrap();
    let link = stage.client.get(&format!("{path}/{name}")).ok().await;
    let url = link["url"].as_str().unwrap();
    let (_, at) = url.split_once("/files/").unwrap();
    let file = stage.client.get(&format!("/files/{at}")).unchecked().await;
    assert_eq!(
        file.body,
        "site,password\nhere,\"[password of 127.0.0.1]\"\n"
    );
    holds_none("the log", &stage.server.log(), &[PASSWORD, SEED]);
}

#[tokio::test]
async fn what_is_in_the_vault_is_found_though_it_was_never_filled_in() {
    let (stage, _) = stage(&[]).await;
    for secret in [PASSWORD, SEED, CARD, &CARD.replace(' ', "")] {
        let shown = secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;");
        let text = format!("It is {shown}, you know");
        let text = format!("{text}<meta name=\"description\" content=\"{text}\">");
        let body: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let url = format!("{}/sign-in/made?body={body}", stage.site.origin());
        let done = stage.execute(json!({"type": "goto", "url": url})).await;
        assert_eq!(done["success"], true, "{done}");
        let path = stage.path("/page/scrape");
        let read = stage.client.post(&path).json(json!({})).ok().await;
        for place in [&read["markdown"], &read["metadata"]["description"]] {
            let text = place.as_str().unwrap();
            assert!(
                text.contains("It is [") && text.contains("], you know"),
                "{read}"
            );
        }
        holds_none("the page", &read.to_string(), &[secret]);
    }
}

#[tokio::test]
async fn a_code_is_found_as_long_as_it_may_be_good() {
    let (stage, vault) = stage(&[]).await;
    let path = format!("/vaults/{vault}/credentials/code?url=127.0.0.1");
    // Within one period, so that it is known which code is filled in.
    let code = eventually("both codes are the same", async || {
        let before = stage.client.get(&path).ok().await["code"].clone();
        echoed(&stage, "otp", "autocomplete=one-time-code", "999779").await;
        let after = stage.client.get(&path).ok().await["code"].clone();
        (before == after).then_some(before)
    })
    .await;
    let code = code.as_str().unwrap();
    let path = stage.path("/page/scrape");
    let read = stage.client.post(&path).json(json!({})).ok().await;
    assert!(!read.to_string().contains(code), "{read}");
    let read = read["markdown"].as_str().unwrap();
    assert!(read.contains("[one-time code of 127.0.0.1]"), "{read}");
}
