//! Mailboxes and the mails in them.

use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use guise_core::ports::{
    Added, ArrivedMail, MailboxStore, PersonaNumber, Place, Retention, Sealed, SealedMail,
};
use guise_core::{
    InboxFilter, Mail, MailContent, MailId, Mailbox, MailboxId, PersonaId, PhoneNumber, Result,
    Sms, SmsId, TenantId, Timestamp,
};
use uuid::Uuid;

use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::value::Value;
use crate::{Database, numbers, sealed, texts};

/// What the content of a mail is sealed as.
const CONTENT: &str = "mail";
/// What the whole of a mail is sealed as.
const RAW: &str = "mail_raw";

const ADD: Statement = Statement::new(
    "add a mailbox",
    "INSERT INTO mailboxes (id, tenant_id, persona_id, name, created_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING",
);

// A persona's address stays its own when it is closed: whoever else had it would get what is still sent to the persona.
const ADD_OWN: Statement = Statement::new(
    "add a mailbox of its own",
    "INSERT INTO mailboxes (id, tenant_id, persona_id, name, created_at)
     SELECT $1, $2, $3, $4, $5
     WHERE NOT EXISTS (SELECT 1 FROM mailboxes WHERE name = $4 AND persona_id IS NOT NULL)
     ON CONFLICT DO NOTHING",
);

const BY_NAME: Statement = Statement::new(
    "look a mailbox up by its name",
    "SELECT id, tenant_id, persona_id, name, created_at FROM mailboxes WHERE name = $1 AND closed_at IS NULL",
);

const OF_PERSONA: Statement = Statement::new(
    "look a persona's mailbox up",
    "SELECT id, tenant_id, persona_id, name, created_at FROM mailboxes
     WHERE tenant_id = $1 AND persona_id = $2 AND closed_at IS NULL",
);

