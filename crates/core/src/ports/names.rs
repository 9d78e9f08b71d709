//! What personas are called.

use crate::{Result, TenantId};

/// Invents names, and the addresses that belong to them.
pub trait Names: Send + Sync {
    /// A plausible person.
    fn person(&self) -> Person;

    /// What stands before the `@` of the persona with that handle: always the same for one handle of one tenant, another for
    /// every other, readable, and not to be guessed by whoever has no key of the installation.
    ///
    /// # Errors
    /// Kind `Sealed` while the keyring is locked.
    fn mailbox(&self, tenant: TenantId, handle: &str) -> Result<String>;
}

/// A name that fits together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The first name, in the locale's script.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// Both in ASCII, such as `Maria Lopez`.
    pub romanised: String,
}
