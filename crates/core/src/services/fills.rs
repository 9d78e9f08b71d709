//! Which secret of a session's vault goes into which field.

use std::sync::Arc;

use async_trait::async_trait;

use super::Vaults;
use crate::ports::{PurchaseGate, Release, SecretFill, SecretSource, SecretSources};
use crate::{
    Caller, Credential, Error, Field, Kind, Placeholder, Placeholders, Result, Scope, Secret,
    SecretPart, Site, TenantId, Vault, VaultId, Whose, check_card_fill, check_fill, is_for_card,
};

/// Gives the browsers of sessions secrets, by the rules.
pub struct Fills {
    vaults: Arc<Vaults>,
}

/// The vault of one session, for what one caller does there.
struct VaultSource {
    vaults: Arc<Vaults>,
    vault: VaultId,
    caller: Caller,
    placeholders: Placeholders,
    purchases: Arc<dyn PurchaseGate>,
}

impl Fills {
    /// A service on `vaults`.
    pub fn new(vaults: Arc<Vaults>) -> Self {
        Self { vaults }
    }
}

#[async_trait]
impl SecretSources for Fills {
    async fn vault(&self, caller: &Caller, id: &str) -> Result<VaultId> {
        if !may_use(caller) {
            return Err(Error::new(Kind::Denied, MAY_NOT));
        }
        Ok(self.vaults.get(caller, id).await?.id)
    }

    async fn searched(&self, tenant: TenantId, vault: VaultId) -> Result<Vec<(Secret, String)>> {
        match self.vaults.held(tenant, vault).await? {
            Some(vault) => self.vaults.searched(&vault).await,
            None => Ok(Vec::new()),
        }
    }

    fn of(
        &self,
        caller: &Caller,
        vault: VaultId,
        placeholders: Placeholders,
        purchases: Arc<dyn PurchaseGate>,
    ) -> Arc<dyn SecretSource> {
        Arc::new(VaultSource {
            vaults: Arc::clone(&self.vaults),
            vault,
            caller: caller.clone(),
            placeholders,
            purchases,
        })
    }

    fn reveals(&self, caller: &Caller) -> bool {
        self.vaults.reveals_to(caller)
    }
}

const MAY_NOT: &str = "This API key may not use vaults: it lacks the scope 'personas'";

/// Who may do everything with vaults but for seeing secrets may have them filled in.
fn may_use(caller: &Caller) -> bool {
    caller.scopes.contains(Scope::Personas)
}

#[async_trait]
impl SecretSource for VaultSource {
    fn read(&self, value: &str) -> Option<Placeholder> {
        self.placeholders.read(value)
    }

    async fn release(&self, placeholder: &Placeholder, field: &Field) -> Result<Release> {
        if !may_use(&self.caller) {
            return Ok(Release::Refused(MAY_NOT.to_owned()));
        }
        let Some(vault) = self.vaults.held(self.caller.tenant, self.vault).await? else {
            let reason = format!("the vault {} was deleted", self.vault);
            return Ok(refused(placeholder.part, None, &reason));
        };
        if placeholder.part.is_of_card() {
            self.release_card(&vault, placeholder, field).await
        } else {
            self.release_credential(&vault, placeholder, field).await
        }
    }

    fn reveals(&self) -> bool {
        self.vaults.reveals_to(&self.caller)
    }
}

