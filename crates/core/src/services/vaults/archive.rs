//! Vaults that leave the installation and come back: one JSON text, which is never kept but encrypted.
//!
//! ```json
//! {"format": "guise-vaults/1",
//!  "vaults": [{"name": "Sarah", "persona": "Sarah",
//!              "credentials": [{"label": "shop.example", "kind": "external", "site": "shop.example", "username": "sarah",
//!                               "password": "…"}],
//!              "card": {"holder": "…", "number": "…", "cvv": "…", "expiration": "…"},
//!              "fill_rules": {"card_sites": ["shop.example"]}}]}
//! ```
//!
//! Identifiers stay behind: a vault belongs to the persona of that name wherever it is brought.

use std::collections::{HashMap, HashSet};

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use super::checks::{
    MAX_EMAIL, MAX_NAME, MAX_NOTES, check_card, check_email, check_fill_rules, check_labelled,
    check_length, check_name,
};
use super::{LabelledCredential, TRIES, Vaults, busy};
use crate::ports::{Actor, AuditEvent, Deed};
use crate::services::secrets_wire::{self, ReadCard, WrittenCard};
use crate::{
    Caller, Card, Credential, CredentialId, CredentialKind, CredentialSecrets, Error, FillRules,
    KeyId, Kind, Persona, Result, Scopes, Secret, Site, TenantId, Vault, VaultFilter, VaultId,
};

/// What the text says it is.
const FORMAT: &str = "guise-vaults/1";

/// So many personas are looked at in one go.
const BATCH: u32 = 1000;

/// Vaults with all their secrets in the clear.
pub struct Archive {
    /// The text.
    pub text: Zeroizing<Vec<u8>>,
    /// How many vaults are in it.
    pub vaults: usize,
    /// How many credentials are in it, of all vaults together.
    pub credentials: usize,
    /// How many cards are in it.
    pub cards: usize,
}

/// What an import does with credentials and cards that are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// They stay as they are.
    Keep,
    /// Those of the archive take their place.
    Replace,
}

/// What became of one vault of an archive.
#[derive(Debug, PartialEq, Eq)]
pub struct Imported {
    /// The vault that has it now.
    pub vault: VaultId,
    /// What that vault is called.
    pub name: String,
    /// The name of its persona, if it is a persona's.
    pub persona: Option<String>,
    /// The name of the persona that it was of, where there is none of that name here: it is a vault of its own now.
    pub without: Option<String>,
    /// Credentials and cards that are new.
    pub added: usize,
    /// Credentials and cards that took the place of others.
    pub replaced: usize,
    /// Credentials and cards that were there, and stayed.
    pub kept: usize,
}

#[derive(Serialize)]
struct WrittenArchive<'a> {
    format: &'static str,
    vaults: Vec<WrittenVault<'a>>,
}

#[derive(Serialize)]
struct WrittenVault<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    persona: Option<&'a str>,
    credentials: Vec<WrittenEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<WrittenCard<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fill_rules: Option<&'a FillRules>,
}

