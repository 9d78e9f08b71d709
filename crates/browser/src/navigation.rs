//! Going to addresses, back, forward and again, and waiting for what comes.

use std::pin::pin;
use std::time::Duration;

use guise_cdp::protocol::page::{
    FrameNavigated, GetNavigationHistory, Navigate, NavigateReturns, NavigateToHistoryEntry,
    NavigatedWithinDocument, Reload, StopLoading,
};
use guise_cdp::protocol::target::{CloseTarget, CreateTarget};
use guise_cdp::{Error as CdpError, Events, FrameId, LoaderId, TargetId};
use guise_core::Outcome;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::address;
use crate::board::Phase;
use crate::core::{Core, CurrentTab};
use crate::fault::{Fault, Result};
use crate::stuck::{BUSY, is_stuck};

/// A page that takes longer to load is used as it is (Notte API: `goto`).
pub(crate) const LOAD: Duration = Duration::from_secs(10);

/// How long Chromium may take to give up a page. It does so by itself, whatever the page does.
const GIVE_UP: Duration = Duration::from_secs(1);

/// How long what a page told is a sign that it is not stuck.
const LATELY: Duration = Duration::from_millis(250);

/// How a wait for a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It is complete.
    Loaded,
    /// The time was up before.
    Unfinished,
    /// The time was up before anything of it came; the tab stays where it was.
    Nothing,
    /// It is a file that the browser keeps; the tab stays where it was.
    Download,
}

impl Arrival {
    fn remark(self) -> &'static str {
        match self {
            Self::Loaded => "",
            Self::Unfinished => "; it had not finished loading after 10 s and is used as it is",
            Self::Nothing => {
                "; nothing of it had come after 10 s, so it was given up and the tab still shows what it showed before"
            }
            Self::Download => "; it is a download, so the tab still shows what it showed before",
        }
    }
}

/// Sends the current tab to an address.
pub(crate) async fn goto(core: &Core, text: &str, deadline: Instant) -> Result<Outcome> {
    let url = address::parse(text).map_err(Fault::Told)?;
    let tab = match core.current() {
        Ok(tab) => tab,
        Err(Fault::Gone(reason)) => return Err(Fault::Gone(reason)),
        Err(_) => open_tab(core, deadline).await?,
    };
    if shows_its_page(core, &tab.target) && address::same(&tab.url, &url) {
        return Ok(Outcome::done(format!("Already at '{url}' in current tab")));
    }
    let arrival = send(core, tab, &url, deadline).await?;
    Ok(Outcome::done(format!(
        "Navigated to '{url}' in current tab{}",
        arrival.remark()
    )))
}

/// Sends a tab to an address, or one in its place where it crashed or is stuck.
async fn send(core: &Core, tab: CurrentTab, url: &Url, deadline: Instant) -> Result<Arrival> {
    if !was_alive_lately(core, &tab) {
        let tab = revive(core, tab, deadline).await?;
        return navigate(core, &tab, url, deadline).await;
    }
    {
        let left = core.document(&tab);
        let mut navigation = pin!(navigate(core, &tab, url, deadline));
        tokio::select! {
            biased;
            // Asked first: as long as a page is awaited, Chromium holds back what the one that is there is asked.
            stuck = is_stuck(&tab, deadline, BUSY) => if !stuck || core.document(&tab) != left {
                return navigation.await;
            },
            arrival = &mut navigation => return arrival,
        }
    }
    let tab = replace(core, tab, deadline).await?;
    navigate(core, &tab, url, deadline).await
}

/// Whether the tab's page told something so short a time ago that it can hardly be stuck. Such a page is asked beside going on,
/// not before: it is busy with its first picture, and would be waited for.
fn was_alive_lately(core: &Core, tab: &CurrentTab) -> bool {
    core.board.read(|state| {
        state.tab(&tab.target).is_some_and(|tab| {
            let loaded = tab.loaded.filter(|_| !tab.crashed);
            loaded.is_some_and(|at| at.elapsed() < LATELY)
        })
    })
}

/// Opens a tab, makes it current and sends it to an address.
pub(crate) async fn goto_new_tab(core: &Core, text: &str, deadline: Instant) -> Result<Outcome> {
    let url = address::parse(text).map_err(Fault::Told)?;
    let tab = open_tab(core, deadline).await?;
    let arrival = if url.as_str() == "about:blank" {
        Arrival::Loaded
    } else {
        navigate(core, &tab, &url, deadline).await?
    };
    Ok(Outcome::done(format!(
        "Navigated to '{url}' in new tab{}",
        arrival.remark()
    )))
}

