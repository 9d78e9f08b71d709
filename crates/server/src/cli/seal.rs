//! `guise keys seal|unseal`: opening and locking the keys of the server that runs beside this command.

use std::time::Duration;

use anyhow::Result;
use clap::{Arg, ArgMatches, Command};
use guise_core::{Secret, TenantId, Timestamp};
use guise_secrets::Purpose;
use serde_json::json;

use super::{remote, store};
use crate::config::Settings;
use crate::data_folder::DataFolder;
use crate::http::operator;

/// A token for locking is used at once.
const TOKEN: Duration = Duration::from_mins(1);

pub(super) fn commands() -> [Command; 2] {
    [
        Command::new("seal").about(
            "Locks the keys of the running server: whatever needs one is refused until 'unseal'",
        ),
        Command::new("unseal")
            .about("Opens the keys of the running server")
            .arg(
                Arg::new("with")
                    .long("with")
                    .value_name("WHAT")
                    .value_parser(["passphrase", "key", "configured"])
                    .default_value("passphrase")
                    .help(
                        "A passphrase or a key, read from standard input, or what the server is configured with",
                    ),
            ),
    ]
}

pub(super) async fn seal(settings: Settings) -> Result<()> {
    let until = Timestamp::from_jiff(jiff::Timestamp::now()).plus(TOKEN);
    let nobody = TenantId::from_uuid(uuid::Uuid::nil());
    let token = store::opened(&settings, async |opened| {
        let tokens = opened.keys.tokens()?;
        Ok(tokens.sign(Purpose::Operator, nobody, operator::SEAL, until))
    })
    .await?;
    remote::post(&settings, "/operator/seal", Some(&token), String::new()).await?;
    super::print("The server is sealed.")
}

pub(super) async fn unseal(settings: Settings, matches: &ArgMatches) -> Result<()> {
    let with = matches.get_one::<String>("with").map(String::as_str);
    let body = match with {
        Some(what @ ("passphrase" | "key")) => {
            let secret = Secret::new(super::read_line()?);
            json!({ what: secret.expose() })
        }
        _ => json!({}),
    };
    let token = DataFolder::at(&settings.data_dir).operator_token()?;
    let token = Some(token.expose());
    remote::post(&settings, "/operator/unseal", token, body.to_string()).await?;
    super::print("The server is open.")
}
