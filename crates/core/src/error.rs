//! What can go wrong, without a wire: the kind decides what a dialect answers, the message is for the caller.

use std::fmt;
use std::time::Duration;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of refusal or failure it is. Each dialect has one table from this to its statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The caller did not say who they are, or the key is not (or no longer) valid.
    Unauthenticated,
    /// The caller is known but may not do this.
    Denied,
    /// There is no such thing, or it belongs to another tenant.
    NotFound,
    /// The request breaks a rule of its form; [`Error::violations`] names the members.
    Invalid,
    /// The request is well formed but cannot be honoured in this state, such as an action on an ended session.
    Refused,
    /// It contradicts what is there, such as a name that is taken.
    Conflict,
    /// The body is larger than allowed.
    TooLarge,
    /// The caller's own allowance is used up; try again after [`Error::retry_after`].
    Quota,
    /// The machine is full; try again after [`Error::retry_after`].
    Full,
    /// An operation inside the browser failed as a whole (not an action that merely did not succeed).
    Browser,
    /// It did not end within its deadline.
    Timeout,
    /// The keyring is locked: nothing that needs a key works until an operator opens it.
    Sealed,
    /// This server is not set up for it; the message says what to set.
    Unconfigured,
    /// A fault of ours. The message shown is general; the source is for the log.
    Internal,
}

/// One member of a request that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where: member names from the outside in.
    pub path: Vec<String>,
    /// A short machine-readable name of the rule, such as `literal_error`.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
    /// The offending value in JSON, cut when it is long.
    pub input: Option<serde_json::Value>,
}

/// Something that went wrong.
pub struct Error {
    kind: Kind,
    message: String,
    violations: Vec<Violation>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` with a text for the caller.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            violations: Vec::new(),
            retry_after: None,
            source: None,
        }
    }

    /// There is no such `what` (a noun such as `Session`) named `id`.
    pub fn not_found(what: &str, id: impl fmt::Display) -> Self {
        Self::new(Kind::NotFound, format!("{what} {id} not found"))
    }

    /// The request is well formed but cannot be honoured.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, message)
    }

    /// A request whose members break rules; the message is made of all of them.
    pub fn invalid(violations: Vec<Violation>) -> Self {
        let message = violations
            .iter()
            .map(|violation| violation.message.as_str())
            .collect::<Vec<_>>()
            .join("; ");
        Self {
            violations,
            ..Self::new(Kind::Invalid, message)
        }
    }

    /// A request with one member that breaks a rule.
    pub fn invalid_member(path: &[&str], code: &'static str, message: impl Into<String>) -> Self {
        Self::invalid(vec![Violation {
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            code,
            message: message.into(),
            input: None,
        }])
    }

    /// A fault of ours: `context` says during what, the source goes to the log only.
    pub fn internal(
        context: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(Kind::Internal, context)
        }
    }

    /// The browser failed as a whole while doing `what`.
    pub fn browser(message: impl Into<String>) -> Self {
        Self::new(Kind::Browser, message)
    }

    /// The same error with a message that `change` makes of its own.
    #[must_use]
    pub fn reworded(mut self, change: impl Fn(&str) -> String) -> Self {
        self.message = change(&self.message);
        for violation in &mut self.violations {
            violation.message = change(&violation.message);
        }
        self
    }

    /// Says when another try is worth it.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The text for the caller.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The members at fault; empty unless the kind is [`Kind::Invalid`].
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// When another try is worth it, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_ref()
            .map(|source| &**source as &(dyn std::error::Error + 'static))
    }
}
