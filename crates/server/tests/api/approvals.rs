//! What waits for an approval when a caller does it: cards, uploads, forms to other sites.

use serde_json::{Value, json};

use crate::support::{Stage, eventually};

const NUMBER: &str = "4539148803436467";

pub(crate) async fn ask_about(stage: &Stage, policy: Value) {
    let call = stage.client.put("/approvals/policy");
    let set = call.json(policy.clone()).ok().await;
    for (name, asked) in policy.as_object().unwrap() {
        assert_eq!(&set[name], asked, "{set}");
    }
}

async fn goto(stage: &Stage, path: &str) {
    let url = stage.site.url(path);
    let done = stage.execute(json!({"type": "goto", "url": url})).await;
    assert_eq!(done["success"], true, "{done}");
}

/// Opens a page with that body.
pub(crate) async fn made(stage: &Stage, body: &str) {
    goto(stage, &page(body)).await;
}

fn page(body: &str) -> String {
    let body: String = url::form_urlencoded::byte_serialize(body.as_bytes()).collect();
    format!("/sign-in/made?body={body}")
}

pub(crate) async fn waiting(stage: &Stage) -> Vec<Value> {
    let list = stage.client.get("/approvals?only_pending=true").ok().await;
    list["items"].as_array().unwrap().clone()
}

