//! Which values of a body are a stand-in, in whichever spelling the page sends it.

use guise_core::SecretPart;
use secrecy::zeroize::Zeroizing;

use super::{StandIn, Value, keys};
use crate::fills::expiry::{Digits, Expiry, digits, with_digits};

/// Fewer digits than this are not recognised in another spelling.
const FEWEST_DIGITS: usize = 3;

/// The values that are the stand-in, each with what is to be there.
pub(super) fn replacements<'v>(
    stand_in: &StandIn<'_>,
    values: &'v [Value],
) -> Vec<(&'v Value, Zeroizing<String>)> {
    let mut found = spread(stand_in, values);
    for value in values {
        if keys::fit(stand_in.part, stand_in.names, &value.key)
            && let Some(text) = spelled(stand_in, &value.key, &value.text)
        {
            found.push((value, text));
        }
    }
    found
}

/// The values of the boxes that the stand-in was spread over, a character each: all of them, or none.
fn spread<'v>(stand_in: &StandIn<'_>, values: &'v [Value]) -> Vec<(&'v Value, Zeroizing<String>)> {
    let characters = stand_in.dummy.chars().zip(stand_in.secret.chars());
    let mut boxes = stand_in.boxes.iter();
    let mut found = Vec::new();
    for (dummy, secret) in characters {
        let value = boxes.next().and_then(|name| {
            let named = |value: &&Value| value.key == *name && !name.is_empty();
            values.iter().filter(named).find(|value| {
                let mut text = value.text.chars();
                text.next() == Some(dummy) && text.next().is_none()
            })
        });
        let Some(value) = value else {
            return Vec::new();
        };
        found.push((value, Zeroizing::new(secret.to_string())));
    }
    found
}

/// What is to stand in the place of `text`, if that is the stand-in.
fn spelled(stand_in: &StandIn<'_>, key: &str, text: &str) -> Option<Zeroizing<String>> {
    let StandIn {
        part,
        dummy,
        secret,
        ..
    } = *stand_in;
    if dummy.is_empty() {
        return None;
    }
    if text == dummy {
        return Some(Zeroizing::new(secret.to_owned()));
    }
    match part {
        SecretPart::Code | SecretPart::CardNumber | SecretPart::CardCode => {
            let (ours, theirs) = (digits(dummy), Zeroizing::new(digits(secret)));
            let same = is_number(text)
                && ours.len() >= FEWEST_DIGITS
                && ours.len() == theirs.len()
                && digits(text) == ours;
            same.then(|| Zeroizing::new(with_digits(text, &theirs)))
        }
        SecretPart::CardExpiry => expiry(dummy, secret, key, text),
        _ => None,
    }
}

fn expiry(dummy: &str, secret: &str, key: &str, text: &str) -> Option<Zeroizing<String>> {
    if !is_number(text) {
        return None;
    }
    let (dummy, _) = Expiry::read(dummy)?;
    let (secret, _) = Expiry::read(secret)?;
    let given = digits(text);
    for order in Digits::ALL {
        if given == dummy.digits(order) {
            return Some(Zeroizing::new(with_digits(text, &secret.digits(order))));
        }
    }
    let number: u32 = text.parse().ok()?;
    let part = if keys::is_month(key) && number == dummy.month {
        secret.month
    } else if keys::is_year(key) && text.len() == 4 && number == dummy.year {
        secret.year
    } else if keys::is_year(key) && text.len() == 2 && number == dummy.year % 100 {
        secret.year % 100
    } else {
        return None;
    };
    let width = text.len();
    Some(Zeroizing::new(format!("{part:0width$}")))
}

/// Digits, and what people separate them by.
fn is_number(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '/' | '.'))
}
