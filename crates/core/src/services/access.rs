//! Tenants and API keys: who may call, and as whom.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::ports::{Actor, Audit, AuditEvent, Clock, Deed, Store};
use crate::{
    ApiKey, Caller, Error, KeyDigest, KeyId, Kind, Result, Scopes, Tenant, TenantId, Timestamp,
};

/// The tenant that everything belongs to where nobody says otherwise.
const DEFAULT_TENANT: &str = "default";

/// `last_used_at` is kept to this precision, so that a busy key does not write a row with every request.
const TOUCH_EVERY: Duration = Duration::from_mins(1);

/// Keeps tenants and keys, and recognises callers.
pub struct Access {
    store: Arc<dyn Store>,
    audit: Arc<dyn Audit>,
    clock: Arc<dyn Clock>,
    configured: OnceLock<Configured>,
    /// The configuration names a key, whether or not its hash is known yet.
    names_key: AtomicBool,
}

/// The key that the operator's configuration names: it is no row, so it is valid in every run that names it and in no other.
struct Configured {
    digest: KeyDigest,
    caller: Caller,
}

/// What stands for the configured key in records.
const CONFIGURED: KeyId = KeyId::from_uuid(uuid::Uuid::nil());

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The keyed hash of its secret.
    pub digest: KeyDigest,
    /// Its first characters.
    pub hint: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it stops working, if ever.
    pub expires_at: Option<Timestamp>,
}

