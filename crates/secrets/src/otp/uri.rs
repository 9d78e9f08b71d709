//! `otpauth://TYPE/LABEL?PARAMETERS`, what the QR codes of second factors hold.
//!
//! There is no standard; this is the form that authenticator apps agree on ("Key URI format" of Google Authenticator's
//! wiki). It is split by hand, so that the seed is copied nowhere that is not wiped.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use secrecy::zeroize::Zeroizing;

use super::{InvalidOneTime, Moving, OneTime, OtpAlgorithm, seed};

/// Reads what stands behind `otpauth://`.
pub(super) fn parse(rest: &str) -> Result<OneTime, InvalidOneTime> {
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, label) = path.split_once('/').unwrap_or((path, ""));
    let parameters = Parameters::read(query)?;

    let moving = if kind.eq_ignore_ascii_case("totp") {
        let period = parameters
            .number(
                PERIOD,
                1..=MAX_PERIOD,
                "a whole number of seconds, 1 or more",
            )?
            .unwrap_or(30);
        Moving::Time { period }
    } else if kind.eq_ignore_ascii_case("hotp") {
        let start = parameters
            .number(COUNTER, 0..=u64::MAX, "a whole number, 0 or more")?
            .ok_or(InvalidOneTime::Missing { name: COUNTER })?;
        Moving::Counter { start }
    } else {
        return Err(InvalidOneTime::Type);
    };
    let digits = parameters
        .number(DIGITS, 6..=8, "6, 7 or 8")?
        .and_then(|digits| u32::try_from(digits).ok())
        .unwrap_or(6);
    let (prefix, account) = split_label(label);

    Ok(OneTime {
        seed: parameters.seed()?,
        algorithm: parameters.algorithm()?,
        digits,
        moving,
        issuer: parameters.text(ISSUER).or(prefix),
        account,
    })
}

const SECRET: &str = "secret";
const ISSUER: &str = "issuer";
const ALGORITHM: &str = "algorithm";
const DIGITS: &str = "digits";
const PERIOD: &str = "period";
const COUNTER: &str = "counter";
const NAMES: [&str; 6] = [SECRET, ISSUER, ALGORITHM, DIGITS, PERIOD, COUNTER];

/// A code that is valid for more than a century is a mistake.
const MAX_PERIOD: u64 = u32::MAX as u64;

/// The known parameters, still encoded. Others, such as `image`, are nobody's business.
struct Parameters<'a>([Option<&'a str>; NAMES.len()]);

impl<'a> Parameters<'a> {
    fn read(query: &'a str) -> Result<Self, InvalidOneTime> {
        let mut values = [None; NAMES.len()];
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(index) = NAMES
                .iter()
                .position(|known| known.eq_ignore_ascii_case(name))
            else {
                continue;
            };
            if values[index].replace(value).is_some() {
                return Err(InvalidOneTime::Twice { name: NAMES[index] });
            }
        }
        Ok(Self(values))
    }

    fn raw(&self, name: &str) -> Option<&'a str> {
        let index = NAMES.iter().position(|known| *known == name)?;
        self.0[index].filter(|value| !value.is_empty())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.raw(name).and_then(decode)
    }

    fn number(
        &self,
        name: &'static str,
        range: std::ops::RangeInclusive<u64>,
        expected: &'static str,
    ) -> Result<Option<u64>, InvalidOneTime> {
        let Some(value) = self.raw(name) else {
            return Ok(None);
        };
        match value.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(InvalidOneTime::Parameter { name, expected }),
        }
    }

    fn algorithm(&self) -> Result<OtpAlgorithm, InvalidOneTime> {
        let name = self.raw(ALGORITHM).unwrap_or("SHA1");
        match name.to_ascii_uppercase().replace('-', "").as_str() {
            "SHA1" | "HMACSHA1" => Ok(OtpAlgorithm::Sha1),
            "SHA256" | "HMACSHA256" => Ok(OtpAlgorithm::Sha256),
            "SHA512" | "HMACSHA512" => Ok(OtpAlgorithm::Sha512),
            _ => Err(InvalidOneTime::Parameter {
                name: ALGORITHM,
                expected: "SHA1, SHA256 or SHA512",
            }),
        }
    }

    fn seed(&self) -> Result<Zeroizing<Vec<u8>>, InvalidOneTime> {
        let raw = self
            .raw(SECRET)
            .ok_or(InvalidOneTime::Missing { name: SECRET })?;
        let octets = match Cow::from(percent_decode_str(raw)) {
            // Nothing was encoded: still the caller's own text.
            Cow::Borrowed(octets) => return decode_seed(octets),
            Cow::Owned(octets) => Zeroizing::new(octets),
        };
        decode_seed(&octets)
    }
}

fn decode_seed(octets: &[u8]) -> Result<Zeroizing<Vec<u8>>, InvalidOneTime> {
    let text = std::str::from_utf8(octets).map_err(|_| InvalidOneTime::Parameter {
        name: SECRET,
        expected: "base32: letters A to Z and digits 2 to 7",
    })?;
    seed::decode(text)
}

/// Issuer and account of `Issuer:account`; the colon may be encoded and be followed by spaces.
fn split_label(label: &str) -> (Option<String>, Option<String>) {
    let Some(label) = decode(label) else {
        return (None, None);
    };
    match label.split_once(':') {
        Some((issuer, account)) => (some(issuer), some(account)),
        None => (None, some(&label)),
    }
}

/// `None` for what is no text or only white space.
fn decode(value: &str) -> Option<String> {
    some(&percent_decode_str(value).decode_utf8().ok()?)
}

fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