/// Opens an empty tab and makes it current.
pub(crate) async fn open_tab(core: &Core, deadline: Instant) -> Result<CurrentTab> {
    let create = CreateTarget {
        url: "about:blank".to_owned(),
        browser_context_id: core.context.clone(),
        ..Default::default()
    };
    let target = core.root.call(&create, deadline).await?.target_id;
    core.board
        .until(deadline, |state| state.tab(&target).map(drop))
        .await?;
    core.board
        .change(|state| {
            state.current = Some(target.clone());
            state.tab(&target).map(CurrentTab::of)
        })
        .ok_or(Fault::TabClosed)
}

fn is_crashed(core: &Core, target: &TargetId) -> bool {
    core.board
        .read(|state| state.tab(target).is_some_and(|tab| tab.crashed))
}

/// Whether the tab shows what its address says, neither a crash nor what stands in for a page that could not be had.
fn shows_its_page(core: &Core, target: &TargetId) -> bool {
    core.board.read(|state| {
        state
            .tab(target)
            .is_some_and(|tab| !tab.crashed && tab.stand_in.as_ref() != Some(&tab.document))
    })
}

/// Whether nothing can keep the tab's page busy: it is empty, nothing was opened yet, and nobody ran a script.
fn is_idle(core: &Core, tab: &CurrentTab) -> bool {
    core.shows_nothing(tab) && !core.board.read(|state| state.scripted)
}

/// Puts a new tab, with a process of its own, in the place of one that crashed or is stuck: such a page would never let
/// another one of its site in.
async fn revive(core: &Core, tab: CurrentTab, deadline: Instant) -> Result<CurrentTab> {
    let crashed = is_crashed(core, &tab.target);
    if !crashed && (is_idle(core, &tab) || !is_stuck(&tab, deadline, BUSY).await) {
        return Ok(tab);
    }
    replace(core, tab, deadline).await
}

/// Puts a new tab in the place of one.
async fn replace(core: &Core, tab: CurrentTab, deadline: Instant) -> Result<CurrentTab> {
    let fresh = open_tab(core, deadline).await?;
    core.board.change(|state| {
        let place = state.tabs.iter().position(|old| old.target == tab.target);
        let last = state.tabs.iter().position(|new| new.target == fresh.target);
        if let (Some(place), Some(last)) = (place, last) {
            let moved = state.tabs.remove(last);
            state.tabs.insert(place, moved);
        }
    });
    let close = CloseTarget {
        target_id: tab.target,
    };
    if let Err(error) = core.root.call(&close, deadline).await {
        tracing::debug!(%error, "a tab that was replaced could not be closed");
    }
    Ok(fresh)
}

/// Navigates and waits until the page is loaded, for 10 s at most.
async fn navigate(core: &Core, tab: &CurrentTab, url: &Url, deadline: Instant) -> Result<Arrival> {
    let began = Instant::now();
    let bound = deadline.min(began + LOAD);
    let command = Navigate {
        url: url.as_str().to_owned(),
        ..Default::default()
    };
    core.board.change(|state| {
        state.navigated = true;
        if let Some(tab) = state.tab_mut(&tab.target) {
            tab.download = None;
        }
    });
    let answer = match begun(tab, &command, bound).await {
        Ok(Some(answer)) => answer,
        Ok(None) | Err(CdpError::Timeout { .. }) => return Ok(Arrival::Nothing),
        Err(CdpError::Protocol { message, .. }) => {
            return Err(Fault::told(format!(
                "Failed to load page '{url}': {message}"
            )));
        }
        Err(error) => return Err(error.into()),
    };
    if answer.is_download == Some(true) {
        return Ok(downloads(core, tab, began));
    }
    if let Some(error) = answer.error_text.filter(|text| !text.is_empty()) {
        if error == "net::ERR_ABORTED" && core.downloads.began_since(began) {
            return Ok(downloads(core, tab, began));
        }
        return Err(failure(core, tab, url, &error, began));
    }
    let Some(document) = answer.loader_id else {
        return Ok(Arrival::Loaded);
    };
    let arrival = load(core, &tab.target, Some(&document), bound).await?;
    refused(core, tab, url, began)?;
    Ok(arrival)
}

