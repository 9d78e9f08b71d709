//! The action `download_file`.

use std::time::Duration;

use guise_core::Target;
use guise_core::ports::DownloadedFile;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::press;
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::locate;

/// How long after the click a download may take to begin.
const BEGIN: Duration = Duration::from_secs(10);

/// Clicks the element and waits for the file that comes of it.
pub(crate) async fn by_click(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    deadline: Instant,
) -> Result<DownloadedFile> {
    let began = Instant::now();
    press::click(core, tab, place, deadline).await?;
    fetched(core, began, deadline).await
}

/// What the page script tells of the document that a tab shows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document {
    /// Its media type.
    pub(crate) content_type: String,
    /// Its address.
    pub(crate) url: String,
    /// The status of the answer that brought it, where it is known.
    pub(crate) status: Option<u16>,
}

/// What a download of a whole document is about.
pub(crate) enum Whole {
    /// The file that the tab shows instead of a page.
    Shown,
    /// The file that came when the tab was sent to its address at that moment: the browser cannot show it.
    Fetched(Instant),
}

/// Whether a download is to save the document itself: the tab is at a file and no page, and the target is `I0`, `body` or
/// `html` (Notte API: `download_file`).
pub(crate) async fn means_document(
    core: &Core,
    tab: &CurrentTab,
    target: &Target,
    deadline: Instant,
) -> Result<Option<Whole>> {
    let named = target.id.as_ref().is_some_and(|id| id.as_str() == RAW);
    let whole = |selector: &str| matches!(selector.trim(), "body" | "html");
    let selected = target.selectors.as_ref().is_some_and(|selectors| {
        whole(&selectors.css_selector)
            || selectors.playwright_selector.as_deref().is_some_and(whole)
    });
    if !named && !selected {
        return Ok(None);
    }
    if let Some(began) = core.board.read(|state| state.tab(&tab.target)?.download) {
        return Ok(Some(Whole::Fetched(began)));
    }
    let document = shown(core, tab, deadline).await?;
    Ok(is_raw(&document.content_type).then_some(Whole::Shown))
}

/// The id of a document that is a file and no page.
pub(crate) const RAW: &str = "I0";

/// Whether a document of that media type is a file rather than a page.
pub(crate) fn is_raw(media_type: &str) -> bool {
    !matches!(media_type, "text/html" | "application/xhtml+xml" | "")
}

/// The media type of PDFs.
const PDF: &str = "application/pdf";

impl Document {
    /// The file that it is and no page, where that is a PDF, which a viewer shows.
    pub(crate) fn as_pdf(&self) -> Option<Whole> {
        (self.content_type == PDF).then_some(Whole::Shown)
    }
}

/// The PDF that the tab was sent to, where that became a download: the browser has no viewer.
pub(crate) async fn sent_pdf(core: &Core, tab: &CurrentTab, deadline: Instant) -> Option<Whole> {
    let began = core.board.read(|state| state.tab(&tab.target)?.download)?;
    // Its name is known only where it is kept.
    core.downloads.folder()?;
    let begin_by = deadline.min(Instant::now() + BEGIN);
    let name = core.downloads.name_since(began, begin_by).await?;
    // Chromium ends the name of a PDF so, whatever its address ends with.
    let is_pdf = name.to_ascii_lowercase().ends_with(".pdf");
    is_pdf.then_some(Whole::Fetched(began))
}

/// Has a PDF downloaded that is in the place of a page.
pub(crate) async fn pdf(
    core: &Core,
    tab: &CurrentTab,
    whole: Whole,
    deadline: Instant,
) -> Result<DownloadedFile> {
    if core.downloads.folder().is_none() {
        let why =
            "this tab is at a PDF, which is read from its download, and this browser keeps none";
        return Err(Fault::told(why));
    }
    document(core, tab, whole, deadline).await
}

/// What the tab shows.
pub(crate) async fn shown(core: &Core, tab: &CurrentTab, deadline: Instant) -> Result<Document> {
    let frame = tab.main_frame();
    let reader = core.reader(&frame, deadline).await?;
    locate::run(core, &frame, &reader, "document", &json!({}), deadline).await
}

/// Saves the document that the tab is at, which is no page but a file: a picture, a PDF, a text.
pub(crate) async fn document(
    core: &Core,
    tab: &CurrentTab,
    whole: Whole,
    deadline: Instant,
) -> Result<DownloadedFile> {
    if let Whole::Fetched(began) = whole {
        return fetched(core, began, deadline).await;
    }
    let frame = tab.main_frame();
    let world = core.world(&frame, deadline).await?;
    let began = Instant::now();
    let nothing = json!({});
    let _: serde_json::Value =
        locate::run(core, &frame, &world, "saveDocument", &nothing, deadline).await?;
    fetched(core, began, deadline).await
}

async fn fetched(core: &Core, began: Instant, deadline: Instant) -> Result<DownloadedFile> {
    let begin_by = deadline.min(Instant::now() + BEGIN);
    match core.downloads.first_since(began, begin_by, deadline).await {
        Err(Fault::TimedOut) => Err(Fault::told("no download began")),
        other => other,
    }
}
