//! A row of the audit: what is in it, and how it is linked to the one before.

use guise_core::ports::{Actor, AuditEvent, AuditHead, AuditRow};
use guise_core::{Error, Result, TenantId, Timestamp};
use uuid::Uuid;

use crate::key::keyed_hash;
use crate::tree::AuditKeys;

/// The row of an event, without its place.
pub(super) fn draft(keys: &AuditKeys, event: &AuditEvent, at: Timestamp) -> Result<AuditRow> {
    let chain = event.tenant.map_or(Uuid::nil(), TenantId::as_uuid);
    Ok(AuditRow {
        chain,
        sequence: 0,
        at,
        actor: match event.actor {
            Actor::Key(id) => format!("key:{id}"),
            Actor::Operator => "operator".to_owned(),
            Actor::Server => "server".to_owned(),
        },
        deed: event.deed.as_str().to_owned(),
        subject: event.subject.clone(),
        details: details(keys, chain, event)?,
        hash: [0; 32],
    })
}

/// The row at its place, after the end of the chain.
pub(super) fn link(keys: &AuditKeys, draft: &AuditRow, head: &AuditHead) -> AuditRow {
    let mut row = AuditRow {
        sequence: head.sequence + 1,
        ..draft.clone()
    };
    row.hash = hash(keys, &row, &head.hash);
    row
}

/// HMAC-SHA-256 over the hash of the row before and all of this row, each part behind its length.
pub(super) fn hash(keys: &AuditKeys, row: &AuditRow, before: &[u8; 32]) -> [u8; 32] {
    let (sequence, at) = (row.sequence.to_be_bytes(), row.at.as_micros().to_be_bytes());
    let parts: [&[u8]; 8] = [
        before,
        row.chain.as_bytes(),
        &sequence,
        &at,
        row.actor.as_bytes(),
        row.deed.as_bytes(),
        row.subject.as_bytes(),
        row.details.as_bytes(),
    ];
    let lengths = parts.map(|part| (part.len() as u64).to_be_bytes());
    let behind: Vec<&[u8]> = lengths
        .iter()
        .zip(parts)
        .flat_map(|(length, part)| [length.as_slice(), part])
        .collect();
    keyed_hash(&keys.chain, &behind)
}

/// `[["site","text","9f…"]]`: names, sorts and keyed hashes of the facts. Equal facts of a tenant have equal hashes, so
/// that one can be looked for; nothing else is told of them, be they texts or numbers.
fn details(keys: &AuditKeys, chain: Uuid, event: &AuditEvent) -> Result<String> {
    let facts: Vec<_> = event
        .details
        .iter()
        .map(|(name, value)| {
            let sort = match value.parse::<f64>() {
                Ok(_) => "number",
                Err(_) => "text",
            };
            let parts = [chain.as_bytes(), name.as_bytes(), b"\0", value.as_bytes()];
            (*name, sort, hex(&keyed_hash(&keys.facts, &parts)))
        })
        .collect();
    serde_json::to_string(&facts)
        .map_err(|error| Error::internal("cannot write facts of the audit", error))
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
