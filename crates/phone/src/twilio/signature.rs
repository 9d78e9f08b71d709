//! Whether a webhook comes from Twilio.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guise_core::Secret;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroizing;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Params;
use crate::Refusal;

/// Checks a webhook whose body is a form, as those of text messages are.
///
/// `url` is the address that Twilio was given, byte for byte, with everything behind a `?`: the public one, whatever a
/// proxy made of it. With or without a port it may be, since Twilio signs now one, now the other. `signature` is the
/// header `X-Twilio-Signature`: HMAC-SHA-1 under the auth token over the address and the sorted parameters, in base64
/// (Twilio, "Webhooks security").
///
/// # Errors
/// [`Refusal::Signature`].
pub fn verify(
    auth_token: &Secret,
    url: &str,
    params: &Params,
    signature: &str,
) -> Result<(), Refusal> {
    let signature = STANDARD.decode(signature).map_err(|_| Refusal::Signature)?;
    let mut valid = false;
    // No early end: how long it takes must not tell which form was nearly right.
    for url in forms(url) {
        #[expect(
            clippy::expect_used,
            reason = "HMAC takes keys of any length (RFC 2104 §2)"
        )]
        let mut mac = Hmac::<Sha1>::new_from_slice(auth_token.expose().as_bytes())
            .expect("a key of any length");
        mac.update(url.as_bytes());
        for (name, value) in params.sorted() {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        valid |= mac.verify_slice(&signature).is_ok();
    }
    valid.then_some(()).ok_or(Refusal::Signature)
}

/// Checks a webhook with any other body, such as JSON: the address has a parameter `bodySHA256`, the body's SHA-256 in
/// hexadecimal digits, and the signature is over the address alone.
///
/// # Errors
/// [`Refusal::Signature`].
pub fn verify_body(
    auth_token: &Secret,
    url: &str,
    body: &[u8],
    signature: &str,
) -> Result<(), Refusal> {
    verify(auth_token, url, &Params::default(), signature)?;
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut hashes = url::form_urlencoded::parse(query.as_bytes())
        .filter_map(|(name, value)| (name == "bodySHA256").then_some(value));
    let (Some(signed), None) = (hashes.next(), hashes.next()) else {
        return Err(Refusal::Signature);
    };
    let hash: Zeroizing<String> = Zeroizing::new(
        Sha256::digest(body)
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect(),
    );
    let same = hash
        .as_bytes()
        .ct_eq(signed.to_ascii_lowercase().as_bytes());
    bool::from(same).then_some(()).ok_or(Refusal::Signature)
}

/// The address as it is, and with the port taken away or the scheme's own put in.
fn forms(url: &str) -> Vec<String> {
    let mut forms = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else {
        return forms;
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rfind('@').map_or(0, |at| at + 1);
    let port = authority[host..]
        .rfind(':')
        .map(|colon| host + colon)
        .filter(|colon| authority[colon + 1..].bytes().all(|c| c.is_ascii_digit()));
    match (port, scheme) {
        (Some(colon), _) => forms.push(format!("{scheme}://{}{path}", &authority[..colon])),
        (None, "https") => forms.push(format!("{scheme}://{authority}:443{path}")),
        (None, _) => forms.push(format!("{scheme}://{authority}:80{path}")),
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_forms() {
        for (url, other) in [
            ("https://a.example/x?y=1", "https://a.example:443/x?y=1"),
            ("http://a.example", "http://a.example:80"),
            ("https://a.example:8443/x:1", "https://a.example/x:1"),
            ("https://u:p@a.example?z", "https://u:p@a.example:443?z"),
            ("https://[::1]/x", "https://[::1]:443/x"),
            ("https://[::1]:444/x", "https://[::1]/x"),
        ] {
            assert_eq!(forms(url), [url, other]);
        }
        assert_eq!(forms("nothing"), ["nothing"]);
    }
}
