//! Crashes.

use super::Empty;
use super::macros::{commands, events};

commands! {
    /// Turns events on.
    Enable = "Inspector.enable" {} -> Empty;
}

events! {
    /// The session's renderer crashed. Calls on the session fail with [`Error::Crashed`](crate::Error::Crashed) until
    /// the page is loaded again.
    TargetCrashed = "Inspector.targetCrashed" {};

    /// The page was loaded again after a crash.
    TargetReloadedAfterCrash = "Inspector.targetReloadedAfterCrash" {};
}
