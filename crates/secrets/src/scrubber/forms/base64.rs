//! Base64 (RFC 4648 §4 and §5).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::zeroize::Zeroizing;

use super::{Form, Kind};

/// A text looks different by where it begins among three bytes. Of each, the digits that depend on nothing before or
/// behind it.
pub(super) fn forms(secret: &[u8]) -> Vec<Form> {
    let mut forms = Vec::new();
    for skipped in 0..3 {
        let mut bytes = Zeroizing::new(Vec::with_capacity(skipped + secret.len()));
        bytes.resize(skipped, 0);
        bytes.extend_from_slice(secret);
        let (first, last) = (skipped * 8, bytes.len() * 8);
        let kind = Kind::Base64 {
            before: first % 6 != 0,
            after: last % 6 != 0,
        };
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let coded = Zeroizing::new(engine.encode(&*bytes));
            forms.push(Form::new(
                &coded.as_bytes()[first.div_ceil(6)..last / 6],
                kind,
            ));
        }
    }
    forms
}

/// Whether it is a digit in one of the two alphabets.
pub(in crate::scrubber) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}
