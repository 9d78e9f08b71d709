//! What pages send to other sites by themselves, where the tenant wants to be asked about it.

use serde_json::{Value, json};

use crate::approvals::{ask_about, decide, made, taken, waiting};
use crate::support::{Stage, eventually};

/// What the button of a page does; `{to}` is where it sends something, by a request or by a form.
const WAYS: &[(&str, &str)] = &[
    ("request", "fetch('{to}', { method: 'POST', mode: 'no-cors', body: 'x' })"),
    (
        "request",
        "fetch('{to}', { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } })",
    ),
    ("request", "fetch('{to}', { method: 'DELETE' })"),
    (
        "request",
        "const x = new XMLHttpRequest(); x.open('POST', '{to}'); x.send('x')",
    ),
    ("request", "navigator.sendBeacon('{to}', 'x')"),
    (
        "request",
        "const a = document.createElement('a'); a.href = '/article'; a.ping = '{to}'; document.body.append(a); a.click()",
    ),
    (
        "request",
        "addEventListener('pagehide', () => navigator.sendBeacon('{to}', 'x')); location = '/article'",
    ),
    (
        "request",
        "new Worker(URL.createObjectURL(new Blob(['fetch(`{to}`, { method: `POST`, mode: `no-cors`, body: `x` })'])))",
    ),
    (
        "request",
        "fetch('/sign-in/redirect?status=307&to=' + encodeURIComponent('{to}'), { method: 'POST', body: 'x' })",
    ),
    (
        "request",
        "const f = document.createElement('iframe'); f.srcdoc = '<scr' + 'ipt>fetch(`{to}`, { method: `POST`, mode: `no-cors` })</scr'
          + 'ipt>'; document.body.append(f)",
    ),
    ("form", "const f = form('{to}'); setTimeout(() => f.submit())"),
    ("form", "const f = form('{to}'); f.target = '_blank'; f.requestSubmit()"),
    ("form", "form('/sign-in/redirect?status=307&to=' + encodeURIComponent('{to}')).submit()"),
    // Into a frame of the very site that it goes to.
    (
        "form",
        "const f = form('{to}'); f.target = 'inner'; const i = document.createElement('iframe'); i.name = 'inner';
          i.onload = () => { i.onload = null; f.submit() }; i.src = '{origin}/article'; document.body.append(i)",
    ),
    // The last one: its worker stays, and answers what pages of the site post.
    (
        "request",
        "navigator.serviceWorker.register('/sign-in/service.js', { scope: '/' }).then(() => navigator.serviceWorker.ready)
          .then((it) => it.active.postMessage({ to: '{to}', body: 'x' }))",
    ),
];

fn page(does: &str) -> String {
    format!(
        "<button id=b>Go</button><script>
        function form(to) {{
          const form = document.createElement('form'); form.method = 'post'; form.action = to;
          form.innerHTML = '<input name=a value=x>'; document.body.append(form); return form;
        }}
        b.onclick = () => {{ {does} }};</script>"
    )
}

async fn press(stage: &Stage) -> Value {
    stage
        .execute(json!({"type": "click", "selector": "#b"}))
        .await
}

/// What the page does arrives at that path and nowhere else, without anybody being asked.
async fn arrives(stage: &Stage, does: &str, path: &str) {
    stage.site.reset();
    made(stage, &page(does)).await;
    assert_eq!(press(stage).await["success"], true, "{does}");
    assert_eq!(taken(stage, does).await, [path]);
}

/// The one approval that something waits for, once there is one.
async fn held(stage: &Stage, what: &str) -> Value {
    let waiting = eventually(what, async || {
        let waiting = waiting(stage).await;
        (!waiting.is_empty()).then_some(waiting)
    });
    let mut waiting = waiting.await;
    assert_eq!(waiting.len(), 1, "{what}: {waiting:?}");
    waiting.remove(0)
}

#[tokio::test]
async fn whatever_a_page_sends_elsewhere_by_itself_is_held_and_sent_once_it_is_approved() {
    let stage = Stage::new().await;
    ask_about(&stage, json!({"posts_elsewhere": true})).await;
    let elsewhere = stage.site.cross_site();
    for (number, (kind, does)) in WAYS.iter().enumerate() {
        stage.site.reset();
        let path = format!("/sign-in/to/{number}");
        let to = format!("{elsewhere}{path}");
        let does = does.replace("{to}", &format!("{to}?q=hidden"));
        made(&stage, &page(&does.replace("{origin}", elsewhere))).await;
        let done = press(&stage).await;
        assert_eq!(done["success"], true, "{does} {done}");
        let approval = held(&stage, &does).await;
        assert_eq!(approval["kind"], "post_elsewhere", "{does}");
        assert_eq!(approval["site"], "localhost", "{does}");
        let subject = approval["subject"].as_str().unwrap();
        assert!(
            subject.starts_with(&format!("{kind} of ")),
            "{does}: {subject}"
        );
        assert!(subject.ends_with(&format!(" to {to}")), "{does}: {subject}");
        let takes = stage.site.takes();
        assert!(
            takes.iter().all(|take| take.path != path),
            "{does} {takes:?}"
        );
        decide(&stage, &approval, "approve").await;
        eventually(&does, async || {
            let takes = stage.site.takes();
            takes.iter().any(|take| take.path == path).then_some(())
        })
        .await;
        let takes = stage.site.takes();
        let sent = takes
            .iter()
            .filter(|take| take.path == path && take.method != "OPTIONS");
        assert_eq!(sent.count(), 1, "{does} {takes:?}");
        assert_eq!(waiting(&stage).await.len(), 0, "{does}");
    }
}

