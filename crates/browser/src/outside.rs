//! Outside clients that speak the Chrome DevTools Protocol to the session's browser.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{sink, stream};
use guise_cdp::relay::{self, Ended, Rules};
use guise_core::ports::Channel;
use tokio::sync::{mpsc, watch};

use crate::core::Core;
use crate::fault::{Fault, Result};

/// Only what was put into the session's uploads folder may be given to a page; nothing where there is none.
struct Uploads(Option<PathBuf>);

impl Rules for Uploads {
    fn may_upload(&self, path: &Path) -> bool {
        // A link must not lead out of the folder; both ends are looked at as they really are.
        let real = path.canonicalize();
        let folder = self.0.as_ref().map(|folder| folder.canonicalize());
        matches!((real, folder), (Ok(real), Some(Ok(folder))) if real != folder && real.starts_with(&folder))
    }
}

/// Counts a client for as long as it is connected.
struct Connected<'a>(&'a watch::Sender<usize>);

impl<'a> Connected<'a> {
    fn count(clients: &'a watch::Sender<usize>) -> Self {
        clients.send_modify(|clients| *clients += 1);
        Self(clients)
    }
}

impl Drop for Connected<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|clients| *clients -= 1);
    }
}

/// Carries a client's messages until it leaves or the browser is gone. One that `reveals` may read secrets.
///
/// # Errors
/// When the browser is gone, or a page holds a secret that the client may not read.
pub(crate) async fn serve(core: &Core, channel: Channel, reveals: bool) -> Result<()> {
    if !reveals {
        core.in_page.stranger_comes(core)?;
    }
    let incoming = Box::pin(stream::unfold(channel.incoming, |mut incoming| async {
        Some((incoming.recv().await?, incoming))
    }));
    let outgoing = Box::pin(sink::unfold(
        channel.outgoing,
        |outgoing: mpsc::Sender<Bytes>, message| async {
            outgoing.send(message).await?;
            Ok::<_, mpsc::error::SendError<Bytes>>(outgoing)
        },
    ));
    let rules = Uploads(core.uploads.clone());
    core.board.change_quietly(|state| state.scripted = true);
    let _connected = Connected::count(&core.outside);
    match relay::serve(
        &core.connection,
        incoming,
        outgoing,
        &rules,
        std::future::pending(),
    )
    .await
    {
        Ended::Browser(error) => Err(Fault::from(error)),
        ended => {
            tracing::debug!(?ended, "an outside client left");
            Ok(())
        }
    }
}