const ONE: Statement = Statement::new(
    "look a mailbox up",
    "SELECT id, tenant_id, persona_id, name, created_at FROM mailboxes
     WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

const NEWEST: Statement = Statement::new(
    "list the newest mailboxes",
    "SELECT id, tenant_id, persona_id, name, created_at FROM mailboxes
     WHERE tenant_id = $1 AND persona_id IS NULL AND closed_at IS NULL ORDER BY id DESC LIMIT $2 + 0",
);

const AFTER: Statement = Statement::new(
    "list older mailboxes",
    "SELECT id, tenant_id, persona_id, name, created_at FROM mailboxes
     WHERE tenant_id = $1 AND persona_id IS NULL AND closed_at IS NULL AND id < $2 ORDER BY id DESC LIMIT $3 + 0",
);

const CLOSE: Statement = Statement::new(
    "remove a mailbox",
    "UPDATE mailboxes SET closed_at = $3
     WHERE tenant_id = $1 AND id = $2 AND persona_id IS NULL AND closed_at IS NULL",
);

const CLOSE_OF: Statement = Statement::new(
    "remove a persona's mailbox",
    "UPDATE mailboxes SET closed_at = $3 WHERE tenant_id = $1 AND persona_id = $2 AND closed_at IS NULL
     RETURNING id",
);

const FORGET_MAILS: Statement = Statement::new(
    "delete a mailbox's mails",
    "DELETE FROM mails WHERE mailbox_id = $1",
);

// It changes nothing; it lets whoever removes the mailbox wait.
const HOLD: Statement = Statement::new(
    "hold a mailbox",
    "UPDATE mailboxes SET name = name WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

const ADD_MAIL: Statement = Statement::new(
    "keep a mail",
    "INSERT INTO mails (id, tenant_id, mailbox_id, size, received_at) VALUES ($1, $2, $3, $4, $5)",
);

const TRIM: Statement = Statement::new(
    "let the oldest mails of a mailbox go",
    "DELETE FROM mails WHERE mailbox_id = $1 AND id IN (
         SELECT id FROM (
             SELECT id, SUM(size) OVER (ORDER BY id DESC) AS total, ROW_NUMBER() OVER (ORDER BY id DESC) AS place
             FROM mails WHERE mailbox_id = $1
         ) AS counted WHERE place > $2 OR (total > $3 AND place > 1))
     RETURNING id, tenant_id",
);

const READ: Statement = Statement::new(
    "read a mailbox",
    "SELECT m.id, m.tenant_id, m.mailbox_id, m.size, m.received_at, m.read_at, s.data_key_id, s.envelope
     FROM mails m
     JOIN sealed_values s ON s.tenant_id = m.tenant_id AND s.id = m.id AND s.kind = 'mail'
     WHERE m.mailbox_id = $1 AND ($2 IS NULL OR m.received_at >= $2) AND (NOT $3 OR m.read_at IS NULL)
     ORDER BY m.id DESC LIMIT $4 + 0",
);

// One at a time: between the look and the mark a mail may come that is older than some that were seen.
const MARK_READ: Statement = Statement::new(
    "mark a mail as read",
    "UPDATE mails SET read_at = $3 WHERE mailbox_id = $1 AND id = $2 AND read_at IS NULL",
);

const ONE_MAIL: Statement = Statement::new(
    "look a mail up",
    "SELECT m.id, m.tenant_id, m.mailbox_id, m.size, m.received_at, m.read_at, s.data_key_id, s.envelope
     FROM mails m
     JOIN sealed_values s ON s.tenant_id = m.tenant_id AND s.id = m.id AND s.kind = 'mail'
     WHERE m.mailbox_id = $1 AND m.id = $2",
);

const EXPIRE: Statement = Statement::new(
    "let old mails go",
    "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE received_at < $1 ORDER BY received_at LIMIT 500)
     RETURNING id, tenant_id",
);

/// Adds a mailbox within a transaction.
pub(crate) async fn add(transaction: &mut Transaction, mailbox: &Mailbox) -> Result<Added> {
    let added = transaction.touch(ADD, &row_of(mailbox)).await?;
    Ok(added_or_taken(added))
}

/// Removes a persona's mailbox, its mails and its keys within a transaction.
pub(crate) async fn close_of(
    transaction: &mut Transaction,
    tenant: TenantId,
    persona: PersonaId,
    at: Timestamp,
) -> Result<()> {
    let values = [tenant.into(), persona.into(), at.into()];
    let Some(row) = transaction.row(CLOSE_OF, &values).await? else {
        return Ok(());
    };
    forget(transaction, tenant, MailboxId::from_uuid(row.id("id")?)).await
}

async fn forget(transaction: &mut Transaction, tenant: TenantId, id: MailboxId) -> Result<()> {
    transaction.touch(FORGET_MAILS, &[id.into()]).await?;
    sealed::delete_owner(transaction, tenant, id.as_uuid()).await
}

/// Deletes what is sealed for mails whose rows are gone.
async fn forget_contents(transaction: &mut Transaction, rows: &[Row]) -> Result<()> {
    for row in rows {
        let tenant = TenantId::from_uuid(row.id("tenant_id")?);
        sealed::delete(transaction, tenant, row.id("id")?).await?;
    }
    Ok(())
}

#[async_trait]
impl MailboxStore for Database {
    async fn add_mailbox(&self, mailbox: &Mailbox) -> Result<Added> {
        let added = self.touch(ADD_OWN, &row_of(mailbox)).await?;
        Ok(added_or_taken(added))
    }

    async fn mailbox_by_name(&self, name: &str) -> Result<Option<Mailbox>> {
        let row = self.row(BY_NAME, &[name.into()]).await?;
        row.as_ref().map(mailbox).transpose()
    }

    async fn mailbox_of(&self, tenant: TenantId, persona: PersonaId) -> Result<Option<Mailbox>> {
        let row = self
            .row(OF_PERSONA, &[tenant.into(), persona.into()])
            .await?;
        row.as_ref().map(mailbox).transpose()
    }

    async fn mailbox(&self, tenant: TenantId, id: MailboxId) -> Result<Option<Mailbox>> {
        let row = self.row(ONE, &[tenant.into(), id.into()]).await?;
        row.as_ref().map(mailbox).transpose()
    }

    async fn mailboxes_after(
        &self,
        tenant: TenantId,
        after: Option<MailboxId>,
        limit: u32,
    ) -> Result<Vec<Mailbox>> {
        let limit = Value::from(u64::from(limit));
        let rows = match after {
            None => self.rows(NEWEST, &[tenant.into(), limit]).await?,
            Some(id) => self.rows(AFTER, &[tenant.into(), id.into(), limit]).await?,
        };
        rows.iter().map(mailbox).collect()
    }

    async fn close_mailbox(&self, tenant: TenantId, id: MailboxId, at: Timestamp) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let values = [tenant.into(), id.into(), at.into()];
        if transaction.touch(CLOSE, &values).await? == 0 {
            return Ok(false);
        }
        forget(&mut transaction, tenant, id).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn add_mails(&self, mails: &[ArrivedMail], retention: Retention) -> Result<()> {
        let mut transaction = self.begin().await?;
        // In one order, so that nobody waits in a circle.
        let wanted: BTreeSet<_> = mails
            .iter()
            .map(|arrived| (arrived.mail.mailbox, arrived.mail.tenant))
            .collect();
        let mut open = BTreeSet::new();
        for (mailbox, tenant) in wanted {
            if transaction
                .touch(HOLD, &[tenant.into(), mailbox.into()])
                .await?
                == 1
            {
                open.insert(mailbox);
            }
        }
        for ArrivedMail { mail, content, raw } in mails {
            if !open.contains(&mail.mailbox) {
                continue;
            }
            let values = [
                mail.id.into(),
                mail.tenant.into(),
                mail.mailbox.into(),
                mail.size.into(),
                mail.received_at.into(),
            ];
            transaction.touch(ADD_MAIL, &values).await?;
            for (kind, sealed) in [(CONTENT, content), (RAW, raw)] {
                let place = Place {
                    tenant: mail.tenant,
                    owner: mail.mailbox.as_uuid(),
                    kind,
                    row: mail.id.as_uuid(),
                    version: 1,
                };
                sealed::put(&mut transaction, &place, sealed).await?;
            }
        }
        for mailbox in open {
            let values = [
                mailbox.into(),
                retention.mails.into(),
                retention.bytes.into(),
            ];
            let gone = transaction.rows(TRIM, &values).await?;
            forget_contents(&mut transaction, &gone).await?;
        }
        transaction.commit().await
    }

    async fn mails(&self, mailbox: &Mailbox, filter: InboxFilter) -> Result<Vec<SealedMail>> {
        let values = [
            mailbox.id.into(),
            filter.since.into(),
            filter.only_unread.into(),
            u64::from(filter.limit).into(),
        ];
        let rows = self.rows(READ, &values).await?;
        rows.iter().map(sealed_mail).collect()
    }

    async fn mark_mails(
        &self,
        mailbox: &Mailbox,
        ids: &[MailId],
        at: Timestamp,
    ) -> Result<Vec<MailId>> {
        let ids = ids.iter().map(|id| id.as_uuid());
        let marked = mark(self, MARK_READ, mailbox.id.as_uuid(), ids, at).await?;
        Ok(marked.into_iter().map(MailId::from_uuid).collect())
    }

    async fn mail(&self, mailbox: &Mailbox, id: MailId) -> Result<Option<SealedMail>> {
        let row = self.row(ONE_MAIL, &[mailbox.id.into(), id.into()]).await?;
        row.as_ref().map(sealed_mail).transpose()
    }

    async fn expire_mails(&self, before: Timestamp) -> Result<u64> {
        let mut count = 0;
        loop {
            let mut transaction = self.begin().await?;
            let gone = transaction.rows(EXPIRE, &[before.into()]).await?;
            forget_contents(&mut transaction, &gone).await?;
            transaction.commit().await?;
            if gone.is_empty() {
                return Ok(count + texts::expire(self, before).await?);
            }
            count += gone.len() as u64;
        }
    }

    async fn add_sms(&self, sms: &Sms, provider_id: &str, sealed: &Sealed) -> Result<bool> {
        texts::add(self, sms, provider_id, sealed).await
    }

    async fn sms(
        &self,
        tenant: TenantId,
        persona: PersonaId,
        filter: InboxFilter,
    ) -> Result<Vec<(Sms, Sealed)>> {
        texts::list(self, tenant, persona, filter).await
    }

    async fn mark_sms(
        &self,
        persona: PersonaId,
        ids: &[SmsId],
        at: Timestamp,
    ) -> Result<Vec<SmsId>> {
        texts::mark(self, persona, ids, at).await
    }

    async fn add_number(&self, number: &PersonaNumber) -> Result<Added> {
        numbers::add(self, number).await
    }

    async fn number_of(
        &self,
        tenant: TenantId,
        persona: PersonaId,
    ) -> Result<Option<PersonaNumber>> {
        numbers::of(self, tenant, persona).await
    }

    async fn number(&self, number: &PhoneNumber) -> Result<Option<PersonaNumber>> {
        numbers::by_number(self, number).await
    }

    async fn numbers(&self) -> Result<HashSet<PhoneNumber>> {
        numbers::all(self).await
    }

    async fn remove_number(
        &self,
        tenant: TenantId,
        persona: PersonaId,
        at: Timestamp,
    ) -> Result<bool> {
        numbers::remove(self, tenant, persona, at).await
    }

    async fn pending_numbers(&self) -> Result<Vec<PersonaNumber>> {
        numbers::pending(self).await
    }

    async fn number_given_back(&self, number: &PersonaNumber, at: Timestamp) -> Result<()> {
        numbers::given_back(self, number, at).await
    }
}

/// Marks what has arrived for `owner` as read, by a statement that takes the owner, an id and the time. Those come back that
/// were not read before.
pub(crate) async fn mark(
    database: &Database,
    statement: Statement,
    owner: Uuid,
    ids: impl Iterator<Item = Uuid> + Send,
    at: Timestamp,
) -> Result<Vec<Uuid>> {
    let mut marked = Vec::new();
    let mut transaction = database.begin().await?;
    // In one order, so that nobody waits in a circle.
    for id in ids.collect::<BTreeSet<_>>() {
        let values = [owner.into(), id.into(), at.into()];
        if transaction.touch(statement, &values).await? == 1 {
            marked.push(id);
        }
    }
    transaction.commit().await?;
    Ok(marked)
}

fn added_or_taken(touched: u64) -> Added {
    if touched == 1 {
        Added::Added
    } else {
        Added::AddressTaken
    }
}

fn row_of(mailbox: &Mailbox) -> [Value<'_>; 5] {
    [
        mailbox.id.into(),
        mailbox.tenant.into(),
        mailbox.persona.into(),
        mailbox.name.as_str().into(),
        mailbox.created_at.into(),
    ]
}

fn mailbox(row: &Row) -> Result<Mailbox> {
    Ok(Mailbox {
        id: MailboxId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        persona: row.optional_id("persona_id")?.map(PersonaId::from_uuid),
        name: row.text("name")?,
        created_at: row.time("created_at")?,
    })
}

fn sealed_mail(row: &Row) -> Result<SealedMail> {
    Ok(SealedMail {
        mail: Mail {
            id: MailId::from_uuid(row.id("id")?),
            tenant: TenantId::from_uuid(row.id("tenant_id")?),
            mailbox: MailboxId::from_uuid(row.id("mailbox_id")?),
            received_at: row.time("received_at")?,
            read_at: row.optional_time("read_at")?,
            size: row.count("size")?,
            content: MailContent::default(),
        },
        content: sealed::read(row)?,
    })
}
