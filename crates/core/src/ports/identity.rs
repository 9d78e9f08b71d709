//! Where identities are kept: one trait per noun, all of them together an [`IdentityStore`].
//!
//! As everywhere, a store makes no ids and no times and checks no rights; every look-up names the tenant.

use crate::ports::{JourneyStore, MailboxStore, PersonaStore, ProjectStore, RoleStore, VaultStore};

/// Everything that is kept of identities.
pub trait IdentityStore:
    ProjectStore + PersonaStore + RoleStore + JourneyStore + VaultStore + MailboxStore
{
}

impl<T: ProjectStore + PersonaStore + RoleStore + JourneyStore + VaultStore + MailboxStore>
    IdentityStore for T
{
}

/// What became of something that was to be added under a unique name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is there now.
    Added,
    /// Nothing changed: another one has the name.
    NameTaken,
    /// Nothing changed: another persona of the tenant has the handle.
    HandleTaken,
    /// Nothing changed: another one has the address.
    AddressTaken,
    /// Nothing changed: what it was to belong to is not there.
    NoParent,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed<T> {
    /// It is this now.
    Changed(T),
    /// There is none.
    NotFound,
    /// Nothing changed: another one has the name.
    NameTaken,
}
