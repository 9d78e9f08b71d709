//! One vault that every tenant has, with one password in it that is never filled in.

use std::sync::Arc;

use async_trait::async_trait;
use guise_core::ports::{PurchaseGate, Release, SecretSource, SecretSources};
use guise_core::{
    Caller, Error, Field, Placeholder, Placeholders, Result, Scope, Secret, TenantId, VaultId,
};

pub struct OneVault {
    pub id: VaultId,
    /// What is searched for in what leaves sessions that have it.
    pub password: &'static str,
}

impl Default for OneVault {
    fn default() -> Self {
        Self {
            id: VaultId::new(),
            password: "correct horse",
        }
    }
}

#[async_trait]
impl SecretSources for OneVault {
    async fn vault(&self, _caller: &Caller, id: &str) -> Result<VaultId> {
        match id.parse() {
            Ok(id) if id == self.id => Ok(id),
            _ => Err(Error::not_found("Vault", id)),
        }
    }

    async fn searched(&self, _: TenantId, vault: VaultId) -> Result<Vec<(Secret, String)>> {
        assert_eq!(vault, self.id);
        let password = Secret::new(self.password.to_owned());
        Ok(vec![(password, "[password]".to_owned())])
    }

    fn of(
        &self,
        caller: &Caller,
        vault: VaultId,
        placeholders: Placeholders,
        _purchases: Arc<dyn PurchaseGate>,
    ) -> Arc<dyn SecretSource> {
        assert_eq!(vault, self.id);
        Arc::new(Nothing {
            placeholders,
            reveals: self.reveals(caller),
        })
    }

    fn reveals(&self, caller: &Caller) -> bool {
        caller.scopes.contains(Scope::VaultReveal)
    }
}

struct Nothing {
    placeholders: Placeholders,
    reveals: bool,
}

#[async_trait]
impl SecretSource for Nothing {
    fn read(&self, value: &str) -> Option<Placeholder> {
        self.placeholders.read(value)
    }

    async fn release(&self, _placeholder: &Placeholder, _field: &Field) -> Result<Release> {
        Ok(Release::Unchanged)
    }

    fn reveals(&self) -> bool {
        self.reveals
    }
}
