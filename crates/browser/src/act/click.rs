//! The action `click`.

use tokio::time::Instant;

use super::ahead::Answers;
use super::press;
use super::settle::Heard;
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::Result;

/// Clicks the element; the message for the caller.
pub(crate) async fn click(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    label: &str,
    answers: Answers,
    deadline: Instant,
) -> Result<(String, Heard)> {
    let heard = press::click_found(core, tab, place, answers, deadline).await?;
    Ok((format!("Clicked on the element{label}"), heard))
}
