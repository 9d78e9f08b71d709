//! Vaults, credentials and cards on the wire (contract §4.2).

use guise_core::services::SiteCredential;
use guise_core::{Card, Credential, CredentialSecrets, Page, Secret, Vault};
use guise_secrets::PasswordPolicy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A vault to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VaultCreateRequest {
    /// What it is called.
    #[serde(default = "default_name")]
    pub name: String,
}

fn default_name() -> String {
    "default".to_owned()
}

/// A vault to be named anew.
#[derive(Deserialize, ToSchema)]
pub struct VaultUpdateRequest {
    /// What it is called from now on.
    pub name: String,
}

/// A vault.
#[derive(Serialize, ToSchema)]
#[schema(as = Vault)]
pub struct VaultResponse {
    vault_id: String,
    name: String,
    #[schema(format = "date-time")]
    created_at: String,
    /// Whether it belongs to a persona.
    for_persona: bool,
}

impl From<Vault> for VaultResponse {
    fn from(vault: Vault) -> Self {
        Self {
            vault_id: vault.id.to_string(),
            name: vault.name,
            created_at: vault.created_at.to_string(),
            for_persona: vault.persona.is_some(),
        }
    }
}

/// A page of vaults, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = PaginatedResponseVault)]
pub struct VaultPage {
    items: Vec<VaultResponse>,
    page: u32,
    page_size: u32,
    has_next: bool,
    has_previous: bool,
}

impl From<Page<Vault>> for VaultPage {
    fn from(page: Page<Vault>) -> Self {
        Self {
            page: page.request.page,
            page_size: page.request.size,
            has_next: page.has_next,
            has_previous: page.has_previous(),
            items: page.items.into_iter().map(Into::into).collect(),
        }
    }
}

/// It is deleted.
#[derive(Serialize, ToSchema)]
pub struct DeleteVaultResponse {
    /// `success`.
    pub status: &'static str,
    /// What happened.
    pub message: &'static str,
}

/// It is deleted.
#[derive(Serialize, ToSchema)]
pub struct DeleteCredentialsResponse {
    /// `success`.
    pub status: &'static str,
    /// What happened.
    pub message: &'static str,
}

/// It is deleted.
#[derive(Serialize, ToSchema)]
pub struct DeleteCreditCardResponse {
    /// `success`.
    pub status: &'static str,
    /// What happened.
    pub message: &'static str,
}

/// Credentials to be kept for a site.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddCredentialsRequest {
    /// An address of the site; what counts is its registrable domain.
    pub url: String,
    /// What logs in there.
    pub credentials: CredentialsDictInput,
}

/// What logs in: exactly one of `email` and `username`, a password, and perhaps a second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialsDictInput {
    email: Option<String>,
    username: Option<String>,
    #[schema(format = "password", write_only)]
    password: String,
    /// The seed of the second factor: base32, or an `otpauth://` address.
    #[schema(format = "password", write_only)]
    mfa_secret: Option<String>,
}

impl CredentialsDictInput {
    /// In the domain's form.
    pub fn into_domain(self) -> SiteCredential {
        SiteCredential {
            email: self.email,
            username: self.username,
            password: Secret::new(self.password),
            seed: self.mfa_secret.map(Secret::new),
        }
    }
}

/// A login whose password is made up, and known to nobody but the vault.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerateCredentialsRequest {
    /// An address of the site; what counts is its registrable domain.
    pub url: String,
    /// Exactly one of `email` and `username`.
    email: Option<String>,
    username: Option<String>,
    /// What the site wants of passwords.
    #[serde(default)]
    pub policy: PasswordPolicyInput,
}

impl GenerateCredentialsRequest {
    /// In the domain's form, with the password that was made for it.
    pub fn into_domain(self, password: Secret) -> SiteCredential {
        SiteCredential {
            email: self.email,
            username: self.username,
            password,
            seed: None,
        }
    }
}

/// What a password is made of: each class that is on occurs, nothing else does.
#[derive(Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordPolicyInput {
    /// Characters: 8 to 128.
    #[schema(default = 20)]
    length: usize,
    /// Letters `a` to `z`.
    #[schema(default = true)]
    lower: bool,
    /// Letters `A` to `Z`.
    #[schema(default = true)]
    upper: bool,
    /// Digits.
    #[schema(default = true)]
    digits: bool,
    /// Punctuation: ``!#$%&*+-.:=?@^_~``.
    #[schema(default = true)]
    symbols: bool,
    /// Characters that must not occur.
    excluded: String,
    /// Leave out what looks alike: `0`, `O`, `o`, `1`, `l`, `I`.
    unambiguous: bool,
}

