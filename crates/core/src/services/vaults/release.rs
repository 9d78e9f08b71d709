//! Secrets that leave the vault for a page. Each is written down before.

use super::Vaults;
use super::cards::{CARD, no_card};
use crate::ports::{Actor, AuditEvent, Deed};
use crate::services::secrets_wire;
use crate::{
    Caller, Credential, Error, Kind, Result, Secret, SecretPart, Site, TenantId, Vault, VaultId,
};

impl Vaults {
    /// A part of a credential, to be filled in. A one-time code is the one of this moment.
    ///
    /// # Errors
    /// Kind `NotFound` when the credential has no such part.
    pub(in crate::services) async fn release(
        &self,
        caller: &Caller,
        credential: &Credential,
        part: SecretPart,
    ) -> Result<Secret> {
        self.record(caller, Deed::Fill, credential.id, credential)
            .await?;
        let none = || Error::not_found(part.name(), format!("of {}", credential.label));
        if part == SecretPart::Code {
            return Ok(self.code(caller, credential).await?.code);
        }
        let (_, secrets) = self.open(credential.clone()).await?;
        match part {
            SecretPart::Password => secrets.password.ok_or_else(none),
            _ => Err(none()),
        }
    }

    /// A part of a vault's card, to be filled in on `site`.
    ///
    /// # Errors
    /// Kind `NotFound` when the vault has no card, or the card no such part.
    pub(in crate::services) async fn release_card(
        &self,
        caller: &Caller,
        vault: &Vault,
        part: SecretPart,
        site: &Site,
    ) -> Result<Secret> {
        let id = vault.id.as_uuid();
        let kept = self.store.sealed(vault.tenant, CARD, id).await?;
        let (place, sealed) = kept.ok_or_else(|| no_card(vault))?;
        self.audit
            .record(&AuditEvent {
                tenant: Some(caller.tenant),
                actor: Actor::Key(caller.key),
                deed: Deed::Fill,
                subject: format!("card of vault {}", vault.id),
                details: vec![("site", site.to_string())],
            })
            .await?;
        let plain = self.keyring.open(&place, &sealed).await?;
        let card = secrets_wire::read_card(&plain)?;
        match part {
            SecretPart::CardHolder => Ok(card.holder),
            SecretPart::CardNumber => Ok(card.number),
            SecretPart::CardCode => Ok(card.cvv),
            SecretPart::CardExpiry => Ok(card.expiration),
            _ => Err(Error::not_found(part.name(), "of a card")),
        }
    }

    /// What is searched for in what leaves a session with this vault. It goes nowhere else, so no fill and no reading of it is
    /// written down. Of a card only the number: holder, check digits and expiry stand in many texts by chance.
    ///
    /// # Errors
    /// When the store or the keyring fails.
    pub(in crate::services) async fn searched(
        &self,
        vault: &Vault,
    ) -> Result<Vec<(Secret, String)>> {
        let mut searched = Vec::new();
        for credential in self.credentials(vault).await? {
            let of = match &credential.site {
                Some(site) => site.clone(),
                None => plain(&credential.label),
            };
            let secrets = match self.open(credential).await {
                Ok((_, secrets)) => secrets,
                // Deleted meanwhile.
                Err(error) if error.kind() == Kind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let parts = [
                ("password", secrets.password),
                ("secret", secrets.value),
                ("seed", secrets.seed),
            ];
            if let Some(seed) = &parts[2].1 {
                searched.push((bare_seed(seed), format!("[seed of {of}]")));
            }
            for (name, secret) in parts {
                searched.extend(secret.map(|secret| (secret, format!("[{name} of {of}]"))));
            }
        }
        if let Some(card) = self.card(vault).await? {
            searched.push((card.number, "[card number]".to_owned()));
        }
        Ok(searched)
    }

    /// Writes down that an address or name to log in with, which is no secret, is filled in.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub(in crate::services) async fn note_fill(
        &self,
        caller: &Caller,
        credential: &Credential,
    ) -> Result<()> {
        self.record(caller, Deed::Fill, credential.id, credential)
            .await
    }

    /// A vault that a session was started with, as long as it is there.
    ///
    /// # Errors
    /// When the store fails.
    pub(in crate::services) async fn held(
        &self,
        tenant: TenantId,
        id: VaultId,
    ) -> Result<Option<Vault>> {
        self.store.vault(tenant, id).await
    }

    /// Whether a vault has a card.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn has_card(&self, vault: &Vault) -> Result<bool> {
        let version = self.store.card_version(vault.tenant, vault.id).await?;
        Ok(version.is_some())
    }

    /// The credential that a vault has for a site, without its secrets.
    ///
    /// # Errors
    /// When the store fails.
    pub(in crate::services) async fn for_site(
        &self,
        vault: &Vault,
        site: &Site,
    ) -> Result<Option<Credential>> {
        self.store
            .credential_of_site(vault.tenant, vault.id, site.as_str())
            .await
    }

    /// A vault's credential of that id, without its secrets.
    ///
    /// # Errors
    /// When the store fails.
    pub(in crate::services) async fn by_id(
        &self,
        vault: &Vault,
        id: crate::CredentialId,
    ) -> Result<Option<Credential>> {
        self.store.credential(vault.tenant, vault.id, id).await
    }
}

/// A name as it can stand in any text, also in JSON and HTML.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_'))
        .collect()
}

/// A seed as sites show it, without the address around it and the spaces in it.
fn bare_seed(seed: &Secret) -> Secret {
    let seed = seed.expose();
    let bare = match seed.split_once("secret=") {
        Some((_, rest)) => rest.split(['&', '#']).next().unwrap_or_default(),
        None => seed,
    };
    let bare = bare.chars().filter(char::is_ascii_alphanumeric);
    Secret::new(bare.collect())
}
