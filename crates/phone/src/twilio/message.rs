//! A text message in Twilio's webhook.

use std::collections::BTreeSet;
use std::fmt;

use guise_core::{InboundSms, Timestamp};

use super::settings::is_sid;
use crate::{Refusal, sms};

/// The parameters of a form, decoded.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a body of type `application/x-www-form-urlencoded`; everything is one.
    pub fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// What is signed: by name, then by value, none twice.
    pub(super) fn sorted(&self) -> BTreeSet<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// The value of a parameter that must be there once.
    fn get(&self, name: &'static str) -> Result<&str, Refusal> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Ok(value),
            (None, _) => Err(Refusal::content(
                name,
                "is missing: expected a webhook of an incoming message",
            )),
            (Some(_), Some(_)) => Err(Refusal::content(name, "is there twice")),
        }
    }
}

/// Only the names: one of the values is the text.
impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

/// The message in a webhook that was [verified](super::verify). It carries no time; `now` is taken for it.
///
/// # Errors
/// [`Refusal::Content`], naming the parameter.
pub fn message(params: &Params, now: Timestamp) -> Result<InboundSms, Refusal> {
    let id = params.get("MessageSid")?;
    // Why so strict: see the module's own words.
    if !is_sid("SM", id) && !is_sid("MM", id) {
        return Err(Refusal::content(
            "MessageSid",
            "is wrong: expected SM or MM and 32 hexadecimal digits",
        ));
    }
    sms::message(
        id.to_owned(),
        params.get("From")?.to_owned(),
        params.get("To")?,
        params.get("Body")?.to_owned(),
        now,
    )
}
