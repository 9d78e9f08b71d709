//! Sessions of our own on single targets, beside those that follow everything (`targets.rs`).

use guise_cdp::protocol::target::{AttachToTarget, CreateTarget, DetachFromTarget, GetTargets};
use guise_cdp::{BrowserContextId, Connection, Error, Session, TargetId};
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

/// A page of a browser, in `context` where one is named: the first that is there, or a new one.
pub(crate) async fn page_of(
    connection: &Connection,
    context: Option<&BrowserContextId>,
    deadline: Instant,
) -> Result<TargetId, Error> {
    let root = connection.root();
    let targets = root.call(&GetTargets::default(), deadline).await?;
    let mut targets = targets.target_infos.into_iter();
    let there = targets.find(|info| {
        info.r#type == "page" && (context.is_none() || info.browser_context_id.as_ref() == context)
    });
    if let Some(info) = there {
        return Ok(info.target_id);
    }
    let create = CreateTarget {
        url: "about:blank".to_owned(),
        browser_context_id: context.cloned(),
        ..Default::default()
    };
    Ok(root.call(&create, deadline).await?.target_id)
}
