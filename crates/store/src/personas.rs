//! Personas.

use async_trait::async_trait;
use guise_core::ports::{Added, Changed, Closed, PersonaStore};
use guise_core::{
    KeyId, MailboxId, Page, PageRequest, Persona, PersonaChange, PersonaFilter, PersonaId,
    ProjectId, Result, TenantId, Timestamp, VaultId,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::row::{Row, unreadable};
use crate::statement::{Statement, is_taken};
use crate::transaction::Transaction;
use crate::value::{Value, hash};
use crate::{Database, facet, mailboxes, numbers, vaults};

const PROJECT: Statement = Statement::new(
    "look a persona's project up",
    "SELECT id FROM projects WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

const ADD: Statement = Statement::new(
    "add a persona",
    "INSERT INTO personas
         (id, tenant_id, project_id, key_id, handle, name, name_hash, label, first_name, last_name,
          description, system_prompt, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     ON CONFLICT DO NOTHING",
);

const HANDLE: Statement = Statement::new(
    "look a persona's handle up",
    "SELECT id FROM personas WHERE tenant_id = $1 AND handle = $2 AND closed_at IS NULL",
);

/// What a persona is read from, in the order of [`Packed`]'s members.
///
/// What lies in other tables is looked up row by row, not joined: then there is one way to do it, whatever a planner
/// believes of the tables' sizes, and planning takes no longer than finding.
macro_rules! members {
    () => {
        "(p.id, p.tenant_id, p.project_id, p.key_id, p.handle, p.name, p.label, p.first_name, p.last_name,
          p.description, p.system_prompt, p.created_at, p.updated_at, p.closed_at,
          (SELECT m.name FROM mailboxes m WHERE m.persona_id = p.id),
          (SELECT v.id FROM vaults v WHERE v.persona_id = p.id AND v.closed_at IS NULL),
          (SELECT n.number FROM phone_numbers n WHERE n.persona_id = p.id AND n.released_at IS NULL),
          EXISTS (SELECT 1 FROM tenant_defaults d WHERE d.tenant_id = p.tenant_id AND d.persona_id = p.id))"
    };
}

/// Where it is read.
macro_rules! tables {
    () => {
        " AS persona FROM personas p WHERE p.tenant_id = $1 AND "
    };
}

/// A query for whole personas, each as one JSON array: taking eighteen columns from a driver takes longer than finding
/// them. `$which` says which.
macro_rules! personas {
    ($doing:literal, $which:literal) => {
        Statement::pair(
            $doing,
            concat!("SELECT json_array", members!(), tables!(), $which),
            concat!(
                "SELECT json_build_array",
                members!(),
                "::text",
                tables!(),
                $which
            ),
        )
    };
}

const ONE: Statement = personas!("look a persona up", "p.id = $2 AND p.closed_at IS NULL");

const DEFAULT: Statement = personas!(
    "look a tenant's default persona up",
    "p.id = (SELECT d.persona_id FROM tenant_defaults d WHERE d.tenant_id = $1)"
);

const WAS_CLOSED: Statement = Statement::new(
    "look a closed persona up",
    "SELECT id FROM personas WHERE tenant_id = $1 AND id = $2 AND closed_at IS NOT NULL",
);

const LIST_ACTIVE: Statement = personas!(
    "list the personas",
    "p.closed_at IS NULL AND ($2 IS NULL OR p.key_id = $2) ORDER BY p.id DESC LIMIT $3 + 0 OFFSET $4"
);

const LIST_ALL: Statement = personas!(
    "list all personas",
    "($2 IS NULL OR p.key_id = $2) ORDER BY p.id DESC LIMIT $3 + 0 OFFSET $4"
);

const NEWEST: Statement = personas!(
    "list the newest personas",
    "p.closed_at IS NULL ORDER BY p.id DESC LIMIT $2 + 0"
);

const AFTER: Statement = personas!(
    "list older personas",
    "p.closed_at IS NULL AND p.id < $2 ORDER BY p.id DESC LIMIT $3 + 0"
);

const OLDEST: Statement = personas!(
    "list the personas of all projects",
    "p.closed_at IS NULL ORDER BY p.id"
);

const OF_PROJECT: Statement = personas!(
    "list the personas of a project",
    "p.closed_at IS NULL AND p.project_id = $2 ORDER BY p.id"
);

const CHANGE: Statement = Statement::new(
    "change a persona",
    "UPDATE personas
     SET name = COALESCE($3, name), name_hash = COALESCE($4, name_hash), label = COALESCE($5, label),
         description = COALESCE($6, description), system_prompt = COALESCE($7, system_prompt), updated_at = $8
     WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

// The update changes nothing; it lets whoever else changes the default, or removes what may be it, wait.
const LOCK_DEFAULT: Statement = Statement::new(
    "hold a tenant's default persona",
    "UPDATE tenant_defaults SET persona_id = persona_id WHERE tenant_id = $1 RETURNING persona_id",
);

const SET_DEFAULT: Statement = Statement::new(
    "change a tenant's default persona",
    "UPDATE tenant_defaults SET persona_id = $2 WHERE tenant_id = $1",
);

// It changes nothing; it lets whoever closes the persona wait.
const HOLD: Statement = Statement::new(
    "hold a persona",
    "UPDATE personas SET name = name WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

const TOUCH: Statement = Statement::new(
    "note that a persona changed",
    "UPDATE personas SET updated_at = $3 WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

const CLOSE: Statement = Statement::new(
    "close a persona",
    "UPDATE personas SET closed_at = $3, updated_at = $3
     WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

/// Holds an active persona until the transaction ends, so that nothing comes to it after it was closed. `false` when there
/// is none.
pub(crate) async fn hold(
    transaction: &mut Transaction,
    tenant: TenantId,
    id: PersonaId,
) -> Result<bool> {
    let values = [tenant.into(), id.into()];
    Ok(transaction.touch(HOLD, &values).await? == 1)
}

/// Adds a persona and its mailbox within a transaction; unless it is `Added`, the transaction is not to be committed.
pub(crate) async fn add(
    transaction: &mut Transaction,
    persona: &Persona,
    mailbox: MailboxId,
) -> Result<Added> {
    let project = [persona.tenant.into(), persona.project.into()];
    if transaction.row(PROJECT, &project).await?.is_none() {
        return Ok(Added::NoParent);
    }
    let hash = hash(&persona.name);
    let values = [
        persona.id.into(),
        persona.tenant.into(),
        persona.project.into(),
        persona.key.into(),
        persona.handle.as_str().into(),
        persona.name.as_str().into(),
        hash.as_slice().into(),
        persona.label.as_deref().into(),
        persona.first_name.as_str().into(),
        persona.last_name.as_str().into(),
        facet::value(&persona.description)?,
        facet::value(&persona.system_prompt)?,
        persona.created_at.into(),
        persona.updated_at.into(),
    ];
    if transaction.touch(ADD, &values).await? == 0 {
        let handle = [persona.tenant.into(), persona.handle.as_str().into()];
        return Ok(match transaction.row(HANDLE, &handle).await? {
            Some(_) => Added::HandleTaken,
            None => Added::NameTaken,
        });
    }
    mailboxes::add(transaction, &persona.own_mailbox(mailbox)).await
}

#[async_trait]
impl PersonaStore for Database {
    async fn add_persona(&self, persona: &Persona, mailbox: MailboxId) -> Result<Added> {
        let mut transaction = self.begin().await?;
        let added = add(&mut transaction, persona, mailbox).await?;
        if added == Added::Added {
            transaction.commit().await?;
        }
        Ok(added)
    }

    async fn persona(&self, tenant: TenantId, id: PersonaId) -> Result<Option<Persona>> {
        let row = self.row(ONE, &[tenant.into(), id.into()]).await?;
        row.as_ref().map(persona).transpose()
    }

    async fn default_persona(&self, tenant: TenantId) -> Result<Option<Persona>> {
        let row = self.row(DEFAULT, &[tenant.into()]).await?;
        row.as_ref().map(persona).transpose()
    }

    async fn was_closed(&self, tenant: TenantId, id: PersonaId) -> Result<bool> {
        let row = self.row(WAS_CLOSED, &[tenant.into(), id.into()]).await?;
        Ok(row.is_some())
    }

    async fn personas(&self, filter: &PersonaFilter, page: PageRequest) -> Result<Page<Persona>> {
        let values = [
            filter.tenant.into(),
            filter.key.into(),
            (u64::from(page.size) + 1).into(),
            page.offset().into(),
        ];
        let statement = if filter.include_closed {
            LIST_ALL
        } else {
            LIST_ACTIVE
        };
        let items = personas(&self.rows(statement, &values).await?)?;
        Ok(Page::from_overlong(items, page))
    }

    async fn personas_after(
        &self,
        tenant: TenantId,
        after: Option<PersonaId>,
        limit: u32,
    ) -> Result<Vec<Persona>> {
        let limit = Value::from(u64::from(limit));
        let rows = match after {
            None => self.rows(NEWEST, &[tenant.into(), limit]).await?,
            Some(id) => self.rows(AFTER, &[tenant.into(), id.into(), limit]).await?,
        };
        personas(&rows)
    }

    async fn personas_of(
        &self,
        tenant: TenantId,
        project: Option<ProjectId>,
    ) -> Result<Vec<Persona>> {
        let rows = match project {
            None => self.rows(OLDEST, &[tenant.into()]).await?,
            Some(id) => self.rows(OF_PROJECT, &[tenant.into(), id.into()]).await?,
        };
        personas(&rows)
    }

    async fn change_persona(
        &self,
        tenant: TenantId,
        id: PersonaId,
        change: &PersonaChange,
        at: Timestamp,
    ) -> Result<Changed<Persona>> {
        let hash = change.name.as_deref().map(hash);
        let values = [
            tenant.into(),
            id.into(),
            change.name.as_deref().into(),
            Value::from(hash.as_ref().map(<[u8; 32]>::as_slice)),
            change.label.as_deref().into(),
            facet::text(change.description.as_deref())?,
            facet::text(change.system_prompt.as_deref())?,
            at.into(),
        ];
        let mut transaction = self.begin().await?;
        match transaction.touch(CHANGE, &values).await {
            Ok(0) => return Ok(Changed::NotFound),
            Ok(_) => {}
            Err(error) if is_taken(&error) => return Ok(Changed::NameTaken),
            Err(error) => return Err(error),
        }
        let row = transaction.row(ONE, &[tenant.into(), id.into()]).await?;
        let changed = row.as_ref().map(persona).transpose()?;
        transaction.commit().await?;
        Ok(changed.map_or(Changed::NotFound, Changed::Changed))
    }

    async fn set_default(
        &self,
        tenant: TenantId,
        id: PersonaId,
        at: Timestamp,
    ) -> Result<Option<Persona>> {
        let mut transaction = self.begin().await?;
        if default(&mut transaction, tenant).await? != Some(id) {
            let values = [tenant.into(), id.into(), at.into()];
            if transaction.touch(TOUCH, &values).await? == 0 {
                return Ok(None);
            }
            let values = [tenant.into(), id.into()];
            transaction.touch(SET_DEFAULT, &values).await?;
        }
        let row = transaction.row(ONE, &[tenant.into(), id.into()]).await?;
        let set = row.as_ref().map(persona).transpose()?;
        transaction.commit().await?;
        Ok(set)
    }

    async fn close_persona(
        &self,
        tenant: TenantId,
        id: PersonaId,
        at: Timestamp,
    ) -> Result<Closed> {
        let mut transaction = self.begin().await?;
        if default(&mut transaction, tenant).await? == Some(id) {
            return Ok(Closed::IsDefault);
        }
        let values = [tenant.into(), id.into(), at.into()];
        if transaction.touch(CLOSE, &values).await? == 0 {
            return Ok(Closed::NotFound);
        }
        vaults::close_of(&mut transaction, tenant, id, at).await?;
        mailboxes::close_of(&mut transaction, tenant, id, at).await?;
        numbers::close_of(&mut transaction, tenant, id, at).await?;
        transaction.commit().await?;
        Ok(Closed::Closed)
    }
}

/// The tenant's default persona, which stays so until the transaction ends.
async fn default(transaction: &mut Transaction, tenant: TenantId) -> Result<Option<PersonaId>> {
    let row = transaction.row(LOCK_DEFAULT, &[tenant.into()]).await?;
    row.map(|row| row.id("persona_id").map(PersonaId::from_uuid))
        .transpose()
}

fn personas(rows: &[Row]) -> Result<Vec<Persona>> {
    rows.iter().map(persona).collect()
}

fn persona(row: &Row) -> Result<Persona> {
    let packed = row.text("persona")?;
    let packed: Packed =
        serde_json::from_str(&packed).map_err(|error| unreadable("persona", error))?;
    Ok(Persona {
        id: PersonaId::from_uuid(packed.id),
        tenant: TenantId::from_uuid(packed.tenant),
        project: ProjectId::from_uuid(packed.project),
        key: KeyId::from_uuid(packed.key),
        handle: packed.handle,
        name: packed.name,
        label: packed.label,
        first_name: packed.first_name,
        last_name: packed.last_name,
        description: facet::parse(packed.description, "description")?,
        system_prompt: facet::parse(packed.system_prompt, "system_prompt")?,
        mailbox: packed.mailbox,
        vault: packed.vault.map(VaultId::from_uuid),
        phone: packed.phone,
        is_default: packed.is_default.into(),
        created_at: Timestamp::from_micros(packed.created_at),
        updated_at: Timestamp::from_micros(packed.updated_at),
        closed_at: packed.closed_at.map(Timestamp::from_micros),
    })
}

/// A persona as the queries pack it.
#[derive(Deserialize)]
struct Packed {
    id: Uuid,
    tenant: Uuid,
    project: Uuid,
    key: Uuid,
    handle: String,
    name: String,
    label: Option<String>,
    first_name: String,
    last_name: String,
    description: Option<String>,
    system_prompt: Option<String>,
    created_at: i64,
    updated_at: i64,
    closed_at: Option<i64>,
    mailbox: String,
    vault: Option<Uuid>,
    phone: Option<String>,
    is_default: Flag,
}

/// `true` or `false`, which SQLite writes as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Bool(bool),
    Number(u8),
}

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        match flag {
            Flag::Bool(flag) => flag,
            Flag::Number(number) => number != 0,
        }
    }
}
