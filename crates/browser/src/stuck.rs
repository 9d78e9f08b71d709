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

/// Asks a page for a sign of life.
async fn ask(tab: &CurrentTab, bound: Instant) -> Result<(), CdpError> {
    let probe = Evaluate {
        expression: Cow::Borrowed("0"),
        ..Default::default()
    };
    tab.session.call(&probe, bound).await.map(drop)
}

/// Whether a page answers before `bound`. One that is left meanwhile may not.
pub(crate) async fn answers(tab: &CurrentTab, bound: Instant) -> bool {
    ask(tab, bound).await.is_ok()
}

/// Stops a script that keeps the page from answering for as long as `patience`.
pub(crate) async fn unblock(tab: &CurrentTab, deadline: Instant, patience: Duration) {
    let patience = deadline.min(Instant::now() + patience);
    if matches!(ask(tab, patience).await, Err(CdpError::Timeout { .. }))
        && let Err(error) = tab.session.call(&TerminateExecution {}, deadline).await
    {
        tracing::debug!(%error, "a script that hangs could not be stopped");
    }
}
