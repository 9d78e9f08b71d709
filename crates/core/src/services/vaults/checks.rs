//! What vaults, credentials and cards must be like.

use super::LabelledCredential;
use crate::{Card, CredentialKind, Error, FillRules, Result, Secret, Site};

/// The longest label or name, in characters.
pub(super) const MAX_NAME: usize = 200;
/// The longest address (RFC 5321 §4.5.3.1).
pub(super) const MAX_EMAIL: usize = 320;
/// The longest notes, in characters.
pub(super) const MAX_NOTES: usize = 10_000;
/// The longest secret, in bytes.
const MAX_SECRET: usize = 65_536;

/// What each kind needs, and what it must not have (AIQaramba contract §3.2).
pub(super) fn check_labelled(new: &LabelledCredential) -> Result<()> {
    if new.label.trim().is_empty() {
        let message = "Invalid label: expected at least one character";
        return Err(Error::invalid_member(&["label"], "string_length", message));
    }
    check_length(&new.label, MAX_NAME, &["label"])?;
    if let Some(notes) = &new.notes {
        check_length(notes, MAX_NOTES, &["auth_notes"])?;
    }
    let kind = new.kind.as_str();
    let (password, value, email) = match new.kind {
        // The address is the persona's own; one that is sent does not count.
        CredentialKind::UsernamePassword => (Some(true), Some(false), None),
        CredentialKind::MagicLink => (Some(false), Some(false), None),
        CredentialKind::Secret => (Some(false), Some(true), None),
        CredentialKind::External => (Some(true), Some(false), Some(true)),
    };
    for (name, needed, there) in [
        ("password", password, new.secrets.password.is_some()),
        ("value", value, new.secrets.value.is_some()),
        ("email", email, new.email.is_some()),
    ] {
        let message = match needed {
            Some(true) if !there => format!("{name} is required for cred_type '{kind}'"),
            Some(false) if there => {
                format!("{name} does not belong to cred_type '{kind}': leave it out")
            }
            _ => continue,
        };
        return Err(Error::invalid_member(&[name], "value_error", message));
    }
    let may_have_seed = matches!(
        new.kind,
        CredentialKind::UsernamePassword | CredentialKind::External
    );
    if new.secrets.seed.is_some() && !may_have_seed {
        let message = format!("mfa_secret does not belong to cred_type '{kind}': leave it out");
        return Err(Error::invalid_member(
            &["mfa_secret"],
            "value_error",
            message,
        ));
    }
    if new.site.is_some() && !may_have_seed {
        let message = format!("site does not belong to cred_type '{kind}': leave it out");
        return Err(Error::invalid_member(&["site"], "value_error", message));
    }
    if let (CredentialKind::External, Some(email)) = (new.kind, &new.email) {
        check_email(email, &["email"])?;
    }
    Ok(())
}

/// So many sites can have rules of their own, and so many can be allowed a card.
const MAX_SITES: usize = 1000;

/// What a vault allows must make sense by itself.
pub(super) fn check_fill_rules(rules: &FillRules) -> Result<()> {
    for (name, count) in [
        ("card_sites", rules.card_sites.len()),
        ("sites", rules.sites.len()),
    ] {
        if count > MAX_SITES {
            let message = format!("{name} has {count} sites, expected at most {MAX_SITES}");
            return Err(Error::invalid_member(&[name], "too_long", message));
        }
    }
    for (site, rules) in &rules.sites {
        if rules.port == Some(0) {
            let message = format!("Invalid port 0 for {site}: expected 1 to 65535");
            let path = ["sites", site.as_str(), "port"];
            return Err(Error::invalid_member(&path, "greater_than_equal", message));
        }
        for host in &rules.hosts {
            let plain = host
                .chars()
                .all(|c| !matches!(c, '/' | ':' | '@' | '?' | '#'));
            if !plain || host.to_lowercase() != *host || Site::of(host).ok().as_ref() != Some(site)
            {
                let message = format!(
                    "Invalid value '{host}' for hosts: expected a host of {site} in lower case, such as login.{site}"
                );
                let path = ["sites", site.as_str(), "hosts"];
                return Err(Error::invalid_member(&path, "value_error", message));
            }
        }
    }
    Ok(())
}

/// What lists call a vault or a persona.
pub(in crate::services) fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() {
        let message = "Invalid name: expected at least one character";
        return Err(Error::invalid_member(&["name"], "string_length", message));
    }
    check_length(name, MAX_NAME, &["name"])
}

/// An address is not parsed here: whoever takes it decides. What cannot be one is refused.
pub(super) fn check_email(email: &str, path: &[&str]) -> Result<()> {
    check_length(email, MAX_EMAIL, path)?;
    let fits = email
        .rsplit_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if fits {
        return Ok(());
    }
    let message =
        format!("Invalid value '{email}' for email: expected an address such as user@example.com");
    Err(Error::invalid_member(path, "value_error", message))
}

pub(super) fn check_length(text: &str, max: usize, path: &[&str]) -> Result<()> {
    let length = text.chars().count();
    if length <= max {
        return Ok(());
    }
    let name = path.join(".");
    let message = format!("{name} has {length} characters, expected at most {max}");
    Err(Error::invalid_member(path, "string_too_long", message))
}

/// The members in order of their declaration, under the names that the caller gives them.
pub(super) fn check_card(card: &Card, paths: [[&str; 2]; 4]) -> Result<()> {
    let members = [&card.holder, &card.number, &card.cvv, &card.expiration];
    for (member, path) in members.into_iter().zip(paths) {
        check_secret(member, &path)?;
    }
    Ok(())
}

/// The message never repeats the secret.
pub(super) fn check_secret(secret: &Secret, path: &[&str]) -> Result<()> {
    let length = secret.expose().len();
    let name = path.join(".");
    let message = match length {
        0 => format!("{name} is empty"),
        length if length > MAX_SECRET => {
            format!("{name} has {length} bytes, expected at most {MAX_SECRET}")
        }
        _ => return Ok(()),
    };
    Err(Error::invalid_member(path, "string_length", message))
}
