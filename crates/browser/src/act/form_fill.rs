//! The action `form_fill`: finding fields by what they mean, and filling them.

use std::collections::BTreeMap;
use std::sync::Arc;

use guise_core::ports::SecretSource;
use guise_core::{FormField, Outcome, SecretPart};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::ahead::Answers;
use super::fill;
use super::reach::{Purpose, ready};
use crate::core::{Core, CurrentTab};
use crate::elements::{Handle, Place};
use crate::fault::{Fault, Result};
use crate::fills::{self, Choice};
use crate::locate;

#[derive(Deserialize)]
struct Fields {
    fields: Vec<Field>,
}

#[derive(Clone, Deserialize)]
struct Field {
    handle: Handle,
    key: Option<String>,
    declared: bool,
    tag: String,
    visible: bool,
    enabled: bool,
}

/// A field of the page that can be filled, with what it is for.
#[derive(Clone)]
struct Candidate {
    place: Place,
    key: FormField,
    declared: bool,
    is_list: bool,
}

/// Fills the fields that fit. It succeeds when at least one did; the message names those that were not found.
pub(crate) async fn form_fill(
    core: &Arc<Core>,
    tab: &CurrentTab,
    values: &BTreeMap<FormField, String>,
    secrets: Option<&dyn SecretSource>,
    deadline: Instant,
) -> Result<Outcome> {
    let candidates = candidates(core, tab, deadline).await?;
    let keys: Vec<FormField> = candidates.iter().map(|candidate| candidate.key).collect();
    let values = suited(values, &keys);
    let mut filled = Vec::new();
    let mut missing = Vec::new();
    let mut failed = Vec::new();
    for (key, value) in &values {
        let mut fields = fields_for(*key, &candidates);
        let secret = secrets.is_some_and(|source| source.read(value).is_some());
        if fields.is_empty() && secret && *key == FormField::CardExpiry {
            // What is not known here cannot be cut into its parts; each field gets its own.
            fields = fields_for(FormField::CardExpiryMonth, &candidates);
            fields.extend(fields_for(FormField::CardExpiryYear, &candidates));
        }
        if fields.is_empty() {
            missing.push(key.as_str());
            continue;
        }
        let mut problem = None;
        for field in fields {
            match put_value(core, tab, field, value, secrets, deadline).await {
                Ok(()) => {}
                Err(Fault::Gone(reason)) => return Err(Fault::Gone(reason)),
                Err(fault) => problem = Some(fault),
            }
        }
        match problem {
            None => filled.push(key.as_str()),
            Some(fault) => failed.push(format!("{} ({fault})", key.as_str())),
        }
    }
    let mut message = if filled.is_empty() {
        "Filled no field of a form".to_owned()
    } else {
        format!("Filled the form fields {}", filled.join(", "))
    };
    if !missing.is_empty() {
        message.push_str(&format!("; found no field for {}", missing.join(", ")));
    }
    if !failed.is_empty() {
        message.push_str(&format!("; could not fill {}", failed.join(", ")));
    }
    Ok(if filled.is_empty() {
        Outcome::failed(message)
    } else {
        Outcome::done(message)
    })
}

/// The fields of all frames, the main frame's first.
async fn candidates(core: &Core, tab: &CurrentTab, deadline: Instant) -> Result<Vec<Candidate>> {
    let mut found = Vec::new();
    for frame in core.frames_of(&tab.target) {
        let world = match core.world(&frame, deadline).await {
            Ok(world) => world,
            Err(Fault::Gone(reason)) => return Err(Fault::Gone(reason)),
            // A frame that goes away, or whose process is gone, has no fields.
            Err(_) if frame != tab.main_frame() => continue,
            Err(fault) => return Err(fault),
        };
        let nothing = json!({});
        let fields =
            locate::run::<Fields>(core, &frame, &world, "formFields", &nothing, deadline).await;
        let fields = match fields {
            Ok(fields) => fields.fields,
            Err(fault) if fault.is_stale() => continue,
            Err(fault) => return Err(fault),
        };
        found.extend(fields.into_iter().filter_map(|field| {
            if !field.visible || !field.enabled {
                return None;
            }
            Some(Candidate {
                place: Place {
                    frame: frame.clone(),
                    world: Arc::clone(&world),
                    handle: field.handle,
                },
                key: FormField::from_name(&field.key?)?,
                declared: field.declared,
                is_list: field.tag == "select",
            })
        }));
    }
    Ok(found)
}

/// The fields for a value: one that the page itself declares before a guessed one. A new password goes into all of its
/// fields, since the second one repeats it.
fn fields_for(key: FormField, candidates: &[Candidate]) -> Vec<&Candidate> {
    let mut fitting: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| candidate.key == key)
        .collect();
    fitting.sort_by_key(|candidate| !candidate.declared);
    if key != FormField::NewPassword {
        fitting.truncate(1);
    }
    fitting
}

