//! What goes into a field in the place of a placeholder.

use std::sync::Arc;

use guise_core::ports::{Release, SecretFill, SecretSource};
use guise_core::{FillWay, Placeholder};
use tokio::time::Instant;

use super::field;
use super::fitted::fitted;
use super::in_page::PageFill;
use super::wire::{self, Armed};
use crate::core::Core;
use crate::elements::Place;
use crate::fault::{Fault, Result};

/// What goes into a field.
pub(crate) enum Choice {
    /// The value itself.
    Unchanged,
    /// A text in its place, which is no secret.
    Text(String),
    /// A stand-in, for which the secret is put into the request.
    StandIn(Armed),
    /// The secret itself.
    InPage(Box<PageFill>),
    /// Nothing, for this reason.
    Refused(String),
}

/// Has the source decide about a field.
///
/// # Errors
/// When the field cannot be used, or it cannot be decided: nothing is filled in then.
pub(crate) async fn choose(
    core: &Arc<Core>,
    place: &Place,
    placeholder: &Placeholder,
    source: &dyn SecretSource,
    deadline: Instant,
) -> Result<Choice> {
    let known = field::look(core, place, deadline).await?;
    let release = source.release(placeholder, &known.field).await;
    let release = release.map_err(|error| {
        tracing::warn!(error = ?error, "a secret could not be released");
        let part = placeholder.part.name();
        Fault::told(format!("the {part} could not be had: {error}"))
    })?;
    Ok(match release {
        Release::Unchanged => Choice::Unchanged,
        Release::Open(text) => Choice::Text(text),
        Release::Refused(reason) => Choice::Refused(reason),
        Release::Secret(fill) => {
            let fill = fitted(fill, &known.field);
            match way(core, &fill, deadline).await {
                Way::Wire => Choice::StandIn(wire::arm(core, place, known, fill, deadline).await?),
                Way::Page(why) => match PageFill::prepare(core, known, fill, why) {
                    Ok(fill) => Choice::InPage(Box::new(fill)),
                    Err(reason) => Choice::Refused(reason),
                },
            }
        }
    })
}

enum Way {
    Wire,
    /// And why.
    Page(&'static str),
}

/// How a secret gets to its site. Where a stand-in was there before and the page sent nothing that could carry it, it is waited
/// for until that is certain.
async fn way(core: &Core, fill: &SecretFill, deadline: Instant) -> Way {
    match fill.way {
        FillWay::Wire => Way::Wire,
        FillWay::Page => Way::Page("the vault's rules say so"),
        FillWay::WireThenPage => match core.wire.sent_nothing(core, fill, deadline).await {
            true => Way::Page("the page sent nothing that carried its stand-in"),
            false => Way::Wire,
        },
    }
}
