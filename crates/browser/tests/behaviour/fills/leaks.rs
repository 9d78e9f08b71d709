//! Looking for a secret in whatever reached anybody.

use guise_testsite::spelling_in;

/// Fails when `text` holds one of the secrets.
pub(super) fn holds_none(what: &str, text: &str, secrets: &[&str]) {
    for secret in secrets {
        if let Some(spelling) = spelling_in(text, secret) {
            panic!("{what} holds a secret as {spelling}: {text}");
        }
    }
}
