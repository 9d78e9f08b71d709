//! Phone numbers and the messages that come in on them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A phone number with its country code, such as `+12025550123` (ITU-T E.164: a `+` and 7 to 15 digits).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

/// A text that is no phone number with a country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no phone number with a country code: expected a + and 7 to 15 digits, such as +12025550123"
)]
pub struct InvalidPhoneNumber;

impl PhoneNumber {
    /// The number, beginning with `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Spaces, dashes, dots and brackets between the digits are dropped.
impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(text: &str) -> Result<Self, InvalidPhoneNumber> {
        let digits = text.trim().strip_prefix('+').ok_or(InvalidPhoneNumber)?;
        let number: String = std::iter::once('+')
            .chain(digits.chars().filter(|c| !" -.()".contains(*c)))
            .collect();
        // No country code begins with 0.
        let valid = (8..=16).contains(&number.len())
            && number[1..].bytes().all(|c| c.is_ascii_digit())
            && !number.starts_with("+0");
        valid.then_some(Self(number)).ok_or(InvalidPhoneNumber)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A country by its two letters, such as `US` (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country([u8; 2]);

/// A text that is no country's two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no country: expected two letters, such as US (ISO 3166-1 alpha-2)")]
pub struct InvalidCountry;

impl Country {
    /// The United States.
    pub const US: Self = Self(*b"US");

    /// The two letters, in upper case.
    pub fn as_str(&self) -> &str {
        // Only letters come in.
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

/// Takes any case.
impl FromStr for Country {
    type Err = InvalidCountry;

    fn from_str(text: &str) -> Result<Self, InvalidCountry> {
        let letters: [u8; 2] = text
            .trim()
            .to_ascii_uppercase()
            .into_bytes()
            .try_into()
            .map_err(|_| InvalidCountry)?;
        let valid = letters.iter().all(u8::is_ascii_uppercase);
        valid.then_some(Self(letters)).ok_or(InvalidCountry)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text message that arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct InboundSms {
    /// The sender's name for it. The same message may be delivered more than once, and then has the same one.
    pub message_id: String,
    /// Who sent it: a number, a short code, or a name.
    pub from: String,
    /// To which of our numbers.
    pub to: PhoneNumber,
    /// What it says.
    pub body: String,
    /// When it arrived here.
    pub at: Timestamp,
}

/// Without the text, which is a one-time code more often than not.
impl fmt::Debug for InboundSms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundSms")
            .field("message_id", &self.message_id)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_need_a_country_code() {
        for text in ["+12025550123", " +1 (202) 555-0123 ", "+1.202.555.0123"] {
            assert_eq!(
                text.parse::<PhoneNumber>().map(|number| number.to_string()),
                Ok("+12025550123".to_owned())
            );
        }
        for text in [
            "",
            "+",
            "2025550123",
            "++12025550123",
            "+0202555012",
            "+123456",
            "+1234567890123456",
            "+1202555O123",
            "+1202555٠123",
            "tel:+12025550123",
        ] {
            assert_eq!(
                text.parse::<PhoneNumber>(),
                Err(InvalidPhoneNumber),
                "{text}"
            );
        }
        assert!(serde_json::from_str::<PhoneNumber>("\"+1\"").is_err());
    }

    #[test]
    fn countries_are_two_letters() {
        assert_eq!("us".parse(), Ok(Country::US));
        for text in ["", "U", "USA", "U1", "../", "Ü"] {
            assert_eq!(text.parse::<Country>(), Err(InvalidCountry), "{text}");
        }
    }

    #[test]
    fn a_message_does_not_show_its_text() {
        let sms = InboundSms {
            message_id: "1".to_owned(),
            from: "Bank".to_owned(),
            to: "+12025550123".parse().unwrap(),
            body: "your code is 482913".to_owned(),
            at: Timestamp::from_micros(0),
        };
        assert!(!format!("{sms:?}").contains("482913"));
    }
}
