//! Pictures of what a site sends back of a secret that it got by wire.

use guise_core::ScreenshotType;
use guise_core::ports::Browser as _;
use serde_json::Value;

use super::in_page::{painted, picture};
use super::world::{PASSWORD, World};
use crate::stage::{PATIENCE, soon};

const HOST: &str = "login.bank.example";

/// Where the page shows it.
const PLACES: &str = "(() => {
    const part = (node, text) => { const at = node.data.indexOf(text); const range = document.createRange();
      range.setStart(node, at); range.setEnd(node, at + text.length); return range.getBoundingClientRect() };
    const shown = document.getElementById('again').value;
    return JSON.stringify({
      heading: part(document.querySelector('h1').firstChild, shown),
      link: part(document.getElementById('link').firstChild, shown),
      again: document.getElementById('again').getBoundingClientRect(),
      list: document.querySelector('select').getBoundingClientRect(),
      image: document.querySelector('img').getBoundingClientRect(),
    }) })()";

/// The whole picture is white, as the page is.
fn is_white(jpeg: &[u8]) -> bool {
    let picture = picture(jpeg);
    picture
        .pixels()
        .all(|pixel| pixel.0.iter().all(|&colour| colour > 240))
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_show_nothing_of_what_a_site_sends_back() {
    let world = World::new().await;
    let form =
        "<form method=post action=/sign-in/echo><input id=password name=password type=password>
        <button id=send>Go</button></form>";
    world.made(HOST, form).await;
    let outcome = world.fills("#password", PASSWORD).await;
    assert!(outcome.message.contains("stand-in"), "{}", outcome.message);
    let mut pictures = world.stage.browser.record().await.unwrap();
    world.click("#send").await;
    let again = "document.getElementById('again').value";
    assert_eq!(world.stage.evaluate(again).await, world.password());
    let places: Value = serde_json::from_str(&world.stage.evaluate(PLACES).await).unwrap();
    // Beside each other, and beside the recording.
    let raw = || world.stage.browser.screenshot(ScreenshotType::Raw, soon());
    let (one, other, observed) = tokio::join!(raw(), raw(), world.stage.observe());
    let mut seen = vec![
        one.unwrap().jpeg,
        other.unwrap().jpeg,
        observed.screenshot.jpeg,
    ];
    for number in 0..8 {
        let code = "document.querySelector('main').append('.'); 0";
        world.stage.evaluate(code).await;
        let next = tokio::time::timeout(PATIENCE, pictures.recv());
        let jpeg = next.await.unwrap().unwrap();
        // Four that nobody took and one that was just taken may be of the page before.
        if number >= 5 {
            seen.push(jpeg);
        }
    }
    for jpeg in seen {
        let picture = picture(&jpeg);
        for (name, place) in places.as_object().unwrap() {
            painted(&picture, place, name);
        }
    }

    // Where it is not shown nothing is painted over, and other sites were told nothing.
    let white = "<style>body * { display: none }</style>";
    world.made(HOST, white).await;
    let screenshot = world.stage.browser.screenshot(ScreenshotType::Raw, soon());
    assert!(is_white(&screenshot.await.unwrap().jpeg));
    let told = format!(
        "<style>h1 {{ display: none }} body {{ color: #fefefe }}</style><p>{}</p>",
        world.password().replace('&', "&amp;")
    );
    world.made("other.example", &told).await;
    let screenshot = world.stage.browser.screenshot(ScreenshotType::Raw, soon());
    assert!(is_white(&screenshot.await.unwrap().jpeg));
    world.end().await;
}
