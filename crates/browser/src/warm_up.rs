//! Making what Chromium otherwise makes on first use, before there is a session that would wait for it.
//!
//! The first page of a browser takes about twice as long as the second: connections, caches, fonts and code are set up on
//! the way. So a browser of the pool has opened one page in a tab of its own, which is closed again, and has drawn once in
//! the tab that the session will get.

use guise_cdp::protocol::page::{self, LoadEventFired, Navigate};
use guise_cdp::protocol::runtime::Evaluate;
use guise_cdp::protocol::target::{AttachToTarget, CloseTarget, CreateTarget, DetachFromTarget};
use guise_cdp::{Connection, Error, Session, TargetId};
use tokio::time::{Instant, timeout_at};

/// Nobody has this name (RFC 6761 section 6.4). The door refuses it with a page of its own, without asking anybody.
const NOWHERE: &str = "http://warm-up.invalid/";

/// Draws text and controls, and leaves the document as it was.
const DRAW: &str = "(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const drawn = document.createElement('div');
    drawn.innerHTML = '<p>Text, <b>bold</b> and <a href=\"#\">linked</a></p><input><button>Press</button>';
    document.body.append(drawn);
    drawn.getBoundingClientRect();
    await frame();
    await frame();
    drawn.remove();
    await frame();
})()";

/// Warms a browser whose first page is `target`.
///
/// # Errors
/// When the browser is gone, or not done by `deadline`.
pub(crate) async fn warm_up(
    connection: &Connection,
    target: &TargetId,
    deadline: Instant,
) -> Result<(), Error> {
    let root = connection.root();
    let create = CreateTarget {
        url: "about:blank".to_owned(),
        ..Default::default()
    };
    let passing = root.call(&create, deadline).await?.target_id;
    let opened = open(&attach(connection, &passing, deadline).await?, deadline).await;
    let close = CloseTarget { target_id: passing };
    root.call(&close, deadline).await?;
    opened?;

    let first = attach(connection, target, deadline).await?;
    let draw = Evaluate {
        expression: DRAW.into(),
        await_promise: Some(true),
        ..Default::default()
    };
    first.call(&draw, deadline).await?;
    detach(&first, deadline).await
}

async fn open(session: &Session, deadline: Instant) -> Result<(), Error> {
    let mut events = session.subscribe(&["Page.loadEventFired"]);
    session.call(&page::Enable {}, deadline).await?;
    let navigate = Navigate {
        url: NOWHERE.to_owned(),
        ..Default::default()
    };
    session.call(&navigate, deadline).await?;
    match timeout_at(deadline, events.next_of::<LoadEventFired>()).await {
        Ok(loaded) => loaded.map(drop),
        Err(_) => Err(Error::Timeout {
            method: "Page.loadEventFired".into(),
        }),
    }
}

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
