//! Secrets as they are sealed: JSON. What is added later stays readable, and what was never set is left out.

use std::io;

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::{Card, CredentialSecrets, Error, Result, Secret};

/// The secrets of a credential, to be written.
#[derive(Serialize)]
pub(super) struct WrittenCredential<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<&'a str>,
}

#[derive(Deserialize)]
struct ReadCredential {
    password: Option<String>,
    value: Option<String>,
    seed: Option<String>,
}

/// A card, to be written.
#[derive(Serialize)]
pub(super) struct WrittenCard<'a> {
    holder: &'a str,
    number: &'a str,
    cvv: &'a str,
    expiration: &'a str,
}

/// A card that was read.
#[derive(Deserialize)]
pub(super) struct ReadCard {
    holder: String,
    number: String,
    cvv: String,
    expiration: String,
}

impl<'a> WrittenCredential<'a> {
    pub(super) fn new(secrets: &'a CredentialSecrets) -> Self {
        Self {
            password: secrets.password.as_ref().map(Secret::expose),
            value: secrets.value.as_ref().map(Secret::expose),
            seed: secrets.seed.as_ref().map(Secret::expose),
        }
    }
}

impl<'a> WrittenCard<'a> {
    pub(super) fn new(card: &'a Card) -> Self {
        Self {
            holder: card.holder.expose(),
            number: card.number.expose(),
            cvv: card.cvv.expose(),
            expiration: card.expiration.expose(),
        }
    }
}

impl From<ReadCard> for Card {
    fn from(read: ReadCard) -> Self {
        Self {
            holder: read.holder.into(),
            number: read.number.into(),
            cvv: read.cvv.into(),
            expiration: read.expiration.into(),
        }
    }
}

pub(super) fn credential(secrets: &CredentialSecrets) -> Result<Zeroizing<Vec<u8>>> {
    write(&WrittenCredential::new(secrets))
}

pub(super) fn read_credential(plain: &[u8]) -> Result<CredentialSecrets> {
    let read: ReadCredential = serde_json::from_slice(plain).map_err(unreadable)?;
    Ok(CredentialSecrets {
        password: read.password.map(Secret::new),
        value: read.value.map(Secret::new),
        seed: read.seed.map(Secret::new),
    })
}

pub(super) fn card(card: &Card) -> Result<Zeroizing<Vec<u8>>> {
    write(&WrittenCard::new(card))
}

pub(super) fn read_card(plain: &[u8]) -> Result<Card> {
    let read: ReadCard = serde_json::from_slice(plain).map_err(unreadable)?;
    Ok(read.into())
}

/// Writes JSON into a buffer that has room for all of it from the beginning: a growing one would leave copies behind in freed
/// memory.
pub(super) fn write(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>> {
    let failed = |error| Error::internal("cannot write a secret as JSON", error);
    let mut length = Length(0);
    serde_json::to_writer(&mut length, value).map_err(failed)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *bytes, value).map_err(failed)?;
    Ok(bytes)
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The parser's own message may quote what it read: only its place is kept.
fn unreadable(error: serde_json::Error) -> Error {
    let place = format!("line {}, column {}", error.line(), error.column());
    Error::internal("a sealed secret cannot be read", place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_round_trip() {
        let secrets = CredentialSecrets {
            password: Some(Secret::new("p\"\\\u{0}ä".to_owned())),
            value: None,
            seed: Some(Secret::new("MYSECRET".to_owned())),
        };
        let read = read_credential(&credential(&secrets).unwrap()).unwrap();
        assert_eq!(read.password.unwrap().expose(), "p\"\\\u{0}ä");
        assert!(read.value.is_none());
        assert_eq!(read.seed.unwrap().expose(), "MYSECRET");
    }

    #[test]
    fn what_cannot_be_read_is_not_quoted() {
        let error = read_credential(b"{\"password\": hunter2}").err().unwrap();
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}
