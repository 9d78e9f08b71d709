//! Each form of a few secrets that are hard to write, with what comes out.

use std::borrow::Cow;

use guise_core::Secret;
use guise_secrets::Scrubber;
use rstest::rstest;
use serde_json::{Value, json};

use crate::writers::WRITERS;
use crate::{LABEL, scrubber};

#[rstest]
#[case("hunter2")]
#[case("Tr0ub4dor&3")]
#[case("p\"a's<s>&/w\\o+r d%=?#")]
#[case("Grüße, 東京 🗼")]
#[case("4929123498761234567")]
#[case("1234")]
#[case("tab\tand `tick` {and} [more] ^~|;:@$!*()")]
fn a_secret_is_replaced_in_every_form_at_every_place(#[case] secret: &str) {
    let scrubber = scrubber(secret);
    // Base64 depends on where it begins.
    for before in ["", "x", "xy", "xyz", "name=", "ö "] {
        for after in ["", "z", "zy", "zyx", "; next", " ä"] {
            for (name, write) in WRITERS {
                let text = write(before, secret, after);
                let scrubbed = scrubber.scrub_bytes(&text);
                assert!(
                    matches!(scrubbed, Cow::Owned(_)),
                    "{name}: {before:?} {after:?} {}",
                    String::from_utf8_lossy(&text)
                );
                if let Ok(text) = std::str::from_utf8(&text) {
                    assert_eq!(scrubber.scrub_text(text).as_bytes(), &*scrubbed, "{name}");
                }
            }
        }
    }
}

#[rstest]
#[case("log in as hunter2!", "log in as <pw>!")]
#[case("hunter2", "<pw>")]
#[case("hunter2hunter2", "<pw><pw>")]
#[case("HUNTER2 Hunter2", "<pw> Hunter2")]
#[case("?p=%68%75%6e%74%65%72%32&q", "?p=<pw>&q")]
#[case("68756e74657232", "<pw>")]
#[case("h u n t e r 2", "<pw>")]
#[case("h\nu\nn\nt\ne\nr\n2", "<pw>")]
#[case("2retnuh", "<pw>")]
// "xhunter2", "xyhunter2" and "hunter2x": digits that are shared with what stands beside it go as well.
#[case("eGh1bnRlcjI=", "e<pw>")]
#[case("eHlodW50ZXIy", "eH<pw>")]
#[case("aHVudGVyMng=", "<pw>g=")]
#[case("aHVudGVyMg==.", "<pw>.")]
#[case("aHVudGVyMg.", "<pw>.")]
#[case("h\0u\0n\0t\0e\0r\x002\0", "<\0p\0w\0>\0")]
#[case("\0h\0u\0n\0t\0e\0r\x002", "\0<\0p\0w\0>")]
#[case("\0h\0u\0n\0t\0e\0r\x002\0x", "\0<\0p\0w\0>\0x")]
#[case("hunter", "hunter")]
#[case("", "")]
fn what_comes_out(#[case] text: &str, #[case] expected: &str) {
    let scrubber = Scrubber::new([(Secret::new("hunter2".to_owned()), "<pw>")]);
    assert_eq!(scrubber.scrub_text(text), expected);
    assert_eq!(&*scrubber.scrub_bytes(text.as_bytes()), expected.as_bytes());
}

#[rstest]
#[case(" padded-secret\n", "padded-secret")]
#[case("line one\nline two", "line one\r\nline two")]
#[case("line one\r\nline two", "line one line two")]
#[case("4929 1234 9876 1234", "4929123498761234")]
#[case("4929123498761234", "4929-1234-9876-1234")]
#[case("00123456", "123456")]
#[case("naïve", "na&iuml;ve")]
#[case("a<b>c", "a\\u003Cb\\u003Ec")]
fn as_pages_show_it_and_programs_read_it(#[case] secret: &str, #[case] text: &str) {
    assert_eq!(scrubber(secret).scrub_text(text), LABEL);
}

/// In UTF-16 these are bytes that begin or end in the middle of a character of the text.
#[rstest]
#[case("\u{8a9e}\u{e98a}\u{9ee9}\u{8a9e}")]
#[case("\u{e98a}\u{9ee9}\u{8a9e}\u{e98a}")]
fn a_text_stays_text(#[case] secret: &str) {
    let scrubber = scrubber(secret);
    let scrubbed = scrubber.scrub_text("x\u{929e}\u{929e}\u{929e}x");
    assert_eq!(scrubbed, "x\0*\0*\0*x");
}

#[test]
fn short_values_are_left_to_who_knows_the_field() {
    let scrubber = Scrubber::new(
        [("123", "<cvv>"), ("äöü", "<word>"), ("", "<none>")]
            .map(|(value, label)| (Secret::new(value.to_owned()), label)),
    );
    assert!(!scrubber.add(Secret::new("abc".to_owned()), "<other>"));
    assert_eq!(scrubber.scrub_text("123 äöü abc"), "123 äöü abc");
    assert!(scrubber.add(Secret::new("äöüß".to_owned()), "<word>"));
    assert_eq!(scrubber.scrub_text("äöüß"), "<word>");
}

#[test]
fn json_values_stay_json_values() {
    let scrubber = Scrubber::new(
        [
            ("a\"b\\c", "<pw>"),
            ("123456", "<code>"),
            ("true", "<word>"),
        ]
        .map(|(value, label)| (Secret::new(value.to_owned()), label)),
    );
    let mut value = json!({
        "a\"b\\c": [1, "x a\"b\\c y", {"deep": "a\"b\\c"}],
        "<pw>": "another",
        "number": 123_456,
        "negative": -123_456,
        "float": 123_456.0,
        "longer": 1_234_567,
        "truth": true,
        "nothing": null,
        "inner": r#"{"p":"a\"b\\c"}"#,
    });
    scrubber.scrub_json(&mut value);
    assert_eq!(
        value,
        json!({
            "<pw>": [1, "x <pw> y", {"deep": "<pw>"}],
            "<pw>~": "another",
            "number": "<code>",
            "negative": "<code>",
            "float": "<code>",
            "longer": 1_234_567,
            "truth": true,
            "nothing": null,
            "inner": r#"{"p":"<pw>"}"#,
        })
    );
    let names: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(names[..3], ["<pw>", "<pw>~", "number"]);

    let mut plain = json!({"a": [1, 2.5, null, {"b": "text"}]});
    let before = plain.clone();
    scrubber.scrub_json(&mut plain);
    assert_eq!(plain, before);
    let mut alone = Value::String("123456".to_owned());
    scrubber.scrub_json(&mut alone);
    assert_eq!(alone, "<code>");
}

#[rstest]
#[case(r"it is a\<b\_c\\d, yes \*", "it is <pw>, yes \\*")]
#[case(r"\a\<b\_c\\d", "\\<pw>")]
#[case(r"a<b_c\d", "<pw>")]
#[case(r"a\<b\_c\\d\!", "<pw>\\!")]
#[case(r"a\\<b_c\d and é\_", "a\\\\<b_c\\d and é\\_")]
fn backslashes_before_punctuation_hide_nothing(#[case] text: &str, #[case] expected: &str) {
    let expected = expected.replace("<pw>", LABEL);
    assert_eq!(scrubber(r"a<b_c\d").scrub_text(text), expected);
}
