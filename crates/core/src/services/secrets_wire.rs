//! Secrets as they are sealed: JSON. What is added later stays readable, and what was never set is left out.

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::{Card, CredentialSecrets, Error, Result, Secret};

#[derive(Serialize)]
struct WrittenCredential<'a> {
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

#[derive(Serialize)]
struct WrittenCard<'a> {
    holder: &'a str,
    number: &'a str,
    cvv: &'a str,
    expiration: &'a str,
}

#[derive(Deserialize)]
struct ReadCard {
    holder: String,
    number: String,
    cvv: String,
    expiration: String,
}

pub(super) fn credential(secrets: &CredentialSecrets) -> Result<Zeroizing<Vec<u8>>> {
    let exposed =
        |secret: &'_ Option<Secret>| secret.as_ref().map_or(0, |secret| secret.expose().len());
    let length = exposed(&secrets.password) + exposed(&secrets.value) + exposed(&secrets.seed);
    write(
        &WrittenCredential {
            password: secrets.password.as_ref().map(Secret::expose),
            value: secrets.value.as_ref().map(Secret::expose),
            seed: secrets.seed.as_ref().map(Secret::expose),
        },
        length,
    )
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
    let members = [&card.holder, &card.number, &card.cvv, &card.expiration];
    let length = members.iter().map(|member| member.expose().len()).sum();
    write(
        &WrittenCard {
            holder: card.holder.expose(),
            number: card.number.expose(),
            cvv: card.cvv.expose(),
            expiration: card.expiration.expose(),
        },
        length,
    )
}

pub(super) fn read_card(plain: &[u8]) -> Result<Card> {
    let read: ReadCard = serde_json::from_slice(plain).map_err(unreadable)?;
    Ok(Card {
        holder: read.holder.into(),
        number: read.number.into(),
        cvv: read.cvv.into(),
        expiration: read.expiration.into(),
    })
}

/// The buffer has room for the worst case from the beginning: a growing one would leave copies behind in freed memory.
fn write(value: &impl Serialize, length: usize) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(length * 6 + 128));
    serde_json::to_writer(&mut *bytes, value)
        .map_err(|error| Error::internal("cannot write a secret as JSON", error))?;
    Ok(bytes)
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
