//! What the mouse does beside a plain click.

use guise_core::ports::Browser as _;
use guise_core::{Action, Drop, Interaction, NodeSelectors, Target};
use rstest::rstest;

use crate::stage::{Stage, by, soon};

const INNER: &str = "iframe >> internal:control=enter-frame >> ";

fn on(selector: &str, interaction: Interaction) -> Action {
    Action::Interact {
        target: Target {
            timeout_ms: 1500,
            ..by(selector)
        },
        interaction,
    }
}

fn onto(selector: &str) -> Interaction {
    let to = Drop::Element {
        id: None,
        selectors: Some(NodeSelectors::from_text(selector)),
    };
    Interaction::DragAndDrop { to: to.into() }
}

fn by_pixels(x: i32, y: i32) -> Interaction {
    let to = Drop::By { x, y };
    Interaction::DragAndDrop { to: to.into() }
}

/// Shows a page with that body, which writes down the events of the mouse at its elements.
async fn page(stage: &Stage, body: &str) {
    stage.goto("/article").await;
    let code = format!(
        "document.body.innerHTML = {}; window.log = [];
         for (const type of ['mouseover', 'mousedown', 'mouseup', 'click', 'dblclick', 'contextmenu'])
           document.body.addEventListener(type, (e) => e.target.id && log.push(`${{type}} ${{e.target.id}}`)); 0",
        serde_json::json!(body)
    );
    stage.evaluate(&code).await;
}

async fn log(stage: &Stage) -> String {
    stage.evaluate("log.join()").await
}

const TWO: &str = "<style>div { position: absolute; width: 80px; height: 40px; top: 60px; background: #ccc }</style>
    <div id=a style='left: 40px'>A</div><div id=b style='left: 300px'>B</div>";

#[rstest]
#[case(Interaction::Hover, "mouseover a")]
#[case(
    Interaction::DoubleClick,
    "mouseover a,mousedown a,mouseup a,click a,mousedown a,mouseup a,click a,dblclick a"
)]
#[case(
    Interaction::RightClick,
    "mouseover a,mousedown a,contextmenu a,mouseup a"
)]
#[case(Interaction::ClickAt { x: 79, y: 1 }, "mouseover a,mousedown a,mouseup a,click a")]
#[case(Interaction::PressAndHold { time_ms: 20 }, "mouseover a,mousedown a,mouseup a,click a")]
#[case(Interaction::Wheel { delta_x: 0, delta_y: 10 }, "mouseover a")]
#[case(by_pixels(10, 5), "mouseover a,mousedown a,mouseup a,click a")]
#[case(onto("#b"), "mouseover a,mousedown a,mouseover b,mouseup b")]
#[tokio::test(flavor = "multi_thread")]
async fn the_page_hears_of_it(#[case] interaction: Interaction, #[case] events: &str) {
    let stage = Stage::new().await;
    page(&stage, TWO).await;
    stage.done(on("#a", interaction)).await;
    assert_eq!(log(&stage).await, events);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_is_pressed_in_its_place() {
    let stage = Stage::new().await;
    let covered = format!("{TWO}<div id=veil style='inset: 0; width: auto; height: auto'></div>");
    page(&stage, &covered).await;
    for interaction in [
        Interaction::Hover,
        Interaction::DoubleClick,
        Interaction::RightClick,
        Interaction::ClickAt { x: 5, y: 5 },
        Interaction::PressAndHold { time_ms: 20 },
        by_pixels(50, 0),
        onto("#veil"),
    ] {
        let message = stage.fails(on("#a", interaction)).await;
        assert!(message.contains("another element"), "{message}");
    }
    // What appears under the mouse hears that it is there.
    let log = log(&stage).await;
    let heard: Vec<_> = log
        .split(',')
        .filter(|event| *event != "mouseover veil" && !event.is_empty())
        .collect();
    assert!(heard.is_empty(), "{log}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_outside_of_the_element_is_not_pressed() {
    let stage = Stage::new().await;
    page(&stage, TWO).await;
    let message = stage
        .fails(on("#a", Interaction::ClickAt { x: 300, y: 5 }))
        .await;
    assert!(message.contains("another element"), "{message}");
    assert_eq!(log(&stage).await, "");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_in_view_at_once_is_not_dragged() {
    let stage = Stage::new().await;
    let far = TWO.replace("left: 300px", "left: 300px; top: 4000px");
    page(&stage, &far).await;
    let message = stage.fails(on("#a", onto("#b"))).await;
    assert!(message.contains("in view at the same time"), "{message}");
    assert!(!log(&stage).await.contains("mousedown"));
    stage.end().await;
}

#[rstest]
#[case("/article")]
#[case("")]
#[tokio::test(flavor = "multi_thread")]
async fn it_works_in_frames(#[case] path: &str) {
    let stage = Stage::new().await;
    // Of the page's own process, or of another one.
    let inner = match path {
        "" => format!("{}/frames/leaf?name=far", stage.site.cross_site()),
        path => stage.site.url(path),
    };
    page(
        &stage,
        &format!(
            "<p style='height: 900px'>Down</p><iframe src='{inner}' width=600 height=300></iframe>"
        ),
    )
    .await;
    let heading = format!("{INNER}:is(h1, h3) >> nth=0");
    for interaction in [
        Interaction::Hover,
        Interaction::DoubleClick,
        Interaction::RightClick,
        Interaction::ClickAt { x: 5, y: 5 },
        by_pixels(20, 10),
    ] {
        stage.done(on(&heading, interaction)).await;
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_press_would_do_is_foreseen() {
    let stage = Stage::new().await;
    page(
        &stage,
        "<div id=two style='width: 300px; height: 60px; position: relative'>
         <button style='position: absolute; left: 0'>Keep it</button><button style='position: absolute; left: 200px'>Buy now</button></div>",
    )
    .await;
    let foreseen = async |interaction| {
        let action = on("#two", interaction);
        stage
            .browser
            .foresee(&action, soon())
            .await
            .unwrap()
            .presses
    };
    assert_eq!(
        foreseen(Interaction::ClickAt { x: 210, y: 8 }).await,
        ["Buy now"]
    );
    assert_eq!(
        foreseen(Interaction::ClickAt { x: 10, y: 8 }).await,
        ["Keep it"]
    );
    assert!(foreseen(Interaction::Hover).await.is_empty());
    for interaction in [
        Interaction::DoubleClick,
        Interaction::RightClick,
        Interaction::PressAndHold { time_ms: 5 },
        by_pixels(5, 5),
    ] {
        let action = on("text='Buy now'", interaction);
        let foreseen = stage.browser.foresee(&action, soon()).await.unwrap();
        assert_eq!(foreseen.presses, ["Buy now"], "{action:?}");
    }
    stage.end().await;
}
