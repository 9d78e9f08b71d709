//! Sessions of our own on single targets, beside those that follow everything (`targets.rs`).

use guise_cdp::protocol::target::{AttachToTarget, DetachFromTarget};
use guise_cdp::{Connection, Error, Session, TargetId};
use tokio::time::Instant;

/// Attaches to a target, apart from whoever else does.
pub(crate) async fn attach(
    connection: &Connection,
    target: &TargetId,
    deadline: Instant,
) -> Result<Session, Error> {
    let attach = AttachToTarget {
        target_id: target.clone(),
        flatten: true,
    };
    let attached = connection.root().call(&attach, deadline).await?.session_id;
    Ok(connection.session(&attached))
}

/// Ends what [`attach`] began.
pub(crate) async fn detach(session: &Session, deadline: Instant) -> Result<(), Error> {
    let Some(id) = session.id() else {
        return Ok(());
    };
    let detach = DetachFromTarget {
        session_id: id.clone(),
    };
    session
        .connection()
        .root()
        .call(&detach, deadline)
        .await
        .map(drop)
}
