//! Made-up secrets in made-up texts.

use std::borrow::Cow;

use guise_core::Secret;
use guise_secrets::Scrubber;
use proptest::prelude::*;

use crate::writers::WRITERS;
use crate::{LABEL, cases, scrubber};

/// What people and generators make up; nothing that could be the placeholder.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[!-~]{4,24}",
        "[ -~]{4,24}".prop_filter("not of spaces only", |text| !text.trim().is_empty()),
        "[0-9]{4,19}",
        "[a-zA-Z0-9äöüßéñ€東京🗼]{4,16}",
    ]
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

proptest! {
    #![proptest_config(cases())]

    /// Nothing by which the secret could be told is left, in whatever form it stood.
    #[test]
    fn no_form_survives(secret in secret(), before in "\\PC{0,20}", after in "\\PC{0,20}") {
        prop_assume!(!before.contains(LABEL) && !after.contains(LABEL));
        let scrubber = scrubber(&secret);
        for (name, write) in WRITERS {
            let scrubbed = scrubber.scrub_bytes(&write(&before, &secret, &after)).into_owned();
            for (other, write) in WRITERS {
                let form = write("", &secret, "");
                prop_assert!(!holds(&scrubbed, &form), "{} as {} in {:?}", other, name, String::from_utf8_lossy(&scrubbed));
            }
        }
    }

    /// What comes out is the same for two secrets of one shape: so it tells nothing of either.
    #[test]
    fn two_secrets_of_one_shape_leave_the_same(
        (one, other) in ("[g-z]{4}[!-~]{0,12}", 0_u32..1000).prop_map(|(text, seed)| {
            // Letters to letters and so on, because escaping depends on the kind of character.
            let moved = |c: char, from: u8, count: u32| char::from(from + u8::try_from((u32::from(c) - u32::from(from) + seed + 1) % count).unwrap());
            let other = text.chars().map(|c| match c {
                'a'..='z' => moved(c, b'a', 26),
                'A'..='Z' => moved(c, b'A', 26),
                '0'..='9' => moved(c, b'0', 10),
                c => c,
            });
            (text.clone(), other.collect::<String>())
        }),
        before in "[A-Z. ]{0,8}",
        after in "[A-Z. ]{0,8}",
    ) {
        let one_less = scrubber(&one);
        let other_less = scrubber(&other);
        for (name, write) in WRITERS {
            let (text, same) = (write(&before, &one, &after), write(&before, &other, &after));
            prop_assert_eq!(one_less.scrub_bytes(&text), other_less.scrub_bytes(&same), "{}", name);
        }
    }

    /// No letter of the text is in a form of the secrets: capitals become 4e to 5a, and T to W in Base64.
    #[test]
    fn texts_without_secrets_are_as_they_were(
        secrets in proptest::collection::vec("[N-Z]{8,40}", 0..20),
        text in "[a-fA-M0-3&%#;=+/ \\\\\"<>äöü東\n-]{0,400}",
    ) {
        let scrubber = Scrubber::new(secrets.into_iter().map(|value| (Secret::new(value), "<label>")));
        prop_assert!(matches!(scrubber.scrub_text(&text), Cow::Borrowed(same) if same == text));
        prop_assert!(matches!(scrubber.scrub_bytes(text.as_bytes()), Cow::Borrowed(_)));
    }

    /// Whatever the text is, it comes out as text.
    #[test]
    fn any_text_and_any_secret_pass(secret in "\\PC{0,12}", text in "(\\PC|[\u{80}-\u{7ff}]){0,60}") {
        let scrubber = scrubber(&secret);
        let scrubbed = scrubber.scrub_text(&text);
        prop_assert!(scrubbed == text || scrubbed.contains(LABEL) || scrubbed.contains("***"));
    }
}
