//! A type for each kind of identifier, so that one cannot be passed where another is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier; later ones sort after earlier ones (UUID version 7, RFC 9562).
            #[expect(clippy::new_without_default, reason = "a default would hide that each call differs")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// Wraps an identifier that was kept elsewhere.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare identifier, for keeping it elsewhere.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )*};
}

uuid_ids! {
    /// A tenant: whose keys, sessions and files are kept apart from everybody else's.
    TenantId,
    /// An API key (the row, never the secret).
    KeyId,
    /// A browser session.
    SessionId,
    /// A persona: one identity, whichever dialect made it.
    PersonaId,
    /// A project: a group of personas of a tenant.
    ProjectId,
    /// A role: how an agent goes about its work.
    RoleId,
    /// A journey: a task that can be run again and again.
    JourneyId,
    /// A vault: credentials and cards, of a persona or free-standing.
    VaultId,
    /// One credential of a vault.
    CredentialId,
    /// An address that receives mail.
    MailboxId,
    /// A mail that arrived.
    MailId,
    /// A text message that arrived.
    SmsId,
    /// A run: a model that works on a task in a session.
    RunId,
    /// An assignment: a task with a browser of its own.
    AssignmentId,
    /// A crawl: a site that is read page by page.
    CrawlId,
    /// An approval: what somebody must allow before it is done.
    ApprovalId,
}

/// The name of an element in an observation, such as `B1`: a letter for its role and a number.
///
/// It belongs to the element for the life of its document, and to what the page renders in its place there. It is never given to
/// anything else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ElementId(String);

impl ElementId {
    /// Takes a name as a caller sends it; the rendering suffix `[:]` and a leading `@` are dropped.
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let text = text.strip_prefix('@').unwrap_or(text);
        Self(text.strip_suffix("[:]").unwrap_or(text).to_owned())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ElementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn element_names_lose_their_rendering() {
        assert_eq!(ElementId::new("B1[:]").as_str(), "B1");
        assert_eq!(ElementId::new("@I3").as_str(), "I3");
        assert_eq!(ElementId::new("").as_str(), "");
    }

    #[test]
    fn ids_that_are_none_do_not_parse() {
        assert!(
            "nonexistent-session-id-xyz789"
                .parse::<SessionId>()
                .is_err()
        );
    }
}
