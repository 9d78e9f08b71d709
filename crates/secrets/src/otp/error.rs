//! Why a text is no second factor.

/// Why a text is neither a seed nor an `otpauth` URI. Nothing of the text is in it, since it may be all but right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOneTime {
    /// Nothing is left without white space, dashes and padding.
    #[error("the one-time seed is empty: expected the base32 text that the site shows")]
    Empty,
    /// Far longer than any seed.
    #[error("the one-time seed is too long: expected at most 4096 octets")]
    TooLong,
    /// Digits only: a code instead of a seed.
    #[error(
        "this looks like a one-time code, which is good for half a minute: expected the seed that codes are computed \
         from, the base32 text (A to Z, 2 to 7) or otpauth:// address behind the site's QR code"
    )]
    OnlyDigits,
    /// A character that base32 does not have.
    #[error(
        "character {position} of the one-time seed is not base32: expected letters A to Z and digits 2 to 7 only \
         (0, 1, 8 and 9 do not occur; they are usually O, I, B and g misread)"
    )]
    Character {
        /// Which one, counted from 1, white space and dashes left out.
        position: usize,
    },
    /// A number of characters that no whole octets give (RFC 4648 §6).
    #[error(
        "a base32 text of {length} characters does not exist: one was lost or added when the one-time seed was copied"
    )]
    Length {
        /// How many characters there are, white space, dashes and padding left out.
        length: usize,
    },
    /// An address, but another scheme.
    #[error("this address is no second factor: expected one that begins with otpauth://")]
    Scheme,
    /// Neither `totp` nor `hotp`.
    #[error(
        "an otpauth address is for totp or hotp: expected otpauth://totp/… or otpauth://hotp/…"
    )]
    Type,
    /// A parameter that must be there is not.
    #[error("the otpauth address has no parameter {name:?}")]
    Missing {
        /// Which parameter.
        name: &'static str,
    },
    /// A parameter twice.
    #[error("the otpauth address has the parameter {name:?} twice")]
    Twice {
        /// Which parameter.
        name: &'static str,
    },
    /// A parameter with a value that it cannot have.
    #[error("the otpauth address's parameter {name:?} is wrong: expected {expected}")]
    Parameter {
        /// Which parameter.
        name: &'static str,
        /// What it can be.
        expected: &'static str,
    },
}
