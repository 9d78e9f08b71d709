//! Frames of the same and of other processes, and shadow roots.

use std::time::Duration;

use guise_core::{Interaction, Observation};
use serde_json::json;

use crate::stage::{Stage, by, by_id, click, element, fill};

/// What the frames have reported to the page so far.
async fn reports(stage: &Stage) -> String {
    stage.evaluate("JSON.stringify(window.__reports)").await
}

/// Waits until the page has heard that from a frame; messages between processes take their time.
async fn heard(stage: &Stage, report: serde_json::Value) {
    let code = format!(
        "new Promise(done => {{ \
           const look = () => window.__reports.some(r => JSON.stringify(r) === JSON.stringify({report})); \
           if (look()) done(0); else addEventListener('message', () => look() && done(0)); \
         }})"
    );
    let heard = tokio::time::timeout(Duration::from_secs(10), stage.evaluate(&code)).await;
    assert!(heard.is_ok(), "{report} not in {}", reports(stage).await);
}

fn near<'a>(seen: &'a Observation, text: &str) -> &'a guise_core::Element {
    element(seen, text)
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_in_view_is_listed_with_its_frame() {
    let settings = guise_browser::Settings {
        viewport: Some(guise_core::Viewport {
            width: 1000,
            height: 1900,
        }),
        ..Default::default()
    };
    let stage = Stage::with(guise_chromium::Engine::HeadlessShell, settings).await;
    stage.goto("/frames").await;
    let seen = stage.observe().await;
    for name in ["same", "other", "nest-3", "nest-2", "nest-1", "sandboxed"] {
        let button = near(&seen, &format!("Button in {name}"));
        assert!(button.selectors.in_iframe, "{name}");
        let depth = match name {
            "nest-2" => 2,
            "nest-1" => 3,
            _ => 1,
        };
        assert_eq!(
            button.selectors.iframe_parent_css_selectors.len(),
            depth,
            "{name}"
        );
        let id = button.id.clone();
        let selectors = button.selectors.clone();
        stage.done(click(by_id(&id))).await;
        heard(&stage, json!({ "frame": name, "what": "button" })).await;
        // The selectors find it again.
        let target = guise_core::Target {
            selectors: Some(selectors),
            timeout_ms: 3000,
            ..Default::default()
        };
        stage.done(click(target)).await;
    }
    stage
        .done(click(by_id(&near(&seen, "Button in srcdoc").id)))
        .await;
    heard(&stage, json!({ "frame": "srcdoc", "what": "button" })).await;

    for name in ["same", "nest-1"] {
        let field = near(&seen, &format!("Name in {name}"));
        stage.done(fill(by_id(&field.id), "Ines")).await;
        let agree = near(&seen, &format!("Agree in {name}"));
        stage
            .done(guise_core::Action::Interact {
                target: by_id(&agree.id),
                interaction: Interaction::Check { value: true },
            })
            .await;
        stage
            .done(click(by_id(&near(&seen, &format!("Send from {name}")).id)))
            .await;
        heard(
            &stage,
            json!({ "frame": name, "what": "form", "value": "Ines" }),
        )
        .await;
        heard(
            &stage,
            json!({ "frame": name, "what": "agree", "value": "true" }),
        )
        .await;
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_out_of_view_are_scrolled_to() {
    let stage = Stage::new().await;
    stage.goto("/frames").await;
    for name in ["nest-1", "sandboxed", "other"] {
        let path = match name {
            "nest-1" => {
                "iframe[name=nest-3] >> internal:control=enter-frame >> iframe[name=nest-2] >> internal:control=enter-frame >> iframe[name=nest-1] >> internal:control=enter-frame >> #button"
            }
            "sandboxed" => "iframe[name=sandboxed] >> internal:control=enter-frame >> #button",
            _ => "iframe[name=other] >> internal:control=enter-frame >> #button",
        };
        stage.done(click(by(path))).await;
        heard(&stage, json!({ "frame": name, "what": "button" })).await;
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overlay_over_a_frame_is_not_pressed() {
    let stage = Stage::new().await;
    stage.goto("/frames").await;
    stage
        .evaluate("const c = document.createElement('div'); c.style = 'position:fixed;inset:0;z-index:9'; c.onclick = () => { window.overlaid = true }; document.body.append(c)")
        .await;
    let mut target = by("iframe[name=other] >> internal:control=enter-frame >> #button");
    target.timeout_ms = 2000;
    let message = stage.fails(click(target)).await;
    assert!(message.contains("over the frame"), "{message}");
    assert_eq!(stage.evaluate("window.overlaid").await, "null");
    assert_eq!(reports(&stage).await, "[]");
    stage.end().await;
}

/// A frame that was in view at the last look is asked along with the page around it: what comes of it counts only for what is
/// in view now.
#[tokio::test(flavor = "multi_thread")]
async fn frames_that_were_seen_are_seen_as_they_are_now() {
    let stage = Stage::new().await;
    stage.goto("/frames").await;
    // Which of these one look lists.
    let lists = async |names: [&'static str; 2]| {
        let seen = stage.observe().await;
        names.map(|name| seen.elements.iter().any(|element| element.label == name))
    };
    let names = ["Button in same", "Link in same"];
    assert_eq!(lists(names).await, [true, true]);
    let change = "{ const { document: inner } = frames.same;
        inner.querySelector('#link').style = 'position: fixed; top: 0; left: 0';
        inner.querySelector('#button').style = 'position: fixed; bottom: 0; left: 0';
        inner.querySelector('#button').textContent = 'Renamed' }";
    stage.evaluate(change).await;
    assert_eq!(lists(["Button in same", "Renamed"]).await, [false, true]);

    // Of the frame, the lower half stays in view.
    let half =
        "{ const { top, height } = document.querySelector('[name=same]').getBoundingClientRect();
        scrollTo(0, scrollY + top + height / 2) }";
    let names = ["Renamed", "Link in same"];
    stage.evaluate(half).await;
    assert_eq!(lists(names).await, [true, false]);
    stage.evaluate("scrollTo(0, 0)").await;
    assert_eq!(lists(names).await, [true, true]);

    let elsewhere = "new Promise(done => {
        const frame = document.querySelector('[name=same]');
        frame.onload = () => done(0);
        frame.src = '/frames/leaf?name=anew' })";
    stage.evaluate(elsewhere).await;
    assert_eq!(lists(["Renamed", "Button in anew"]).await, [false, true]);
    let away = "document.querySelector('[name=same]').remove()";
    stage.evaluate(away).await;
    let names = ["Button in anew", "Button in other"];
    assert_eq!(lists(names).await, [false, true]);
    stage.end().await;
}

