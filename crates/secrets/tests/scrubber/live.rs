//! The set of secrets changes while it is in use.

use std::borrow::Cow;
use std::thread;

use guise_core::Secret;
use guise_secrets::Scrubber;

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

#[test]
fn an_empty_set_changes_nothing() {
    let scrubber = Scrubber::new::<String>([]);
    assert!(matches!(
        scrubber.scrub_text("anything"),
        Cow::Borrowed("anything")
    ));
    assert!(matches!(
        scrubber.scrub_bytes(b"\xff"),
        Cow::Borrowed(b"\xff")
    ));
    let mut stream = scrubber.stream();
    assert_eq!(stream.push(b"anything"), b"anything");
    assert_eq!(stream.finish(), b"");
    let mut value = serde_json::json!({"a": [1]});
    scrubber.scrub_json(&mut value);
    assert_eq!(value, serde_json::json!({"a": [1]}));
}

#[test]
fn secrets_come_and_go_and_clones_see_it() {
    let scrubber = Scrubber::new([(secret("first-secret"), "<1>")]);
    let clone = scrubber.clone();
    let text = "first-secret second-secret third-secret";
    assert_eq!(clone.scrub_text(text), "<1> second-secret third-secret");
    assert!(scrubber.add(secret("second-secret"), "<2>"));
    assert!(scrubber.add(secret("third-secret"), "<2>"));
    assert_eq!(clone.scrub_text(text), "<1> <2> <2>");
    assert!(clone.remove("<2>"));
    assert!(!clone.remove("<2>"));
    assert_eq!(scrubber.scrub_text(text), "<1> second-secret third-secret");
    assert!(scrubber.remove("<1>"));
    assert_eq!(clone.scrub_text(text), text);
}

#[test]
fn all_threads_may_change_and_use_it_at_once() {
    let scrubber = Scrubber::new([(secret("always-there"), "<always>")]);
    thread::scope(|scope| {
        for number in 0..4 {
            let scrubber = &scrubber;
            scope.spawn(move || {
                for round in 0..25 {
                    let (value, label) =
                        (format!("secret-{number}-{round}"), format!("<{number}>"));
                    scrubber.add(secret(&value), &label);
                    let text = format!("{value} always-there");
                    assert_eq!(scrubber.scrub_text(&text), format!("{label} <always>"));
                    assert!(scrubber.remove(&label));
                    assert_eq!(scrubber.scrub_text(&text), format!("{value} <always>"));
                }
            });
        }
    });
}

#[test]
fn debug_output_tells_nothing() {
    let scrubber = Scrubber::new([(secret("first-secret"), "<1>")]);
    let mut stream = scrubber.stream();
    stream.push(b"first-sec");
    let shown = format!("{scrubber:?} {stream:?}");
    assert_eq!(shown, "Scrubber { secrets: 1 } ScrubStream { held: 9, .. }");
}
