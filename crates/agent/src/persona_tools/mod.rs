//! Tools of runs that act as a persona, under the names that AIQaramba's agents know them by (contract §5).

mod emails_read;
mod get_credentials;

use std::sync::Arc;

use guise_core::ports::RunTool;
use guise_core::services::{Correspondence, Inbox, Personas, Vaults};
use guise_core::{
    Caller, Credential, DataSpace, Kind, MailboxId, Outcome, Persona, PersonaId, Result,
    StructuredData,
};
use serde_json::Value;

use emails_read::EmailsRead;
use get_credentials::GetCredentials;

/// What these tools ask.
#[derive(Clone)]
pub(crate) struct PersonaServices {
    pub(crate) personas: Arc<Personas>,
    pub(crate) vaults: Arc<Vaults>,
    pub(crate) inbox: Arc<Inbox>,
}

/// The tools for acting as `persona`, with mailboxes that can be read beside its own. Mailboxes that are gone are left out.
///
/// # Errors
/// Kind `NotFound` when the persona is not there any more.
pub(crate) async fn persona_tools(
    services: &PersonaServices,
    caller: &Caller,
    persona: &Persona,
    mailboxes: &[MailboxId],
) -> Result<Vec<Arc<dyn RunTool>>> {
    let keychain = Arc::new(Keychain {
        services: services.clone(),
        caller: caller.clone(),
        persona: persona.id,
    });
    let inbox = &services.inbox;
    let mut readable = vec![Correspondence::of(Arc::clone(inbox), persona.clone()).await?];
    for id in mailboxes {
        match inbox.mailbox(caller, *id).await {
            Ok(mailbox) => {
                readable.push(Correspondence::at(
                    Arc::clone(inbox),
                    persona.clone(),
                    mailbox,
                ));
            }
            Err(error) if error.kind() == Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(vec![
        Arc::new(GetCredentials(Arc::clone(&keychain))),
        Arc::new(EmailsRead { keychain, readable }),
    ])
}

/// A persona's credentials, as they are at each look.
struct Keychain {
    services: PersonaServices,
    caller: Caller,
    persona: PersonaId,
}

impl Keychain {
    /// The credentials, oldest first; the inner error is for the model when the persona is not there any more.
    async fn credentials(&self) -> Result<Result<Vec<Credential>, String>> {
        let PersonaServices {
            personas, vaults, ..
        } = &self.services;
        let id = self.persona.to_string();
        let persona = match personas.get(&self.caller, &id).await {
            Ok(persona) => persona,
            Err(error) if error.kind() == Kind::NotFound => {
                return Ok(Err(error.message().to_owned()));
            }
            Err(error) => return Err(error),
        };
        let Some(vault) = persona.vault else {
            return Ok(Ok(Vec::new()));
        };
        let vault = vaults.get(&self.caller, &vault.to_string()).await?;
        vaults.credentials(&vault).await.map(Ok)
    }
}

/// An outcome that read `data`.
fn read(message: String, data: Value) -> Outcome {
    let space = DataSpace {
        markdown: message.clone(),
        structured: Some(StructuredData {
            success: true,
            error: None,
            data: Some(data),
            ..StructuredData::default()
        }),
        ..DataSpace::default()
    };
    Outcome::read(message, space)
}

/// The text of a member of a tool's arguments; the error is for the model.
fn text(arguments: &Value, member: &str) -> Result<Option<String>, String> {
    match arguments.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
        }
        Some(other) => Err(format!("Invalid {member} {other}: expected a text")),
    }
}
