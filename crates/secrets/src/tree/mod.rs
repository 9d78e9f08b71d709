//! The tree of keys: root source → instance key → tenant key → data key → value.

mod cache;
mod errors;
mod keys;
mod lockout;
mod opening;
mod purposes;
mod values;
mod wrapping;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use guise_core::ports::{Clock, KeyRows};
use guise_core::{Error, KeyDigest, Kind, Result, Timestamp};
use secrecy::zeroize::Zeroizing;
use uuid::Uuid;

pub use self::errors::OpenError;
pub use self::opening::Earlier;
pub(crate) use self::opening::{unwrap_instance, wrap_instance};
pub(crate) use self::purposes::AuditKeys;
pub(crate) use self::wrapping::{Level, unwrap, wrap, wrap_pepper};

use self::cache::Cache;
use self::lockout::Lockout;
use self::purposes::Purposes;
use crate::key::{KEY_LENGTH, Key};
use crate::root::RootSource;
use crate::token::Tokens;

/// All keys of an installation, open or sealed.
///
/// Open, it holds the instance key, and the keys of tenants and owners that were used a moment ago. Sealed, it holds none.
pub struct KeyTree {
    rows: Arc<dyn KeyRows>,
    clock: Arc<dyn Clock>,
    open: RwLock<Option<Arc<Open>>>,
    lockout: Mutex<Lockout>,
}

/// What an open tree holds. It is wiped when the last use of it ends.
pub(crate) struct Open {
    instance: RwLock<Arc<InstanceKey>>,
    purposes: Purposes,
    tenant_keys: Cache,
    data_keys: Cache,
    /// What opened it: the instance key may be replaced while this server runs.
    source: Arc<dyn RootSource>,
}

/// The key that wraps the keys of tenants.
pub(crate) struct InstanceKey {
    pub(crate) id: Uuid,
    pub(crate) key: Key,
}

impl Open {
    fn new(instance: InstanceKey, pepper: Key, source: Arc<dyn RootSource>) -> Self {
        Self {
            instance: RwLock::new(Arc::new(instance)),
            purposes: Purposes::of(pepper),
            tenant_keys: Cache::new(),
            data_keys: Cache::new(),
            source,
        }
    }

    pub(crate) fn audit_keys(&self) -> Arc<AuditKeys> {
        Arc::clone(&self.purposes.audit)
    }

    pub(crate) fn instance(&self) -> Arc<InstanceKey> {
        Arc::clone(&self.instance.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn pepper(&self) -> &Key {
        &self.purposes.pepper
    }

    pub(crate) fn set_instance(&self, instance: Arc<InstanceKey>) {
        *self
            .instance
            .write()
            .unwrap_or_else(PoisonError::into_inner) = instance;
    }
}

impl KeyTree {
    fn new(rows: Arc<dyn KeyRows>, clock: Arc<dyn Clock>, open: Option<Open>) -> Self {
        Self {
            rows,
            clock,
            open: RwLock::new(open.map(Arc::new)),
            lockout: Mutex::default(),
        }
    }

    /// Whether it holds no keys.
    pub fn is_sealed(&self) -> bool {
        self.state().is_none()
    }

    /// Seals it: forgets all keys. What is under way with one ends first.
    pub fn wipe(&self) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The keyed hash by which an API key is recognised.
    ///
    /// # Errors
    /// Kind `Sealed`.
    pub fn digest(&self, api_key: &str) -> Result<KeyDigest> {
        Ok(self.opened()?.purposes.digest(api_key))
    }

    /// Signs and checks tokens.
    ///
    /// # Errors
    /// Kind `Sealed`.
    pub fn tokens(&self) -> Result<Arc<Tokens>> {
        Ok(Arc::clone(&self.opened()?.purposes.tokens))
    }

    /// The key that the addresses of personas are derived with. It is a child of the pepper, so that they stay the same when
    /// keys are replaced.
    ///
    /// # Errors
    /// Kind `Sealed`.
    pub fn mailbox_key(&self) -> Result<Zeroizing<[u8; KEY_LENGTH]>> {
        Ok(Zeroizing::new(*self.opened()?.purposes.mailboxes.bytes()))
    }

    /// The keys of the audit.
    pub(crate) fn audit_keys(&self) -> Result<Arc<AuditKeys>> {
        Ok(self.opened()?.audit_keys())
    }

    pub(crate) fn opened(&self) -> Result<Arc<Open>> {
        self.state().ok_or_else(|| {
            Error::new(
                Kind::Sealed,
                "This server is sealed: an operator opens it with 'guise keys unseal'",
            )
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn state(&self) -> Option<Arc<Open>> {
        self.open
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
