//! Names of personas.

use std::sync::Arc;

use guise_core::ports::{Names, Person};
use guise_core::{Result, TenantId};
use guise_identity::{Identity, Locale, mailbox_name};
use guise_secrets::KeyTree;

/// Invents people of a locale, or of any, and derives addresses by a key.
pub struct InventedNames {
    locale: Option<Locale>,
    keys: Arc<KeyTree>,
}

impl InventedNames {
    /// Names of `locale`, or of any; addresses that only `keys` give.
    pub fn new(locale: Option<Locale>, keys: Arc<KeyTree>) -> Self {
        Self { locale, keys }
    }
}

impl Names for InventedNames {
    fn person(&self) -> Person {
        let today = jiff::Zoned::now().date();
        let person = Identity::generate(self.locale, today, &mut rand::rng());
        Person {
            first_name: person.first_name,
            last_name: person.last_name,
            romanised: person.slug,
        }
    }

    fn mailbox(&self, tenant: TenantId, handle: &str) -> Result<String> {
        let key = self.keys.mailbox_key()?;
        Ok(mailbox_name(&key, tenant.as_uuid(), handle))
    }
}
