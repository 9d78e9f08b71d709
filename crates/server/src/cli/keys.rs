//! `guise keys create|list|revoke`, and the commands on the keys that seal.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Arg, ArgMatches, Command};
use guise_core::ports::Actor;
use guise_core::services::NewKey;
use guise_core::{KeyId, Scopes, Timestamp};
use guise_secrets::ApiKeySecret;

use super::{rotate, seal, store, table, tenant_argument, tenant_name};
use crate::config::Settings;

pub(super) fn command() -> Command {
    let tenant = || tenant_argument("Whose keys");
    Command::new("keys")
        .about("Makes, lists and revokes API keys; replaces, locks and opens the keys that seal")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("create")
                .about("Makes a key and prints it, once")
                .arg(tenant())
                .arg(
                    Arg::new("scopes").long("scopes").value_name("A,B").help(
                        "sessions, personas, metrics, vault:reveal, approve; all when absent",
                    ),
                )
                .arg(Arg::new("expires").long("expires").value_name("WHEN").help(
                    "A duration such as 1s, 12h, 30d, or a time such as 2027-01-31T00:00:00Z",
                ))
                .arg(
                    Arg::new("key")
                        .long("key")
                        .value_name("-")
                        .help("'-' reads a key of your own from standard input; it is not printed"),
                ),
        )
        .subcommand(
            Command::new("list")
                .about("Lists keys, never the secrets")
                .arg(tenant()),
        )
        .subcommand(
            Command::new("revoke").about("Revokes a key, at once").arg(
                Arg::new("id")
                    .required(true)
                    .value_name("ID")
                    .help("From 'guise keys list'"),
            ),
        )
        .subcommand(rotate::command())
        .subcommands(seal::commands())
}

pub(super) async fn run(settings: Settings, matches: &ArgMatches) -> Result<()> {
    match matches.subcommand() {
        Some(("create", matches)) => create(settings, matches).await,
        Some(("list", matches)) => list(settings, matches).await,
        Some(("revoke", matches)) => revoke(settings, matches).await,
        Some(("rotate", matches)) => rotate::run(settings, matches).await,
        Some(("seal", _)) => seal::seal(settings).await,
        Some(("unseal", matches)) => seal::unseal(settings, matches).await,
        _ => bail!("no such command"),
    }
}

async fn create(settings: Settings, matches: &ArgMatches) -> Result<()> {
    let scopes = match matches.get_one::<String>("scopes") {
        Some(text) => text.parse()?,
        None => Scopes::all(),
    };
    let expires_at = matches
        .get_one::<String>("expires")
        .map(|text| expiry(text))
        .transpose()?;
    let own = match matches.get_one::<String>("key").map(String::as_str) {
        None => None,
        Some("-") => Some(ApiKeySecret::own(&super::read_line()?).map_err(|why| anyhow!(why))?),
        Some(_) => bail!(
            "--key takes only '-', which reads the key from standard input: arguments can be read by others"
        ),
    };
    let print_secret = own.is_none();
    let secret = match own {
        Some(own) => own,
        None => ApiKeySecret::generate().context("the system gives no random bytes")?,
    };
    store::opened(&settings, async |opened| {
        let tenant = opened.access.tenant(tenant_name(matches)?).await?;
        let new = NewKey {
            digest: opened.keys.digest(secret.expose())?,
            hint: secret.hint(),
            scopes,
            expires_at,
        };
        let key = opened
            .access
            .create_key(Actor::Operator, tenant.id, new)
            .await?;
        // The secret alone goes to standard output, so that a script can take it.
        if print_secret {
            super::print(secret.expose())?;
        }
        tracing::info!(id = %key.id, tenant = %tenant.name, scopes = %key.scopes, "key is valid from now on");
        Ok(())
    })
    .await
}

async fn list(settings: Settings, matches: &ArgMatches) -> Result<()> {
    let keys = store::opened(&settings, async |opened| {
        let tenant = opened.access.tenant(tenant_name(matches)?).await?;
        Ok(opened.access.keys(tenant.id).await?)
    })
    .await?;
    let or_dash = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let rows = keys.into_iter().map(|key| {
        [
            key.id.to_string(),
            key.hint,
            key.scopes.to_string(),
            key.created_at.to_string(),
            or_dash(key.expires_at),
            or_dash(key.last_used_at),
            or_dash(key.revoked_at),
        ]
    });
    let titles = [
        "ID",
        "KEY",
        "SCOPES",
        "CREATED",
        "EXPIRES",
        "LAST USED",
        "REVOKED",
    ];
    table::print(titles, rows)
}

async fn revoke(settings: Settings, matches: &ArgMatches) -> Result<()> {
    let id = matches.get_one::<String>("id").context("ID is missing")?;
    let id: KeyId = id
        .parse()
        .map_err(|_| anyhow!("invalid key id '{id}': 'guise keys list' shows them"))?;
    store::opened(&settings, async |opened| {
        Ok(opened.access.revoke_key(Actor::Operator, id).await?)
    })
    .await?;
    super::print(&format!("{id} is revoked"))
}

/// `1s`, `90m`, `12h`, `30d` from now, or a point in time (RFC 3339).
fn expiry(text: &str) -> Result<Timestamp> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp::from_jiff(at));
    }
    let wrong = || {
        anyhow!(
            "invalid value '{text}' for --expires: expected a duration such as 1s, 90m, 12h, 30d, or a time such as 2027-01-31T00:00:00Z"
        )
    };
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - unit.len_utf8()]
        .parse()
        .map_err(|_| wrong())?;
    let span = count
        .checked_mul(seconds)
        .filter(|seconds| *seconds <= 100 * 365 * 86_400)
        .ok_or_else(wrong)?;
    Ok(Timestamp::from_jiff(jiff::Timestamp::now()).plus(Duration::from_secs(span)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiries_are_durations_or_times() {
        for text in ["1s", "90m", "12h", "30d", "2027-01-31T00:00:00Z", "0s"] {
            assert!(expiry(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "d",
            "5",
            "5w",
            "-1d",
            "soon",
            "99999999999999999999d",
            "1é",
        ] {
            assert!(expiry(text).is_err(), "{text}");
        }
    }
}