impl VaultSource {
    async fn release_credential(
        &self,
        vault: &Vault,
        placeholder: &Placeholder,
        field: &Field,
    ) -> Result<Release> {
        let part = placeholder.part;
        let credential = match placeholder.whose {
            Whose::Nobody => {
                let reason = "this word stands for nothing any more: take one of those that the run was given".to_owned();
                return Ok(Release::Refused(reason));
            }
            Whose::Site => self.of_documents(vault, field).await?,
            Whose::Credential(id) => self.vaults.by_id(vault, id).await?,
        };
        let Some(credential) = credential else {
            // People also mean Notte's literals as they are; on a site that the vault has nothing for they are that.
            if placeholder.literal {
                // In a script of a run that began at the site of credentials that name none, they mean the secret.
                let is_secret = matches!(part, SecretPart::Password | SecretPart::Code);
                if is_secret && self.has_siteless(vault).await? {
                    let reason = "the vault has credentials that belong to no site, and none for this one: add the credential again with \
                                  the site on which it may be filled in";
                    return Ok(refused(part, None, reason));
                }
                return Ok(Release::Unchanged);
            }
            let reason = "the vault has nothing for this site";
            return Ok(refused(part, None, reason));
        };
        let site = match credential.site.as_deref() {
            Some(site) => Site::of(site).ok(),
            None => self.placeholders.home().cloned(),
        };
        let site = match site {
            Some(site) => site,
            None => {
                let reason = format!(
                    "the credential '{}' belongs to no site: add it again with the site on which it may be filled in, or start the agent in a project with an entry_url",
                    credential.label
                );
                return Ok(refused(part, None, &reason));
            }
        };
        let rules = vault.fill_rules.of(&site);
        let destination = match check_fill(part, field, &rules) {
            Ok(destination) if *destination.site() == site => destination,
            Ok(destination) => {
                let reason = format!("it is in a document of {destination}");
                return Ok(refused(part, Some(&site), &reason));
            }
            Err(reason) => return Ok(refused(part, Some(&site), &reason)),
        };
        let open = match part {
            SecretPart::Email => credential.email.clone().or(credential.username.clone()),
            SecretPart::Username => credential.username.clone().or(credential.email.clone()),
            _ => {
                return match self.vaults.release(&self.caller, &credential, part).await {
                    Ok(secret) => Ok(Release::Secret(SecretFill {
                        part,
                        secret,
                        destination,
                        way: rules.way,
                        any_body: rules.any_body,
                    })),
                    Err(error) => none(error, part, &site),
                };
            }
        };
        let open = match open {
            Some(text) => Some(text),
            // A credential without either is for the persona's own address.
            None => {
                let persona = self.vaults.persona_of(vault).await?;
                persona.map(|persona| self.vaults.address(&persona))
            }
        };
        let Some(text) = open else {
            let reason = format!("the credential has no {}", part.name());
            return Ok(refused(part, Some(&site), &reason));
        };
        self.vaults.note_fill(&self.caller, &credential).await?;
        Ok(Release::Open(text))
    }

    async fn has_siteless(&self, vault: &Vault) -> Result<bool> {
        let credentials = self.vaults.credentials(vault).await?;
        Ok(credentials.iter().any(|it| it.site.is_none()))
    }

    /// The credential of the site of the field's document. Where there is none, that of the documents around it: the rules tell
    /// then what is wrong with the field.
    async fn of_documents(&self, vault: &Vault, field: &Field) -> Result<Option<Credential>> {
        for address in std::iter::once(&field.document).chain(&field.around) {
            if let Ok(site) = Site::of(address)
                && address.contains("://")
                && let Some(credential) = self.vaults.for_site(vault, &site).await?
            {
                return Ok(Some(credential));
            }
        }
        Ok(None)
    }

    async fn release_card(
        &self,
        vault: &Vault,
        placeholder: &Placeholder,
        field: &Field,
    ) -> Result<Release> {
        let part = placeholder.part;
        // A name like any other, in a field for names like any other.
        let name = placeholder.literal && part == SecretPart::CardHolder;
        if name && !is_for_card(part, field) {
            return Ok(Release::Unchanged);
        }
        if !self.vaults.has_card(vault).await? {
            if placeholder.literal {
                return Ok(Release::Unchanged);
            }
            return Ok(refused(part, None, "the vault has no card"));
        }
        let destination = match check_card_fill(part, field, &vault.fill_rules) {
            Ok(destination) => destination,
            Err(reason) => {
                let site = Site::of(&field.document).ok();
                return Ok(refused(part, site.as_ref(), &reason));
            }
        };
        let site = destination.site().clone();
        if let Some(reason) = self.purchases.against(vault, &site, field).await? {
            return Ok(refused(part, Some(&site), &reason));
        }
        let rules = vault.fill_rules.of(&site);
        match self
            .vaults
            .release_card(&self.caller, vault, part, &site)
            .await
        {
            Ok(secret) => Ok(Release::Secret(SecretFill {
                part,
                secret,
                destination,
                way: rules.way,
                any_body: rules.any_body,
            })),
            Err(error) => none(error, part, &site),
        }
    }
}

/// What is not there is a refusal; everything else is a failure.
fn none(error: Error, part: SecretPart, site: &Site) -> Result<Release> {
    match error.kind() {
        Kind::NotFound | Kind::Refused => Ok(refused(
            part,
            Some(site),
            &format!("the vault has no {} for it", part.name()),
        )),
        _ => Err(error),
    }
}

fn refused(part: SecretPart, site: Option<&Site>, reason: &str) -> Release {
    let of = site.map(|site| format!(" for {site}")).unwrap_or_default();
    Release::Refused(format!(
        "The {}{of} was not filled in, because {reason}",
        part.name()
    ))
}
