//! Actions by the id of an element that the page has rendered anew since it was observed. How often that works is measured in
//! `tests/page_script/healing.test.mjs`.

use crate::stage::{Stage, by_id, click, element, fill};
use guise_core::{Element, Observation};

/// Has the page tell what is pressed, by the label that was put there by hand.
const TELL: &str = "window.pressed = []; \
    document.addEventListener('click', (event) => pressed.push(event.target.closest('[data-truth]')?.dataset.truth ?? event.target.tagName), true); 0";

async fn on(page: &str) -> (Stage, Observation) {
    let stage = Stage::new().await;
    stage.goto(&format!("/perceive/{page}")).await;
    stage.evaluate(TELL).await;
    let seen = stage.observe().await;
    (stage, seen)
}

async fn pressed(stage: &Stage) -> String {
    stage.evaluate("pressed.join()").await
}

/// The first element in the row of a table or list that holds `text`.
fn in_row<'a>(seen: &'a Observation, row: &str, label: &str) -> &'a Element {
    let after = seen.elements.iter().skip_while(|it| it.label != row);
    after.skip(1).find(|it| it.label == label).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_element_that_was_rendered_anew_is_found_by_its_id() {
    let (stage, seen) = on("users").await;
    let edit = in_row(&seen, "Cy Young", "Edit").id.clone();
    let find = element(&seen, "Find a user").id.clone();
    stage
        .evaluate("const body = document.querySelector('tbody'); const rows = [...body.children].reverse(); document.body.innerHTML = document.body.innerHTML; document.querySelector('tbody').replaceChildren(...rows.map((row) => row.cloneNode(true))); 0")
        .await;
    let outcome = stage.done(click(by_id(&edit))).await;
    assert!(
        outcome.message.contains("found again"),
        "{}",
        outcome.message
    );
    assert_eq!(pressed(&stage).await, "Edit@Cy Young");
    // Once it is found it is itself.
    let outcome = stage.done(click(by_id(&edit))).await;
    assert!(
        !outcome.message.contains("found again"),
        "{}",
        outcome.message
    );
    // What is told of it is where it is now.
    let selectors = outcome.selectors.unwrap();
    let code = format!(
        "document.querySelector({:?}).dataset.truth",
        selectors.css_selector
    );
    assert_eq!(stage.evaluate(&code).await, "Edit@Cy Young");
    stage.done(fill(by_id(&find), "Ada")).await;
    let value = "document.querySelector('[name=find]').value";
    assert_eq!(stage.evaluate(value).await, "Ada");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_stay_when_the_page_is_rendered_anew_and_observed_again() {
    let (stage, seen) = on("users").await;
    stage
        .evaluate("document.body.innerHTML = document.body.innerHTML; 0")
        .await;
    let again = stage.observe().await;
    let ids = |seen: &Observation| -> Vec<_> {
        let elements = seen.elements.iter();
        elements
            .map(|it| (it.id.clone(), it.label.clone()))
            .collect()
    };
    assert_eq!(ids(&seen), ids(&again));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_pressed_where_it_could_be_several() {
    let (stage, seen) = on("shop").await;
    let search = element(&seen, "Search</button>").id.clone();
    stage
        .evaluate("const button = document.querySelector('header button'); const twice = button.outerHTML; button.outerHTML = twice + twice; 0")
        .await;
    let message = stage.fails(click(by_id(&search))).await;
    assert!(message.contains("2 elements may be it now"), "{message}");
    assert_eq!(pressed(&stage).await, "");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_shows_something_else_now_is_not_pressed() {
    let (stage, seen) = on("users").await;
    let delete = in_row(&seen, "Bob Stone", "Delete").id.clone();
    let other = in_row(&seen, "Eve Adams", "Delete").id.clone();
    // The nodes stay where they are, as in a list that is scrolled.
    stage
        .evaluate("const cells = [...document.querySelectorAll('tbody tr')]; cells.forEach((row, at) => { const next = cells[at + 1]; const name = next ? next.cells[1].textContent : 'Zoe Zimmer'; row.cells[0].firstChild.setAttribute('aria-label', 'Select ' + name); row.cells[2].textContent = next ? next.cells[2].textContent : 'zoe@example.org'; const a = row.cells[1].firstChild; a.textContent = name; a.href = '/users/' + name; row.cells[3].children[1].dataset.truth = 'Delete@' + name; }); 0")
        .await;
    let outcome = stage.done(click(by_id(&other))).await;
    assert!(
        outcome.message.contains("found again"),
        "{}",
        outcome.message
    );
    assert_eq!(pressed(&stage).await, "Delete@Eve Adams");
    stage
        .evaluate("pressed = []; for (const row of [...document.querySelectorAll('tbody tr')]) if (row.cells[1].textContent === 'Bob Stone') row.cells[1].firstChild.textContent = 'Uma Ullman'; 0")
        .await;
    let message = stage.fails(click(by_id(&delete))).await;
    assert!(message.contains("stands for something else"), "{message}");
    assert_eq!(pressed(&stage).await, "");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_a_moment_later_is_waited_for() {
    let (stage, seen) = on("users").await;
    let new = element(&seen, "New user").id.clone();
    stage
        .evaluate("const html = document.body.innerHTML; document.body.textContent = 'Loading'; requestAnimationFrame(() => requestAnimationFrame(() => { document.body.innerHTML = html; })); 0")
        .await;
    stage.done(click(by_id(&new))).await;
    assert_eq!(pressed(&stage).await, "New user");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn elements_in_frames_are_found_again() {
    let (stage, seen) = on("player").await;
    let submit = element(&seen, "Submit").id.clone();
    let inner = "document.querySelector('iframe').contentDocument";
    stage
        .evaluate(&format!("{inner}.body.innerHTML = {inner}.body.innerHTML; {inner}.addEventListener('click', (event) => pressed.push(event.target.dataset.truth)); 0"))
        .await;
    let outcome = stage.done(click(by_id(&submit))).await;
    assert_eq!(pressed(&stage).await, "Submit");
    assert!(outcome.selectors.unwrap().in_iframe);
    stage.end().await;
}
