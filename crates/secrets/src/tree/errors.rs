//! Why a tree of keys does not open.

use std::time::Duration;

use crate::root::RootError;

/// Why a tree of keys does not open. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// None of the root sources opens the instance key.
    #[error("{}; nothing was changed", joined(.0))]
    NoSource(Vec<RootError>),
    /// A root source cannot be used for a new database.
    #[error("cannot make the keys of a new database: {0}; nothing was changed")]
    NotFounded(RootError),
    /// The rows of the keys are gone, or were never copied.
    #[error(
        "the database holds what was made with keys, but not the keys themselves: restore all of its tables from a backup; \
         nothing was changed"
    )]
    KeysAreGone,
    /// Somebody tried too often.
    #[error("too many bad tries: the next one is possible in {} s", .0.as_secs().max(1))]
    Locked(Duration),
    /// The database failed, or what it keeps of the keys was altered.
    #[error(transparent)]
    Internal(#[from] guise_core::Error),
}

impl OpenError {
    /// Whether nothing is wrong but that no source is at hand: a server may wait for one.
    pub fn is_for_want_of_a_source(&self) -> bool {
        match self {
            Self::NoSource(problems) => problems.iter().all(is_absence),
            _ => false,
        }
    }
}

fn is_absence(problem: &RootError) -> bool {
    matches!(
        problem,
        RootError::Missing { .. } | RootError::Unreachable { .. }
    )
}

fn joined(problems: &[RootError]) -> String {
    if problems.is_empty() {
        return "no root source is configured: set root_key_source".to_owned();
    }
    let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
    texts.join("; ")
}
