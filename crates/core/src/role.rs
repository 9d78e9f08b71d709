//! A role: how an agent goes about its work, whoever it is.

use crate::{RoleId, TenantId, Timestamp};

/// Instructions that agents get in their system prompt, word for word (AIQaramba contract §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: RoleId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Which of the roles it is that a tenant has from the beginning, if it is one.
    pub builtin: Option<BuiltinRole>,
    /// Unique among the tenant's roles.
    pub name: String,
    /// The instructions.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The roles that each tenant has from the beginning (AIQaramba contract §5). Their texts can be changed, and they stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BuiltinRole {
    /// Finds out what there is.
    DiscoveryExplorer,
    /// Finds out whether it works. Agents have it unless they are told otherwise.
    FunctionalQa,
    /// Finds out what it is like to use.
    UxAuditor,
}

impl BuiltinRole {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::DiscoveryExplorer, Self::FunctionalQa, Self::UxAuditor];

    /// The role that a tenant's agents have unless they are told otherwise.
    pub const OF_TENANT: Self = Self::FunctionalQa;

    /// Which one it is, as it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DiscoveryExplorer => "discovery_explorer",
            Self::FunctionalQa => "functional_qa",
            Self::UxAuditor => "ux_auditor",
        }
    }

    /// The one that is kept under that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// How it is called at first.
    pub fn first_name(self) -> &'static str {
        match self {
            Self::DiscoveryExplorer => "Discovery Explorer",
            Self::FunctionalQa => "Functional QA",
            Self::UxAuditor => "UX Auditor",
        }
    }

    /// Its instructions at first.
    pub fn first_description(self) -> &'static str {
        match self {
            Self::DiscoveryExplorer => {
                "Get to know the application as somebody who sees it for the first time. Open every page, menu, tab and dialog \
                 that you can reach, and note for each its address, what it is for, and the forms and actions on it. Prefer \
                 what you have not seen yet to what you know. Change or delete nothing unless the task asks for it. Say at the \
                 end what you could not reach, and why."
            }
            Self::FunctionalQa => {
                "Test whether the application does what the task describes. Follow the steps in their order, and after each one \
                 look at the page for proof that it worked before you go on. Where a step fails, try it once more, then \
                 report what you did, what you expected and what happened instead, with the words that the page shows. Never \
                 take a step for done because it should have worked."
            }
            Self::UxAuditor => {
                "Judge how it is to use the application. Do the task as an attentive user would, and note everything that slows \
                 you down: unclear words, missing feedback, surprising results, needless steps, poor contrast, controls that the \
                 keyboard does not reach. Say for each where it is, whom it hinders and how badly, and what would help. Keep \
                 what is broken apart from what is merely awkward."
            }
        }
    }
}

/// What is to change on a role; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleChange {
    /// Its new name.
    pub name: Option<String>,
    /// Its new instructions.
    pub description: Option<String>,
}
