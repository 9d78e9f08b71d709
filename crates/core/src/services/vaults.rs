//! Vaults: what they hold, who may see it, and what is written down before.

mod archive;
mod cards;
mod checks;
mod labelled;
mod release;

use std::sync::Arc;

use crate::ports::{
    Actor, Audit, AuditEvent, Clock, Deed, IdentityStore, Keyring, OneTimeCode, OneTimeCodes, Place,
};
use crate::services::secrets_wire;
use crate::{
    Caller, Credential, CredentialId, CredentialKind, CredentialSecrets, Error, FillRules, KeyId,
    Kind, Page, PageRequest, Persona, Result, Scope, Secret, Site, Timestamp, Vault, VaultFilter,
    VaultId,
};

pub use archive::{Archive, Existing, Imported};
pub(super) use checks::check_name;
use checks::{MAX_EMAIL, MAX_NAME, check_email, check_fill_rules, check_length, check_secret};
pub use labelled::LabelledCredential;

/// What the secrets of a credential are sealed as.
const CREDENTIAL: &str = "credential";

/// How often a write is tried when others write the same at the same time.
const TRIES: u32 = 32;

/// Keeps vaults. Everything secret is sealed before it is stored.
pub struct Vaults {
    store: Arc<dyn IdentityStore>,
    clock: Arc<dyn Clock>,
    keyring: Arc<dyn Keyring>,
    audit: Arc<dyn Audit>,
    codes: Arc<dyn OneTimeCodes>,
    rules: VaultRules,
}

/// What the operator decides about vaults.
#[derive(Clone, Debug)]
pub struct VaultRules {
    /// What stands behind the `@` of personas' addresses.
    pub mail_domain: String,
    /// Whether callers with the scope may read secrets at all.
    pub reveal: bool,
}

/// A credential for a site, as the Notte API takes it.
pub struct SiteCredential {
    /// The address to log in with.
    pub email: Option<String>,
    /// The user name to log in with.
    pub username: Option<String>,
    /// The password.
    pub password: Secret,
    /// The seed of the second factor.
    pub seed: Option<Secret>,
}

impl Vaults {
    /// A service on `store`.
    pub fn new(
        store: Arc<dyn IdentityStore>,
        clock: Arc<dyn Clock>,
        keyring: Arc<dyn Keyring>,
        audit: Arc<dyn Audit>,
        codes: Arc<dyn OneTimeCodes>,
        rules: VaultRules,
    ) -> Self {
        Self {
            store,
            clock,
            keyring,
            audit,
            codes,
            rules,
        }
    }

    /// A persona's whole mail address.
    pub fn address(&self, persona: &Persona) -> String {
        format!("{}@{}", persona.mailbox, self.rules.mail_domain)
    }

    /// Makes a vault of its own.
    ///
    /// # Errors
    /// Kind `Invalid` for a name that is empty or too long.
    pub async fn create(&self, caller: &Caller, name: String) -> Result<Vault> {
        check_name(&name)?;
        let vault = Vault {
            id: VaultId::new(),
            tenant: caller.tenant,
            persona: None,
            key: caller.key,
            name,
            fill_rules: FillRules::default(),
            created_at: self.clock.now(),
            closed_at: None,
        };
        self.store.add_vault(&vault).await?;
        Ok(vault)
    }

    /// The vault of a persona, made when it has none.
    ///
    /// # Errors
    /// Kind `NotFound` when the persona is not there any more.
    pub async fn of_persona(&self, caller: &Caller, persona: &Persona) -> Result<Vault> {
        if let Some(id) = persona.vault
            && let Some(vault) = self.store.vault(caller.tenant, id).await?
        {
            return Ok(vault);
        }
        let vault = persona_vault(persona, caller.key, self.clock.now());
        let vault = self.store.add_vault(&vault).await?;
        vault.ok_or_else(|| Error::not_found("Persona", persona.id))
    }

