//! A browser session as it is kept: what was asked for, how it stands, how it ended.

use serde::{Deserialize, Serialize};

use crate::{
    AssignmentId, BrowserType, KeyId, ScreenshotType, SessionId, TenantId, Timestamp, VaultId,
    Viewport,
};

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its browser runs.
    Active,
    /// It was stopped.
    Closed,
    /// Its browser died, or the server did.
    Error,
    /// Nobody used it, or its time was up.
    TimedOut,
}

impl Status {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
            Self::Error => "error",
            Self::TimedOut => "timed_out",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Closed, Self::Error, Self::TimedOut]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// Somebody stopped it.
    Manual,
    /// Nobody used it for its idle time.
    IdleTimeout,
    /// Its longest time was up.
    MaxDuration,
    /// Its browser or the server failed.
    Error,
}

impl CloseReason {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::IdleTimeout => "idle_timeout",
            Self::MaxDuration => "max_duration",
            Self::Error => "error",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Manual,
            Self::IdleTimeout,
            Self::MaxDuration,
            Self::Error,
        ]
        .into_iter()
        .find(|reason| reason.as_str() == name)
    }
}

/// What a session was asked to be, as far as it may be kept and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOptions {
    /// No window was asked for.
    pub headless: bool,
    /// Captchas are solved. False while no captcha service is set up.
    pub solve_captchas: bool,
    /// It ends so long after its start, in any case.
    pub max_duration_minutes: u32,
    /// It ends when nobody used it for so long.
    pub idle_timeout_minutes: u32,
    /// It goes through a proxy of the caller's.
    pub proxies: bool,
    /// The browser asked for.
    pub browser_type: BrowserType,
    /// What pages see as the browser's name, if it was set.
    pub user_agent: Option<String>,
    /// The visible part's size, if it was set.
    pub viewport: Option<Viewport>,
    /// Files can be uploaded and downloads are kept.
    pub use_file_storage: bool,
    /// What is drawn on screenshots.
    pub screenshot_type: ScreenshotType,
    /// The vault whose secrets placeholders stand for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault: Option<VaultId>,
    /// The browser context that it has in a browser of somebody else's, which goes on without this server; absent for a browser of
    /// its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_context: Option<String>,
    /// The assignment that it was started for, whose files its pages may be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<AssignmentId>,
}

/// Bytes that a session's browser moved through its door to the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Sent.
    pub request_bytes: u64,
    /// Received.
    pub response_bytes: u64,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The key that started it.
    pub key: KeyId,
    /// What it was asked to be.
    pub options: SessionOptions,
    /// How it stands.
    pub status: Status,
    /// Why it ended.
    pub close_reason: Option<CloseReason>,
    /// What went wrong, when it ended in an error.
    pub error: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_accessed_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// What it moved through the network.
    pub traffic: Traffic,
}

/// Which sessions to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionFilter {
    /// Whose.
    pub tenant: TenantId,
    /// Only those that were started with this key.
    pub key: Option<KeyId>,
    /// Only those whose browser runs.
    pub only_active: bool,
}
