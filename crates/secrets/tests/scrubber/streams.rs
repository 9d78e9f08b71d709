//! Secrets that are divided between chunks.

use guise_core::Secret;
use guise_secrets::Scrubber;
use proptest::prelude::*;

use crate::writers::WRITERS;
use crate::{LABEL, cases, scrubber};

fn in_chunks<'a>(scrubber: &Scrubber, chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut stream = scrubber.stream();
    let mut out: Vec<_> = chunks
        .into_iter()
        .flat_map(|chunk| stream.push(chunk))
        .collect();
    out.extend(stream.finish());
    out
}

#[test]
fn a_secret_is_found_wherever_it_is_divided() {
    let secret = "p\"4ss wörd/1";
    let scrubber = scrubber(secret);
    for (name, write) in WRITERS {
        for before in ["", "x", "xy"] {
            let text = write(before, secret, "z");
            let whole = scrubber.scrub_bytes(&text);
            for cut in 0..=text.len() {
                let (one, other) = text.split_at(cut);
                assert_eq!(
                    in_chunks(&scrubber, [one, other]),
                    *whole,
                    "{name} at {cut}"
                );
            }
            assert_eq!(
                in_chunks(&scrubber, text.chunks(1)),
                *whole,
                "{name} byte by byte"
            );
        }
    }
}

#[test]
fn only_what_may_become_a_secret_is_held() {
    let scrubber = scrubber("hunter2");
    let mut stream = scrubber.stream();
    assert_eq!(stream.push(b"nothing of it. "), b"nothing of it. ");
    assert_eq!(stream.push(b". hunt"), b". ");
    assert_eq!(stream.push(b"ing. "), b"hunting. ");
    assert_eq!(stream.push(b". hunter"), b". ");
    assert_eq!(stream.push(b"2. "), format!("{LABEL}. ").as_bytes());
    assert_eq!(stream.push(b". hunter"), b". ");
    assert_eq!(stream.finish(), b"hunter");
}

#[test]
fn an_endless_run_of_overlapping_secrets_takes_no_memory() {
    let scrubber = scrubber("aaaa");
    let mut stream = scrubber.stream();
    let mut out = Vec::new();
    for _ in 0..1000 {
        out.extend(stream.push(&[b'a'; 100]));
        let held: usize = format!("{stream:?}")
            .split(&[' ', ','][..])
            .find_map(|word| word.parse().ok())
            .unwrap();
        assert!(held < 200, "{stream:?}");
    }
    out.extend(stream.finish());
    assert_eq!(out, LABEL.as_bytes());
}

#[test]
fn a_change_counts_from_the_next_chunk_on() {
    let scrubber = scrubber("first-secret");
    let mut stream = scrubber.stream();
    assert_eq!(stream.push(b"second-secret. "), b"second-secret. ");
    scrubber.add(Secret::new("second-secret".to_owned()), "<2>");
    assert_eq!(stream.push(b"second-secret. first-sec"), b"<2>. ");
    scrubber.remove(LABEL);
    scrubber.remove("<2>");
    assert_eq!(stream.push(b"ret"), b"first-secret");
}

proptest! {
    #![proptest_config(cases())]

    /// Few letters, so that secrets overlap with themselves and each other, and their beginnings are everywhere.
    #[test]
    fn chunks_come_out_as_the_whole_does(
        secrets in proptest::collection::vec("[ab]{4,9}", 1..5),
        text in "([abYWI=]{0,12}|\\PC){0,12}",
        cuts in proptest::collection::vec(0_usize..20, 0..20),
    ) {
        let scrubber = Scrubber::new(secrets.into_iter().zip(1..).map(|(value, number)| (Secret::new(value), format!("<{number}>"))));
        let bytes = text.as_bytes();
        let mut rest = bytes;
        let mut chunks = Vec::new();
        for cut in cuts {
            let (chunk, after) = rest.split_at(cut.min(rest.len()));
            chunks.push(chunk);
            rest = after;
        }
        chunks.push(rest);
        prop_assert_eq!(in_chunks(&scrubber, chunks), &*scrubber.scrub_bytes(bytes));
    }
}
