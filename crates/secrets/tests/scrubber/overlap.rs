//! Secrets that overlap, equal placeholders, are very long or very many.

use guise_core::Secret;
use guise_secrets::Scrubber;
use rstest::rstest;

fn scrubber(secrets: &[(&str, &str)]) -> Scrubber {
    Scrubber::new(
        secrets
            .iter()
            .map(|(value, label)| (Secret::new((*value).to_owned()), *label)),
    )
}

#[rstest]
#[case(&[("pass", "<1>"), ("password", "<2>")], "my password and pass", "my <2> and <1>")]
#[case(&[("password", "<2>"), ("pass", "<1>")], "my password and pass", "my <2> and <1>")]
#[case(&[("word", "<1>"), ("password", "<2>")], "password, word", "<2>, <1>")]
// What begins first gives the name, and nothing of the other one is left.
#[case(&[("abcdef", "<1>"), ("defghi", "<2>")], "-abcdefghi-", "-<1>-")]
#[case(&[("abcdef", "<1>"), ("defghi", "<2>")], "-abcdef defghi-", "-<1> <2>-")]
#[case(&[("abcdef", "<1>"), ("cdef", "<2>"), ("efgh", "<3>")], "abcdefgh", "<1>")]
#[case(&[("aaaa", "<1>")], "aaaaaaaaa aaa", "<1> aaa")]
#[case(&[("same", "<1>"), ("same", "<2>")], "same", "<1>")]
fn overlapping_secrets_go_as_a_whole(
    #[case] secrets: &[(&str, &str)],
    #[case] text: &str,
    #[case] expected: &str,
) {
    assert_eq!(scrubber(secrets).scrub_text(text), expected);
}

#[test]
fn a_placeholder_that_is_a_secret_is_not_used() {
    let scrubber = scrubber(&[
        ("password", "<password>"),
        ("<login>", "<login>"),
        ("other one", "<other>"),
    ]);
    assert_eq!(
        scrubber.scrub_text("password <login> other one"),
        "*** *** <other>"
    );
    assert_eq!(scrubber.scrub_text("p\0a\0s\0s\0w\0o\0r\0d\0"), "*\0*\0*\0");
    // In its place once more when it is none any longer.
    assert!(scrubber.remove("<password>"));
    assert_eq!(scrubber.scrub_text("password <login>"), "password ***");
}

#[test]
fn long_secrets_are_found_and_their_parts_are_not() {
    // Lines as keys have them, 10 kB.
    let long: String = (0..160)
        .map(|line| format!("{line:03}+{:/>58}&\"\n", line * 7919))
        .collect();
    assert!(long.len() >= 10_000);
    let scrubber = scrubber(&[(&long, "<key>")]);
    for (name, write) in crate::writers::WRITERS {
        let text = write("before ", &long, " after");
        let scrubbed = scrubber.scrub_bytes(&text);
        assert!(
            scrubbed.len() < 100,
            "{name}: {}",
            String::from_utf8_lossy(&scrubbed)
        );
    }
    let part = &long[..long.len() / 2];
    assert_eq!(scrubber.scrub_text(part), part);
}

#[test]
fn two_hundred_secrets_are_told_apart() {
    let secrets: Vec<_> = (0..200)
        .map(|number| {
            (
                format!("secret-{number:03}-{}", number * 7919),
                format!("<{number}>"),
            )
        })
        .collect();
    let scrubber = Scrubber::new(
        secrets
            .iter()
            .map(|(value, label)| (Secret::new(value.clone()), label.clone())),
    );
    let join = |of: fn(&(String, String)) -> &String| {
        secrets
            .iter()
            .map(of)
            .cloned()
            .collect::<Vec<_>>()
            .join(" | ")
    };
    assert_eq!(
        scrubber.scrub_text(&join(|(value, _)| value)),
        join(|(_, label)| label)
    );
}
