//! The list of tabs.

use guise_cdp::protocol::target::GetTargets;
use guise_core::Tab;
use tokio::time::Instant;

use crate::core::Core;
use crate::fault::{Fault, Result};

/// The open tabs in the order of opening, and the place of the current one.
pub(crate) async fn list(core: &Core, deadline: Instant) -> Result<(Vec<Tab>, usize)> {
    let infos = core
        .root
        .call(&GetTargets::default(), deadline)
        .await?
        .target_infos;
    core.board.read(|state| {
        if let Some(reason) = &state.gone {
            return Err(Fault::Gone(reason.clone()));
        }
        let tabs = state.tabs.iter().zip(0..).map(|(tab, index)| {
            let info = infos.iter().find(|info| info.target_id == tab.target);
            // Until a page says its title, Chromium tells its address in the title's place.
            let title = info.map_or("", |info| info.title.as_str());
            Tab {
                index,
                title: if tab.crashed {
                    format!("{title} (crashed)")
                } else {
                    title.to_owned()
                },
                url: tab.url.clone(),
            }
        });
        Ok((tabs.collect(), state.current_index().unwrap_or(0)))
    })
}
