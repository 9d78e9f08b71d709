//! The address of a mailbox, as an envelope names it.

use std::fmt;
use std::str::FromStr;

/// RFC 5321, 4.5.3.1.1, in bytes.
const LONGEST_LOCAL_PART: usize = 64;
/// RFC 5321, 4.5.3.1.2, in bytes.
const LONGEST_DOMAIN: usize = 255;

/// A mailbox: `local-part@domain`.
///
/// The domain is lower case; the local part is as it was given, since only the domain's owner may say whether case
/// matters there (RFC 5321, 2.4). Both may hold characters beyond ASCII (RFC 6531). Two addresses are equal when both
/// parts are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    local_part: String,
    domain: String,
}

/// What is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a mail address: expected one '@' between a name of at most {LONGEST_LOCAL_PART} bytes and a domain of at most {LONGEST_DOMAIN}, without spaces, quotes and control characters"
)]
pub struct InvalidAddress;

impl Address {
    /// What is before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        &self.local_part
    }

    /// What is behind the `@`, in lower case: a name, never an address literal (`[192.0.2.1]`).
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether a server would need SMTPUTF8 to pass it on (RFC 6531, 3.1).
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.local_part.is_ascii() && self.domain.is_ascii()
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    /// Reads an address without its angle brackets. A quoted name is taken without its quotes, and only if it could
    /// stand without them: with an `@` inside, the two halves could not be told apart again.
    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let (local_part, domain) = text.split_once('@').ok_or(InvalidAddress)?;
        let fits = (1..=LONGEST_LOCAL_PART).contains(&local_part.len())
            && (1..=LONGEST_DOMAIN).contains(&domain.len())
            && !local_part.contains(is_never_in_a_name)
            && !domain.contains(is_never_in_a_domain)
            && !domain.starts_with(['.', '-'])
            && !domain.contains("..");
        if !fits {
            return Err(InvalidAddress);
        }
        // A name in the DNS may end with its root's dot; it is the same domain.
        let domain = domain.strip_suffix('.').unwrap_or(domain);
        Ok(Self {
            local_part: local_part.to_owned(),
            domain: domain.to_lowercase(),
        })
    }
}

fn is_never_in_a_name(c: char) -> bool {
    c.is_control() || c.is_whitespace() || "\"\\<>()[]:;,@".contains(c)
}

fn is_never_in_a_domain(c: char) -> bool {
    let may_be =
        c.is_ascii_alphanumeric() || ".-_".contains(c) || (!c.is_ascii() && c.is_alphanumeric());
    !may_be
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local_part, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ada@example.com", "ada", "example.com")]
    #[case("Ada.Byron+x@EXAMPLE.com", "Ada.Byron+x", "example.com")]
    #[case("ada@example.com.", "ada", "example.com")]
    #[case("ада@пример.example", "ада", "пример.example")]
    #[case("a%b!c@example.com", "a%b!c", "example.com")]
    fn an_address_has_two_parts(#[case] text: &str, #[case] name: &str, #[case] domain: &str) {
        let address: Address = text.parse().unwrap();
        assert_eq!((address.local_part(), address.domain()), (name, domain));
    }

    #[rstest]
    #[case("")]
    #[case("ada")]
    #[case("@example.com")]
    #[case("ada@")]
    #[case("a@b@example.com")]
    #[case("a b@example.com")]
    #[case("a\"b@example.com")]
    #[case("a\r\nRCPT@example.com")]
    #[case("ada@exa mple.com")]
    #[case("ada@exam/ple.com")]
    #[case("ada@.example.com")]
    #[case("ada@[192.0.2.1]")]
    #[case("ada@example..com")]
    fn what_is_no_address(#[case] text: &str) {
        assert_eq!(text.parse::<Address>(), Err(InvalidAddress));
    }

    #[test]
    fn too_long_is_no_address() {
        let name = "n".repeat(LONGEST_LOCAL_PART);
        assert!(format!("{name}@example.com").parse::<Address>().is_ok());
        assert!(format!("{name}n@example.com").parse::<Address>().is_err());
    }
}
