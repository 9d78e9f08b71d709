//! What is seen of a page: on pages that were labelled by hand, within a budget, and since the last look.

use std::collections::HashSet;

use guise_browser::Settings;
use guise_chromium::Engine;
use guise_core::ports::Browser as _;
use guise_core::{
    Action, Changes, ElementId, Observation, ObserveRequest, ScreenshotType, Viewport, tokens,
};
use guise_testsite::PERCEIVED;
use rstest::rstest;

use crate::stage::{Stage, by_id, click, element, soon};

/// A window in which each of the pages is in view as a whole.
async fn tall() -> Stage {
    let settings = Settings {
        viewport: Some(Viewport {
            width: 1280,
            height: 3000,
        }),
        ..Settings::default()
    };
    Stage::with(Engine::HeadlessShell, settings).await
}

async fn observe(stage: &Stage, request: ObserveRequest) -> Observation {
    stage.browser.observe(&request, soon()).await.unwrap()
}

/// The names of the controls that a page holds by its own account.
fn truth(html: &str) -> Vec<String> {
    let marked = html.split("data-truth=").skip(1);
    let names = marked.map(|rest| match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap(),
        None => rest.split([' ', '>']).next().unwrap(),
    });
    names
        .filter(|name| *name != "-")
        .map(|name| name.split('@').next().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_that_people_see_is_listed_and_nothing_else() {
    let stage = tall().await;
    let (mut controls, mut found) = (0, 0);
    let (mut missing, mut false_ones) = (Vec::new(), Vec::new());
    for (name, html) in PERCEIVED {
        stage.goto(&format!("/perceive/{name}")).await;
        let seen = stage.observe().await;
        let ids: HashSet<_> = seen.elements.iter().map(|it| &it.id).collect();
        assert_eq!(ids.len(), seen.elements.len(), "{name}: an element twice");
        let mut listed: Vec<&str> = seen.elements.iter().map(|it| &*it.label).collect();
        for label in truth(html) {
            controls += 1;
            match listed.iter().position(|it| *it == label) {
                Some(at) => {
                    found += 1;
                    listed.swap_remove(at);
                }
                None => missing.push(format!("{name}: {label}")),
            }
        }
        false_ones.extend(listed.iter().map(|label| format!("{name}: {label}")));
    }
    println!(
        "{found} of {controls} controls on {} pages, missing {missing:?}",
        PERCEIVED.len()
    );
    assert!(PERCEIVED.len() >= 20 && controls >= 400);
    assert!(found * 100 >= controls * 99, "missing: {missing:?}");
    assert_eq!(false_ones, Vec::<String>::new());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_cannot_read_is_not_told() {
    let stage = tall().await;
    stage.goto("/perceive/injection").await;
    let seen = stage.observe().await;
    assert!(
        !seen.description.contains("ignore all"),
        "{}",
        seen.description
    );
    for text in [
        "Mix flour and milk.",
        "Light on dark is read",
        "Above the rest",
    ] {
        assert!(
            seen.description.contains(text),
            "{text}: {}",
            seen.description
        );
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_press_is_told_in_a_few_words() {
    let stage = tall().await;
    stage.goto("/perceive/settings").await;
    stage
        .evaluate("document.addEventListener('click', (event) => { const toggle = event.target.closest('[role=switch]'); if (!toggle) return; toggle.setAttribute('aria-checked', String(toggle.getAttribute('aria-checked') !== 'true')); document.querySelector('h1').insertAdjacentHTML('afterend', '<p>Saved</p><button>Undo</button>'); document.querySelector('[aria-label=Danger] button').remove(); document.querySelector('main').innerHTML = document.querySelector('main').innerHTML; }); 0")
        .await;
    let seen = stage.observe().await;
    let toggle = element(&seen, "Push notices").id.clone();
    let gone = element(&seen, "Sign out everywhere").id.clone();
    stage.done(click(by_id(&toggle))).await;
    let since = ObserveRequest {
        since_last: true,
        max_tokens: Some(300),
        ..ObserveRequest::default()
    };
    let after = observe(&stage, since.clone()).await;
    let changes = after.changes.clone().unwrap();
    let undo = element(&after, "Undo").id.clone();
    assert_eq!(changes.added, [undo], "{}", after.description);
    assert_eq!(changes.changed, [toggle], "{}", after.description);
    assert_eq!(changes.gone, [gone], "{}", after.description);
    assert_eq!(after.elements.len(), 2);
    assert!(
        after.description.contains("+ _[:]Saved"),
        "{}",
        after.description
    );
    println!(
        "{} tokens:\n{}",
        tokens(&after.description),
        after.description
    );
    assert!(tokens(&after.description) <= 300);
    let same = observe(&stage, since.clone()).await;
    assert_eq!((same.description.as_str(), same.elements.len()), ("", 0));
    // Another document is told as a whole.
    stage.goto("/perceive/board").await;
    let other = observe(&stage, since).await;
    assert!(other.changes.is_none() && other.description.starts_with("### Content"));
    stage.end().await;
}

/// What is different since the last look.
async fn since_last(stage: &Stage) -> (Observation, Changes) {
    let request = ObserveRequest {
        since_last: true,
        ..ObserveRequest::default()
    };
    let seen = observe(stage, request).await;
    let changes = seen.changes.clone().unwrap();
    (seen, changes)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_lies_behind_a_dialog_is_not_gone(#[values("show", "showModal")] show: &str) {
    let stage = Stage::new().await;
    stage.goto("/download").await;
    let seen = stage.observe().await;
    let id = |text: &str| element(&seen, text).id.clone();
    let (behind, removed) = (id("Report (attachment)"), id("data: address"));
    stage
        .evaluate(&format!("document.body.insertAdjacentHTML('beforeend', '<dialog><p>News</p><button>Close</button></dialog>'); document.querySelector('dialog').{show}(); document.querySelector('#data').remove(); 0"))
        .await;
    let (above, changes) = since_last(&stage).await;
    let close = element(&above, "Close").id.clone();
    assert_eq!(
        changes.added,
        std::slice::from_ref(&close),
        "{}",
        above.description
    );
    assert_eq!(changes.gone, [removed], "{}", above.description);
    assert!(changes.out_of_view.contains(&behind), "{changes:?}");
    stage
        .evaluate("document.querySelector('dialog').close(); 0")
        .await;
    let (after, changes) = since_last(&stage).await;
    assert_eq!(changes.gone, [close], "{}", after.description);
    assert_eq!(element(&after, "Report (attachment)").id, behind);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_a_frame_out_of_view_is_not_gone() {
    let stage = tall().await;
    stage.goto("/frames").await;
    let seen = stage.observe().await;
    let id = |name: &str| element(&seen, &format!("Button in {name}")).id.clone();
    let in_view: Vec<ElementId> = ["same", "other", "nest-3", "nest-1"].map(id).into();
    // One goes with its frame, one with the part of the page that its frame is in.
    let (removed, hidden) = (id("srcdoc"), id("sandboxed"));
    stage
        .evaluate("document.querySelector('[name=srcdoc]').remove(); document.querySelector('[name=sandboxed]').style.display = 'none'; document.body.style.paddingBottom = '9000px'; scrollTo(0, 6000); 0")
        .await;
    let (away, changes) = since_last(&stage).await;
    for id in &in_view {
        assert!(changes.out_of_view.contains(id), "{id}: {changes:?}");
    }
    for id in [removed, hidden] {
        assert!(changes.gone.contains(&id), "{id}: {changes:?}");
    }
    assert!(
        away.description.contains(" out of view"),
        "{}",
        away.description
    );
    stage.evaluate("scrollTo(0, 0); 0").await;
    let (again, changes) = since_last(&stage).await;
    assert!(changes.gone.is_empty(), "{}", again.description);
    let id = |name: &str| element(&again, &format!("Button in {name}")).id.clone();
    let seen_again: Vec<ElementId> = ["same", "other", "nest-3", "nest-1"].map(id).into();
    assert_eq!(seen_again, in_view);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_view_is_not_gone_whoever_looked_in_between() {
    let stage = Stage::new().await;
    stage.goto("/perceive/list").await;
    let seen = stage.observe().await;
    let refresh = element(&seen, "Refresh").id.clone();
    stage
        .evaluate(
            "document.body.style.paddingBottom = '9000px'; scrollTo(0, document.body.scrollHeight); 0",
        )
        .await;
    for _ in 0..2 {
        let pictured = stage.browser.screenshot(ScreenshotType::Full, soon());
        pictured.await.unwrap();
    }
    let (away, changes) = since_last(&stage).await;
    assert!(changes.gone.is_empty(), "{}", away.description);
    // What scrolls has a name, too.
    for id in [refresh.clone(), ElementId::new("M1")] {
        assert!(changes.out_of_view.contains(&id), "{id}: {changes:?}");
    }
    stage.evaluate("scrollTo(0, 0); 0").await;
    let (again, changes) = since_last(&stage).await;
    assert!(changes.added.contains(&refresh), "{}", again.description);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_keeps_to_its_budget_and_says_what_it_leaves_out() {
    let stage = tall().await;
    stage.goto("/table?rows=2000").await;
    let whole = stage.observe().await;
    assert!(tokens(&whole.description) > 1000);
    for most in [0, 60, 500] {
        let request = ObserveRequest {
            max_tokens: Some(most),
            ..ObserveRequest::default()
        };
        let seen = observe(&stage, request).await;
        assert!(tokens(&seen.description) <= most.max(40), "{most}");
        assert!(
            seen.description.contains("### Left out: "),
            "{}",
            seen.description
        );
        assert_eq!(seen.elements.len(), whole.elements.len());
    }
    let request = ObserveRequest {
        max_actions: Some(5),
        ..ObserveRequest::default()
    };
    let seen = observe(&stage, request).await;
    assert!(
        seen.description.contains("The list ends here"),
        "{}",
        seen.description
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_scrolls_has_an_id_and_is_scrolled_by_it() {
    let stage = Stage::new().await;
    stage.goto("/perceive/list").await;
    let seen = stage.observe().await;
    let line = "M1[:]<div aria_label=\"Entries\">scrolls: 0 pixels above, 27";
    assert!(seen.description.contains(line), "{}", seen.description);
    let down = |amount| Action::ScrollDown {
        amount,
        of: Some(ElementId::new("M1")),
    };
    stage.done(down(Some(100))).await;
    let top = "document.querySelector('#scroller').scrollTop";
    assert_eq!(stage.evaluate(top).await, "100");
    stage.done(down(None)).await;
    assert_eq!(stage.evaluate(top).await, "268");
    stage.done(down(Some(100_000))).await;
    let message = stage.fails(down(None)).await;
    assert!(message.contains("'M1' is at its bottom"), "{message}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_of_other_sites_are_marked() {
    let stage = tall().await;
    stage.goto("/frames").await;
    let seen = stage.observe().await;
    let begin = format!(
        "### Begin of a frame of another site, {}\n",
        stage.site.cross_site()
    );
    let (_, inside) = seen
        .description
        .split_once(&begin)
        .expect(&seen.description);
    let (inside, _) = inside.split_once("### End of the frame").unwrap();
    assert!(inside.contains("Frame "), "{inside}");
    let before = seen.description.split(&begin).next().unwrap();
    assert!(before.contains("Frame same") && !before.contains("Frame same\n### End"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_shadow_roots_and_image_maps_can_be_used() {
    let stage = Stage::new().await;
    stage.goto("/perceive/components").await;
    stage
        .evaluate("document.querySelector('x-closed').addEventListener('click', () => { window.pressed = true }); 0")
        .await;
    let seen = stage.observe().await;
    stage
        .done(click(by_id(&element(&seen, "In closed root").id)))
        .await;
    assert_eq!(stage.evaluate("pressed").await, "True");
    stage.goto("/perceive/pictures").await;
    let seen = stage.observe().await;
    stage.done(click(by_id(&element(&seen, "Hall 2").id))).await;
    assert!(stage.url().await.ends_with("/hall/2"));
    stage.end().await;
}
