//! Words that stand for secrets in actions, so that who writes an action need not know any.
//!
//! A value is a placeholder only if the whole of it equals one; a placeholder inside a longer text is text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::Rng as _;
use rand::distr::Alphanumeric;

use crate::CredentialId;

/// What of a credential or card a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretPart {
    /// The address to log in with; the user name where there is no address.
    Email,
    /// The user name to log in with; the address where there is no user name.
    Username,
    /// The password.
    Password,
    /// A code of the second factor, of the moment of the fill.
    Code,
    /// The name on the card.
    CardHolder,
    /// The card's number.
    CardNumber,
    /// The card's check digits.
    CardCode,
    /// When the card expires.
    CardExpiry,
}

/// Notte's literals (Notte API: "Placeholders").
const LITERALS: [(&str, SecretPart); 8] = [
    ("user@example.org", SecretPart::Email),
    ("cooljohnny1567", SecretPart::Username),
    ("mycoolpassword", SecretPart::Password),
    ("999779", SecretPart::Code),
    ("John Doe", SecretPart::CardHolder),
    ("4242 4242 4242 4242", SecretPart::CardNumber),
    ("[CardCVVPlaceholder]", SecretPart::CardCode),
    ("[CardExpirationPlaceholder]", SecretPart::CardExpiry),
];

impl SecretPart {
    /// What messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "mail address",
            Self::Username => "user name",
            Self::Password => "password",
            Self::Code => "one-time code",
            Self::CardHolder => "card holder",
            Self::CardNumber => "card number",
            Self::CardCode => "card check digits",
            Self::CardExpiry => "card expiry",
        }
    }

    /// Whether nobody may see it. With which name or address somebody logs in, lists show too.
    pub fn is_secret(self) -> bool {
        !matches!(self, Self::Email | Self::Username)
    }

    /// Whether it is a card's.
    pub fn is_of_card(self) -> bool {
        matches!(
            self,
            Self::CardHolder | Self::CardNumber | Self::CardCode | Self::CardExpiry
        )
    }

    /// The part that one of Notte's literals stands for.
    pub fn of_literal(value: &str) -> Option<Self> {
        let found = LITERALS.iter().find(|(literal, _)| *literal == value);
        found.map(|(_, part)| *part)
    }
}

/// Whose secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// Of the credential that the vault has for the site of the page; of the vault's card.
    Site,
    /// Of one credential.
    Credential(CredentialId),
}

/// What a value stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Placeholder {
    /// Whose secret.
    pub whose: Whose,
    /// What of it.
    pub part: SecretPart,
    /// It is one of Notte's literals, which people also mean as they are.
    pub literal: bool,
}

/// The placeholders that values of a session may be: Notte's literals, and tokens that were drawn for one run.
///
/// Tokens are random, so that no page can know one. Clones are the same: what one draws, the others know.
#[derive(Clone, Debug, Default)]
pub struct Placeholders(Arc<Mutex<HashMap<String, (Whose, SecretPart)>>>);

/// How many random letters and digits a token has: 142 bits.
const TOKEN: usize = 24;

impl Placeholders {
    /// The token that stands for a part of a secret; a new one where there was none.
    pub fn add(&self, whose: Whose, part: SecretPart) -> String {
        let mut tokens = self.tokens();
        let mut known = tokens.iter();
        if let Some((token, _)) = known.find(|(_, of)| **of == (whose, part)) {
            return token.clone();
        }
        let random = rand::rng().sample_iter(Alphanumeric).take(TOKEN);
        let token = format!("secret-{}", random.map(char::from).collect::<String>());
        tokens.insert(token.clone(), (whose, part));
        token
    }

    /// What `value` stands for; nothing when it is an ordinary text.
    pub fn read(&self, value: &str) -> Option<Placeholder> {
        if let Some(&(whose, part)) = self.tokens().get(value) {
            return Some(Placeholder {
                whose,
                part,
                literal: false,
            });
        }
        SecretPart::of_literal(value).map(|part| Placeholder {
            whose: Whose::Site,
            part,
            literal: true,
        })
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<String, (Whose, SecretPart)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_values_are_placeholders() {
        let placeholders = Placeholders::default();
        for (literal, part) in LITERALS {
            let read = placeholders.read(literal).unwrap();
            assert_eq!((read.part, read.literal), (part, true));
            for text in [
                format!(" {literal}"),
                format!("{literal} "),
                format!("{literal}{literal}"),
                format!("my password is {literal}"),
                literal.to_lowercase().replace(literal, ""),
                literal.chars().skip(1).collect(),
            ] {
                assert_eq!(placeholders.read(&text), None, "{text}");
            }
        }
    }

    #[test]
    fn tokens_stand_for_what_they_were_drawn_for() {
        let placeholders = Placeholders::default();
        let id = CredentialId::new();
        let password = placeholders.add(Whose::Credential(id), SecretPart::Password);
        let code = placeholders.add(Whose::Site, SecretPart::Code);
        assert_ne!(password, code);
        let again = placeholders.clone();
        assert_eq!(
            again.add(Whose::Credential(id), SecretPart::Password),
            password
        );
        let read = placeholders.read(&password).unwrap();
        assert_eq!(
            (read.whose, read.part),
            (Whose::Credential(id), SecretPart::Password)
        );
        assert!(!read.literal);
        assert_eq!(placeholders.read(&code).unwrap().part, SecretPart::Code);
        assert_eq!(Placeholders::default().read(&password), None);
        assert_eq!(placeholders.read(&format!("{password}x")), None);
    }
}
