//! What the scrubber costs: its set-up, a change while in use, and each MiB of a page, of JSON, and of bytes.
//!
//! `--secrets N` (200 when absent) and `--megabytes N` (32 when absent). Prints one line of JSON: milliseconds, the
//! quickest of five runs. Built with `--release`, a MiB should cost 5 ms at most with 200 secrets.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program for measuring: it ends at the first thing that goes wrong, and prints what it found"
)]

use std::borrow::Cow;
use std::time::{Duration, Instant};

use guise_core::Secret;
use guise_secrets::Scrubber;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;

const MEBIBYTE: usize = 1024 * 1024;

/// What passwords are made of.
const CHARACTERS: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&*+-/<=>?@_";

fn main() {
    let (secrets, megabytes) = arguments();
    let mut random = StdRng::seed_from_u64(7);
    let values: Vec<String> = (0..secrets).map(|_| password(&mut random)).collect();
    let texts = [
        ("page", repeated(&page(&mut random), megabytes)),
        ("json", repeated(&document(&mut random), megabytes)),
        (
            "base64",
            repeated(&letters(&mut random, 64 * 1024), megabytes),
        ),
    ];

    let made = best(|| drop(made_of(&values).scrub_text("x")));
    let scrubber = made_of(&values);
    let changed = best(|| {
        scrubber.add(Secret::new("one more of them".to_owned()), "<more>");
        scrubber.scrub_text("x");
        scrubber.remove("<more>");
        scrubber.scrub_text("x");
    });
    let mut result = json!({
        "secrets": secrets,
        "megabytes": megabytes,
        "made_ms": milliseconds(made),
        "added_and_removed_ms": milliseconds(changed),
    });
    for (name, text) in &texts {
        let whole = best(|| {
            assert!(
                matches!(scrubber.scrub_text(text), Cow::Borrowed(_)),
                "no secret is in it"
            )
        });
        let chunks = best(|| {
            let mut stream = scrubber.stream();
            let passed: usize = text
                .as_bytes()
                .chunks(16 * 1024)
                .map(|chunk| stream.push(chunk).len())
                .sum();
            assert_eq!(
                passed + stream.finish().len(),
                text.len(),
                "no secret is in it"
            );
        });
        result[name] = json!({
            "ms_per_mib": milliseconds(whole) / megabytes as f64,
            "ms_per_mib_in_chunks": milliseconds(chunks) / megabytes as f64,
        });
    }
    println!("{result}");
}

fn made_of(values: &[String]) -> Scrubber {
    let labelled = values.iter().zip(1..);
    Scrubber::new(
        labelled.map(|(value, number)| (Secret::new(value.clone()), format!("<secret {number}>"))),
    )
}

fn best(mut work: impl FnMut()) -> Duration {
    let times = (0..5).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    times.min().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn password(random: &mut StdRng) -> String {
    let length = random.random_range(8..=24);
    (0..length)
        .map(|_| char::from(CHARACTERS[random.random_range(0..CHARACTERS.len())]))
        .collect()
}

fn letters(random: &mut StdRng, count: usize) -> String {
    (0..count)
        .map(|_| char::from(CHARACTERS[random.random_range(0..62)]))
        .collect()
}

/// Words, tags, addresses and references in about the shares that pages have them.
fn page(random: &mut StdRng) -> String {
    let mut page = String::new();
    while page.len() < 64 * 1024 {
        let length = random.random_range(2..10);
        let word = letters(random, length).to_lowercase();
        match random.random_range(0..20) {
            0 => page.push_str(&format!(
                "<p class=\"{word}\" data-id='{}'>",
                random.random_range(0..9999)
            )),
            1 => page.push_str(&format!(
                "<a href=\"/{word}?q=%2F{word}%20x&amp;n=1\">{word}</a>"
            )),
            2 => page.push_str(&format!("{word} &amp; &#39;{word}&#39;&nbsp;")),
            _ => page.push_str(&format!("{word} ")),
        }
    }
    page
}

fn document(random: &mut StdRng) -> String {
    let items: Vec<_> = (0..600)
        .map(|number| json!({"id": number, "name": letters(random, 12), "text": page(random)[..64].to_owned() + "\n\"é\"", "at": 1_790_000_000 + number}))
        .collect();
    json!(items).to_string()
}

fn repeated(text: &str, megabytes: usize) -> String {
    let mut whole = String::with_capacity(megabytes * MEBIBYTE + text.len());
    while whole.len() < megabytes * MEBIBYTE {
        whole.push_str(text);
    }
    whole
}

fn arguments() -> (usize, usize) {
    let (mut secrets, mut megabytes) = (200, 32);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let place = match name.as_str() {
            "--secrets" => &mut secrets,
            "--megabytes" => &mut megabytes,
            other => panic!("unknown argument {other}: expected --secrets N or --megabytes N"),
        };
        let number = arguments.next().and_then(|number| number.parse().ok());
        *place = number.expect("a number after the argument's name");
    }
    (secrets, megabytes)
}