/// Sends a tab to an address. Answers once something comes; `None` when nothing did until `bound`. It is given up then: for
/// as long as a page is awaited, Chromium holds back all that is asked of the one that is there.
async fn begun(
    tab: &CurrentTab,
    command: &Navigate,
    bound: Instant,
) -> Result<Option<NavigateReturns>, CdpError> {
    let last = bound + GIVE_UP;
    let mut answer = pin!(tab.session.call(command, last));
    if let Ok(answer) = timeout_at(bound, &mut answer).await {
        return answer.map(Some);
    }
    tab.session.call(&StopLoading {}, last).await?;
    let answer = answer.await?;
    // What came at the last moment is there.
    let aborted = answer.error_text.as_deref() == Some("net::ERR_ABORTED");
    Ok((!aborted).then_some(answer))
}

/// The page stays; the download is kept like any other, and the tab remembers it.
fn downloads(core: &Core, tab: &CurrentTab, began: Instant) -> Arrival {
    core.board.change(|state| {
        if let Some(tab) = state.tab_mut(&tab.target) {
            tab.download = Some(began);
        }
    });
    Arrival::Download
}

/// A page that the door refuses over plain HTTP arrives as the door's own answer.
fn refused(core: &Core, tab: &CurrentTab, url: &Url, began: Instant) -> Result<()> {
    let reached = core
        .board
        .read(|state| state.tab(&tab.target).map(|tab| tab.url.clone()));
    let reached = reached.and_then(|reached| Url::parse(&reached).ok());
    let reasons = [Some(url), reached.as_ref()];
    match reasons
        .into_iter()
        .flatten()
        .find_map(|url| core.host.failure(url, began))
    {
        Some(reason) => {
            core.board.change_quietly(|state| {
                if let Some(tab) = state.tab_mut(&tab.target) {
                    tab.stand_in = Some(tab.document.clone());
                }
            });
            Err(Fault::told(format!(
                "Failed to load page '{url}': {reason}"
            )))
        }
        None => Ok(()),
    }
}

fn failure(core: &Core, tab: &CurrentTab, url: &Url, error: &str, began: Instant) -> Fault {
    match refused(core, tab, url, began) {
        Err(fault) => fault,
        Ok(()) => Fault::told(format!(
            "Failed to load page '{url}': {}",
            network_error(error)
        )),
    }
}

/// Chromium's word for a network error, with what it means.
fn network_error(error: &str) -> String {
    let meaning = match error.trim_start_matches("net::") {
        "ERR_NAME_NOT_RESOLVED" => "the host name is unknown",
        "ERR_CONNECTION_REFUSED" => "nothing listens there",
        "ERR_CONNECTION_RESET" | "ERR_CONNECTION_CLOSED" | "ERR_EMPTY_RESPONSE" => {
            "the server ended the connection"
        }
        "ERR_CONNECTION_TIMED_OUT" | "ERR_TIMED_OUT" => "the server does not answer",
        "ERR_ADDRESS_UNREACHABLE" | "ERR_INTERNET_DISCONNECTED" => "the network is not reachable",
        "ERR_SSL_PROTOCOL_ERROR" => "the server does not speak TLS there",
        "ERR_TUNNEL_CONNECTION_FAILED" | "ERR_PROXY_CONNECTION_FAILED" => {
            "the proxy could not reach it"
        }
        "ERR_TOO_MANY_REDIRECTS" => "it redirects in a circle",
        "ERR_UNKNOWN_URL_SCHEME" => "the scheme is unknown",
        "ERR_UNSAFE_PORT" => "browsers do not open that port",
        "ERR_ABORTED" => "the navigation was aborted",
        "ERR_BLOCKED_BY_CLIENT" | "ERR_BLOCKED_BY_ADMINISTRATOR" => "it is blocked",
        text if text.starts_with("ERR_CERT") => "its certificate is not valid",
        _ => return error.to_owned(),
    };
    format!("{meaning} ({error})")
}

/// Waits until a tab's document (that one, or whichever it has) is loaded.
///
/// # Errors
/// When the tab or the browser goes away, or the page crashes; time that runs out is none.
pub(crate) async fn load(
    core: &Core,
    target: &TargetId,
    document: Option<&LoaderId>,
    bound: Instant,
) -> Result<Arrival> {
    let loaded = core.board.until(bound, |state| match state.tab(target) {
        None => Some(Err(Fault::TabClosed)),
        Some(tab) if tab.crashed => Some(Err(Fault::Crashed)),
        Some(tab) => {
            // A page that moved on to yet another document meanwhile is waited for as well.
            let begun = document.is_none_or(|document| tab.recent.contains(document));
            (begun && tab.phase == Phase::Loaded).then_some(Ok(Arrival::Loaded))
        }
    });
    match loaded.await {
        Ok(result) => result,
        Err(Fault::TimedOut) => Ok(Arrival::Unfinished),
        Err(fault) => Err(fault),
    }
}