    /// A vault.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<Vault> {
        let vault = match id.parse::<VaultId>() {
            Ok(id) => self.store.vault(caller.tenant, id).await?,
            Err(_) => None,
        };
        vault.ok_or_else(|| Error::not_found("Vault", id))
    }

    /// A page of the tenant's vaults, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(
        &self,
        caller: &Caller,
        only_active: bool,
        only_current_key: bool,
        page: PageRequest,
    ) -> Result<Page<Vault>> {
        let filter = VaultFilter {
            tenant: caller.tenant,
            key: only_current_key.then_some(caller.key),
            include_closed: !only_active,
        };
        self.store.vaults(&filter, page).await
    }

    /// All vaults, oldest first, for who looks after the installation.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(&self, filter: &VaultFilter) -> Result<Vec<Vault>> {
        // In one go: between two pages one could be deleted, and another be left out.
        let all = PageRequest {
            page: 1,
            size: u32::MAX,
        };
        let mut vaults = self.store.vaults(filter, all).await?.items;
        vaults.reverse();
        Ok(vaults)
    }

    /// The persona whose vault it is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn persona_of(&self, vault: &Vault) -> Result<Option<Persona>> {
        match vault.persona {
            Some(persona) => self.store.persona(vault.tenant, persona).await,
            None => Ok(None),
        }
    }

    /// Names a vault anew.
    ///
    /// # Errors
    /// Kind `NotFound`, or `Invalid` for a name that is empty or too long.
    pub async fn rename(&self, caller: &Caller, id: &str, name: &str) -> Result<Vault> {
        let vault = self.get(caller, id).await?;
        check_name(name)?;
        let renamed = self
            .store
            .rename_vault(caller.tenant, vault.id, name)
            .await?;
        renamed.ok_or_else(|| Error::not_found("Vault", id))
    }

    /// Sets which fills a vault allows, in place of what it allowed before. Who can have a secret filled in anywhere can read it,
    /// so that takes the same right.
    ///
    /// # Errors
    /// Kind `Denied` without the scope `vault:reveal`, `NotFound`, or `Invalid` for a host that is none of its site, a port 0,
    /// or too many sites.
    pub async fn set_fill_rules(
        &self,
        caller: &Caller,
        id: &str,
        rules: &FillRules,
    ) -> Result<Vault> {
        if !caller.scopes.contains(Scope::VaultReveal) {
            let message = "This API key may not say where secrets are filled in: it lacks the scope 'vault:reveal'";
            return Err(Error::new(Kind::Denied, message));
        }
        let vault = self.get(caller, id).await?;
        check_fill_rules(rules)?;
        self.audit
            .record(&AuditEvent {
                tenant: Some(caller.tenant),
                actor: Actor::Key(caller.key),
                deed: Deed::FillRules,
                subject: format!("vault {}", vault.id),
                details: Vec::new(),
            })
            .await?;
        let changed = self
            .store
            .set_fill_rules(caller.tenant, vault.id, rules)
            .await?;
        changed.ok_or_else(|| Error::not_found("Vault", id))
    }

    /// Deletes a vault with everything in it.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn close(&self, caller: &Caller, id: &str) -> Result<()> {
        let vault = self.get(caller, id).await?;
        let now = self.clock.now();
        if self.store.close_vault(caller.tenant, vault.id, now).await? {
            Ok(())
        } else {
            Err(Error::not_found("Vault", id))
        }
    }

    /// All credentials of a vault, without their secrets, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn credentials(&self, vault: &Vault) -> Result<Vec<Credential>> {
        self.store.credentials(vault.tenant, vault.id).await
    }

    /// Keeps a credential for a site, in place of one that was there.
    ///
    /// # Errors
    /// Kind `Invalid` for an address without a host or members that do not fit, `Refused` for another address than the
    /// persona's own in a persona's vault.
    pub async fn put_for_site(&self, vault: &Vault, url: &str, new: SiteCredential) -> Result<()> {
        let site = Site::of(url)?;
        let owner = self.persona_of(vault).await?;
        if new.email.is_some() == new.username.is_some() {
            let message = "Expected exactly one of credentials.email and credentials.username";
            return Err(Error::invalid_member(
                &["credentials"],
                "value_error",
                message,
            ));
        }
        if let Some(email) = &new.email {
            check_email(email, &["credentials", "email"])?;
            if let Some(persona) = &owner
                && *email != self.address(persona)
            {
                let own = self.address(persona);
                let message = format!(
                    "This vault can only store one email address accross all credentials: {own}"
                );
                return Err(Error::refused(message));
            }
        }
        if let Some(username) = &new.username {
            check_length(username, MAX_EMAIL, &["credentials", "username"])?;
        }
        let kind = match (&owner, &new.email) {
            (Some(_), Some(_)) => CredentialKind::UsernamePassword,
            _ => CredentialKind::External,
        };
        let secrets = CredentialSecrets {
            password: Some(new.password),
            value: None,
            seed: new.seed,
        };
        self.check_secrets(&secrets, &["credentials"])?;
        for _ in 0..TRIES {
            let before = self
                .store
                .credential_of_site(vault.tenant, vault.id, site.as_str())
                .await?;
            let now = self.clock.now();
            let credential = Credential {
                id: before
                    .as_ref()
                    .map_or_else(CredentialId::new, |before| before.id),
                tenant: vault.tenant,
                vault: vault.id,
                // One that was added under a label keeps it.
                label: before
                    .as_ref()
                    .map_or_else(|| site.to_string(), |before| before.label.clone()),
                kind,
                site: Some(site.to_string()),
                email: new.email.clone(),
                username: new.username.clone(),
                notes: None,
                one_time: secrets.seed.is_some(),
                codes_given: 0,
                version: before.as_ref().map_or(1, |before| before.version + 1),
                created_at: before.map_or(now, |before| before.created_at),
                updated_at: now,
            };
            if self.seal_and_put(&credential, &secrets).await? {
                return Ok(());
            }
            self.still_there(vault).await?;
        }
        Err(busy())
    }

    /// The credential of a site in the clear.
    ///
    /// # Errors
    /// Kind `Denied` without the scope `vault:reveal` or where the operator forbids it, `NotFound` when there is none.
    pub async fn reveal_for_site(
        &self,
        caller: &Caller,
        vault: &Vault,
        url: &str,
    ) -> Result<(Credential, CredentialSecrets)> {
        self.may_reveal(caller)?;
        let credential = self.of_site(vault, url).await?;
        self.record(caller, Deed::Reveal, credential.id, &credential)
            .await?;
        self.open(credential).await
    }

    /// Deletes the credential of a site.
    ///
    /// # Errors
    /// Kind `NotFound` when there is none.
    pub async fn delete_for_site(&self, vault: &Vault, url: &str) -> Result<()> {
        let credential = self.of_site(vault, url).await?;
        if self
            .store
            .delete_credential(vault.tenant, vault.id, credential.id)
            .await?
        {
            Ok(())
        } else {
            Err(no_credential(&Site::of(url)?))
        }
    }

    /// The credential of a site, without its secrets.
    ///
    /// # Errors
    /// Kind `NotFound` when there is none, `Invalid` for an address without a host.
    pub async fn of_site(&self, vault: &Vault, url: &str) -> Result<Credential> {
        let site = Site::of(url)?;
        self.store
            .credential_of_site(vault.tenant, vault.id, site.as_str())
            .await?
            .ok_or_else(|| no_credential(&site))
    }

    /// Deletes a credential.
    ///
    /// # Errors
    /// Kind `NotFound` when it is not there any more.
    pub async fn delete(&self, credential: &Credential) -> Result<()> {
        if self
            .store
            .delete_credential(credential.tenant, credential.vault, credential.id)
            .await?
        {
            Ok(())
        } else {
            Err(Error::not_found("Credential", credential.id))
        }
    }

    /// A one-time code of a credential's second factor. The seed stays sealed for the caller.
    ///
    /// # Errors
    /// Kind `Refused` when it has no second factor.
    pub async fn code(&self, caller: &Caller, credential: &Credential) -> Result<OneTimeCode> {
        if !credential.one_time {
            let message = format!("The credential '{}' has no second factor", credential.label);
            return Err(Error::refused(message));
        }
        self.record(caller, Deed::OneTimeCode, credential.id, credential)
            .await?;
        let (credential, secrets) = self.open(credential.clone()).await?;
        let seed = secrets.seed;
        let seed = seed.ok_or_else(|| Error::not_found("Second factor of", credential.id))?;
        let counter = if self.codes.counts(&seed)? {
            self.store
                .next_counter(credential.tenant, credential.id)
                .await?
        } else {
            None
        };
        self.codes.code(&seed, self.clock.now(), counter)
    }

    async fn seal_and_put(
        &self,
        credential: &Credential,
        secrets: &CredentialSecrets,
    ) -> Result<bool> {
        let plain = secrets_wire::credential(secrets)?;
        let place = credential_place(credential, credential.version);
        let sealed = self.keyring.seal(&place, &plain).await?;
        self.store.put_credential(credential, &sealed).await
    }

    /// A credential with its secrets. Who writes it in between gets a look at the new one: never the one's name with the
    /// other's password.
    async fn open(&self, mut credential: Credential) -> Result<(Credential, CredentialSecrets)> {
        let gone = |credential: &Credential| Error::not_found("Credential", credential.id);
        for _ in 0..TRIES {
            let row = credential.id.as_uuid();
            let kept = self
                .store
                .sealed(credential.tenant, CREDENTIAL, row)
                .await?;
            let (place, sealed) = kept.ok_or_else(|| gone(&credential))?;
            if place.version == credential.version {
                let plain = self.keyring.open(&place, &sealed).await?;
                return Ok((credential, secrets_wire::read_credential(&plain)?));
            }
            let Credential {
                tenant, vault, id, ..
            } = credential;
            let now = self.store.credential(tenant, vault, id).await?;
            credential = now.ok_or_else(|| gone(&credential))?;
        }
        Err(busy())
    }

    async fn still_there(&self, vault: &Vault) -> Result<()> {
        let found = self.store.vault(vault.tenant, vault.id).await?;
        found.map_or_else(|| Err(Error::not_found("Vault", vault.id)), |_| Ok(()))
    }

    /// Whether a caller may read secrets.
    pub fn reveals_to(&self, caller: &Caller) -> bool {
        self.may_reveal(caller).is_ok()
    }

    fn may_reveal(&self, caller: &Caller) -> Result<()> {
        if !self.rules.reveal {
            let message = "This server never shows secrets: vault_reveal is set to never";
            return Err(Error::new(Kind::Denied, message));
        }
        if !caller.scopes.contains(Scope::VaultReveal) {
            let message = "This API key may not read secrets: it lacks the scope 'vault:reveal'";
            return Err(Error::new(Kind::Denied, message));
        }
        Ok(())
    }

    async fn record(
        &self,
        caller: &Caller,
        deed: Deed,
        id: CredentialId,
        credential: &Credential,
    ) -> Result<()> {
        let site = credential.site.clone().map(|site| ("site", site));
        self.audit
            .record(&AuditEvent {
                tenant: Some(caller.tenant),
                actor: Actor::Key(caller.key),
                deed,
                subject: format!("credential {id}"),
                details: site.into_iter().collect(),
            })
            .await
    }

    fn check_secrets(&self, secrets: &CredentialSecrets, path: &[&str]) -> Result<()> {
        let at = |name| [path, &[name]].concat();
        for (name, secret) in [("password", &secrets.password), ("value", &secrets.value)] {
            if let Some(secret) = secret {
                check_secret(secret, &at(name))?;
            }
        }
        if let Some(seed) = &secrets.seed {
            check_secret(seed, &at("mfa_secret"))?;
            self.codes.counts(seed).map_err(|error| {
                let path = at("mfa_secret");
                let message = format!("Invalid {}: {}", path.join("."), error.message());
                Error::invalid_member(&path, "value_error", message)
            })?;
        }
        Ok(())
    }
}

/// The vault that a persona gets.
pub(super) fn persona_vault(persona: &Persona, key: KeyId, now: Timestamp) -> Vault {
    let name = persona.label.as_ref().unwrap_or(&persona.handle);
    Vault {
        id: VaultId::new(),
        tenant: persona.tenant,
        persona: Some(persona.id),
        key,
        name: name.chars().take(MAX_NAME).collect(),
        fill_rules: FillRules::default(),
        created_at: now,
        closed_at: None,
    }
}

fn credential_place(credential: &Credential, version: u64) -> Place {
    Place {
        tenant: credential.tenant,
        owner: credential.vault.as_uuid(),
        kind: CREDENTIAL,
        row: credential.id.as_uuid(),
        version,
    }
}

fn no_credential(site: &Site) -> Error {
    Error::new(
        Kind::NotFound,
        format!("No credentials for {site} in this vault"),
    )
}

fn busy() -> Error {
    Error::new(
        Kind::Conflict,
        "Others write the same at the same time; try again",
    )
}
