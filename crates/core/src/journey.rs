//! A journey: a task for an agent that can be run again and again.

use crate::{
    Edit, Error, JourneyId, MailboxId, PersonaId, ProjectId, PromptTemplate, Result, RoleId,
    TenantId, Timestamp,
};

/// A task for an agent, with what its runs begin with. Whatever it names and what is gone since, it does not name any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: JourneyId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The project that it belongs to; the tenant's default one where it names none.
    pub project: Option<ProjectId>,
    /// How its runs go about it, unless they are told otherwise.
    pub role: Option<RoleId>,
    /// Who its runs are, unless they are told otherwise.
    pub persona: Option<PersonaId>,
    /// What it is called; several may have one name.
    pub name: String,
    /// What it is for, for people.
    pub description: Option<String>,
    /// What its runs are to do.
    pub prompt: PromptTemplate,
    /// How much it matters beside the others.
    pub priority: Priority,
    /// The mailboxes that its runs can read, in the order that they were named in.
    pub mailboxes: Vec<MailboxId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// How much a journey matters beside the others: 0 to 100, the more the higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority(u8);

impl Priority {
    /// The highest.
    const MAX: u8 = 100;

    /// A priority.
    ///
    /// # Errors
    /// Kind `Invalid`, naming the member `priority`, when it is below 0 or above 100.
    pub fn new(number: i64) -> Result<Self> {
        let priority = u8::try_from(number).ok().filter(|it| *it <= Self::MAX);
        priority.map(Self).ok_or_else(|| {
            let message = format!(
                "Invalid priority {number}: expected a whole number from 0 to {}",
                Self::MAX
            );
            Error::invalid_member(&["priority"], "range", message)
        })
    }

    /// The number.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl Default for Priority {
    /// That of a journey for which none is given: 50, so that others can be put before and behind it.
    fn default() -> Self {
        Self(50)
    }
}

/// What is to change on a journey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JourneyChange {
    /// The project that it belongs to.
    pub project: Edit<ProjectId>,
    /// How its runs go about it.
    pub role: Edit<RoleId>,
    /// Who its runs are.
    pub persona: Edit<PersonaId>,
    /// Its new name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Edit<String>,
    /// What its runs are to do.
    pub prompt: Option<PromptTemplate>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// The mailboxes that its runs can read, in place of all that it names.
    pub mailboxes: Option<Vec<MailboxId>>,
}

/// Which journeys a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JourneyFilter {
    /// All of the tenant's.
    All,
    /// Those that name a project.
    OfProject(ProjectId),
    /// Those that name the tenant's default project, which is this, and those that name none.
    OfDefault(ProjectId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_have_bounds() {
        for fine in [0, 1, 50, 100] {
            assert_eq!(i64::from(Priority::new(fine).unwrap().get()), fine);
        }
        for wrong in [-1, 101, 256, i64::MIN, i64::MAX] {
            let error = Priority::new(wrong).unwrap_err();
            assert!(error.message().starts_with("Invalid priority "), "{error}");
        }
    }
}