impl Access {
    /// A service on `store`, whose changes of keys are kept by `audit`.
    pub fn new(store: Arc<dyn Store>, audit: Arc<dyn Audit>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            audit,
            clock,
            configured: OnceLock::new(),
            names_key: AtomicBool::new(false),
        }
    }

    /// Says that the configuration names a key. Its hash follows once the server's own keys are open; what it started goes on before.
    pub fn expect_configured_key(&self) {
        self.names_key.store(true, Ordering::Relaxed);
    }

    /// Also accepts the key that the configuration names, for the default tenant and with every scope. Only the first one
    /// that is named counts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn accept_configured_key(&self, digest: KeyDigest) -> Result<()> {
        let caller = self.configured_caller().await?;
        self.configured
            .get_or_init(|| Configured { digest, caller });
        Ok(())
    }

    async fn configured_caller(&self) -> Result<Caller> {
        Ok(Caller {
            tenant: self.default_tenant().await?.id,
            key: CONFIGURED,
            scopes: Scopes::all(),
        })
    }

    /// Who presents a key with this hash.
    ///
    /// # Errors
    /// Kind `Unauthenticated` for a key that is unknown, revoked or expired.
    pub async fn recognise(&self, digest: &KeyDigest) -> Result<Caller> {
        if let Some(configured) = self.configured.get()
            && configured.digest == *digest
        {
            return Ok(configured.caller.clone());
        }
        let now = self.clock.now();
        let Some(key) = self.store.key_by_digest(digest).await? else {
            return Err(Error::new(
                Kind::Unauthenticated,
                "Invalid API key: no such key",
            ));
        };
        if key.revoked_at.is_some() {
            return Err(Error::new(
                Kind::Unauthenticated,
                "Invalid API key: it was revoked",
            ));
        }
        if let Some(expiry) = key.expires_at
            && expiry <= now
        {
            return Err(Error::new(
                Kind::Unauthenticated,
                format!("Invalid API key: it expired at {expiry}"),
            ));
        }
        if key
            .last_used_at
            .is_none_or(|last| now.since(last) >= TOUCH_EVERY)
        {
            self.store.touch_key(key.id, now).await?;
        }
        Ok(Caller {
            tenant: key.tenant,
            key: key.id,
            scopes: key.scopes,
        })
    }

    /// What a key may do now, for work of its that goes on without it.
    ///
    /// # Errors
    /// Kind `Refused` when it works no more; when the store fails.
    pub async fn caller(&self, id: KeyId) -> Result<Caller> {
        if id == CONFIGURED && self.names_key.load(Ordering::Relaxed) {
            return self.configured_caller().await;
        }
        let now = self.clock.now();
        let key = self.store.key(id).await?;
        let works = |key: &ApiKey| {
            key.revoked_at.is_none() && key.expires_at.is_none_or(|expiry| expiry > now)
        };
        let key = key.filter(works).ok_or_else(|| {
            Error::refused("the API key that started it was revoked, or works no more")
        })?;
        Ok(Caller {
            tenant: key.tenant,
            key: key.id,
            scopes: key.scopes,
        })
    }

    /// The tenant `default`, made on first use.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn default_tenant(&self) -> Result<Tenant> {
        if let Some(tenant) = self.store.tenant_by_name(DEFAULT_TENANT).await? {
            return Ok(tenant);
        }
        // Two servers may start on an empty database at once: whoever comes second finds the first one's row.
        let tenant = self.new_tenant(DEFAULT_TENANT);
        self.store.add_tenant(&tenant).await?;
        self.tenant(DEFAULT_TENANT).await
    }

    /// The tenant of that name.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn tenant(&self, name: &str) -> Result<Tenant> {
        if name == DEFAULT_TENANT && self.store.tenant_by_name(name).await?.is_none() {
            let tenant = self.new_tenant(name);
            self.store.add_tenant(&tenant).await?;
        }
        self.store.tenant_by_name(name).await?.ok_or_else(|| {
            Error::new(
                Kind::NotFound,
                format!("tenant '{name}' not found: 'guise tenants list' shows them, 'guise tenants create {name}' makes it"),
            )
        })
    }

    /// Makes a tenant.
    ///
    /// # Errors
    /// Kind `Invalid` for a name that cannot be one, `Conflict` for one that is taken.
    pub async fn create_tenant(&self, name: &str) -> Result<Tenant> {
        let fits = !name.is_empty()
            && name.len() <= 63
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !name.starts_with('-')
            && !name.ends_with('-');
        if !fits {
            return Err(Error::invalid_member(
                &["name"],
                "tenant_name",
                format!(
                    "Invalid tenant name '{name}': expected 1 to 63 lower-case letters, digits and inner hyphens"
                ),
            ));
        }
        let tenant = self.new_tenant(name);
        if self.store.add_tenant(&tenant).await? {
            Ok(tenant)
        } else {
            Err(Error::new(
                Kind::Conflict,
                format!("tenant '{name}' is there already"),
            ))
        }
    }

    /// All tenants, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tenants(&self) -> Result<Vec<Tenant>> {
        self.default_tenant().await?;
        self.store.tenants().await
    }

    /// Makes a key for a tenant. One with the same secret is left as it is: saying it twice is harmless. The audit has it
    /// before the key is there.
    ///
    /// # Errors
    /// When the audit cannot be written; kind `Invalid` for one that would have expired already; `Conflict` when the same secret is a key already but of another
    /// tenant, with other scopes, revoked or expired, or when only one of the two expires: the caller would believe in a key
    /// that does something else.
    pub async fn create_key(&self, actor: Actor, tenant: TenantId, new: NewKey) -> Result<ApiKey> {
        let now = self.clock.now();
        if new.expires_at.is_some_and(|expiry| expiry <= now) {
            return Err(Error::invalid_member(
                &["expires"],
                "expiry",
                "the key would have expired already",
            ));
        }
        let key = ApiKey {
            id: KeyId::new(),
            tenant,
            hint: new.hint,
            digest: new.digest,
            scopes: new.scopes,
            created_at: now,
            expires_at: new.expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        let mut there = self.store.key_by_digest(&key.digest).await?;
        if there.is_none() {
            self.note(actor, Deed::KeyMade, &key).await?;
            if self.store.add_key(&key).await? {
                return Ok(key);
            }
            there = self.store.key_by_digest(&key.digest).await?;
        }
        match there {
            Some(there)
                if there.tenant == tenant
                    && there.scopes == key.scopes
                    && there.revoked_at.is_none()
                    && there.expires_at.is_some() == key.expires_at.is_some()
                    && there.expires_at.is_none_or(|expiry| expiry > now) =>
            {
                Ok(there)
            }
            _ => Err(Error::new(
                Kind::Conflict,
                "this key is there already, but of another tenant, with other scopes or another expiry, revoked or expired: choose another one",
            )),
        }
    }

    /// The keys of a tenant, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keys(&self, tenant: TenantId) -> Result<Vec<ApiKey>> {
        self.store.keys(tenant).await
    }

    /// Revokes a key, at once and for good. The audit has it before.
    ///
    /// # Errors
    /// Kind `NotFound` when there is none with that id that still works; when the audit cannot be written.
    pub async fn revoke_key(&self, actor: Actor, key: KeyId) -> Result<()> {
        let gone = || {
            Error::new(
                Kind::NotFound,
                format!("key {key} not found, or revoked already"),
            )
        };
        let found = self.store.key(key).await?;
        let works = found.filter(|found| found.revoked_at.is_none());
        self.note(actor, Deed::KeyRevoked, &works.ok_or_else(gone)?)
            .await?;
        if self.store.revoke_key(key, self.clock.now()).await? {
            Ok(())
        } else {
            Err(gone())
        }
    }

    async fn note(&self, actor: Actor, deed: Deed, key: &ApiKey) -> Result<()> {
        let expiry = key.expires_at.map(|expiry| ("expires", expiry.to_string()));
        let scopes = ("scopes", key.scopes.to_string());
        self.audit
            .record(&AuditEvent {
                tenant: Some(key.tenant),
                actor,
                deed,
                subject: format!("key:{}", key.id),
                details: expiry.into_iter().chain([scopes]).collect(),
            })
            .await
    }

    fn new_tenant(&self, name: &str) -> Tenant {
        Tenant {
            id: TenantId::new(),
            name: name.to_owned(),
            created_at: self.clock.now(),
        }
    }
}
