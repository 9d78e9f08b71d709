//! Credentials of personas under labels, as the AIQaramba API has them.

use super::checks::check_labelled;
use super::{TRIES, Vaults, busy};
use crate::{
    Caller, Credential, CredentialId, CredentialKind, CredentialSecrets, Error, Kind, Persona,
    Result, Site,
};

/// A credential under a label, as the AIQaramba API takes it.
pub struct LabelledCredential {
    /// How people and agents pick it.
    pub label: String,
    /// What it is good for.
    pub kind: CredentialKind,
    /// The host or address of the site that it may be filled in on; nowhere when absent.
    pub site: Option<String>,
    /// The address to log in with.
    pub email: Option<String>,
    /// How to use it, for agents.
    pub notes: Option<String>,
    /// Its secrets.
    pub secrets: CredentialSecrets,
}

impl Vaults {
    /// Adds a credential under a label to a persona's vault.
    ///
    /// # Errors
    /// Kind `Invalid` for members that are missing, too long, or do not belong to the kind; `Conflict` when the persona has a
    /// credential for that site already.
    pub async fn add_labelled(
        &self,
        caller: &Caller,
        persona: &Persona,
        new: LabelledCredential,
    ) -> Result<Credential> {
        check_labelled(&new)?;
        self.check_secrets(&new.secrets, &[])?;
        let site = new.site.as_deref().map(site_member).transpose()?;
        let email = match new.kind {
            CredentialKind::UsernamePassword | CredentialKind::MagicLink => {
                Some(self.address(persona))
            }
            CredentialKind::External => new.email,
            CredentialKind::Secret => None,
        };
        for _ in 0..TRIES {
            let vault = self.of_persona(caller, persona).await?;
            if let Some(site) = &site
                && let Some(taken) = self.for_site(&vault, site).await?
            {
                let message = format!(
                    "The persona has a credential for {site} already, '{}': delete that one first",
                    taken.label
                );
                return Err(Error::new(Kind::Conflict, message));
            }
            let now = self.clock.now();
            let credential = Credential {
                id: CredentialId::new(),
                tenant: vault.tenant,
                vault: vault.id,
                label: new.label.clone(),
                kind: new.kind,
                site: site.as_ref().map(Site::to_string),
                email: email.clone(),
                username: None,
                notes: new.notes.clone(),
                one_time: new.secrets.seed.is_some(),
                codes_given: 0,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            if self.seal_and_put(&credential, &new.secrets).await? {
                return Ok(credential);
            }
            // The vault was deleted in the meantime, and the persona gets another one; or the site got a credential.
        }
        Err(busy())
    }

    /// A credential of a persona.
    ///
    /// # Errors
    /// Kind `NotFound` when it is none, or another persona's.
    pub async fn of_persona_by_id(&self, persona: &Persona, id: &str) -> Result<Credential> {
        let credential = match (persona.vault, id.parse()) {
            (Some(vault), Ok(id)) => self.store.credential(persona.tenant, vault, id).await?,
            _ => None,
        };
        credential.ok_or_else(|| Error::not_found("Credential", id))
    }
}

/// A site that a request names, by host or address.
fn site_member(text: &str) -> Result<Site> {
    Site::of(text).map_err(|error| {
        let message = format!("Invalid site: {}", error.message());
        Error::invalid_member(&["site"], "value_error", message)
    })
}
