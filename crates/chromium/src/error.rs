//! Everything that can go wrong between a binary on disk and a browser that has ended.

use std::{io, path::PathBuf};

use crate::Tier;

/// Why a browser could not be found, started, ended or swept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A program is not installed.
    #[error(
        "no {what} found (looked for {tried}); install the Debian package `{package}` or name the program in the configuration"
    )]
    Missing {
        /// What was looked for, as a person would call it.
        what: &'static str,
        /// The paths that were tried, separated by commas.
        tried: String,
        /// The Debian package that brings it.
        package: &'static str,
    },
    /// A path was named for a program but what lies there cannot be used.
    #[error("{} cannot be used: {problem}", path.display())]
    Unusable {
        /// The path as given.
        path: PathBuf,
        /// What is wrong with it and what would be right.
        problem: String,
    },
    /// An extra argument that would break the confinement or is no argument at all.
    #[error("the Chromium argument `{argument}` is refused: {problem}")]
    Argument {
        /// The argument as given.
        argument: String,
        /// Why it is refused.
        problem: &'static str,
    },
    /// A specification whose parts do not fit together, or a bad option.
    #[error("{0}")]
    Invalid(String),
    /// A file or folder of the runtime folder could not be made, read or removed.
    #[error("cannot {action} {}: {source}", path.display())]
    Folder {
        /// What was tried, as a verb: `create`, `lock`, `remove` …
        action: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another live process holds this instance's runtime folder.
    #[error(
        "{} belongs to a server that is still running; stop it or use another data folder",
        path.display()
    )]
    InUse {
        /// The instance's folder.
        path: PathBuf,
    },
    /// Every uid of the range is taken.
    #[error("no free uid between {first} and {last}: all belong to live browsers")]
    NoUid {
        /// First uid of the range.
        first: u32,
        /// Last uid of the range.
        last: u32,
    },
    /// The kernel refused a Landlock rule.
    #[error("cannot prepare Landlock: {0}")]
    Landlock(#[from] landlock::RulesetError),
    /// The filter of system calls could not be made.
    #[error("cannot prepare the filter of system calls: {0}")]
    Seccomp(#[from] seccompiler::BackendError),
    /// This machine cannot hold browsers in as it should.
    #[error("this kernel cannot give isolation tier {tier}: {missing}")]
    Isolation {
        /// The tier that is needed.
        tier: Tier,
        /// What it has not, separated by semicolons.
        missing: String,
    },
    /// A program could not be started.
    #[error("cannot start {}: {source}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Xvfb started but gave no display.
    #[error("Xvfb gave no display: {0}")]
    Display(String),
    /// A deadline passed.
    #[error("{0} did not happen before the deadline")]
    Timeout(&'static str),
    /// Processes outlived SIGKILL, or a folder stayed.
    #[error("the browser could not be cleaned up: {0}")]
    Leftover(String),
    /// A probe got no sensible answer from the browser.
    #[error("the browser did not answer as it should: {0}")]
    Probe(String),
    /// The launcher is shutting down.
    #[error("the launcher is shutting down and starts no more browsers")]
    Closed,
    /// The kernel refused something that is needed to look after processes.
    #[error("cannot {action}: {source}")]
    System {
        /// What was tried, as a verb phrase.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err`: a failed file operation.
    pub(crate) fn folder(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Folder {
            action,
            path,
            source,
        }
    }

    /// For `map_err`: a failed system call; takes both `io::Error` and rustix' own error.
    pub(crate) fn system<E: Into<io::Error>>(action: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::System {
            action,
            source: source.into(),
        }
    }
}
