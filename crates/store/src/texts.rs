//! Text messages of personas.

use guise_core::ports::{Place, Sealed};
use guise_core::{InboxFilter, PersonaId, Result, Sms, SmsContent, SmsId, TenantId, Timestamp};

use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{Database, mailboxes, personas, sealed};

/// What a text message is sealed as.
const CONTENT: &str = "sms";

const ADD: Statement = Statement::new(
    "keep a text message",
    "INSERT INTO text_messages (id, tenant_id, persona_id, provider_id, received_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING",
);

const READ: Statement = Statement::new(
    "read text messages",
    "SELECT t.id, t.tenant_id, t.persona_id, t.received_at, t.read_at, s.data_key_id, s.envelope
     FROM text_messages t
     JOIN sealed_values s ON s.tenant_id = t.tenant_id AND s.id = t.id AND s.kind = 'sms'
     WHERE t.tenant_id = $1 AND t.persona_id = $2 AND ($3 IS NULL OR t.received_at >= $3)
           AND (NOT $4 OR t.read_at IS NULL)
     ORDER BY t.id DESC LIMIT $5 + 0",
);

// One at a time: between the look and the mark a message may come that is older than some that were seen.
const MARK_READ: Statement = Statement::new(
    "mark a text message as read",
    "UPDATE text_messages SET read_at = $3 WHERE persona_id = $1 AND id = $2 AND read_at IS NULL",
);

const FORGET: Statement = Statement::new(
    "delete a persona's text messages",
    "DELETE FROM text_messages WHERE tenant_id = $1 AND persona_id = $2",
);

const EXPIRE: Statement = Statement::new(
    "let old text messages go",
    "DELETE FROM text_messages
     WHERE id IN (SELECT id FROM text_messages WHERE received_at < $1 ORDER BY received_at LIMIT 500)
     RETURNING id, tenant_id",
);

/// Deletes a persona's messages and the keys that only they need.
pub(crate) async fn forget(
    transaction: &mut Transaction,
    tenant: TenantId,
    persona: PersonaId,
) -> Result<()> {
    let values = [tenant.into(), persona.into()];
    transaction.touch(FORGET, &values).await?;
    sealed::delete_owner(transaction, tenant, persona.as_uuid()).await
}

pub(crate) async fn add(
    database: &Database,
    sms: &Sms,
    provider_id: &str,
    content: &Sealed,
) -> Result<bool> {
    let mut transaction = database.begin().await?;
    if !personas::hold(&mut transaction, sms.tenant, sms.persona).await? {
        return Ok(false);
    }
    let values = [
        sms.id.into(),
        sms.tenant.into(),
        sms.persona.into(),
        provider_id.into(),
        sms.received_at.into(),
    ];
    if transaction.touch(ADD, &values).await? == 0 {
        return Ok(false);
    }
    let place = Place {
        tenant: sms.tenant,
        owner: sms.persona.as_uuid(),
        kind: CONTENT,
        row: sms.id.as_uuid(),
        version: 1,
    };
    sealed::put(&mut transaction, &place, content).await?;
    transaction.commit().await?;
    Ok(true)
}

pub(crate) async fn list(
    database: &Database,
    tenant: TenantId,
    persona: PersonaId,
    filter: InboxFilter,
) -> Result<Vec<(Sms, Sealed)>> {
    let values = [
        tenant.into(),
        persona.into(),
        filter.since.into(),
        filter.only_unread.into(),
        u64::from(filter.limit).into(),
    ];
    let rows = database.rows(READ, &values).await?;
    rows.iter().map(message).collect()
}

pub(crate) async fn mark(
    database: &Database,
    persona: PersonaId,
    ids: &[SmsId],
    at: Timestamp,
) -> Result<Vec<SmsId>> {
    let ids = ids.iter().map(|id| id.as_uuid());
    let marked = mailboxes::mark(database, MARK_READ, persona.as_uuid(), ids, at).await?;
    Ok(marked.into_iter().map(SmsId::from_uuid).collect())
}

pub(crate) async fn expire(database: &Database, before: Timestamp) -> Result<u64> {
    let mut count = 0;
    loop {
        let mut transaction = database.begin().await?;
        let gone = transaction.rows(EXPIRE, &[before.into()]).await?;
        for row in &gone {
            let tenant = TenantId::from_uuid(row.id("tenant_id")?);
            sealed::delete(&mut transaction, tenant, row.id("id")?).await?;
        }
        transaction.commit().await?;
        if gone.is_empty() {
            return Ok(count);
        }
        count += gone.len() as u64;
    }
}

fn message(row: &Row) -> Result<(Sms, Sealed)> {
    let sms = Sms {
        id: SmsId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        persona: PersonaId::from_uuid(row.id("persona_id")?),
        received_at: row.time("received_at")?,
        read_at: row.optional_time("read_at")?,
        content: SmsContent::default(),
    };
    Ok((sms, sealed::read(row)?))
}
