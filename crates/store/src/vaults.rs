//! Vaults, their credentials and cards.

use async_trait::async_trait;
use guise_core::ports::{Place, Sealed, VaultStore};
use guise_core::{
    Credential, CredentialId, CredentialKind, FillRules, KeyId, Page, PageRequest, PersonaId,
    Result, TenantId, Timestamp, Vault, VaultFilter, VaultId,
};
use uuid::Uuid;

use crate::row::{Row, unreadable};
use crate::statement::{Statement, is_taken};
use crate::transaction::Transaction;
use crate::value::Value;
use crate::{Database, personas, sealed};

/// What the secrets of a credential are sealed as.
const CREDENTIAL: &str = "credential";
/// What a card is sealed as.
const CARD: &str = "card";

const ADD: Statement = Statement::new(
    "add a vault",
    "INSERT INTO vaults (id, tenant_id, persona_id, key_id, name, created_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING",
);

const OF_PERSONA: Statement = Statement::new(
    "look a persona's vault up",
    "SELECT id, tenant_id, persona_id, key_id, name, fill_rules, created_at, closed_at
     FROM vaults WHERE tenant_id = $1 AND persona_id = $2 AND closed_at IS NULL",
);

const ONE: Statement = Statement::new(
    "look a vault up",
    "SELECT id, tenant_id, persona_id, key_id, name, fill_rules, created_at, closed_at
     FROM vaults WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

const LIST: Statement = Statement::new(
    "list the vaults",
    "SELECT id, tenant_id, persona_id, key_id, name, fill_rules, created_at, closed_at FROM vaults
     WHERE tenant_id = $1 AND ($2 IS NULL OR key_id = $2) AND ($3 OR closed_at IS NULL)
     ORDER BY id DESC LIMIT $4 + 0 OFFSET $5",
);

const RENAME: Statement = Statement::new(
    "name a vault anew",
    "UPDATE vaults SET name = $3 WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL
     RETURNING id, tenant_id, persona_id, key_id, name, fill_rules, created_at, closed_at",
);

const SET_FILL_RULES: Statement = Statement::new(
    "set a vault's rules for fills",
    "UPDATE vaults SET fill_rules = $3 WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL
     RETURNING id, tenant_id, persona_id, key_id, name, fill_rules, created_at, closed_at",
);

// It changes nothing; it holds the vault so that it is not deleted while something is put into it.
const HOLD: Statement = Statement::new(
    "hold a vault",
    "UPDATE vaults SET name = name WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL RETURNING id",
);

const CLOSE: Statement = Statement::new(
    "delete a vault",
    "UPDATE vaults SET closed_at = $3 WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL RETURNING id",
);

const CLOSE_OF: Statement = Statement::new(
    "delete a persona's vault",
    "UPDATE vaults SET closed_at = $3 WHERE tenant_id = $1 AND persona_id = $2 AND closed_at IS NULL RETURNING id",
);

const FORGET_CREDENTIALS: Statement = Statement::new(
    "delete a vault's credentials",
    "DELETE FROM credentials WHERE vault_id = $1",
);

const FORGET_CARD: Statement = Statement::new(
    "delete a vault's card",
    "DELETE FROM cards WHERE tenant_id = $1 AND vault_id = $2",
);

const ADD_CREDENTIAL: Statement = Statement::new(
    "add a credential",
    "INSERT INTO credentials
         (id, tenant_id, vault_id, label, kind, site, email, username, notes, one_time, version, counter, created_at,
          updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
);

const CHANGE_CREDENTIAL: Statement = Statement::new(
    "change a credential",
    "UPDATE credentials
     SET label = $4, kind = $5, site = $6, email = $7, username = $8, notes = $9, one_time = $10, version = $11,
         counter = $12, updated_at = $13
     WHERE id = $1 AND tenant_id = $2 AND vault_id = $3 AND version = $11 - 1",
);

/// A query for credentials; what follows says which.
macro_rules! credentials {
    ($which:literal) => {
        concat!(
            "SELECT id, tenant_id, vault_id, label, kind, site, email, username, notes, one_time, version, counter,
                    created_at, updated_at
             FROM credentials WHERE tenant_id = $1 AND vault_id = $2 ",
            $which
        )
    };
}

const CREDENTIALS: Statement =
    Statement::new("list a vault's credentials", credentials!("ORDER BY id"));

const OF_SITE: Statement =
    Statement::new("look a site's credential up", credentials!("AND site = $3"));

const ONE_CREDENTIAL: Statement =
    Statement::new("look a credential up", credentials!("AND id = $3"));

const DELETE_CREDENTIAL: Statement = Statement::new(
    "delete a credential",
    "DELETE FROM credentials WHERE tenant_id = $1 AND vault_id = $2 AND id = $3",
);

const NEXT_COUNTER: Statement = Statement::new(
    "count a one-time code",
    "UPDATE credentials SET counter = counter + 1 WHERE tenant_id = $1 AND id = $2 RETURNING counter - 1 AS counter",
);

const ADD_CARD: Statement = Statement::new(
    "keep a card",
    "INSERT INTO cards (vault_id, tenant_id, version) VALUES ($1, $2, $3)
     ON CONFLICT (vault_id) DO UPDATE SET version = excluded.version WHERE cards.version = excluded.version - 1",
);

const CARD_VERSION: Statement = Statement::new(
    "look a card up",
    "SELECT version FROM cards WHERE tenant_id = $1 AND vault_id = $2",
);

/// Deletes a persona's vault within a transaction.
pub(crate) async fn close_of(
    transaction: &mut Transaction,
    tenant: TenantId,
    persona: PersonaId,
    at: Timestamp,
) -> Result<()> {
    let values = [tenant.into(), persona.into(), at.into()];
    match transaction.row(CLOSE_OF, &values).await? {
        Some(row) => forget(transaction, tenant, VaultId::from_uuid(row.id("id")?)).await,
        None => Ok(()),
    }
}

/// Deletes what is in a vault, and the keys that open it.
async fn forget(transaction: &mut Transaction, tenant: TenantId, id: VaultId) -> Result<()> {
    transaction.touch(FORGET_CREDENTIALS, &[id.into()]).await?;
    transaction
        .touch(FORGET_CARD, &[tenant.into(), id.into()])
        .await?;
    sealed::delete_owner(transaction, tenant, id.as_uuid()).await
}

#[async_trait]
impl VaultStore for Database {
    async fn add_vault(&self, vault: &Vault) -> Result<Option<Vault>> {
        let mut transaction = self.begin().await?;
        if let Some(persona) = vault.persona
            && !personas::hold(&mut transaction, vault.tenant, persona).await?
        {
            return Ok(None);
        }
        let values = [
            vault.id.into(),
            vault.tenant.into(),
            vault.persona.into(),
            vault.key.into(),
            vault.name.as_str().into(),
            vault.created_at.into(),
        ];
        let vault = if transaction.touch(ADD, &values).await? == 1 {
            vault.clone()
        } else {
            let values = [vault.tenant.into(), vault.persona.into()];
            let row = transaction.row(OF_PERSONA, &values).await?;
            let there = row.as_ref().map(self::vault).transpose()?;
            there.ok_or_else(|| ADD.failed("it is neither added nor there"))?
        };
        transaction.commit().await?;
        Ok(Some(vault))
    }

    async fn vault(&self, tenant: TenantId, id: VaultId) -> Result<Option<Vault>> {
        let row = self.row(ONE, &[tenant.into(), id.into()]).await?;
        row.as_ref().map(vault).transpose()
    }

    async fn vaults(&self, filter: &VaultFilter, page: PageRequest) -> Result<Page<Vault>> {
        let values = [
            filter.tenant.into(),
            filter.key.into(),
            filter.include_closed.into(),
            (u64::from(page.size) + 1).into(),
            page.offset().into(),
        ];
        let rows = self.rows(LIST, &values).await?;
        let items = rows.iter().map(vault).collect::<Result<_>>()?;
        Ok(Page::from_overlong(items, page))
    }

    async fn rename_vault(
        &self,
        tenant: TenantId,
        id: VaultId,
        name: &str,
    ) -> Result<Option<Vault>> {
        let values = [tenant.into(), id.into(), name.into()];
        let row = self.write(RENAME, &values).await?;
        row.as_ref().map(vault).transpose()
    }

    async fn set_fill_rules(
        &self,
        tenant: TenantId,
        id: VaultId,
        rules: &FillRules,
    ) -> Result<Option<Vault>> {
        let values = [tenant.into(), id.into(), Value::json(rules)?];
        let row = self.write(SET_FILL_RULES, &values).await?;
        row.as_ref().map(vault).transpose()
    }

    async fn close_vault(&self, tenant: TenantId, id: VaultId, at: Timestamp) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let values = [tenant.into(), id.into(), at.into()];
        if transaction.row(CLOSE, &values).await?.is_none() {
            return Ok(false);
        }
        forget(&mut transaction, tenant, id).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn put_credential(&self, credential: &Credential, sealed: &Sealed) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let vault = [credential.tenant.into(), credential.vault.into()];
        if transaction.row(HOLD, &vault).await?.is_none() {
            return Ok(false);
        }
        let mut values = vec![
            credential.id.into(),
            credential.tenant.into(),
            credential.vault.into(),
            credential.label.as_str().into(),
            credential.kind.as_str().into(),
            credential.site.as_deref().into(),
            credential.email.as_deref().into(),
            credential.username.as_deref().into(),
            credential.notes.as_deref().into(),
            credential.one_time.into(),
            credential.version.into(),
            credential.codes_given.into(),
        ];
        let put = if credential.version == 1 {
            values.extend([credential.created_at.into(), credential.updated_at.into()]);
            transaction.touch(ADD_CREDENTIAL, &values).await
        } else {
            values.push(credential.updated_at.into());
            transaction.touch(CHANGE_CREDENTIAL, &values).await
        };
        match put {
            Ok(1) => {}
            Ok(_) => return Ok(false),
            Err(error) if is_taken(&error) => return Ok(false),
            Err(error) => return Err(error),
        }
        let place = Place {
            tenant: credential.tenant,
            owner: credential.vault.as_uuid(),
            kind: CREDENTIAL,
            row: credential.id.as_uuid(),
            version: credential.version,
        };
        sealed::put(&mut transaction, &place, sealed).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn credentials(&self, tenant: TenantId, vault: VaultId) -> Result<Vec<Credential>> {
        let rows = self
            .rows(CREDENTIALS, &[tenant.into(), vault.into()])
            .await?;
        rows.iter().map(credential).collect()
    }

    async fn credential_of_site(
        &self,
        tenant: TenantId,
        vault: VaultId,
        site: &str,
    ) -> Result<Option<Credential>> {
        let values = [tenant.into(), vault.into(), site.into()];
        let row = self.row(OF_SITE, &values).await?;
        row.as_ref().map(credential).transpose()
    }

    async fn credential(
        &self,
        tenant: TenantId,
        vault: VaultId,
        id: CredentialId,
    ) -> Result<Option<Credential>> {
        let values = [tenant.into(), vault.into(), id.into()];
        let row = self.row(ONE_CREDENTIAL, &values).await?;
        row.as_ref().map(credential).transpose()
    }

    async fn delete_credential(
        &self,
        tenant: TenantId,
        vault: VaultId,
        id: CredentialId,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let values = [tenant.into(), vault.into(), id.into()];
        if transaction.touch(DELETE_CREDENTIAL, &values).await? == 0 {
            return Ok(false);
        }
        sealed::delete(&mut transaction, tenant, id.as_uuid()).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn next_counter(&self, tenant: TenantId, id: CredentialId) -> Result<Option<u64>> {
        let row = self
            .write(NEXT_COUNTER, &[tenant.into(), id.into()])
            .await?;
        row.map(|row| row.count("counter")).transpose()
    }

    async fn put_card(&self, vault: &Vault, version: u64, sealed: &Sealed) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let held = [vault.tenant.into(), vault.id.into()];
        if transaction.row(HOLD, &held).await?.is_none() {
            return Ok(false);
        }
        let values = [vault.id.into(), vault.tenant.into(), version.into()];
        if transaction.touch(ADD_CARD, &values).await? == 0 {
            return Ok(false);
        }
        let place = Place {
            tenant: vault.tenant,
            owner: vault.id.as_uuid(),
            kind: CARD,
            row: vault.id.as_uuid(),
            version,
        };
        sealed::put(&mut transaction, &place, sealed).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn card_version(&self, tenant: TenantId, vault: VaultId) -> Result<Option<u64>> {
        let row = self
            .row(CARD_VERSION, &[tenant.into(), vault.into()])
            .await?;
        row.map(|row| row.count("version")).transpose()
    }

    async fn delete_card(&self, tenant: TenantId, vault: VaultId) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let values = [tenant.into(), vault.into()];
        if transaction.touch(FORGET_CARD, &values).await? == 0 {
            return Ok(false);
        }
        let id = vault.as_uuid();
        sealed::delete(&mut transaction, tenant, id).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn sealed(
        &self,
        tenant: TenantId,
        kind: &'static str,
        row: Uuid,
    ) -> Result<Option<(Place, Sealed)>> {
        self.sealed_value(tenant, row, kind).await
    }
}

fn vault(row: &Row) -> Result<Vault> {
    Ok(Vault {
        id: VaultId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        persona: row.optional_id("persona_id")?.map(PersonaId::from_uuid),
        key: KeyId::from_uuid(row.id("key_id")?),
        name: row.text("name")?,
        fill_rules: row.json("fill_rules")?,
        created_at: row.time("created_at")?,
        closed_at: row.optional_time("closed_at")?,
    })
}

fn credential(row: &Row) -> Result<Credential> {
    let kind = row.named("kind", CredentialKind::from_name)?;
    Ok(Credential {
        id: CredentialId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        vault: VaultId::from_uuid(row.id("vault_id")?),
        label: row.text("label")?,
        kind: kind.ok_or_else(|| unreadable("kind", "it is empty"))?,
        site: row.optional_text("site")?,
        email: row.optional_text("email")?,
        username: row.optional_text("username")?,
        notes: row.optional_text("notes")?,
        one_time: row.flag("one_time")?,
        codes_given: row.count("counter")?,
        version: row.count("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
