//! Signed tokens for addresses that authorise themselves: what a client opens without an API key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guise_core::{TenantId, Timestamp};
use subtle::ConstantTimeEq;

use crate::key::{Key, keyed_hash};

/// What a token opens. A token for one purpose opens nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The Chrome DevTools Protocol of a session.
    Cdp,
    /// The same for who may read secrets.
    CdpReveal,
    /// The live view of a session.
    View,
    /// One stored file.
    File,
    /// One command of whoever runs the server.
    Operator,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Cdp => b"cdp",
            Self::CdpReveal => b"cdp reveal",
            Self::View => b"view",
            Self::File => b"file",
            Self::Operator => b"operator",
        }
    }
}

/// Why a token does not open anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token, was changed, or is for something else.
    #[error("the token in this address is not valid for it: ask for a new address")]
    Invalid,
    /// Its time is up.
    #[error("the token in this address has expired: ask for a new address")]
    Expired,
}

/// Signs and checks tokens.
pub struct Tokens(Key);

const TENANT: usize = 16;
const EXPIRY: usize = 8;
const MAC: usize = 16;

impl Tokens {
    /// Tokens signed with `key`.
    pub(crate) fn new(key: Key) -> Self {
        Self(key)
    }

    /// A token that opens `resource` of `tenant` for `purpose` until `expires_at`.
    pub fn sign(
        &self,
        purpose: Purpose,
        tenant: TenantId,
        resource: &str,
        expires_at: Timestamp,
    ) -> String {
        let mut token = Vec::with_capacity(TENANT + EXPIRY + MAC);
        token.extend_from_slice(tenant.as_uuid().as_bytes());
        token.extend_from_slice(&expires_at.as_micros().to_be_bytes());
        let mac = self.mac(purpose, resource, &token);
        token.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The tenant that the token was signed for.
    ///
    /// # Errors
    /// When it does not open `resource` for `purpose`, or no longer.
    pub fn verify(
        &self,
        purpose: Purpose,
        resource: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<TenantId, TokenError> {
        let bytes = URL_SAFE_NO_PAD
            .decode(token)
            .map_err(|_| TokenError::Invalid)?;
        let (head, mac) = bytes
            .split_at_checked(TENANT + EXPIRY)
            .ok_or(TokenError::Invalid)?;
        if !bool::from(self.mac(purpose, resource, head).as_slice().ct_eq(mac)) {
            return Err(TokenError::Invalid);
        }
        let (tenant, expiry) = head.split_at(TENANT);
        let expiry: [u8; EXPIRY] = expiry.try_into().map_err(|_| TokenError::Invalid)?;
        if i64::from_be_bytes(expiry) <= now.as_micros() {
            return Err(TokenError::Expired);
        }
        let tenant = uuid::Uuid::from_slice(tenant).map_err(|_| TokenError::Invalid)?;
        Ok(TenantId::from_uuid(tenant))
    }

    fn mac(&self, purpose: Purpose, resource: &str, head: &[u8]) -> [u8; MAC] {
        let full = keyed_hash(
            &self.0,
            &[purpose.label(), b"\0", head, b"\0", resource.as_bytes()],
        );
        let mut mac = [0; MAC];
        mac.copy_from_slice(&full[..MAC]);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens() -> Tokens {
        Tokens(Key::from_slice(&[9; 32]).unwrap())
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    #[test]
    fn a_token_opens_one_thing_for_one_purpose_until_its_time() {
        let tenant = TenantId::new();
        let token = tokens().sign(Purpose::Cdp, tenant, "s1", at(100));
        assert_eq!(
            tokens().verify(Purpose::Cdp, "s1", &token, at(99)),
            Ok(tenant)
        );
        assert_eq!(
            tokens().verify(Purpose::Cdp, "s1", &token, at(100)),
            Err(TokenError::Expired)
        );
        assert_eq!(
            tokens().verify(Purpose::View, "s1", &token, at(99)),
            Err(TokenError::Invalid)
        );
        assert_eq!(
            tokens().verify(Purpose::Cdp, "s2", &token, at(99)),
            Err(TokenError::Invalid)
        );
        let other = Tokens(Key::from_slice(&[8; 32]).unwrap());
        assert_eq!(
            other.verify(Purpose::Cdp, "s1", &token, at(99)),
            Err(TokenError::Invalid)
        );
    }

    proptest! {
        #[test]
        fn nothing_made_up_opens_anything(token in ".{0,80}") {
            prop_assert!(tokens().verify(Purpose::File, "f", &token, at(0)).is_err());
        }
    }
}
