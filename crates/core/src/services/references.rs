//! What members of a request name: it must be there.

use std::fmt::Display;

use crate::ports::IdentityStore;
use crate::{Error, MailboxId, PersonaId, ProjectId, Result, RoleId, TenantId};

/// Whether there is the project, if there is to be one.
///
/// # Errors
/// Kind `Invalid`, naming `member`, when it is not there or is another tenant's.
pub(super) async fn project(
    store: &dyn IdentityStore,
    tenant: TenantId,
    member: &str,
    id: Option<ProjectId>,
) -> Result<()> {
    match id {
        Some(id) if store.project(tenant, id).await?.is_none() => Err(unknown(member, id)),
        _ => Ok(()),
    }
}

/// As [`project`], of a role.
pub(super) async fn role(
    store: &dyn IdentityStore,
    tenant: TenantId,
    member: &str,
    id: Option<RoleId>,
) -> Result<()> {
    match id {
        Some(id) if store.role(tenant, id).await?.is_none() => Err(unknown(member, id)),
        _ => Ok(()),
    }
}

/// As [`project`], of an active persona.
pub(super) async fn persona(
    store: &dyn IdentityStore,
    tenant: TenantId,
    member: &str,
    id: Option<PersonaId>,
) -> Result<()> {
    match id {
        Some(id) if store.persona(tenant, id).await?.is_none() => Err(unknown(member, id)),
        _ => Ok(()),
    }
}

/// As [`project`], of mailboxes of their own.
pub(super) async fn mailboxes(
    store: &dyn IdentityStore,
    tenant: TenantId,
    member: &str,
    ids: &[MailboxId],
) -> Result<()> {
    for id in ids {
        let mailbox = store.mailbox(tenant, *id).await?;
        if mailbox.is_none_or(|mailbox| mailbox.persona.is_some()) {
            return Err(unknown(member, id));
        }
    }
    Ok(())
}

/// The error of a member that names what is not there.
pub(super) fn unknown(member: &str, id: impl Display) -> Error {
    let what = member
        .trim_start_matches("default_")
        .trim_end_matches("_id")
        .trim_end_matches("es");
    let message = format!("Invalid {member}: there is no {what} {id}");
    Error::invalid_member(&[member], "value_error", message)
}
