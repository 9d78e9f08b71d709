//! Who calls, and what they may do.

use std::fmt;
use std::str::FromStr;

use crate::{KeyId, TenantId, Timestamp};

/// A tenant: the owner of keys, sessions and files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its identifier.
    pub id: TenantId,
    /// Its name: 1 to 63 lower-case letters, digits and hyphens, unique.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What is kept of an API key: enough to recognise it, not enough to use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identifier.
    pub id: KeyId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The first characters, to tell keys apart in a list.
    pub hint: String,
    /// A keyed hash of the whole.
    pub digest: KeyDigest,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working, if it ever does.
    pub expires_at: Option<Timestamp>,
    /// When it was last presented, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// A keyed hash (HMAC-SHA-256) of an API key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyDigest(pub [u8; 32]);

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyDigest(…)")
    }
}

/// Who a request comes from, once its key was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The tenant it acts for.
    pub tenant: TenantId,
    /// The key it presented.
    pub key: KeyId,
    /// What that key may do.
    pub scopes: Scopes,
}

/// One thing that a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything on sessions, pages and files.
    Sessions,
    /// Everything on personas, roles, projects, journeys, vaults and mailboxes, but for reading secrets in the clear.
    Personas,
    /// Reading the server's metrics.
    Metrics,
    /// Reading secrets in the clear. Apart from the rest, because it is the only one that shows any.
    VaultReveal,
    /// Deciding about approvals, and about what needs one. Apart from the rest, so that who starts agents need not be who allows
    /// what they do.
    Approve,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Sessions,
        Self::Personas,
        Self::Metrics,
        Self::VaultReveal,
        Self::Approve,
    ];

    /// Its name as operators write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Personas => "personas",
            Self::Metrics => "metrics",
            Self::VaultReveal => "vault:reveal",
            Self::Approve => "approve",
        }
    }
}

/// A set of scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Every scope there is.
    pub fn all() -> Self {
        Self(Scope::ALL.to_vec())
    }

    /// One scope and no other.
    pub fn only(scope: Scope) -> Self {
        Self(vec![scope])
    }

    /// Those scopes.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let mut scopes: Vec<_> = scopes.into_iter().collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }

    /// Whether `scope` is among them.
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }
}

/// Names joined by commas, in a fixed order.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&names.join(","))
    }
}

/// A scope name that does not exist.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "unknown scope '{0}': expected one or more of sessions, personas, metrics, vault:reveal, approve, separated by commas"
)]
pub struct UnknownScope(String);

impl FromStr for Scopes {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let mut scopes = text
            .split(',')
            .map(str::trim)
            .map(|name| {
                Scope::ALL
                    .into_iter()
                    .find(|scope| scope.as_str() == name)
                    .ok_or_else(|| UnknownScope(name.to_owned()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        scopes.sort_unstable();
        scopes.dedup();
        Ok(Self(scopes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_round_trip_through_their_names() {
        let all = Scopes::all();
        assert_eq!(all.to_string().parse(), Ok(all));
        assert_eq!("admin".parse::<Scopes>(), Err(UnknownScope("admin".into())));
    }
}
