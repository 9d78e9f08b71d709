//! Phone numbers of personas.

use std::collections::HashSet;

use guise_core::ports::{Added, PersonaNumber};
use guise_core::{PersonaId, PhoneNumber, Result, TenantId, Timestamp};

use crate::row::{Row, unreadable};
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{Database, personas, texts};

const ADD: Statement = Statement::new(
    "give a persona a phone number",
    "INSERT INTO phone_numbers (number, tenant_id, persona_id, provider, provider_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING",
);

const OF: Statement = Statement::new(
    "look a persona's phone number up",
    "SELECT number, tenant_id, persona_id, provider, provider_id, created_at
     FROM phone_numbers WHERE tenant_id = $1 AND persona_id = $2 AND released_at IS NULL",
);

const BY_NUMBER: Statement = Statement::new(
    "look up whose phone number it is",
    "SELECT number, tenant_id, persona_id, provider, provider_id, created_at
     FROM phone_numbers WHERE number = $1 AND released_at IS NULL",
);

const ALL: Statement = Statement::new(
    "list all phone numbers",
    "SELECT number FROM phone_numbers WHERE released_at IS NULL OR given_back_at IS NULL",
);

const REMOVE: Statement = Statement::new(
    "take a persona's phone number away",
    "UPDATE phone_numbers SET released_at = $3 WHERE tenant_id = $1 AND persona_id = $2 AND released_at IS NULL",
);

const PENDING: Statement = Statement::new(
    "list the phone numbers to give back",
    "SELECT number, tenant_id, persona_id, provider, provider_id, created_at
     FROM phone_numbers WHERE released_at IS NOT NULL AND given_back_at IS NULL ORDER BY released_at",
);

const GIVEN_BACK: Statement = Statement::new(
    "note that a phone number is given back",
    "UPDATE phone_numbers SET given_back_at = $4
     WHERE number = $1 AND persona_id = $2 AND created_at = $3 AND released_at IS NOT NULL",
);

/// Takes a persona's number and its messages away within a transaction.
pub(crate) async fn close_of(
    transaction: &mut Transaction,
    tenant: TenantId,
    persona: PersonaId,
    at: Timestamp,
) -> Result<()> {
    let values = [tenant.into(), persona.into(), at.into()];
    transaction.touch(REMOVE, &values).await?;
    texts::forget(transaction, tenant, persona).await
}

pub(crate) async fn add(database: &Database, number: &PersonaNumber) -> Result<Added> {
    let mut transaction = database.begin().await?;
    if !personas::hold(&mut transaction, number.tenant, number.persona).await? {
        return Ok(Added::NoParent);
    }
    let values = [
        number.number.as_str().into(),
        number.tenant.into(),
        number.persona.into(),
        number.provider.as_str().into(),
        number.provider_id.as_str().into(),
        number.created_at.into(),
    ];
    if transaction.touch(ADD, &values).await? == 1 {
        transaction.commit().await?;
        return Ok(Added::Added);
    }
    let persona = [number.tenant.into(), number.persona.into()];
    Ok(match transaction.row(OF, &persona).await? {
        Some(_) => Added::NameTaken,
        None => Added::AddressTaken,
    })
}

pub(crate) async fn of(
    database: &Database,
    tenant: TenantId,
    persona: PersonaId,
) -> Result<Option<PersonaNumber>> {
    let row = database.row(OF, &[tenant.into(), persona.into()]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn by_number(
    database: &Database,
    number: &PhoneNumber,
) -> Result<Option<PersonaNumber>> {
    let row = database.row(BY_NUMBER, &[number.as_str().into()]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn all(database: &Database) -> Result<HashSet<PhoneNumber>> {
    let rows = database.rows(ALL, &[]).await?;
    rows.iter().map(number).collect()
}

pub(crate) async fn remove(
    database: &Database,
    tenant: TenantId,
    persona: PersonaId,
    at: Timestamp,
) -> Result<bool> {
    let values = [tenant.into(), persona.into(), at.into()];
    Ok(database.touch(REMOVE, &values).await? == 1)
}

pub(crate) async fn pending(database: &Database) -> Result<Vec<PersonaNumber>> {
    let rows = database.rows(PENDING, &[]).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn given_back(
    database: &Database,
    number: &PersonaNumber,
    at: Timestamp,
) -> Result<()> {
    let values = [
        number.number.as_str().into(),
        number.persona.into(),
        number.created_at.into(),
        at.into(),
    ];
    database.touch(GIVEN_BACK, &values).await?;
    Ok(())
}

fn read(row: &Row) -> Result<PersonaNumber> {
    Ok(PersonaNumber {
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        persona: PersonaId::from_uuid(row.id("persona_id")?),
        number: number(row)?,
        provider: row.text("provider")?,
        provider_id: row.text("provider_id")?,
        created_at: row.time("created_at")?,
    })
}

fn number(row: &Row) -> Result<PhoneNumber> {
    let text = row.text("number")?;
    text.parse().map_err(|error| unreadable("number", error))
}
