//! The form of API keys: `guise_`, 30 random characters, 6 that check them.
//!
//! The prefix lets scanners find keys that were committed somewhere; the check tells a mistyped key from a revoked one.

use rand::TryRngCore;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const PREFIX: &str = "guise_";
const RANDOM: usize = 30;
const CHECK: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A key of the operator's own must be at least so many characters long.
pub const MIN_OWN_KEY_LENGTH: usize = 16;

/// An API key in the clear: printed once, then only its keyed hash is kept.
#[derive(Debug)]
pub struct ApiKeySecret(SecretString);

impl ApiKeySecret {
    /// A new key with some 178 random bits.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn generate() -> Result<Self, rand::rand_core::OsError> {
        let mut body = String::with_capacity(PREFIX.len() + RANDOM + CHECK);
        body.push_str(PREFIX);
        while body.len() < PREFIX.len() + RANDOM {
            let mut bytes = [0; 64];
            rand::rngs::OsRng.try_fill_bytes(&mut bytes)?;
            // 248 is the largest multiple of 62 in a byte: leaving the rest out keeps all characters equally likely.
            let characters = bytes
                .iter()
                .filter(|byte| **byte < 248)
                .map(|byte| character(*byte));
            body.extend(characters.take(PREFIX.len() + RANDOM - body.len()));
        }
        let check = check(&body);
        body.push_str(&check);
        Ok(Self(body.into()))
    }

    /// A key of the operator's own choice; surrounding white space is dropped.
    ///
    /// # Errors
    /// Says what is wrong with one that is shorter than [`MIN_OWN_KEY_LENGTH`] or cannot go into a header.
    pub fn own(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let length = text.chars().count();
        if length < MIN_OWN_KEY_LENGTH {
            return Err(format!(
                "the API key has {length} characters: expected {MIN_OWN_KEY_LENGTH} or more"
            ));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the API key has white space or other than ASCII characters: it could not go into a header".to_owned());
        }
        Ok(Self(text.to_owned().into()))
    }

    /// The key itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What may be shown of it: the prefix and four characters of a generated key, nothing of an own one.
    pub fn hint(&self) -> String {
        match self.expose().strip_prefix(PREFIX) {
            Some(rest) if Self::is_well_formed(self.expose()) => format!("{PREFIX}{}…", &rest[..4]),
            _ => "own key".to_owned(),
        }
    }

    /// Whether `text` has the form of a generated key, check included.
    pub fn is_well_formed(text: &str) -> bool {
        let Some(rest) = text.strip_prefix(PREFIX) else {
            return false;
        };
        rest.len() == RANDOM + CHECK
            && rest.is_ascii()
            && check(&text[..PREFIX.len() + RANDOM]) == text[PREFIX.len() + RANDOM..]
    }
}

fn check(body: &str) -> String {
    Sha256::digest(body.as_bytes())
        .iter()
        .take(CHECK)
        .map(|byte| character(*byte))
        .collect()
}

fn character(byte: u8) -> char {
    char::from(ALPHABET[usize::from(byte) % ALPHABET.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_keys_check_and_differ() {
        let (one, two) = (
            ApiKeySecret::generate().unwrap(),
            ApiKeySecret::generate().unwrap(),
        );
        assert_eq!(one.expose().len(), 42);
        assert!(ApiKeySecret::is_well_formed(one.expose()));
        assert_ne!(one.expose(), two.expose());
        let mut wrong = one.expose().to_owned();
        let last = wrong.pop().unwrap();
        wrong.push(if last == 'a' { 'b' } else { 'a' });
        assert!(!ApiKeySecret::is_well_formed(&wrong));
    }

    #[test]
    fn hints_give_nothing_away() {
        let own = ApiKeySecret::own("correct-horse-battery").unwrap();
        assert_eq!(own.hint(), "own key");
        assert!(ApiKeySecret::generate().unwrap().hint().len() < 16);
        assert!(!format!("{own:?}").contains("horse"));
    }

    #[test]
    fn own_keys_need_sixteen_characters() {
        assert!(ApiKeySecret::own("fifteen-letters").is_err());
        assert!(ApiKeySecret::own("sixteen--letters").is_ok());
        assert!(ApiKeySecret::own("sixteen  letters").is_err());
    }
}