/// One step back (`-1`) or forward (`1`) in the tab's history.
pub(crate) async fn travel(core: &Core, step: i64, deadline: Instant) -> Result<Outcome> {
    let tab = core.current()?;
    let began = Instant::now();
    let history = tab.session.call(&GetNavigationHistory {}, deadline).await?;
    let way = if step < 0 { "back" } else { "forward" };
    let wanted = history.current_index + step;
    let entry = usize::try_from(wanted)
        .ok()
        .and_then(|index| history.entries.get(index))
        .ok_or_else(|| {
            Fault::told(format!(
                "Cannot go {way}: there is no page to go {way} to in this tab"
            ))
        })?;
    let events = tab.session.subscribe(ARRIVALS);
    let command = NavigateToHistoryEntry { entry_id: entry.id };
    tab.session.call(&command, deadline).await?;
    let bound = deadline.min(began + LOAD);
    let arrival = arrive(core, &tab, events, bound).await?;
    Ok(Outcome::done(format!(
        "Navigated {way} to '{}'{}",
        entry.url,
        arrival.remark()
    )))
}

/// Loads the current page again.
pub(crate) async fn reload(core: &Core, deadline: Instant) -> Result<Outcome> {
    let tab = core.current()?;
    if is_crashed(core, &tab.target) {
        let url = Url::parse(&tab.url).map_err(|error| Fault::told(error.to_string()))?;
        let tab = revive(core, tab, deadline).await?;
        let arrival = navigate(core, &tab, &url, deadline).await?;
        return Ok(Outcome::done(format!(
            "Reloaded the current page{}",
            arrival.remark()
        )));
    }
    let began = Instant::now();
    let events = tab.session.subscribe(ARRIVALS);
    tab.session.call(&Reload::default(), deadline).await?;
    let bound = deadline.min(began + LOAD);
    let arrival = arrive(core, &tab, events, bound).await?;
    if let Ok(url) = Url::parse(&tab.url) {
        refused(core, &tab, &url, began)?;
    }
    Ok(Outcome::done(format!(
        "Reloaded the current page{}",
        arrival.remark()
    )))
}

const ARRIVALS: &[&str] = &["Page.frameNavigated", "Page.navigatedWithinDocument"];

/// Waits for the main frame to show the next entry, and then for its load.
async fn arrive(
    core: &Core,
    tab: &CurrentTab,
    mut events: Events,
    bound: Instant,
) -> Result<Arrival> {
    let main = tab.main_frame();
    match timeout_at(bound, next_document(&mut events, &main)).await {
        Ok(Ok(Shown::Document(document))) => load(core, &tab.target, Some(&document), bound).await,
        Ok(Ok(Shown::Place(place))) => {
            moved(core, &tab.target, place, bound).await?;
            Ok(Arrival::Loaded)
        }
        Ok(Err(fault)) => Err(fault),
        Err(_) => Ok(Arrival::Unfinished),
    }
}

/// What a main frame shows next.
enum Shown {
    /// Another document.
    Document(LoaderId),
    /// Another place of the same document, as the event of this place told.
    Place(u64),
}

/// Reads events up to the one that tells.
async fn next_document(events: &mut Events, main: &FrameId) -> Result<Shown> {
    loop {
        let event = match events.next().await {
            Ok(event) => event,
            Err(CdpError::Lagged(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        if event.is::<FrameNavigated>() {
            let frame = event.parse::<FrameNavigated>()?.frame;
            if frame.id == *main {
                return Ok(Shown::Document(frame.loader_id));
            }
        } else if event.parse::<NavigatedWithinDocument>()?.frame_id == *main {
            return Ok(Shown::Place(event.place()));
        }
    }
}

/// Waits until the board knows the address that the event at `place` told of. The board has a reader of its own for a tab's
/// events, so who has read one cannot take it that the board has.
pub(crate) async fn moved(
    core: &Core,
    target: &TargetId,
    place: u64,
    bound: Instant,
) -> Result<()> {
    let known = core.board.until(bound, |state| {
        let waits = state.tab(target).is_some_and(|tab| tab.moved < place);
        (!waits).then_some(())
    });
    match known.await {
        Err(Fault::TimedOut) => Ok(()),
        known => known,
    }
}
