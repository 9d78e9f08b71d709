//! Base32 as people copy it.

use std::sync::LazyLock;

use data_encoding::{DecodeKind, Encoding, Specification};
use secrecy::zeroize::Zeroizing;

use super::InvalidOneTime;

/// RFC 4648 §6 without padding. The bits that are left over at the end may be anything: authenticator apps drop them,
/// and seeds that were made up by hand have them.
#[expect(clippy::expect_used, reason = "the specification is a constant")]
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut base32 = Specification::new();
    base32.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    base32.check_trailing_bits = false;
    base32.encoding().expect("a valid encoding")
});

/// The octets of a seed.
pub(super) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, InvalidOneTime> {
    let mut symbols = Zeroizing::new(String::with_capacity(text.len()));
    symbols.extend(
        text.trim_end_matches(|c: char| c == '=' || c.is_whitespace())
            .chars()
            .filter(|c| !c.is_whitespace() && !is_dash(*c))
            .map(|c| c.to_ascii_uppercase()),
    );
    if symbols.is_empty() {
        return Err(InvalidOneTime::Empty);
    }
    if symbols.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(InvalidOneTime::OnlyDigits);
    }
    // Looked for first: a foreign character changes the number of octets, and is the better explanation.
    if let Some(index) = symbols.chars().position(|c| !is_symbol(c)) {
        return Err(InvalidOneTime::Character {
            position: index + 1,
        });
    }
    match BASE32.decode(symbols.as_bytes()) {
        Ok(octets) => Ok(Zeroizing::new(octets)),
        Err(error) if error.kind == DecodeKind::Length => Err(InvalidOneTime::Length {
            length: symbols.len(),
        }),
        Err(error) => Err(InvalidOneTime::Character {
            position: error.position + 1,
        }),
    }
}

fn is_symbol(c: char) -> bool {
    matches!(c, 'A'..='Z' | '2'..='7')
}

/// The hyphen and what word processors make of it.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}
