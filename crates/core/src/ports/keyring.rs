//! Keys that seal what the database keeps.

use async_trait::async_trait;
use secrecy::zeroize::Zeroizing;
use uuid::Uuid;

use crate::{Result, TenantId};

/// Seals values and opens them again. Each owner (a persona, a vault, a browser profile) has a data key of its own, made
/// when it is first needed.
#[async_trait]
pub trait Keyring: Send + Sync {
    /// Seals `plain` for one place; it opens nowhere else. Keep it at once: its data key may be replaced, and is gone some
    /// seconds later if nothing is kept under it.
    ///
    /// # Errors
    /// Kind `Sealed` while the server is sealed, `Internal` when the store of keys fails.
    async fn seal(&self, place: &Place, plain: &[u8]) -> Result<Sealed>;

    /// Opens what was sealed for `place`. Do it right after it was read: it may be sealed anew, and its old data key is
    /// gone some seconds later.
    ///
    /// # Errors
    /// Kind `Sealed` while the server is sealed, `Internal` when it was sealed for another place or was altered.
    async fn open(&self, place: &Place, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>>;
}

/// Where a sealed value lies. All of it is authenticated: a value that is moved does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Whose data key seals it: the persona's, the vault's.
    pub owner: Uuid,
    /// What sort of value it is, such as `credential`.
    pub kind: &'static str,
    /// The row it belongs to.
    pub row: Uuid,
    /// Counts the writes of that row, from 1.
    pub version: u64,
}

/// A sealed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The data key that opens it.
    pub data_key: Uuid,
    /// The envelope, which begins with its format's version.
    pub envelope: Vec<u8>,
}
