//! Stand-ins: texts of a secret's shape that tell nothing else of it.

use guise_core::{FormField, SecretPart};
use rand::Rng;
use rand::seq::IndexedRandom as _;

use super::expiry::{Expiry, with_digits};

/// Signs that forms send as they are (URL Standard, application/x-www-form-urlencoded percent-encode set).
const PLAIN_SIGNS: &[u8] = b"*-._";
/// Signs that forms encode, but for those that JSON encodes, too.
const OTHER_SIGNS: &[u8] = b"!#$%&'()+,/:;<=>?@[]^`{|}~";
/// How many digits at the beginning of a card's number tell who gave it out (ISO/IEC 7812-1). Pages look at them.
const ISSUER: usize = 6;
/// In how many years a stand-in for a card expires at most; pages refuse cards that live for longer than real ones.
const YEARS: u32 = 4;
/// How often a stand-in is drawn anew that happens to be the secret itself.
const TRIES: usize = 100;

/// A random text of the same length and sorts of characters. A card's number keeps its issuer and passes the check of its
/// last digit (ISO/IEC 7812-1, annex B); an expiry lies in the years to come.
///
/// `purpose` is what the field is for, which tells a month from a year.
pub(crate) fn dummy(part: SecretPart, secret: &str, purpose: Option<FormField>) -> String {
    for _ in 0..TRIES {
        let dummy = match part {
            SecretPart::CardNumber => number(secret),
            SecretPart::CardExpiry => expiry(secret, purpose),
            _ => secret.chars().map(alike).collect(),
        };
        if dummy != secret {
            return dummy;
        }
    }
    // Only what has hardly any other shape, such as a single sign, comes here.
    "x".repeat(secret.chars().count() + 1)
}

/// Another character of the same sort, which takes as many bytes in a body.
fn alike(character: char) -> char {
    let mut rng = rand::rng();
    let mut one_of =
        |signs: &[u8], default| signs.choose(&mut rng).map_or(default, |&c| char::from(c));
    match character {
        'a'..='z' => rand::rng().random_range('a'..='z'),
        'A'..='Z' => rand::rng().random_range('A'..='Z'),
        '0'..='9' => digit(),
        ' ' => ' ',
        '"' | '\\' => one_of(b"\"\\", '"'),
        '*' | '-' | '.' | '_' => one_of(PLAIN_SIGNS, '-'),
        '!'..='~' => one_of(OTHER_SIGNS, '!'),
        other => foreign(other),
    }
}

/// A character beyond ASCII in the place of one of as many bytes.
fn foreign(character: char) -> char {
    let range = match (character.len_utf8(), character.is_uppercase()) {
        (1, _) => '!'..='~',
        (2, true) => 'À'..='Ö',
        (2, false) => 'à'..='ö',
        (3, _) => '\u{4e00}'..='\u{9fff}',
        _ => '\u{1f600}'..='\u{1f64f}',
    };
    rand::rng().random_range(range)
}

fn digit() -> char {
    rand::rng().random_range('0'..='9')
}

fn number(secret: &str) -> String {
    let digits = secret.chars().filter(char::is_ascii_digit).count();
    let kept = ISSUER.min(digits.saturating_sub(2));
    let mut at = 0;
    let mut drawn: Vec<char> = secret
        .chars()
        .map(|character| {
            if !character.is_ascii_digit() {
                return if character.is_alphanumeric() {
                    alike(character)
                } else {
                    character
                };
            }
            at += 1;
            if at <= kept { character } else { digit() }
        })
        .collect();
    // The last digit makes the sum fit.
    if let Some(last) = drawn.iter().rposition(char::is_ascii_digit) {
        drawn[last] = '0';
        let rest = (10 - luhn(&drawn) % 10) % 10;
        drawn[last] = char::from_digit(rest, 10).unwrap_or('0');
    }
    drawn.into_iter().collect()
}

/// The sum of which the last digit is zero for a valid number (ISO/IEC 7812-1, annex B).
fn luhn(number: &[char]) -> u32 {
    let digits = number.iter().rev().filter_map(|c| c.to_digit(10));
    digits
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit,
            _ if digit > 4 => 2 * digit - 9,
            _ => 2 * digit,
        })
        .sum()
}