impl Default for PasswordPolicyInput {
    fn default() -> Self {
        let PasswordPolicy {
            length,
            lower,
            upper,
            digits,
            symbols,
            excluded,
            unambiguous,
        } = PasswordPolicy::default();
        Self {
            length,
            lower,
            upper,
            digits,
            symbols,
            excluded,
            unambiguous,
        }
    }
}

impl From<&PasswordPolicyInput> for PasswordPolicy {
    fn from(input: &PasswordPolicyInput) -> Self {
        Self {
            length: input.length,
            lower: input.lower,
            upper: input.upper,
            digits: input.digits,
            symbols: input.symbols,
            excluded: input.excluded.clone(),
            unambiguous: input.unambiguous,
        }
    }
}

/// It is kept.
#[derive(Serialize, ToSchema)]
pub struct AddCredentialsResponse {
    /// `success`.
    pub status: &'static str,
}

/// What logs in, in the clear; what it does not have is left out.
#[derive(Serialize, ToSchema)]
pub struct CredentialsDictOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    password: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mfa_secret: Option<String>,
}

/// The credentials of a site, in the clear.
#[derive(Serialize, ToSchema)]
pub struct GetCredentialsResponse {
    credentials: CredentialsDictOutput,
}

impl GetCredentialsResponse {
    /// A credential with its secrets. This is the one place where they leave their type.
    pub fn new(credential: Credential, secrets: &CredentialSecrets) -> Self {
        let exposed =
            |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
        Self {
            credentials: CredentialsDictOutput {
                email: credential.email,
                username: credential.username,
                password: exposed(&secrets.password).unwrap_or_default(),
                mfa_secret: exposed(&secrets.seed),
            },
        }
    }
}

/// The credentials of a vault, without anything secret.
#[derive(Serialize, ToSchema)]
pub struct ListCredentialsResponse {
    credentials: Vec<CredentialResponse>,
}

/// A credential without anything secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Credential)]
pub struct CredentialResponse {
    /// The registrable domain of the site.
    url: String,
    email: Option<String>,
    username: Option<String>,
}

impl From<Vec<Credential>> for ListCredentialsResponse {
    /// Only those of sites: this API knows no others.
    fn from(credentials: Vec<Credential>) -> Self {
        let credentials = credentials
            .into_iter()
            .filter_map(|credential| {
                Some(CredentialResponse {
                    url: credential.site?,
                    email: credential.email,
                    username: credential.username,
                })
            })
            .collect();
        Self { credentials }
    }
}

/// A one-time code of a site's second factor.
#[derive(Serialize, ToSchema)]
pub struct OneTimeCodeResponse {
    /// The digits.
    pub code: String,
    /// For how many seconds it can be used; null for a code that comes from a counter.
    pub valid_for_seconds: Option<u64>,
}

/// A card to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddCreditCardRequest {
    /// The card.
    pub credit_card: CreditCardDictInput,
}

/// A card.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditCardDictInput {
    card_holder_name: String,
    #[schema(format = "password", write_only)]
    card_number: String,
    #[schema(format = "password", write_only)]
    card_cvv: String,
    /// Such as `12/30`.
    card_full_expiration: String,
}

impl CreditCardDictInput {
    /// In the domain's form.
    pub fn into_domain(self) -> Card {
        Card {
            holder: self.card_holder_name.into(),
            number: self.card_number.into(),
            cvv: self.card_cvv.into(),
            expiration: self.card_full_expiration.into(),
        }
    }
}

/// It is kept.
#[derive(Serialize, ToSchema)]
pub struct AddCreditCardResponse {
    /// `success`.
    pub status: &'static str,
}

/// A card in the clear.
#[derive(Serialize, ToSchema)]
pub struct GetCreditCardResponse {
    credit_card: CreditCardDictOutput,
}

/// A card in the clear.
#[derive(Serialize, ToSchema)]
pub struct CreditCardDictOutput {
    card_holder_name: String,
    card_number: String,
    card_cvv: String,
    card_full_expiration: String,
}

impl From<&Card> for GetCreditCardResponse {
    fn from(card: &Card) -> Self {
        Self {
            credit_card: CreditCardDictOutput {
                card_holder_name: card.holder.expose().to_owned(),
                card_number: card.number.expose().to_owned(),
                card_cvv: card.cvv.expose().to_owned(),
                card_full_expiration: card.expiration.expose().to_owned(),
            },
        }
    }
}
