//! Making what Chromium otherwise makes on first use, before there is a session that would wait for it.
//!
//! The first page of a browser takes about twice as long as the second: connections, caches, fonts and code are set up on
//! the way. So a browser of the pool has opened one page in a tab of its own, which is closed again, and has drawn once in
//! the tab that the session will get.

use std::time::Duration;

use guise_cdp::protocol::page::{self, LoadEventFired, Navigate};
use guise_cdp::protocol::runtime::Evaluate;
use guise_cdp::protocol::target::{CloseTarget, CreateTarget, GetTargets};
use guise_cdp::{Connection, Error, Session, TargetId};
use tokio::time::{Instant, timeout_at};

use crate::attach::{attach, detach};

/// Nobody has this name (RFC 6761 section 6.4). The door refuses it with a page of its own, without asking anybody.
const NOWHERE: &str = "http://warm-up.invalid/";

/// It takes a fraction of a second. A browser that takes longer is good enough as it is, and others are to be started.
const LONGEST: Duration = Duration::from_secs(3);

/// Draws text and controls, and leaves the document as it was, whether frames come or not.
const DRAW: &str = "(async () => {
    const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 500); });
    const drawn = document.createElement('div');
    drawn.innerHTML = '<p>Text, <b>bold</b> and <a href=\"#\">linked</a></p><input><button>Press</button>';
    document.body.append(drawn);
    drawn.getBoundingClientRect();
    await frame();
    await frame();
    drawn.remove();
    await frame();
})()";

/// Warms a browser whose first page is `target`, for a few seconds at most. One that is not done by then is left as if nobody
/// had tried.
///
/// # Errors
/// When the browser is gone, or does not even do away with what was begun.
pub(crate) async fn warm_up(
    connection: &Connection,
    target: &TargetId,
    deadline: Instant,
) -> Result<(), Error> {
    let soon = || deadline.min(Instant::now() + LONGEST);
    let limit = soon();
    let warmed = async {
        pass(connection, limit).await?;
        draw(connection, target, limit).await
    };
    let Err(error) = warmed.await else {
        return Ok(());
    };
    tracing::debug!(%error, "a browser will wait without being warmed up");
    close_others(connection, target, soon()).await
}

/// Opens a page in a tab of its own, and closes it.
async fn pass(connection: &Connection, deadline: Instant) -> Result<(), Error> {
    let root = connection.root();
    let create = CreateTarget {
        url: "about:blank".to_owned(),
        ..Default::default()
    };
    let passing = root.call(&create, deadline).await?.target_id;
    open(&attach(connection, &passing, deadline).await?, deadline).await?;
    let close = CloseTarget { target_id: passing };
    root.call(&close, deadline).await.map(drop)
}

/// Draws once in a page that is there.
async fn draw(connection: &Connection, target: &TargetId, deadline: Instant) -> Result<(), Error> {
    let session = attach(connection, target, deadline).await?;
    let draw = Evaluate {
        expression: DRAW.into(),
        await_promise: Some(true),
        ..Default::default()
    };
    let drawn = session.call(&draw, deadline).await;
    detach(&session, deadline).await?;
    drawn.map(drop)
}

/// Closes every page but `target`.
async fn close_others(
    connection: &Connection,
    target: &TargetId,
    deadline: Instant,
) -> Result<(), Error> {
    let root = connection.root();
    let targets = root.call(&GetTargets::default(), deadline).await?;
    for other in targets.target_infos {
        if other.r#type == "page" && other.target_id != *target {
            let close = CloseTarget {
                target_id: other.target_id,
            };
            root.call(&close, deadline).await?;
        }
    }
    Ok(())
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