/// A page whose parts are chosen by selectors.
const PARTS: &str = r#"<head><title>Lamps</title></head><body>
    <nav class=a>Here <nav>Deep</nav></nav><ul><li>One</li><li>Two <a href=/two>more</a></li></ul>
    <p class=a>First <b>bold</b></p><span>s1</span><span>s2</span><div class=a>Outer <p class=a>inner</p></div>
    <table><thead><tr><th>Lamp</th><th>Price</th></tr></thead>
    <tbody><tr><td>Desk</td><td>10</td></tr><tr><td>Floor</td><td>25</td></tr></tbody></table>
    <table role=none><tr><td>Left</td><td>Right</td></tr></table></body>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_selector_chooses_the_same_with_and_without_a_browser() {
    let stage = Stage::new().await;
    stage.goto("/frames").await;
    let write = format!(
        "document.open(); document.write({}); document.close()",
        serde_json::json!(PARTS)
    );
    stage.evaluate(&write).await;
    let url = stage.url().await;
    for selector in [".a", "li", "span"] {
        for only_main_content in [false, true] {
            let options = guise_core::ScrapeOptions {
                selector: Some(selector.to_owned()),
                only_main_content,
                ignored_tags: vec!["div".to_owned(), "b".to_owned()],
                ..guise_core::ScrapeOptions::default()
            };
            let shown = stage.scrape(&options).await.unwrap().data;
            let frames = vec![(url.clone(), PARTS.to_owned())];
            let plain = guise_browser::read_html(frames, &options).unwrap().data;
            assert_eq!(shown.markdown, plain.markdown, "{selector}");
            assert_eq!(shown.metadata, plain.metadata, "{selector}");
        }
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scraping_reads_frames_without_an_address() {
    let stage = Stage::new().await;
    stage.goto("/frames").await;
    let origin = stage.site.origin();
    let code = format!(
        "const inline = document.createElement('iframe'); \
         inline.srcdoc = '<p>Inline <a href=\"/in?a=1&amp;lt=2\">in</a></p>'; \
         const based = document.createElement('iframe'); \
         based.srcdoc = '<base href=\"{origin}/deep/\"><p>Based <a href=\"er\">deeper</a></p>'; \
         const loaded = [inline, based].map((it) => new Promise((done) => {{ it.onload = done; }})); \
         const filled = document.createElement('iframe'); \
         document.body.replaceChildren(inline, based, filled, document.createElement('iframe')); \
         await Promise.all(loaded); \
         filled.contentDocument.body.innerHTML = '<p>Filled <a href=\"/blank\">by script</a></p>'; \
         return 1"
    );
    assert_eq!(stage.evaluate(&code).await, "1");
    let options = guise_core::ScrapeOptions::default();
    let read = stage.scrape(&options).await.unwrap().data.markdown;
    let expected = format!(
        "\n\nIFRAME about:srcdoc:\nInline [in]({origin}/in?a=1&lt=2)\
         \n\nIFRAME about:srcdoc:\nBased [deeper]({origin}/deep/er)\
         \n\nIFRAME about:blank:\nFilled [by script]({origin}/blank)"
    );
    assert_eq!(read, expected);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scraping_reads_frames() {
    let stage = Stage::new().await;
    stage.goto("/frames").await;
    let options = guise_core::ScrapeOptions::default();
    let read = stage.scrape(&options).await.unwrap();
    for text in ["Frame same", "Frame other", "Frame nest-1", "IFRAME "] {
        assert!(
            read.data.markdown.contains(text),
            "{text} in {}",
            read.data.markdown
        );
    }
    let options = guise_core::ScrapeOptions {
        selector: Some("h1".to_owned()),
        ..options
    };
    let read = stage.scrape(&options).await.unwrap();
    assert_eq!(read.data.markdown, "# Frames");
    assert!(read.data.metadata.is_some(), "it is still that page");
    let options = guise_core::ScrapeOptions {
        selector: Some("#nothing".to_owned()),
        ..options
    };
    let error = stage.scrape(&options).await.unwrap_err();
    assert_eq!(error.kind(), guise_core::Kind::Refused);
    stage.end().await;
}