#[tokio::test]
async fn an_action_tells_what_is_held_because_of_it_and_what_is_denied_fails() {
    let stage = Stage::new().await;
    ask_about(&stage, json!({"posts_elsewhere": true})).await;
    let to = format!("{}/sign-in/to/x", stage.site.cross_site());
    let does = format!(
        "fetch('{to}', {{ method: 'POST', mode: 'no-cors', body: 'x' }}).catch(() => {{ document.title = 'Failed' }})"
    );
    made(&stage, &page(&does)).await;
    let first = press(&stage).await;
    let approval = held(&stage, "a request is held").await;
    let next = stage.execute(json!({"type": "wait", "time_ms": 1})).await;
    let scroll = stage
        .execute(json!({"type": "scroll_down", "amount": 1}))
        .await;
    let told = [&first, &next, &scroll];
    let id = approval["approval_id"].as_str().unwrap();
    let told = told.map(|done| done["message"].as_str().unwrap().contains(id));
    assert_eq!(told, [true, false, false], "{first}");

    decide(&stage, &approval, "deny").await;
    eventually("the page is told", async || {
        let seen = stage
            .execute(json!({"type": "evaluate_js", "code": "document.title"}))
            .await;
        (seen["data"]["markdown"] == "Failed").then_some(())
    })
    .await;
    assert_eq!(stage.site.takes().len(), 0);
    // What stays on the site, or has no body, waits for nobody, and neither does anything without the policy.
    let here = stage.site.url("/sign-in/to/here");
    let does = format!("fetch('{here}', {{ method: 'POST', body: 'x' }})");
    arrives(&stage, &does, "/sign-in/to/here").await;
    let does = format!("fetch('{to}?q=1', {{ mode: 'no-cors' }})");
    arrives(&stage, &does, "/sign-in/to/x").await;
    ask_about(&stage, json!({"posts_elsewhere": false})).await;
    let does = format!("fetch('{to}', {{ method: 'POST', mode: 'no-cors', body: 'x' }})");
    arrives(&stage, &does, "/sign-in/to/x").await;
    assert_eq!(waiting(&stage).await.len(), 0);
}

#[tokio::test]
async fn what_is_held_is_told_beside_a_download() {
    let stage = Stage::new().await;
    ask_about(&stage, json!({"posts_elsewhere": true})).await;
    let to = format!("{}/sign-in/to/x", stage.site.cross_site());
    let does = format!(
        "fetch('{to}', {{ method: 'POST', mode: 'no-cors', body: 'x' }});
        const a = document.createElement('a'); a.href = '/download/report.csv'; a.download = ''; document.body.append(a); a.click()"
    );
    made(&stage, &page(&does)).await;
    let done = stage
        .execute(json!({"type": "download_file", "selector": "#b"}))
        .await;
    assert_eq!(done["success"], true, "{done}");
    let approval = held(&stage, &does).await;
    let next = stage.execute(json!({"type": "wait", "time_ms": 1})).await;
    let told = [&done, &next].map(|done| done["message"].as_str().unwrap());
    assert!(told[0].contains("report.csv"), "{told:?}");
    let id = approval["approval_id"].as_str().unwrap();
    let tells = told.iter().filter(|it| it.contains(id));
    assert_eq!(tells.count(), 1, "{told:?}");
    decide(&stage, &approval, "approve").await;
    assert_eq!(taken(&stage, &does).await, ["/sign-in/to/x"]);
}

#[tokio::test]
async fn a_page_has_nobody_asked_without_end() {
    let stage = Stage::new().await;
    ask_about(&stage, json!({"posts_elsewhere": true})).await;
    let to = format!("{}/sign-in/to", stage.site.cross_site());
    let does = format!(
        "let failed = 0; for (let i = 0; i < 200; i++) fetch(`{to}/${{i}}`, {{ method: 'POST', mode: 'no-cors', body: 'x' }})
          .catch(() => {{ failed++; document.title = failed }})"
    );
    made(&stage, &page(&does)).await;
    assert_eq!(press(&stage).await["success"], true);
    eventually("the rest fails", async || {
        let seen = stage
            .execute(json!({"type": "evaluate_js", "code": "document.title"}))
            .await;
        (seen["data"]["markdown"] == "168").then_some(())
    })
    .await;
    eventually("all that are held are asked about", async || {
        let list = stage
            .client
            .get("/approvals?only_pending=true&page_size=100")
            .ok()
            .await;
        (list["items"].as_array().unwrap().len() == 32).then_some(())
    })
    .await;
    assert_eq!(stage.site.takes().len(), 0);
    // The session works as ever.
    let done = stage
        .execute(json!({"type": "goto", "url": stage.site.url("/article")}))
        .await;
    assert_eq!(done["success"], true, "{done}");
}

#[tokio::test]
async fn a_page_that_never_rests_keeps_nobody_from_leaving_it() {
    let stage = Stage::new().await;
    made(&stage, "<p>Stuck</p>").await;
    let script = json!({"type": "evaluate_js", "code": "setTimeout(() => { for (;;); })"});
    stage.execute(script).await;
    // Its requests are to be held from now on, and it answers nothing.
    ask_about(&stage, json!({"posts_elsewhere": true})).await;
    let url = stage.site.url("/article");
    let went = stage.execute(json!({"type": "goto", "url": url})).await;
    assert_eq!(went["success"], true, "{went}");
    let at = json!({"type": "evaluate_js", "code": "location.pathname"});
    let at = stage.execute(at).await;
    assert_eq!(at["data"]["markdown"], "/article", "{at}");
}
