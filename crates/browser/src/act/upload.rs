//! The action `upload_file`.

use std::time::Duration;

use guise_cdp::protocol::dom::SetFileInputFiles;
use guise_cdp::protocol::page::{FileChooserOpened, SetInterceptFileChooserDialog};
use guise_cdp::{Error as CdpError, Session};
use guise_core::ports::StagedFile;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use super::press;
use super::reach::{Purpose, ready};
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::locate;

/// How long after the click a file chooser may take to open.
const OPEN: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    is_file_input: bool,
}

/// Attaches a file to a file input, or through the file chooser that a click on the element opens.
pub(crate) async fn upload(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    file: &StagedFile,
    deadline: Instant,
) -> Result<()> {
    let path = file
        .path
        .to_str()
        .ok_or_else(|| Fault::told("the file's path is not text"))?;
    let session = core.session_of(&place.frame).ok_or(Fault::DocumentGone)?;
    ready(core, place, Purpose::Upload, deadline).await?;
    let arguments = json!({ "handle": place.handle });
    let kind: Kind = locate::run(
        core,
        &place.frame,
        &place.world,
        "describe",
        &arguments,
        deadline,
    )
    .await?;
    if !kind.is_file_input {
        return through_chooser(core, tab, place, &session, path, deadline).await;
    }
    let command = SetFileInputFiles {
        files: vec![path.to_owned()],
        object_id: Some(place.world.element(place.handle, deadline).await?),
        ..Default::default()
    };
    session.call(&command, deadline).await?;
    Ok(())
}

async fn through_chooser(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    session: &Session,
    path: &str,
    deadline: Instant,
) -> Result<()> {
    let mut events = session.subscribe(&["Page.fileChooserOpened"]);
    intercept(session, true, deadline).await?;
    let chosen = async {
        press::click(core, tab, place, deadline).await?;
        let bound = deadline.min(Instant::now() + OPEN);
        let opened = match timeout_at(bound, events.next_of::<FileChooserOpened>()).await {
            Ok(opened) => opened?,
            Err(_) => return Err(Fault::told("the click opened no file chooser")),
        };
        let command = SetFileInputFiles {
            files: vec![path.to_owned()],
            backend_node_id: Some(opened.backend_node_id.ok_or_else(|| {
                Fault::told("the page opened a file chooser that belongs to no input")
            })?),
            ..Default::default()
        };
        session.call(&command, deadline).await?;
        Ok(())
    }
    .await;
    // Whatever became of it, later choosers are the page's own again.
    let bound = Instant::now() + OPEN;
    match intercept(session, false, bound).await {
        Ok(()) => {}
        Err(error) if error.is_gone() => {}
        Err(error) => tracing::warn!(%error, "file choosers stay intercepted"),
    }
    chosen
}

async fn intercept(session: &Session, enabled: bool, deadline: Instant) -> Result<(), CdpError> {
    let command = SetInterceptFileChooserDialog {
        enabled,
        ..Default::default()
    };
    session.call(&command, deadline).await.map(drop)
}
