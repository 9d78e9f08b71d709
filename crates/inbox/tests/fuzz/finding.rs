//! Finding codes in text that is made of what codes are found by.

use std::hint::black_box;

use bytes::Bytes;
use guise_inbox::{Message, find, find_in_text};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::cases;

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn any_text_is_searched(text in "\\PC{0,300}") {
        black_box(find_in_text(&text));
    }

    #[test]
    fn words_and_numbers_in_any_order(words in vec(prop::sample::select(vec![
        "Your", "code", "is", "verification code", ":", "123456", "123", "456", "12-34-56", "G-", "K7QX2M", "\n", ". ", "order", "enter", "https://example.com/verify",
        "(", ")", "-", "\t", "认证码", "验证码", "】", "é", "1", "2", "3", "4", "#", "@example.com", "> ", "PIN", "2025", "\u{1}", "%",
    ]), 0..60), glue in prop::sample::select(vec!["", " ", "\n"])) {
        let found = find_in_text(&words.join(glue));
        for code in &found.codes {
            prop_assert!((4..=10).contains(&code.value.len()) && code.value.is_ascii());
        }
    }

    /// A code that is called one is found, whatever it is.
    #[test]
    fn a_code_is_found(digits in "[0-9]{6}", before in "[a-z ]{0,40}") {
        let found = find_in_text(&format!("{before}\nYour verification code is {digits}."));
        prop_assert!(found.codes.iter().any(|code| code.value == digits));
    }
}

/// Each took minutes if anything here were worse than linear, or a stack that nobody has.
#[test]
fn hostile_text_takes_its_share_of_time() {
    for piece in [
        "code ",
        "1 ",
        "123456 ",
        "code 123456 ",
        "1\n",
        "https://a.example/b ",
        "://",
        "http",
        "@",
        "> ",
        "a@b ",
        "-",
        "1-",
        ". A",
        "验",
        "\u{300}",
        "(",
        "code is 1234\n",
        "code. 1234 ",
        "nr. nr. 1234 ",
        "order 12 345678 ",
    ] {
        let text = piece.repeat(300_000 / piece.len());
        black_box(find_in_text(&text));
    }
    // Different ones, and what is far from all of them.
    let numbers: Vec<String> = (100_000..130_000).map(|n| n.to_string()).collect();
    for glue in [" code ", "\n", " code\n", "\tcode: ", ". Code: "] {
        black_box(find_in_text(&numbers.join(glue)));
    }
    for before in ["\t", "- ", "https://ü", "code\t", "https://xn--"] {
        let text = format!(
            "{}{}",
            before.repeat(120_000 / before.len()),
            numbers.join("\t")
        );
        black_box(find_in_text(&text));
    }
    let subject = format!("Subject: {}\r\n\r\n", "order ".repeat(10_000));
    let mail = format!("{subject}{}", numbers.join("\n"));
    black_box(find(&Message::parse(&Bytes::from(mail))));
}
