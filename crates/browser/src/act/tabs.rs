//! The actions `switch_tab` and `close_tab`.

use guise_cdp::protocol::page::BringToFront;
use guise_cdp::protocol::target::CloseTarget;
use tokio::time::Instant;

use crate::core::{Core, CurrentTab};
use crate::fault::{Fault, Result};
use crate::navigation;

/// Makes another tab current; `-1` is the last one.
pub(crate) async fn switch(core: &Core, index: i64, deadline: Instant) -> Result<String> {
    let found = core.board.change(|state| {
        let count = state.tabs.len();
        let place = if index == -1 {
            count.checked_sub(1)
        } else {
            usize::try_from(index).ok().filter(|place| *place < count)
        };
        match place.and_then(|place| Some((place, state.tabs.get(place)?))) {
            Some((place, tab)) => {
                let tab = CurrentTab::of(tab);
                state.current = Some(tab.target.clone());
                Ok((place, tab))
            }
            None => Err(count),
        }
    });
    let (place, tab) = found.map_err(|count| {
        Fault::told(format!(
            "There is no tab {index}: {count} are open, numbered from 0; -1 is the last one"
        ))
    })?;
    tab.session.call(&BringToFront {}, deadline).await?;
    Ok(format!("Switched to tab {place} at '{}'", tab.url))
}

/// Closes the current tab; the one that was opened last becomes current.
pub(crate) async fn close(core: &Core, deadline: Instant) -> Result<String> {
    let tab = core.current()?;
    let last = core.board.read(|state| state.tabs.len() == 1);
    if last {
        // Without any tab the full browser would end.
        navigation::open_tab(core, deadline).await?;
    }
    let command = CloseTarget {
        target_id: tab.target.clone(),
    };
    core.root.call(&command, deadline).await?;
    core.board
        .until(deadline, |state| {
            state.tab(&tab.target).is_none().then_some(())
        })
        .await?;
    if last {
        return Ok("Closed the only tab; an empty one took its place".to_owned());
    }
    let current = core.current()?;
    current.session.call(&BringToFront {}, deadline).await?;
    Ok(format!(
        "Closed the current tab; the tab at '{}' is current now",
        current.url
    ))
}
