//! Pages that do nothing any more: a script that does not end keeps them from answering, and from going away.

use std::borrow::Cow;
use std::time::Duration;

use guise_cdp::Error as CdpError;
use guise_cdp::protocol::runtime::{Evaluate, TerminateExecution};
use tokio::time::Instant;

use crate::core::CurrentTab;

/// How long a page that is to be left may be busy. Longer than pages are in their busiest moments: one that counts as
/// stuck loses its tab.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// Whether a page does not answer for as long as `patience`.
pub(crate) async fn is_stuck(tab: &CurrentTab, deadline: Instant, patience: Duration) -> bool {
    let probe = Evaluate {
        expression: Cow::Borrowed("0"),
        ..Default::default()
    };
    let patience = deadline.min(Instant::now() + patience);
    matches!(
        tab.session.call(&probe, patience).await,
        Err(CdpError::Timeout { .. })
    )
}

/// Stops a script that keeps the page from answering for as long as `patience`.
pub(crate) async fn unblock(tab: &CurrentTab, deadline: Instant, patience: Duration) {
    if is_stuck(tab, deadline, patience).await
        && let Err(error) = tab.session.call(&TerminateExecution {}, deadline).await
    {
        tracing::debug!(%error, "a script that hangs could not be stopped");
    }
}
