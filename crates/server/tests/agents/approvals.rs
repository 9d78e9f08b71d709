//! Agents that wait until somebody has allowed what they are about to do.

use serde_json::{Value, json};

use crate::house::{House, MEANWHILE, deeds};
use crate::support::model::{Asked, Say};
use crate::support::{Stage, eventually};

const NUMBER: &str = "4539148803436467";

/// The word that stands for a part of the card.
fn word(asked: &Asked, name: &str) -> String {
    let mark = format!(" {name} secret-");
    let Some((_, rest)) = asked.text.split_once(&mark) else {
        panic!("no {name} in {}", asked.text);
    };
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap();
    format!("secret-{}", &rest[..end])
}

fn fill(selector: &str, value: String) -> Say {
    Say::call("fill", json!({"selector": selector, "value": value}))
}

/// Pays with the card, unless it is told that it may not.
fn buys(asked: &Asked) -> Say {
    let done =
        |success, answer| Say::call("completion", json!({"success": success, "answer": answer}));
    match asked.number {
        0 => fill("#number", word(asked, "number")),
        _ if asked.text.contains("was denied") => done(false, "they do not want it"),
        1 => fill("#cvc", word(asked, "check digits")),
        2 => Say::call("click", json!({"selector": "#send"})),
        _ => done(true, "bought"),
    }
}

/// A house whose tenant wants to be asked about purchases, with an agent that is to pay on a shop's page.
async fn shopper() -> (House, String) {
    let house = House::new(buys).await;
    let client = &house.client;
    let vault = client.post("/vaults/create").json(json!({"name": "Ada's"}));
    let vault = vault.ok().await["vault_id"].as_str().unwrap().to_owned();
    let card = json!({"card_holder_name": "Ada King", "card_number": NUMBER, "card_cvv": "731",
        "card_full_expiration": "12/31"});
    let call = client.post(&format!("/vaults/{vault}/card"));
    call.json(json!({"credit_card": card})).ok().await;
    let call = client.put(&format!("/vaults/{vault}/fill_rules"));
    call.json(json!({"card_sites": ["127.0.0.1"]})).ok().await;
    let call = client.put("/approvals/policy");
    call.json(json!({"purchases": true})).ok().await;
    let url = house.url("/sign-in/page/card");
    let agent = house.start(json!({"url": url, "vault_id": vault})).await;
    (house, agent)
}

/// The one approval that is waited for, once there is one.
async fn waiting(stage: &Stage) -> Value {
    eventually("something waits for an approval", async || {
        let list = stage.client.get("/approvals?only_pending=true").ok().await;
        let items = list["items"].as_array().unwrap();
        assert!(items.len() < 2, "{list}");
        items.first().cloned()
    })
    .await
}

fn path(approval: &Value, rest: &str) -> String {
    format!(
        "/approvals/{}{rest}",
        approval["approval_id"].as_str().unwrap()
    )
}