#[derive(Serialize)]
struct WrittenEntry<'a> {
    label: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    #[serde(skip_serializing_if = "is_zero")]
    codes_given: u64,
    #[serde(flatten)]
    secrets: secrets_wire::WrittenCredential<'a>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadArchive {
    format: String,
    vaults: Vec<ReadVault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadVault {
    name: String,
    persona: Option<String>,
    #[serde(default)]
    credentials: Vec<ReadEntry>,
    card: Option<ReadCard>,
    fill_rules: Option<FillRules>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadEntry {
    label: String,
    kind: String,
    site: Option<String>,
    email: Option<String>,
    username: Option<String>,
    notes: Option<String>,
    #[serde(default)]
    codes_given: u64,
    password: Option<String>,
    value: Option<String>,
    seed: Option<String>,
}

/// A vault of an archive that has been checked.
struct Arriving {
    name: String,
    persona: Option<String>,
    entries: Vec<Entry>,
    card: Option<Card>,
    fill_rules: Option<FillRules>,
}

struct Entry {
    label: String,
    kind: CredentialKind,
    site: Option<Site>,
    email: Option<String>,
    username: Option<String>,
    notes: Option<String>,
    codes_given: u64,
    secrets: CredentialSecrets,
}

enum Put {
    Added,
    Replaced,
    Kept,
}

impl Vaults {
    /// All vaults of a tenant, or those of `only`, with everything in them.
    ///
    /// # Errors
    /// Kind `NotFound` when one of `only` is no vault of the tenant's.
    pub async fn export(
        &self,
        actor: Actor,
        tenant: TenantId,
        only: &[VaultId],
    ) -> Result<Archive> {
        let filter = VaultFilter {
            tenant,
            key: None,
            include_closed: false,
        };
        let mut vaults = self.all(&filter).await?;
        if let Some(missing) = only.iter().find(|id| vaults.iter().all(|it| it.id != **id)) {
            return Err(Error::not_found("Vault", missing));
        }
        vaults.retain(|vault| only.is_empty() || only.contains(&vault.id));
        for vault in &vaults {
            self.note(actor, tenant, Deed::Export, vault).await?;
        }
        let mut whole = Vec::new();
        for vault in vaults {
            let persona = self.persona_of(&vault).await?.map(|it| it.handle);
            let mut credentials = Vec::new();
            for credential in self.credentials(&vault).await? {
                credentials.push(self.open(credential).await?);
            }
            let card = self.card(&vault).await?;
            whole.push((vault, persona, credentials, card));
        }
        let written = WrittenArchive {
            format: FORMAT,
            vaults: whole
                .iter()
                .map(|(vault, persona, credentials, card)| WrittenVault {
                    name: &vault.name,
                    persona: persona.as_deref(),
                    credentials: credentials
                        .iter()
                        .map(|(credential, secrets)| entry(credential, secrets))
                        .collect(),
                    card: card.as_ref().map(WrittenCard::new),
                    fill_rules: Some(&vault.fill_rules)
                        .filter(|rules| **rules != FillRules::default()),
                })
                .collect(),
        };
        Ok(Archive {
            text: secrets_wire::write(&written)?,
            vaults: whole.len(),
            credentials: whole
                .iter()
                .map(|(.., credentials, _)| credentials.len())
                .sum(),
            cards: whole.iter().filter(|(.., card)| card.is_some()).count(),
        })
    }

    /// Brings the vaults of an archive to a tenant. A persona's goes to the persona of the same name, and becomes a vault of
    /// its own where there is none; one that is nobody's goes to the first one of the same name that is nobody's. Done again
    /// it changes nothing, or the versions only.
    ///
    /// # Errors
    /// Kind `Invalid` when the text is no archive or breaks a rule: then nothing was changed.
    pub async fn import(
        &self,
        actor: Actor,
        tenant: TenantId,
        text: &[u8],
        existing: Existing,
    ) -> Result<Vec<Imported>> {
        let arriving = self.read(text)?;
        let caller = Caller {
            tenant,
            // Nobody's key made it.
            key: KeyId::from_uuid(uuid::Uuid::nil()),
            scopes: Scopes::all(),
        };
        // Before anything is made; a row for each vault follows.
        self.audit
            .record(&AuditEvent {
                tenant: Some(tenant),
                actor,
                deed: Deed::Import,
                subject: "vaults of an archive".to_owned(),
                details: Vec::new(),
            })
            .await?;
        let personas = self.personas_named(tenant, &arriving).await?;
        let mut imported = Vec::new();
        let mut taken = HashSet::new();
        for arriving in arriving {
            let persona = arriving
                .persona
                .as_ref()
                .and_then(|name| personas.get(name));
            let vault = match persona {
                Some(persona) => self.of_persona(&caller, persona).await?,
                None => self.of_nobody(&caller, &arriving.name, &taken).await?,
            };
            taken.insert(vault.id);
            self.note(actor, tenant, Deed::Import, &vault).await?;
            let mut done = Imported {
                vault: vault.id,
                name: vault.name.clone(),
                persona: persona.map(|persona| persona.handle.clone()),
                without: arriving.persona.filter(|_| persona.is_none()),
                added: 0,
                replaced: 0,
                kept: 0,
            };
            for entry in &arriving.entries {
                done.count(self.bring(&vault, entry, existing).await?);
            }
            if let Some(rules) = &arriving.fill_rules {
                let unset = vault.fill_rules == FillRules::default();
                if unset || existing == Existing::Replace {
                    self.store.set_fill_rules(tenant, vault.id, rules).await?;
                }
            }
            if let Some(card) = &arriving.card {
                done.count(self.bring_card(&vault, card, existing).await?);
            }
            imported.push(done);
        }
        Ok(imported)
    }

    /// Reads an archive and checks all of it.
    fn read(&self, text: &[u8]) -> Result<Vec<Arriving>> {
        let archive: ReadArchive = serde_json::from_slice(text).map_err(|error| {
            // The parser's own message may quote a secret.
            let (line, column) = (error.line(), error.column());
            no_archive(format!("line {line}, column {column} is not as expected"))
        })?;
        if archive.format != FORMAT {
            let format: String = archive.format.chars().take(MAX_NAME).collect();
            return Err(no_archive(format!(
                "its format is '{format}', expected '{FORMAT}'"
            )));
        }
        let mut vaults = Vec::new();
        for (number, vault) in archive.vaults.into_iter().enumerate() {
            check_name(&vault.name).map_err(|error| within(number, &error))?;
            let entries = vault.credentials.into_iter();
            let entries: Vec<_> = entries
                .map(|entry| self.check(entry))
                .collect::<Result<_>>()
                .map_err(|error| within(number, &error))?;
            let card = vault.card.map(Card::from);
            if let Some(card) = &card {
                check_card(
                    card,
                    ["holder", "number", "cvv", "expiration"].map(|name| ["card", name]),
                )
                .map_err(|error| within(number, &error))?;
            }
            if let Some(rules) = &vault.fill_rules {
                check_fill_rules(rules).map_err(|error| within(number, &error))?;
            }
            vaults.push(Arriving {
                name: vault.name,
                persona: vault.persona,
                entries,
                card,
                fill_rules: vault.fill_rules,
            });
        }
        Ok(vaults)
    }

    fn check(&self, read: ReadEntry) -> Result<Entry> {
        let kind = CredentialKind::from_name(&read.kind).ok_or_else(|| {
            let names = CredentialKind::ALL.map(CredentialKind::as_str).join(", ");
            let kind: String = read.kind.chars().take(MAX_NAME).collect();
            let message = format!("Invalid value '{kind}' for kind: expected one of {names}");
            Error::invalid_member(&["kind"], "enum", message)
        })?;
        let secrets = CredentialSecrets {
            password: read.password.map(Secret::new),
            value: read.value.map(Secret::new),
            seed: read.seed.map(Secret::new),
        };
        self.check_secrets(&secrets, &[])?;
        if let Some(email) = &read.email {
            check_email(email, &["email"])?;
        }
        if let Some(username) = &read.username {
            check_length(username, MAX_EMAIL, &["username"])?;
        }
        let site = read.site.as_deref().map(Site::of).transpose()?;
        if site.is_none() {
            // As if it came by the API.
            let mut labelled = LabelledCredential {
                label: read.label,
                kind,
                site: None,
                email: read.email,
                notes: read.notes,
                secrets,
            };
            check_labelled(&labelled)?;
            return Ok(Entry {
                secrets: std::mem::take(&mut labelled.secrets),
                label: labelled.label,
                kind,
                site,
                email: labelled.email,
                username: read.username,
                notes: labelled.notes,
                codes_given: read.codes_given,
            });
        }
        check_length(&read.label, MAX_NAME, &["label"])?;
        if let Some(notes) = &read.notes {
            check_length(notes, MAX_NOTES, &["notes"])?;
        }
        Ok(Entry {
            label: read.label,
            kind,
            site,
            email: read.email,
            username: read.username,
            notes: read.notes,
            codes_given: read.codes_given,
            secrets,
        })
    }

    /// The tenant's personas that an archive names.
    async fn personas_named(
        &self,
        tenant: TenantId,
        arriving: &[Arriving],
    ) -> Result<HashMap<String, Persona>> {
        let wanted: HashSet<_> = arriving
            .iter()
            .filter_map(|vault| vault.persona.as_deref())
            .collect();
        let mut found = HashMap::new();
        let mut after = None;
        while found.len() < wanted.len() {
            let batch = self.store.personas_after(tenant, after, BATCH).await?;
            let Some(last) = batch.last() else { break };
            after = Some(last.id);
            for persona in batch {
                if wanted.contains(persona.handle.as_str()) {
                    found.insert(persona.handle.clone(), persona);
                }
            }
        }
        Ok(found)
    }

    /// The oldest vault of that name that is no persona's and not one of `taken`, or a new one.
    async fn of_nobody(
        &self,
        caller: &Caller,
        name: &str,
        taken: &HashSet<VaultId>,
    ) -> Result<Vault> {
        let filter = VaultFilter {
            tenant: caller.tenant,
            key: None,
            include_closed: false,
        };
        let vaults = self.all(&filter).await?;
        let found = vaults.into_iter().find(|vault| {
            vault.persona.is_none() && vault.name == name && !taken.contains(&vault.id)
        });
        match found {
            Some(vault) => Ok(vault),
            None => self.create(caller, name.to_owned()).await,
        }
    }

    /// Keeps a credential of an archive, unless there is one for the same and that one is to stay.
    async fn bring(&self, vault: &Vault, entry: &Entry, existing: Existing) -> Result<Put> {
        for _ in 0..TRIES {
            let before = self.same(vault, entry).await?;
            if before.is_some() && existing == Existing::Keep {
                return Ok(Put::Kept);
            }
            let now = self.clock.now();
            let put = match before {
                Some(_) => Put::Replaced,
                None => Put::Added,
            };
            let credential = Credential {
                id: before.as_ref().map_or_else(CredentialId::new, |it| it.id),
                tenant: vault.tenant,
                vault: vault.id,
                label: entry.label.clone(),
                kind: entry.kind,
                site: entry.site.as_ref().map(ToString::to_string),
                email: entry.email.clone(),
                username: entry.username.clone(),
                notes: entry.notes.clone(),
                one_time: entry.secrets.seed.is_some(),
                codes_given: entry.codes_given,
                version: before.as_ref().map_or(1, |before| before.version + 1),
                created_at: before.map_or(now, |before| before.created_at),
                updated_at: now,
            };
            if self.seal_and_put(&credential, &entry.secrets).await? {
                return Ok(put);
            }
            self.still_there(vault).await?;
        }
        Err(busy())
    }

    /// The credential that serves the same: for a site the one of that site, else one that is called and logs in alike.
    async fn same(&self, vault: &Vault, entry: &Entry) -> Result<Option<Credential>> {
        if let Some(site) = &entry.site {
            return self
                .store
                .credential_of_site(vault.tenant, vault.id, site.as_str())
                .await;
        }
        let credentials = self.credentials(vault).await?;
        Ok(credentials.into_iter().find(|it| {
            it.site.is_none()
                && it.label == entry.label
                && it.kind == entry.kind
                && it.email == entry.email
                && it.username == entry.username
        }))
    }

    async fn bring_card(&self, vault: &Vault, card: &Card, existing: Existing) -> Result<Put> {
        let before = self.store.card_version(vault.tenant, vault.id).await?;
        if before.is_some() && existing == Existing::Keep {
            return Ok(Put::Kept);
        }
        self.put_card(vault, card).await?;
        Ok(before.map_or(Put::Added, |_| Put::Replaced))
    }

    async fn note(&self, actor: Actor, tenant: TenantId, deed: Deed, vault: &Vault) -> Result<()> {
        self.audit
            .record(&AuditEvent {
                tenant: Some(tenant),
                actor,
                deed,
                subject: format!("vault {}", vault.id),
                details: Vec::new(),
            })
            .await
    }
}

impl Imported {
    fn count(&mut self, put: Put) {
        match put {
            Put::Added => self.added += 1,
            Put::Replaced => self.replaced += 1,
            Put::Kept => self.kept += 1,
        }
    }
}

fn entry<'a>(credential: &'a Credential, secrets: &'a CredentialSecrets) -> WrittenEntry<'a> {
    WrittenEntry {
        label: &credential.label,
        kind: credential.kind.as_str(),
        site: credential.site.as_deref(),
        email: credential.email.as_deref(),
        username: credential.username.as_deref(),
        notes: credential.notes.as_deref(),
        codes_given: credential.codes_given,
        secrets: secrets_wire::WrittenCredential::new(secrets),
    }
}

fn no_archive(why: String) -> Error {
    Error::new(
        Kind::Invalid,
        format!("This is no archive of vaults, or a damaged one: {why}; nothing was changed"),
    )
}

/// Says in which vault something is wrong.
fn within(number: usize, error: &Error) -> Error {
    let message = error.message();
    Error::new(
        Kind::Invalid,
        format!(
            "Vault {} of the archive: {message}; nothing was changed",
            number + 1
        ),
    )
}
