//! The mails and text messages of `corpus`, and how many of them are read right.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it counted"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use guise_inbox::{Found, Message, find, find_in_text};
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
    language: String,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    links: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize)]
struct Texts {
    message: Vec<Text>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
    codes: Vec<String>,
}

fn folder(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(path)
}

fn mails(path: &str) -> BTreeMap<String, Message> {
    let mut mails = BTreeMap::new();
    for entry in fs::read_dir(folder(path)).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        mails.insert(name, Message::parse(&Bytes::from(fs::read(file).unwrap())));
    }
    mails
}

fn values(found: &Found) -> Vec<&str> {
    found.codes.iter().map(|code| code.value.as_str()).collect()
}

/// All codes, and the best link, and nothing that is wrong.
fn is_right(expected: &Expected, found: &Found) -> bool {
    let codes = values(found);
    let (first, rest) = codes.split_at(expected.codes.len().min(codes.len()));
    let codes_right = first == expected.codes
        && rest
            .iter()
            .all(|code| expected.also.iter().any(|also| also == code));
    let link = match (expected.links.first(), found.links.first()) {
        // A page where everybody signs in may be linked anywhere.
        (None, Some(link)) => link.confidence < 50,
        (expected, link) => expected == link.map(|link| &link.url),
    };
    codes_right && link
}

/// Counts right and wrong, naming the wrong ones.
fn count<'a>(
    what: &str,
    results: impl Iterator<Item = (&'a str, Result<(), String>)>,
) -> (usize, usize) {
    let (mut right, mut all) = (0, 0);
    for (name, result) in results {
        all += 1;
        match result {
            Ok(()) => right += 1,
            Err(wrong) => println!("  {what}/{name}: {wrong}"),
        }
    }
    println!("{what}: {right} of {all} right");
    (right, all)
}

fn verification(group: &str) -> (usize, usize) {
    let expected = fs::read_to_string(folder(group).join("expected.toml")).unwrap();
    let expected: BTreeMap<String, Expected> = toml::from_str(&expected).unwrap();
    let mails = mails(&format!("{group}/verification"));
    assert!(
        mails.keys().eq(expected.keys()),
        "every mail has its expectation"
    );
    let results = expected.iter().map(|(name, expected)| {
        let found = find(&mails[name]);
        let wrong = || {
            let links: Vec<_> = found
                .links
                .iter()
                .map(|link| (&link.url, link.confidence))
                .collect();
            let codes: Vec<_> = found
                .codes
                .iter()
                .map(|code| (&code.value, code.confidence))
                .collect();
            format!(
                "found {codes:?} and {links:?}, not {:?} and {:?}",
                expected.codes, expected.links
            )
        };
        let result = if is_right(expected, &found) {
            Ok(())
        } else {
            Err(wrong())
        };
        (name.as_str(), result)
    });
    let languages: BTreeSet<_> = expected.values().map(|mail| &mail.language).collect();
    println!("{group}/verification: {} languages", languages.len());
    assert!(languages.len() >= 8);
    count(&format!("{group}/verification"), results)
}

fn ordinary(group: &str) -> (usize, usize) {
    let mails = mails(&format!("{group}/ordinary"));
    let results = mails.iter().map(|(name, mail)| {
        let found = find(mail);
        // A page where everybody signs in may be linked anywhere.
        let links: Vec<_> = found
            .links
            .iter()
            .filter(|link| link.confidence >= 50)
            .collect();
        let result = match (found.codes.as_slice(), links.as_slice()) {
            ([], []) => Ok(()),
            (codes, links) => Err(format!("found {codes:?} and {links:?}")),
        };
        (name.as_str(), result)
    });
    count(&format!("{group}/ordinary"), results)
}

fn texts(group: &str) -> (usize, usize) {
    let texts = fs::read_to_string(folder(group).join("sms.toml")).unwrap();
    let texts: Texts = toml::from_str(&texts).unwrap();
    let results = texts.message.iter().map(|message| {
        let found = find_in_text(&message.text);
        let result = if values(&found) == message.codes {
            Ok(())
        } else {
            Err(format!(
                "found {:?}, not {:?}",
                values(&found),
                message.codes
            ))
        };
        (message.text.as_str(), result)
    });
    count(&format!("{group}/sms"), results)
}

#[test]
fn known_messages_are_read_right() {
    let results = [verification("known"), ordinary("known"), texts("known")];
    assert!(results.iter().all(|(right, all)| right == all));
    assert!(results[0].1 >= 60 && results[1].1 >= 40);
}

#[test]
fn messages_held_out_are_read_right() {
    let results = [
        verification("held-out"),
        ordinary("held-out"),
        texts("held-out"),
    ];
    assert!(results.iter().all(|(right, all)| right * 100 >= all * 98));
    assert_eq!(
        results[1].0, results[1].1,
        "a false code is worse than none"
    );
}