#[tokio::test]
async fn a_purchase_waits_and_is_made_once_when_it_is_approved() {
    let (house, agent) = shopper().await;
    let approval = waiting(&house).await;
    assert_eq!(approval["agent_id"], agent.as_str());
    assert_eq!(approval["session_id"], house.session.as_str());
    assert_eq!(approval["kind"], "purchase");
    assert_eq!(approval["site"], "127.0.0.1");
    let subject = approval["subject"].as_str().unwrap();
    assert!(subject.starts_with("card of vault 'Ada's' ("), "{subject}");

    // Meanwhile the session is everybody's, the agent is not done, and its model is not asked.
    let shown = json!({"type": "evaluate_js", "code": "document.querySelector('#number').value"});
    let shown = house.execute(shown).await;
    assert_eq!(shown["data"]["markdown"], "", "{shown}");
    tokio::time::sleep(MEANWHILE).await;
    assert_eq!(house.status(&agent).await["status"], "active");
    assert_eq!(house.model.count(), 1);

    let key = house.server.new_key("default", &["--scopes", "approve"]);
    let approver = house.client.with_key(Some(&key.await));
    let approved = approver.post(&path(&approval, "/approve")).ok().await;
    assert_eq!(approved["status"], "approved");
    // The card is one thing, to press what pays another.
    let press = waiting(&house).await;
    assert_eq!(press["subject"], "'Pay'");
    assert_eq!(press["kind"], "purchase");
    assert_eq!(house.site.takes().len(), 0);
    approver.post(&path(&press, "/approve")).ok().await;
    let ended = house.ended(&agent).await;
    assert_eq!(ended["answer"], "bought", "{ended}");
    let takes = house.site.takes();
    assert_eq!(takes.len(), 1, "{takes:?}");
    let sent: Vec<_> = url::form_urlencoded::parse(takes[0].body.as_bytes()).collect();
    assert!(sent.contains(&("number".into(), NUMBER.into())), "{sent:?}");
    assert!(sent.contains(&("cvc".into(), "731".into())), "{sent:?}");
    let expected = [
        ("goto", true),
        ("fill", false),
        ("fill", true),
        ("fill", true),
    ];
    let done = deeds(&ended["steps"]);
    let done: Vec<_> = done.iter().map(|(name, ok)| (name.as_str(), *ok)).collect();
    assert_eq!(done[..4], expected, "{done:?}");
    // One approval was for the card as a whole.
    let all = house.client.get("/approvals").ok().await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2, "{all}");
    for place in [all.to_string(), ended.to_string(), house.server.log()] {
        assert!(!place.contains(NUMBER), "{place:.2000}");
    }
}

#[tokio::test]
async fn a_denied_purchase_is_told_to_the_model_and_not_made() {
    let (house, agent) = shopper().await;
    let approval = waiting(&house).await;
    house.client.post(&path(&approval, "/deny")).ok().await;
    let ended = house.ended(&agent).await;
    assert_eq!(ended["answer"], "they do not want it", "{ended}");
    assert_eq!(house.site.takes().len(), 0);
    let message = house.client.post(&path(&approval, "/approve"));
    let message = message.refused(409).await;
    assert!(message.contains("denied already"), "{message}");
    let again = house.client.post(&path(&approval, "/deny")).ok().await;
    assert_eq!(again["status"], "denied");
}

/// A page whose button sends something to another site and says how that went.
fn sender(stage: &Stage) -> String {
    let to = format!("{}/sign-in/to/x", stage.site.cross_site());
    let body = format!(
        "<button id=b>Go</button><script>b.onclick = () => fetch('{to}', {{ method: 'POST', mode: 'no-cors', body: 'x' }})
          .then(() => {{ document.title = 'Sent' }}, () => {{ document.title = 'Failed' }})</script>"
    );
    let body: String = url::form_urlencoded::byte_serialize(body.as_bytes()).collect();
    stage.site.url(&format!("/sign-in/made?body={body}"))
}

/// Presses the button once and tells what the page makes of it.
fn presses(asked: &Asked) -> Say {
    match asked.number {
        0 => Say::call("click", json!({"selector": "#b"})),
        1 => Say::call("evaluate_js", json!({"code": "document.title"})),
        _ => Say::call("completion", json!({"success": true, "answer": "pressed"})),
    }
}

