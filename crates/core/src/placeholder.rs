//! Words that stand for secrets in actions, so that who writes an action need not know any.
//!
//! A value is a placeholder only if the whole of it equals one; a placeholder inside a longer text is text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::Rng as _;
use rand::distr::Alphanumeric;

use crate::{CredentialId, Site};

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

    /// Notte's literal for it.
    pub fn literal(self) -> &'static str {
        let found = LITERALS.iter().find(|(_, part)| *part == self);
        found.map_or("", |(literal, _)| literal)
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
    /// Nobody's: a token of another run, or of an earlier life of the server. It must not be typed as if it were a text.
    Nobody,
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
pub struct Placeholders {
    tokens: Arc<Mutex<HashMap<String, (Whose, SecretPart)>>>,
    home: Option<Site>,
}

/// What tokens begin with.
const PREFIX: &str = "secret-";

/// How many random letters and digits a token has: 142 bits.
const TOKEN: usize = 24;

impl Placeholders {
    /// Those of a run whose credentials without a site of their own are for `home`: where whoever started it has it begin.
    pub fn at(home: Option<Site>) -> Self {
        Self {
            home,
            ..Self::default()
        }
    }

    /// The site of credentials that name none.
    pub fn home(&self) -> Option<&Site> {
        self.home.as_ref()
    }

    /// The token that stands for a part of a secret; a new one where there was none.
    pub fn add(&self, whose: Whose, part: SecretPart) -> String {
        let mut tokens = self.tokens();
        let mut known = tokens.iter();
        if let Some((token, _)) = known.find(|(_, of)| **of == (whose, part)) {
            return token.clone();
        }
        let random = rand::rng().sample_iter(Alphanumeric).take(TOKEN);
        let token = format!("{PREFIX}{}", random.map(char::from).collect::<String>());
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
        if is_token(value) {
            return Some(Placeholder {
                whose: Whose::Nobody,
                part: SecretPart::Password,
                literal: false,
            });
        }
        SecretPart::of_literal(value).map(|part| Placeholder {
            whose: Whose::Site,
            part,
            literal: true,
        })
    }

    /// Notte's literal in the place of a token: it means the same when the run is over, on the site of its credential.
    pub fn lasting(&self, value: &str) -> Option<&'static str> {
        let tokens = self.tokens();
        tokens.get(value).map(|(_, part)| part.literal())
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<String, (Whose, SecretPart)>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a text has the form of tokens.
fn is_token(text: &str) -> bool {
    let random = text.strip_prefix(PREFIX);
    random.is_some_and(|it| it.len() == TOKEN && it.bytes().all(|b| b.is_ascii_alphanumeric()))
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
        let elsewhere = Placeholders::default().read(&password).unwrap();
        assert_eq!(elsewhere.whose, Whose::Nobody);
        assert_eq!(placeholders.read(&format!("{password}x")), None);
        assert_eq!(placeholders.lasting(&password), Some("mycoolpassword"));
        assert_eq!(placeholders.lasting(&code), Some("999779"));
        assert_eq!(placeholders.lasting("mycoolpassword"), None);
    }
}