/// A month of a year to come in the same spelling. What is no such thing gets other characters of the same sorts.
fn expiry(secret: &str, purpose: Option<FormField>) -> String {
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .year();
    let today = u32::from(today.unsigned_abs());
    let mut rng = rand::rng();
    let drawn = Expiry {
        month: rng.random_range(1..=12),
        year: rng.random_range(today + 1..=today + YEARS),
    };
    match (Expiry::read(secret), purpose, secret.len()) {
        (Some((_, order)), ..)
            if secret.len() != 4 || purpose != Some(FormField::CardExpiryYear) =>
        {
            with_digits(secret, &drawn.digits(order))
        }
        (_, Some(FormField::CardExpiryMonth), _) => format!("{:02}", drawn.month),
        (_, Some(FormField::CardExpiryYear), 2) => format!("{:02}", drawn.year % 100),
        (_, Some(FormField::CardExpiryYear), _) => drawn.year.to_string(),
        _ => secret.chars().map(alike).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sort(character: char) -> u8 {
        match character {
            'a'..='z' => 0,
            'A'..='Z' => 1,
            '0'..='9' => 2,
            ' ' => 3,
            '"' | '\\' => 4,
            '*' | '-' | '.' | '_' => 5,
            '!'..='~' => 6,
            _ => 7,
        }
    }

    #[test]
    fn card_numbers_keep_their_issuer_and_check() {
        for secret in [
            "4111111111111111",
            "4242 4242 4242 4242",
            "3782-822463-10005",
        ] {
            for _ in 0..50 {
                let dummy = dummy(SecretPart::CardNumber, secret, None);
                assert_ne!(dummy, secret);
                assert_eq!(dummy.len(), secret.len());
                let digits: String = dummy.chars().filter(char::is_ascii_digit).collect();
                let before: String = secret.chars().filter(char::is_ascii_digit).collect();
                assert_eq!(digits[..6], before[..6], "{dummy}");
                assert_eq!(luhn(&digits.chars().collect::<Vec<_>>()) % 10, 0, "{dummy}");
            }
        }
    }

    #[test]
    fn expiries_are_of_the_same_spelling() {
        for (secret, shape) in [
            ("07/27", "dd/dd"),
            ("12 / 2031", "dd / dddd"),
            ("0929", "dddd"),
        ] {
            let dummy = dummy(SecretPart::CardExpiry, secret, None);
            let got: String = dummy
                .chars()
                .map(|c| if c.is_ascii_digit() { 'd' } else { c })
                .collect();
            assert_eq!(got, shape);
            let month: u32 = dummy[..2].parse().unwrap();
            assert!((1..=12).contains(&month), "{dummy}");
        }
    }

    #[test]
    fn months_and_years_are_such() {
        for _ in 0..50 {
            let month = dummy(
                SecretPart::CardExpiry,
                "07",
                Some(FormField::CardExpiryMonth),
            );
            assert!(
                (1..=12).contains(&month.parse::<u32>().unwrap()) && month != "07",
                "{month}"
            );
            let year = dummy(
                SecretPart::CardExpiry,
                "2029",
                Some(FormField::CardExpiryYear),
            );
            assert!(year.starts_with("20") && year.len() == 4, "{year}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_the_shape_stays(secret in "[ -~äÖ漢😀]{2,40}") {
            let dummy = dummy(SecretPart::Password, &secret, None);
            prop_assert_ne!(&dummy, &secret);
            if secret.chars().any(|c| c != ' ') {
                prop_assert_eq!(dummy.chars().map(sort).collect::<Vec<_>>(), secret.chars().map(sort).collect::<Vec<_>>());
                prop_assert_eq!(dummy.len(), secret.len());
                let form = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().len();
                prop_assert_eq!(form(&dummy), form(&secret));
                let json = |text: &str| serde_json::to_string(text).unwrap().len();
                prop_assert_eq!(json(&dummy), json(&secret));
            }
        }

        #[test]
        fn never_panics(part in 2_usize..8, secret in "\\PC{0,30}") {
            let parts = [SecretPart::Email, SecretPart::Username, SecretPart::Password, SecretPart::Code,
                SecretPart::CardHolder, SecretPart::CardNumber, SecretPart::CardCode, SecretPart::CardExpiry];
            dummy(parts[part], &secret, None);
        }
    }
}
