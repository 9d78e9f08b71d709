//! What goes into a field in the place of a placeholder.

use std::sync::Arc;

use guise_core::Placeholder;
use guise_core::ports::{Release, SecretSource};
use tokio::time::Instant;

use super::field;
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
            Choice::StandIn(wire::arm(core, place, known, fill, deadline).await?)
        }
    })
}