#[rstest::rstest]
#[case::approved("approve", 1, "Sent")]
#[case::denied("deny", 0, "Failed")]
#[tokio::test]
async fn an_agent_waits_with_what_its_page_sends_elsewhere(
    #[case] decision: &str,
    #[case] arrived: usize,
    #[case] title: &str,
) {
    let house = House::new(presses).await;
    let call = house.client.put("/approvals/policy");
    call.json(json!({"posts_elsewhere": true})).ok().await;
    let agent = house.start(json!({"url": sender(&house)})).await;
    let approval = waiting(&house).await;
    assert_eq!(approval["kind"], "post_elsewhere");
    assert_eq!(approval["agent_id"], agent.as_str());
    tokio::time::sleep(MEANWHILE).await;
    assert_eq!(house.status(&agent).await["status"], "active");
    assert_eq!(house.model.count(), 1, "the model is not asked meanwhile");
    assert_eq!(house.site.takes().len(), 0);

    let call = house.client.post(&path(&approval, &format!("/{decision}")));
    call.ok().await;
    let ended = house.ended(&agent).await;
    assert_eq!(ended["answer"], "pressed", "{ended}");
    assert_eq!(house.site.takes().len(), arrived);
    // It is not pressed a second time, whatever was decided.
    let done = deeds(&ended["steps"]);
    let clicks = done.iter().filter(|(name, _)| name == "click");
    assert_eq!(clicks.count(), 1, "{done:?}");
    assert!(house.model.asked(2).text.contains(title), "{ended}");
}

#[tokio::test]
async fn what_an_agent_waits_for_is_given_up_when_it_is_stopped() {
    let (house, agent) = shopper().await;
    let approval = waiting(&house).await;
    let stop = format!("/agents/{agent}/stop?session_id={}", house.session);
    house.client.delete(&stop).ok().await;
    let expired = house.client.get(&path(&approval, "")).ok().await;
    assert_eq!(expired["status"], "expired", "{expired}");
    assert_eq!(expired["expires_at"], Value::Null);

    // The session goes on, and its turns are ours.
    let done = house.execute(json!({"type": "wait", "time_ms": 1})).await;
    assert_eq!(done["success"], true, "{done}");
}

#[tokio::test]
async fn an_agent_that_waits_ends_with_its_session() {
    let (house, agent) = shopper().await;
    let approval = waiting(&house).await;
    house.client.stop(&house.session).await;
    let ended = house.ended(&agent).await;
    assert_eq!(ended["success"], false, "{ended}");
    let expired = house.client.get(&path(&approval, "")).ok().await;
    assert_eq!(expired["status"], "expired", "{expired}");
    let message = house.client.post(&path(&approval, "/approve"));
    let message = message.refused(409).await;
    assert!(message.contains("expired"), "{message}");
    assert_eq!(house.site.takes().len(), 0);
}

#[tokio::test]
async fn nothing_waits_any_more_after_a_crash() {
    let (house, _) = shopper().await;
    let approval = waiting(&house).await;
    let mut server = house.0.server;
    server.kill();
    let server = server.restart().await;
    let client = server.client().await;
    let list = client.get("/approvals?only_pending=true").ok().await;
    assert_eq!(list["items"], json!([]));
    let expired = client.get(&path(&approval, "")).ok().await;
    assert_eq!(expired["status"], "expired", "{expired}");
    // What the tenant wants to be asked about stays.
    let policy = client.get("/approvals/policy").ok().await;
    assert_eq!(policy["purchases"], true, "{policy}");
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_anybody() {
    let (house, _) = shopper().await;
    waiting(&house).await;
    let mut server = house.0.server;
    assert!(server.terminate().success());
}

/// What a script presses cannot be told before, so an agent's is not run where purchases are asked about.
#[tokio::test]
async fn a_script_buys_nothing() {
    let house = House::new(|asked| match asked.number {
        0 => Say::call(
            "evaluate_js",
            json!({"code": "document.querySelector('#send').click()"}),
        ),
        _ => Say::call("completion", json!({"success": true, "answer": "done"})),
    })
    .await;
    let call = house.client.put("/approvals/policy");
    call.json(json!({"purchases": true})).ok().await;
    let url = house.url("/sign-in/page/card");
    let status = house.run(json!({"url": url})).await;
    assert_eq!(
        deeds(&status["steps"])[1],
        ("evaluate_js".to_owned(), false)
    );
    let told = house.model.asked(1).text;
    assert!(told.contains("purchases wait for approval"), "{told}");
    assert!(house.site.takes().is_empty());
}
