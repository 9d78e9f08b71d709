//! An assignment: a task with a browser of its own (AIQaramba contract §2.2: an agent).

use serde::{Deserialize, Serialize};

use crate::{
    AssignmentId, BrowserType, JourneyId, KeyId, MailboxId, PersonaId, ProjectId, RoleId, RunId,
    SessionId, TenantId, Timestamp,
};

/// A task that waits, is worked on in a session made for it, and ends. The work itself is a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: AssignmentId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The key that asked for it.
    pub key: KeyId,
    /// What it is called; several may have one name.
    pub name: String,
    /// What is to be done.
    pub prompt: String,
    /// The project that it belongs to. It may be gone since.
    pub project: ProjectId,
    /// The journey that it is a run of. It may be gone since.
    pub journey: Option<JourneyId>,
    /// Who does it. Gone since, it cannot begin any more.
    pub persona: PersonaId,
    /// How it is gone about. It may be gone since: what it said is in the options.
    pub role: RoleId,
    /// How it is worked on.
    pub options: AssignmentOptions,
    /// How it stands.
    pub state: AssignmentState,
    /// Where it is worked on.
    pub session: Option<SessionId>,
    /// The work.
    pub run: Option<RunId>,
    /// What came of it, or why nothing did.
    pub result: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its session was there.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What a model says it did, once somebody asked.
    pub summary: Option<Summary>,
    /// What a model says of its outcome, once somebody asked.
    pub verdict: Option<Verdict>,
}

/// How an assignment is worked on. What it takes over from a role or a project is as it was when it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentOptions {
    /// The browser of its session.
    pub browser_type: BrowserType,
    /// The model that was wished for, written `provider/model`.
    pub model: Option<String>,
    /// At most so many steps.
    pub max_steps: u32,
    /// At most so many tokens.
    pub max_tokens: u64,
    /// Whether a browser without anything of earlier ones was asked for, which each has.
    pub clean_session: bool,
    /// The names of the files that it brings along.
    pub files: Vec<String>,
    /// Where it begins.
    pub url: Option<String>,
    /// What its role says.
    pub instructions: String,
    /// The mailboxes that it can read beside its persona's.
    pub mailboxes: Vec<MailboxId>,
}

/// How an assignment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AssignmentState {
    /// It waits for its turn, or for a browser.
    Pending,
    /// It is worked on.
    Running,
    /// It is done.
    Completed,
    /// It ended without being done.
    Failed,
}

impl AssignmentState {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Running, Self::Completed, Self::Failed];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Nothing more will happen.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

/// How an assignment ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentEnd {
    /// When.
    pub at: Timestamp,
    /// It is done.
    pub completed: bool,
    /// What came of it, or why nothing did.
    pub result: String,
}

/// What an assignment did, in a model's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The words.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
}

/// Whether an assignment reached what its prompt asks for, as a model sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// It did.
    pub passed: bool,
    /// Why.
    pub reason: String,
    /// When it was judged.
    pub at: Timestamp,
}

/// Which assignments a list holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AssignmentFilter {
    /// Only those of this project.
    pub project: Option<ProjectId>,
    /// Only runs of this journey.
    pub journey: Option<JourneyId>,
    /// Only those that stand so.
    pub state: Option<AssignmentState>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_told_by_their_names() {
        for state in AssignmentState::ALL {
            assert_eq!(AssignmentState::from_name(state.as_str()), Some(state));
        }
        for wrong in ["", "Pending", "captcha"] {
            assert_eq!(AssignmentState::from_name(wrong), None);
        }
    }
}
