//! The words that stand for a vault's secrets in one run, and what the model is told of them.

use std::fmt::Write as _;

use guise_core::services::{Purse, Vaults};
use guise_core::{
    Credential, CredentialKind, Placeholders, Result, SecretPart, Site, Vault, Whose,
};

use crate::page_lines::cut;

/// So many credentials are told, the newest; more would fill the prompt.
const MOST: usize = 50;

/// So many sites that take the card are named.
const MOST_SITES: usize = 10;

/// What of a card can be filled in.
const CARD: [(SecretPart, &str); 4] = [
    (SecretPart::CardHolder, "holder"),
    (SecretPart::CardNumber, "number"),
    (SecretPart::CardExpiry, "expiry"),
    (SecretPart::CardCode, "check digits"),
];

/// A purse for a vault, with the words about it for the model. Credentials without a site of their own are for `home`. No secret is
/// read for this.
///
/// # Errors
/// When the store fails.
pub(crate) async fn purse(
    vaults: &Vaults,
    vault: &Vault,
    home: Option<Site>,
) -> Result<(Purse, String)> {
    let mut credentials = vaults.credentials(vault).await?;
    credentials.sort_by_key(|credential| std::cmp::Reverse(credential.id));
    let placeholders = Placeholders::at(home);
    let mut words = String::new();
    for credential in credentials.iter().take(MOST) {
        let line = line(credential, &placeholders);
        words.push_str(&line);
    }
    if let Some(line) = card_line(vaults, vault, &placeholders).await? {
        words.push_str(&line);
    }
    if !words.is_empty() {
        words.insert_str(
            0,
            "Credentials. Give one of these words as the whole value of fill, form_fill or multi_factor_fill, and the browser puts \
             in what it stands for, on the sites that are named here only. You never see the secrets themselves.\n",
        );
    }
    let purse = Purse {
        vault: vault.id,
        placeholders,
    };
    Ok((purse, words))
}

fn line(credential: &Credential, placeholders: &Placeholders) -> String {
    let mut line = format!("- {}", cut(&credential.label));
    if let Some(site) = site(credential, placeholders) {
        let _ = write!(line, " for {site}");
    }
    line.push(':');
    for (name, word) in self::placeholders(credential, placeholders) {
        let _ = write!(line, " {name} {word}");
    }
    if let Some(notes) = &credential.notes {
        let _ = write!(line, " ({})", cut(notes));
    }
    line.push('\n');
    line
}

/// Where a credential may be filled in; nowhere when that is nothing.
pub(crate) fn site<'a>(
    credential: &'a Credential,
    placeholders: &'a Placeholders,
) -> Option<&'a str> {
    let home = || placeholders.home().map(Site::as_str);
    credential.site.as_deref().or_else(home)
}

/// What of a credential can be filled in, with the word for it.
pub(crate) fn placeholders(
    credential: &Credential,
    placeholders: &Placeholders,
) -> Vec<(&'static str, String)> {
    let parts = parts(credential).into_iter();
    parts
        .map(|(part, name)| {
            let word = placeholders.add(Whose::Credential(credential.id), part);
            (name, word)
        })
        .collect()
}

/// The vault's card, where it has one and allows it anywhere.
async fn card_line(
    vaults: &Vaults,
    vault: &Vault,
    placeholders: &Placeholders,
) -> Result<Option<String>> {
    let sites = &vault.fill_rules.card_sites;
    if sites.is_empty() || !vaults.has_card(vault).await? {
        return Ok(None);
    }
    let named: Vec<_> = sites.iter().take(MOST_SITES).map(Site::as_str).collect();
    let mut line = format!("- The card for {}", named.join(", "));
    if let Some(more) = sites.len().checked_sub(MOST_SITES).filter(|it| *it > 0) {
        let _ = write!(line, " and {more} more sites");
    }
    line.push(':');
    for (part, name) in CARD {
        let word = placeholders.add(Whose::Site, part);
        let _ = write!(line, " {name} {word}");
    }
    line.push('\n');
    Ok(Some(line))
}

/// What of a credential can be filled in.
fn parts(credential: &Credential) -> Vec<(SecretPart, &'static str)> {
    let mut parts = Vec::new();
    match (&credential.username, &credential.email) {
        (Some(_), _) => parts.push((SecretPart::Username, "user name")),
        (None, _) => parts.push((SecretPart::Email, "mail address")),
    }
    if credential.kind != CredentialKind::MagicLink {
        parts.push((SecretPart::Password, "password"));
    }
    if credential.one_time {
        parts.push((SecretPart::Code, "one-time code"));
    }
    parts
}