/// The one approval that an action waits for.
async fn waited_for(stage: &Stage, done: &Value) -> Value {
    assert_eq!(done["success"], false, "{done}");
    assert_eq!(done["exception"], done["message"], "{done}");
    let waiting = waiting(stage).await;
    assert_eq!(waiting.len(), 1, "{waiting:?} {done}");
    let id = waiting[0]["approval_id"].as_str().unwrap();
    let message = done["message"].as_str().unwrap();
    for part in [&format!("/approvals/{id}/approve"), "'approve'", "again"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(waiting[0]["agent_id"], Value::Null);
    waiting[0].clone()
}

pub(crate) async fn decide(stage: &Stage, approval: &Value, how: &str) {
    let id = approval["approval_id"].as_str().unwrap();
    let call = stage.client.post(&format!("/approvals/{id}/{how}"));
    call.ok().await;
}

/// The paths at which something arrived.
pub(crate) async fn taken(stage: &Stage, what: &str) -> Vec<String> {
    let takes = eventually(what, async || {
        let takes = stage.site.takes();
        (!takes.is_empty()).then_some(takes)
    });
    takes.await.into_iter().map(|take| take.path).collect()
}

/// A stage whose session may pay with a card on the test site, and in whose frames.
async fn shop() -> Stage {
    let mut stage = Stage::new().await;
    let client = &stage.client;
    let vault = client.post("/vaults/create").ok().await;
    let vault = vault["vault_id"].as_str().unwrap().to_owned();
    let card = json!({"card_holder_name": "Ada King", "card_number": NUMBER, "card_cvv": "731",
        "card_full_expiration": "12/31"});
    let call = client.post(&format!("/vaults/{vault}/card"));
    call.json(json!({"credit_card": card})).ok().await;
    let call = client.put(&format!("/vaults/{vault}/fill_rules"));
    let rules = json!({"card_sites": ["127.0.0.1", "localhost"]});
    call.json(rules).ok().await;
    client.stop(&stage.session).await;
    stage.session = stage.client.start(json!({"vault_id": vault})).await;
    stage
}

#[tokio::test]
async fn a_card_waits_as_a_whole_and_is_filled_in_once_that_is_approved() {
    let stage = shop().await;
    ask_about(&stage, json!({"purchases": true})).await;
    goto(&stage, "/sign-in/page/card").await;
    let value = json!({"cc_name": "John Doe", "cc_number": "4242 4242 4242 4242",
        "cc_cvv": "[CardCVVPlaceholder]", "full_name": "Ada Lovelace"});
    let form = json!({"type": "form_fill", "value": value});
    let done = stage.execute(form.clone()).await;
    let approval = waited_for(&stage, &done).await;
    assert_eq!(approval["kind"], "purchase");
    assert_eq!(approval["site"], "127.0.0.1");
    let code =
        "[...document.querySelectorAll('#holder, #number, #cvc')].map((it) => it.value).join('')";
    let shown = stage.execute(json!({"type": "evaluate_js", "code": code}));
    assert_eq!(shown.await["data"]["markdown"], "");

    decide(&stage, &approval, "approve").await;
    let done = stage.execute(form).await;
    assert_eq!(done["success"], true, "{done}");
    let pay = json!({"type": "click", "selector": "#send"});
    let press = waited_for(&stage, &stage.execute(pay.clone()).await).await;
    assert_eq!(press["subject"], "'Pay'");
    decide(&stage, &press, "approve").await;
    assert_eq!(stage.execute(pay).await["success"], true);
    taken(&stage, "the form arrives").await;
    let body = stage.site.takes().remove(0).body;
    let sent: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).collect();
    for (name, value) in [("number", NUMBER), ("cvc", "731"), ("holder", "Ada King")] {
        assert!(sent.contains(&(name.into(), value.into())), "{sent:?}");
    }
    // Without the policy nothing is asked.
    ask_about(&stage, json!({"purchases": false})).await;
    let all = stage.client.get("/approvals").ok().await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_card_in_a_frame_is_approved_for_the_page_around_it() {
    let stage = shop().await;
    ask_about(&stage, json!({"purchases": true})).await;
    let url = format!("{}/sign-in/page/card", stage.site.cross_site());
    made(
        &stage,
        &format!("<iframe width=600 height=500 src='{url}'></iframe>"),
    )
    .await;
    let selector = "iframe >> internal:control=enter-frame >> #number";
    let fill = json!({"type": "fill", "selector": selector, "value": "4242 4242 4242 4242"});
    let approval = waited_for(&stage, &stage.execute(fill).await).await;
    assert_eq!(approval["site"], "localhost");
    let subject = approval["subject"].as_str().unwrap();
    assert!(subject.ends_with(", in a page of 127.0.0.1"), "{subject}");
}

#[tokio::test]
async fn an_upload_waits_before_the_page_gets_it() {
    let stage = Stage::new().await;
    let call = stage.client.post("/storage/uploads/cv.txt");
    call.file("file", "my life").ok().await;
    ask_about(&stage, json!({"uploads": true})).await;
    goto(&stage, "/upload").await;
    let upload = |selector: &str| json!({"type": "upload_file", "selector": selector, "file_path": "cv.txt"});
    let approval = waited_for(&stage, &stage.execute(upload("#single")).await).await;
    assert_eq!(approval["kind"], "upload");
    assert_eq!(approval["subject"], "file 'cv.txt'");
    assert_eq!(approval["site"], "127.0.0.1");
    let count =
        json!({"type": "evaluate_js", "code": "document.querySelector('#single').files.length"});
    let shown = stage.execute(count.clone()).await;
    assert_eq!(shown["data"]["markdown"], "0", "{shown}");
    decide(&stage, &approval, "deny").await;
    let done = stage.execute(upload("#chooser")).await;
    let message = done["message"].as_str().unwrap();
    assert!(message.contains("was denied"), "{message}");
    assert_eq!(waiting(&stage).await.len(), 0);

    let call = stage.client.post("/storage/uploads/other.txt");
    call.file("file", "my other life").ok().await;
    let upload = json!({"type": "upload_file", "selector": "#single", "file_path": "other.txt"});
    let approval = waited_for(&stage, &stage.execute(upload.clone()).await).await;
    decide(&stage, &approval, "approve").await;
    let done = stage.execute(upload).await;
    assert_eq!(done["success"], true, "{done}");
    assert_eq!(stage.execute(count).await["data"]["markdown"], "1");
}

/// Ways to send a form of which the button is `#b`, or the field; `{to}` is where it goes.
const WAYS: &[(&str, &str)] = &[
    (
        "click",
        "<form method=post action='{to}'><button id=b>Go</button></form>",
    ),
    (
        "click",
        "<form action='{to}'><input type=submit id=b value=Go></form>",
    ),
    (
        "click",
        "<form method=post action=/sign-in/to/here><button id=b formaction='{to}'>Go</button></form>",
    ),
    (
        "click",
        "<form id=f method=post action='{to}'></form><p><button id=b form=f>Go</button></p>",
    ),
    (
        "click",
        "<form method=post action='{to}'><button><span id=b>Go</span></button></form>",
    ),
    (
        "click",
        "<form method=post action='{to}'><div id=b style='display: inline-block'><button>Go</button></div></form>",
    ),
    (
        "click",
        "<form method=post action='{to}'><label id=b for=x>Go</label><input type=submit id=x></form>",
    ),
    (
        "click",
        "<form method=post action='{to}'><input type=image id=b alt=Go width=50 height=50></form>",
    ),
    (
        "click",
        "<form method=post action='{to}'><input name=action><input name=method><button id=b>Go</button></form>",
    ),
    (
        "check",
        "<form method=post action='{to}'><button id=b role=switch aria-checked=false
        onclick=\"this.ariaChecked = 'true'\">Go</button></form>",
    ),
    (
        "press_enter",
        "<form method=post action='{to}'><input id=b name=a></form>",
    ),
    (
        "press_enter",
        "<form method=post action=/sign-in/to/here><input id=b name=a><button formaction='{to}'>Go</button></form>",
    ),
    (
        "typed",
        "<form method=post action='{to}'><input id=b name=a></form>",
    ),
    (
        "Enter",
        "<form method=post action='{to}'><input id=b name=a autofocus></form>",
    ),
    (
        "Enter",
        "<form method=post action='{to}'><button id=b autofocus>Go</button></form>",
    ),
    (
        "Space",
        "<form method=post action='{to}'><button id=b autofocus>Go</button></form>",
    ),
];

fn action(way: &str) -> Value {
    match way {
        "click" => json!({"type": "click", "selector": "#b"}),
        "check" => json!({"type": "check", "selector": "#b", "value": true}),
        "press_enter" => {
            json!({"type": "fill", "selector": "#b", "value": "x", "press_enter": true})
        }
        "typed" => json!({"type": "fallback_fill", "selector": "#b", "value": "x\n"}),
        key => json!({"type": "press_key", "key": key}),
    }
}

#[tokio::test]
async fn every_way_to_send_a_form_to_another_site_waits() {
    let stage = Stage::new().await;
    ask_about(&stage, json!({"posts_elsewhere": true})).await;
    for (number, (way, body)) in WAYS.iter().enumerate() {
        let what = format!("{way}: {body}");
        stage.site.reset();
        let path = format!("/sign-in/to/{number}");
        let to = format!("{}{path}", stage.site.cross_site());
        made(&stage, &body.replace("{to}", &format!("{to}?q=hidden"))).await;
        let done = stage.execute(action(way)).await;
        assert_eq!(done["success"], false, "{what} {done}");
        let approval = waited_for(&stage, &done).await;
        assert_eq!(approval["kind"], "post_elsewhere", "{what}");
        assert_eq!(approval["site"], "localhost", "{what}");
        assert_eq!(
            approval["subject"],
            format!("form of 127.0.0.1 to {to}"),
            "{what}"
        );
        assert_eq!(stage.site.takes().len(), 0, "{what}");
        decide(&stage, &approval, "approve").await;
        let done = stage.execute(action(way)).await;
        // What is checked is gone with its page then.
        assert!(done["success"] == true || *way == "check", "{what} {done}");
        assert_eq!(taken(&stage, &what).await, [path], "{what}");
    }
}

#[tokio::test]
async fn what_sends_nothing_elsewhere_does_not_wait() {
    let stage = Stage::new().await;
    ask_about(&stage, json!({"posts_elsewhere": true})).await;
    let elsewhere = format!("{}/sign-in/to/elsewhere", stage.site.cross_site());
    let other_port = format!("{}/sign-in/to/port", stage.site.other_origin());
    for (way, body) in [
        (
            "click",
            "<form method=post action=/sign-in/to/here><button id=b>Go</button></form>",
        ),
        (
            "click",
            "<form method=post action='{port}'><button id=b>Go</button></form>",
        ),
        (
            "click",
            "<form method=post action='{to}'><button id=b type=button>Go</button></form>",
        ),
        (
            "click",
            "<form method=post action='{to}'><button id=b type=reset>Go</button></form>",
        ),
        (
            "click",
            "<form method=post action='{to}'><input id=b></form>",
        ),
        (
            "click",
            "<dialog open><form method=dialog action='{to}'><button id=b>Go</button></form></dialog>",
        ),
        (
            "click",
            "<form method=post action='{to}'><button id=b formmethod=dialog>Go</button></form>",
        ),
        (
            "click",
            "<form method=post action='{to}'><button>Go</button></form><p id=b>Text</p>",
        ),
        (
            "click",
            "<form method=post action='{to}'><div id=b><button>Go</button><br>Text</div></form>",
        ),
        (
            "press_enter",
            "<form method=post action='{to}'><textarea id=b></textarea></form>",
        ),
        (
            "press_enter",
            "<form method=post action='{to}'><button formaction=/sign-in/to/here>Go</button><input id=b></form>",
        ),
        ("Enter", "<form method=post action='{to}'><input></form>"),
        (
            "Space",
            "<form method=post action='{to}'><input autofocus></form>",
        ),
        (
            "a",
            "<form method=post action='{to}'><input autofocus></form>",
        ),
    ] {
        let body = body
            .replace("{to}", &elsewhere)
            .replace("{port}", &other_port);
        made(&stage, &body).await;
        let done = stage.execute(action(way)).await;
        assert_eq!(done["success"], true, "{way}: {body} {done}");
    }
    let takes = stage.site.takes();
    assert!(
        takes
            .iter()
            .all(|take| take.path != "/sign-in/to/elsewhere"),
        "{takes:?}"
    );
    let all = stage.client.get("/approvals").ok().await;
    assert_eq!(all["items"], json!([]));
}

#[tokio::test]
async fn forms_in_frames_are_judged_by_their_own_documents() {
    let stage = Stage::new().await;
    ask_about(&stage, json!({"posts_elsewhere": true})).await;
    let (here, elsewhere) = (stage.site.origin(), stage.site.cross_site());
    let form = |to: &str| {
        page(&format!(
            "<form method=post action='{to}/sign-in/to/x'><input id=b><button>Go</button></form>"
        ))
    };
    let frame = |at: &str, to: &str| {
        format!(
            "<iframe id=f width=600 height=300 src='{at}{}'></iframe>",
            form(to)
        )
    };
    let click = json!({"type": "click", "selector": "#f >> internal:control=enter-frame >> #b"});
    let enter = json!({"type": "press_key", "key": "Enter"});
    // A frame of another site sends to that site.
    made(&stage, &frame(elsewhere, elsewhere)).await;
    for action in [&click, &enter] {
        let done = stage.execute(action.clone()).await;
        assert_eq!(done["success"], true, "{done}");
    }
    assert_eq!(taken(&stage, "the form arrives").await, ["/sign-in/to/x"]);
    // A frame of another site sends to the site of the page around it.
    made(&stage, &frame(elsewhere, here)).await;
    assert_eq!(stage.execute(click.clone()).await["success"], true);
    let done = stage.execute(enter.clone()).await;
    let approval = waited_for(&stage, &done).await;
    assert_eq!(approval["site"], "127.0.0.1");
    let subject = approval["subject"].as_str().unwrap();
    assert!(subject.starts_with("form of localhost to"), "{subject}");
    assert_eq!(stage.site.takes().len(), 1);
}

#[tokio::test]
async fn an_element_that_is_not_there_fails_as_ever() {
    let stage = Stage::new().await;
    made(&stage, "<p>Nothing to press</p>").await;
    let click = json!({"type": "click", "selector": "#b", "timeout": 300});
    let before = stage.execute(click.clone()).await;
    ask_about(&stage, json!({"posts_elsewhere": true})).await;
    let after = stage.execute(click).await;
    assert_eq!(after["success"], false);
    assert_eq!(before["message"], after["message"]);
    let unknown = stage.execute(json!({"type": "press_key", "key": "Nonsense"}));
    assert!(
        unknown.await["message"]
            .as_str()
            .unwrap()
            .contains("Nonsense")
    );
}

#[tokio::test]
async fn approvals_belong_to_their_tenant_and_are_decided_by_those_who_may() {
    let stage = Stage::new().await;
    ask_about(&stage, json!({"posts_elsewhere": true})).await;
    let to = format!("{}/sign-in/to/x", stage.site.cross_site());
    made(
        &stage,
        &format!("<form method=post action='{to}'><button id=b>Go</button></form>"),
    )
    .await;
    let done = stage.execute(action("click")).await;
    let approval = waited_for(&stage, &done).await;
    let at = |rest: &str| {
        format!(
            "/approvals/{}{rest}",
            approval["approval_id"].as_str().unwrap()
        )
    };

    stage.server.command(&["tenants", "create", "other"]).await;
    let other = stage.server.new_key("other", &[]).await;
    let other = stage.client.with_key(Some(&other));
    other.get(&at("")).refused(404).await;
    for how in ["/approve", "/deny"] {
        other.post(&at(how)).refused(404).await;
    }
    assert_eq!(other.get("/approvals").ok().await["items"], json!([]));
    let policy = other.get("/approvals/policy").ok().await;
    assert_eq!(policy["posts_elsewhere"], false);

    let scopes = "sessions,personas,metrics,vault:reveal";
    let starter = stage.server.new_key("default", &["--scopes", scopes]).await;
    let starter = stage.client.with_key(Some(&starter));
    assert_eq!(starter.get(&at("")).ok().await, approval);
    for how in ["/approve", "/deny"] {
        let message = starter.post(&at(how)).refused(403).await;
        assert!(message.contains("'approve'"), "{message}");
    }
    let call = starter.put("/approvals/policy").json(json!({}));
    call.refused(403).await;
    assert_eq!(waiting(&stage).await, [approval]);
}

/// Ways to buy something by what is already known, of which the control is `#b`.
const BUYS: &[(&str, &str)] = &[
    ("click", "<button id=b>Buy now</button>"),
    ("click", "<div id=b role=button>Pay $12</div>"),
    (
        "click",
        "<div onclick=''><span id=b>Place your order</span></div>",
    ),
    ("click", "<a id=b href=/article>Jetzt kaufen</a>"),
    (
        "click",
        "<input type=submit id=b value='Confirm &amp; pay'>",
    ),
    (
        "click",
        "<button aria-label='Complete purchase'><svg id=b width=20 height=20></svg></button>",
    ),
    (
        "press_enter",
        "<form action=/article><input id=b><button>Order now</button></form>",
    ),
    (
        "Enter",
        "<form action=/article><input autofocus><input type=submit value='Pay now'></form>",
    ),
    ("Enter", "<button autofocus>Commander</button>"),
    ("Space", "<button autofocus>Buy it now</button>"),
];

#[tokio::test]
async fn every_way_to_press_what_buys_waits() {
    let stage = Stage::new().await;
    ask_about(&stage, json!({"purchases": true})).await;
    for (way, body) in BUYS {
        made(&stage, body).await;
        let done = stage.execute(action(way)).await;
        let approval = waited_for(&stage, &done).await;
        assert_eq!(approval["kind"], "purchase", "{body}");
        assert_eq!(approval["site"], "127.0.0.1", "{body}");
        decide(&stage, &approval, "approve").await;
        let done = stage.execute(action(way)).await;
        assert_eq!(done["success"], true, "{body}: {done}");
    }
    made(&stage, "<button id=b>Add to basket</button>").await;
    let done = stage.execute(action("click")).await;
    assert_eq!(done["success"], true, "{done}");
}