/// Cuts and joins values where a form has other fields for the same facts: first and last name for a full name, month and
/// year for a card's expiry, and the other way round.
fn suited(
    values: &BTreeMap<FormField, String>,
    fields: &[FormField],
) -> BTreeMap<FormField, String> {
    let mut suited = values.clone();
    let has = |field| fields.contains(&field);
    let given = |field| values.get(&field).map(String::as_str);
    if let Some(full) = given(FormField::FullName)
        && !has(FormField::FullName)
        && let Some((first, last)) = full.trim().rsplit_once(' ')
    {
        let parts = [(FormField::FirstName, first), (FormField::LastName, last)];
        replace(&mut suited, FormField::FullName, parts, &has);
    }
    if let (Some(first), Some(last)) = (given(FormField::FirstName), given(FormField::LastName))
        && !has(FormField::FirstName)
        && !has(FormField::LastName)
        && has(FormField::FullName)
        && !values.contains_key(&FormField::FullName)
    {
        suited.remove(&FormField::FirstName);
        suited.remove(&FormField::LastName);
        suited.insert(FormField::FullName, format!("{first} {last}"));
    }
    if let Some((month, year)) =
        given(FormField::CardExpiry).and_then(|expiry| expiry.split_once('/'))
        && !has(FormField::CardExpiry)
    {
        let parts = [
            (FormField::CardExpiryMonth, month.trim()),
            (FormField::CardExpiryYear, year.trim()),
        ];
        replace(&mut suited, FormField::CardExpiry, parts, &has);
    }
    if let (Some(month), Some(year)) = (
        given(FormField::CardExpiryMonth),
        given(FormField::CardExpiryYear),
    ) && !has(FormField::CardExpiryMonth)
        && !has(FormField::CardExpiryYear)
        && has(FormField::CardExpiry)
        && !values.contains_key(&FormField::CardExpiry)
    {
        let short = year.get(year.len().saturating_sub(2)..).unwrap_or(year);
        suited.remove(&FormField::CardExpiryMonth);
        suited.remove(&FormField::CardExpiryYear);
        suited.insert(FormField::CardExpiry, format!("{month}/{short}"));
    }
    suited
}

fn replace(
    suited: &mut BTreeMap<FormField, String>,
    whole: FormField,
    parts: [(FormField, &str); 2],
    has: &impl Fn(FormField) -> bool,
) {
    if !parts.iter().any(|(field, _)| has(*field)) {
        return;
    }
    suited.remove(&whole);
    for (field, value) in parts {
        suited.entry(field).or_insert_with(|| value.to_owned());
    }
}

/// Puts a value into a field, or what it stands for.
async fn put_value(
    core: &Arc<Core>,
    tab: &CurrentTab,
    field: &Candidate,
    value: &str,
    secrets: Option<&dyn SecretSource>,
    deadline: Instant,
) -> Result<()> {
    let Some((source, placeholder)) =
        secrets.and_then(|source| Some((source, source.read(value)?)))
    else {
        return put(core, tab, field, value, deadline).await;
    };
    let place = &field.place;
    match fills::choose(core, place, &placeholder, source, deadline).await? {
        Choice::Unchanged => put(core, tab, field, value, deadline).await,
        Choice::Text(text) => put(core, tab, field, &text, deadline).await,
        Choice::Refused(reason) => Err(Fault::Refused(reason)),
        Choice::InPage(fill) => fill.put(core, place, deadline).await,
        Choice::StandIn(armed) => {
            let dummy = &armed.dummy;
            if placeholder.part == SecretPart::Code {
                // Forms have a box for each of its characters.
                fill::typed(core, tab, place, dummy, true, deadline).await?;
            } else {
                put(core, tab, field, dummy, deadline).await?;
            }
            armed.keep();
            Ok(())
        }
    }
}

async fn put(
    core: &Core,
    tab: &CurrentTab,
    field: &Candidate,
    value: &str,
    deadline: Instant,
) -> Result<()> {
    let place = &field.place;
    if field.is_list {
        ready(core, place, Purpose::Select, deadline).await?;
        let arguments = json!({ "handle": place.handle, "value": value });
        let run = locate::run::<serde_json::Value>(
            core,
            &place.frame,
            &place.world,
            "selectOption",
            &arguments,
            deadline,
        );
        return run.await.map(drop);
    }
    fill::at_once(core, tab, place, value, true, Answers::default(), deadline).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(list: &[(FormField, &str)]) -> BTreeMap<FormField, String> {
        list.iter()
            .map(|(field, value)| (*field, (*value).to_owned()))
            .collect()
    }

    #[test]
    fn names_and_expiries_fit_the_form() {
        use FormField::{
            CardExpiry, CardExpiryMonth, CardExpiryYear, FirstName, FullName, LastName,
        };
        assert_eq!(
            suited(
                &values(&[(FullName, "Ada King Lovelace")]),
                &[FirstName, LastName]
            ),
            values(&[(FirstName, "Ada King"), (LastName, "Lovelace")])
        );
        assert_eq!(
            suited(
                &values(&[(FirstName, "Ada"), (LastName, "Lovelace")]),
                &[FullName]
            ),
            values(&[(FullName, "Ada Lovelace")])
        );
        assert_eq!(
            suited(
                &values(&[(CardExpiry, "04/2031")]),
                &[CardExpiryMonth, CardExpiryYear]
            ),
            values(&[(CardExpiryMonth, "04"), (CardExpiryYear, "2031")])
        );
        assert_eq!(
            suited(
                &values(&[(CardExpiryMonth, "04"), (CardExpiryYear, "2031")]),
                &[CardExpiry]
            ),
            values(&[(CardExpiry, "04/31")])
        );
        let plain = values(&[(FullName, "Ada Lovelace")]);
        assert_eq!(suited(&plain, &[FullName]), plain);
        assert_eq!(suited(&plain, &[]), plain);
    }
}
