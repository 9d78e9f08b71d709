//! `get_credentials`: which credentials a persona has, and how to use them. Never what they are.

use std::sync::Arc;

use async_trait::async_trait;
use guise_core::ports::{RunTool, Tool};
use guise_core::{Credential, Outcome, Placeholders, Result, Timestamp};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{Keychain, read, text};
use crate::credentials;

/// What the model is told of the values.
const VALUES: &str = "Passwords and codes are never shown: give one of the placeholders as the whole value of fill, form_fill or \
                      multi_factor_fill, and the browser puts in what it stands for, on the credential's own site only.";

/// The tool.
pub(super) struct GetCredentials(pub(super) Arc<Keychain>);

#[async_trait]
impl RunTool for GetCredentials {
    fn describe(&self) -> Tool {
        Tool {
            name: "get_credentials".to_owned(),
            description: format!(
                "Lists the credentials of who you act as: labels, kinds, addresses to sign in with, and notes on how to. {VALUES}"
            ),
            parameters: json!({
                "type": "object",
                "properties": {"label": {"type": "string", "description": "Only those with this label."}},
                "required": [],
            }),
        }
    }

    async fn call(
        &self,
        arguments: &Value,
        placeholders: Option<&Placeholders>,
        _: Timestamp,
        _: Instant,
    ) -> Result<Outcome> {
        let label = match text(arguments, "label") {
            Ok(label) => label,
            Err(wrong) => return Ok(Outcome::failed(wrong)),
        };
        let credentials = match self.0.credentials().await? {
            Ok(credentials) => credentials,
            Err(wrong) => return Ok(Outcome::failed(wrong)),
        };
        let labels: Vec<_> = credentials.iter().map(|it| it.label.clone()).collect();
        // Labels are not unique: all that fit, oldest first.
        let fitting: Vec<_> = credentials
            .into_iter()
            .filter(|it| label.as_ref().is_none_or(|label| it.label.trim() == label))
            .map(|it| listed(it, placeholders))
            .collect();
        if let Some(label) = label
            && fitting.is_empty()
        {
            let message = match labels.is_empty() {
                true => "There are no credentials".to_owned(),
                false => format!(
                    "No credential is labelled '{label}': there are {}",
                    labels.join(", ")
                ),
            };
            return Ok(Outcome::failed(message));
        }
        let message = match fitting.len() {
            0 => "There are no credentials".to_owned(),
            1 => format!("There is one credential. {VALUES}"),
            count => format!("There are {count} credentials. {VALUES}"),
        };
        Ok(read(
            message,
            json!({"credentials": fitting, "values": VALUES}),
        ))
    }
}

fn listed(credential: Credential, placeholders: Option<&Placeholders>) -> Value {
    let words: Option<Map<_, _>> = placeholders.map(|placeholders| {
        let words = credentials::placeholders(&credential, placeholders);
        let words = words.into_iter();
        words
            .map(|(name, word)| (name.replace([' ', '-'], "_"), word.into()))
            .collect()
    });
    let site = match placeholders {
        Some(placeholders) => credentials::site(&credential, placeholders),
        None => credential.site.as_deref(),
    };
    let members = json!({
        "label": credential.label,
        "cred_type": credential.kind.as_str(),
        "email": credential.email,
        "username": credential.username,
        "site": site,
        "auth_notes": credential.notes,
        "has_mfa": credential.one_time,
        "placeholders": words,
    });
    let Value::Object(members) = members else {
        return members;
    };
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect()
}
