//! Keys for providers of models that tenants bring for themselves.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::zeroize::Zeroizing;

use crate::ports::{Actor, Audit, AuditEvent, Deed, Keyring, Place, SealedValues, TenantModelKeys};
use crate::{Caller, Error, Kind, Result, Secret, TenantId};

/// What keys are sealed as.
const MODEL_KEY: &str = "model_key";

/// The longest key, in bytes.
const MAX_KEY: usize = 4096;

/// Who writes the same key at the same time is asked again so often.
const TRIES: usize = 5;

/// The service.
pub struct ModelKeys {
    store: Arc<dyn SealedValues>,
    keyring: Arc<dyn Keyring>,
    audit: Arc<dyn Audit>,
    /// The providers that take a key, by name. No name is longer than 16 bytes.
    providers: Vec<&'static str>,
}

impl ModelKeys {
    /// A service for keys of `providers`.
    pub fn new(
        store: Arc<dyn SealedValues>,
        keyring: Arc<dyn Keyring>,
        audit: Arc<dyn Audit>,
        providers: Vec<&'static str>,
    ) -> Self {
        Self {
            store,
            keyring,
            audit,
            providers,
        }
    }

    /// The providers that the tenant has brought a key for, in alphabetical order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<&'static str>> {
        let mut found = Vec::new();
        for provider in &self.providers {
            let key = self
                .store
                .value(caller.tenant, MODEL_KEY, row(provider))
                .await?;
            found.extend(key.map(|_| *provider));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Keeps the tenant's key for a provider, in the place of an earlier one. Models of that provider are asked with it from the
    /// next run on. Returns the provider's name.
    ///
    /// # Errors
    /// Kind `Invalid` for a provider that is not known and a key that can be none; `Conflict` when others write it at the same
    /// time.
    pub async fn set(&self, caller: &Caller, provider: &str, key: Secret) -> Result<&'static str> {
        let provider = self.known(provider)?;
        check(&key)?;
        self.record(caller, Deed::ModelKeySet, provider).await?;
        for _ in 0..TRIES {
            let before = self
                .store
                .value(caller.tenant, MODEL_KEY, row(provider))
                .await?;
            let place = Place {
                tenant: caller.tenant,
                owner: caller.tenant.as_uuid(),
                kind: MODEL_KEY,
                row: row(provider),
                version: before.map_or(1, |(place, _)| place.version + 1),
            };
            let plain = Zeroizing::new(key.expose().as_bytes().to_vec());
            let sealed = self.keyring.seal(&place, &plain).await?;
            match self.store.keep_value(&place, &sealed).await {
                Err(error) if error.kind() == Kind::Conflict => {}
                done => return done.map(|()| provider),
            }
        }
        let message = "Others are writing this key at the same time: try again";
        Err(Error::new(Kind::Conflict, message))
    }

    /// Forgets the tenant's key for a provider; the operator's is used again, if there is one. Returns the provider's name.
    ///
    /// # Errors
    /// Kind `Invalid` for a provider that is not known, `NotFound` when there is no key.
    pub async fn remove(&self, caller: &Caller, provider: &str) -> Result<&'static str> {
        let provider = self.known(provider)?;
        self.record(caller, Deed::ModelKeyRemoved, provider).await?;
        let tenant = caller.tenant;
        match self.store.forget_values(tenant, row(provider)).await? {
            true => Ok(provider),
            false => Err(Error::not_found("Model key", format!("of {provider}"))),
        }
    }

    fn known(&self, name: &str) -> Result<&'static str> {
        let mut providers = self.providers.iter();
        let found = providers.find(|known| known.eq_ignore_ascii_case(name));
        found.copied().ok_or_else(|| {
            let shown: String = name.chars().take(80).collect();
            let message = format!(
                "Invalid provider '{shown}': expected one of {}",
                self.providers.join(", ")
            );
            Error::invalid_member(&["provider"], "enum", message)
        })
    }

    async fn record(&self, caller: &Caller, deed: Deed, provider: &str) -> Result<()> {
        self.audit
            .record(&AuditEvent {
                tenant: Some(caller.tenant),
                actor: Actor::Key(caller.key),
                deed,
                subject: format!("model key of {provider}"),
                details: Vec::new(),
            })
            .await
    }
}

#[async_trait]
impl TenantModelKeys for ModelKeys {
    async fn key(&self, tenant: TenantId, provider: &str) -> Result<Option<Secret>> {
        let Some((place, sealed)) = self.store.value(tenant, MODEL_KEY, row(provider)).await?
        else {
            return Ok(None);
        };
        let plain = self.keyring.open(&place, &sealed).await?;
        let key = std::str::from_utf8(&plain)
            .map_err(|_| Error::internal("reading a model key", "it is no text"))?;
        Ok(Some(Secret::new(key.to_owned())))
    }
}

/// A provider's row: its name, filled up. So there is nothing to look up, and no second row for one provider.
fn row(provider: &str) -> uuid::Uuid {
    let mut bytes = [0; 16];
    for (byte, letter) in bytes.iter_mut().zip(provider.bytes()) {
        *byte = letter;
    }
    uuid::Uuid::from_bytes(bytes)
}

/// It goes into the header of a request: no spaces, and letters of ASCII only.
fn check(key: &Secret) -> Result<()> {
    let text = key.expose();
    if (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let message = format!(
        "Invalid key: expected 1 to {MAX_KEY} letters, digits and signs of ASCII, without spaces"
    );
    Err(Error::invalid_member(&["key"], "value_error", message))
}
