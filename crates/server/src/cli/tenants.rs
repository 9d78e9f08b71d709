//! `guise tenants create|list`

use anyhow::{Context as _, Result};
use clap::{Arg, ArgMatches, Command};

use super::{store, table};
use crate::config::Settings;

pub(super) fn command() -> Command {
    Command::new("tenants")
        .about("Makes and lists tenants")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("create").about("Makes a tenant").arg(
                Arg::new("name")
                    .required(true)
                    .value_name("NAME")
                    .help("Lower-case letters, digits, hyphens"),
            ),
        )
        .subcommand(Command::new("list").about("Lists all tenants"))
}

pub(super) async fn run(settings: Settings, matches: &ArgMatches) -> Result<()> {
    match matches.subcommand() {
        Some(("create", matches)) => {
            let name = matches
                .get_one::<String>("name")
                .context("NAME is missing")?;
            let tenant = store::opened(&settings, async |opened| {
                Ok(opened.access.create_tenant(name).await?)
            })
            .await?;
            super::print(&format!("{}  {}", tenant.id, tenant.name))
        }
        _ => {
            let tenants = store::opened(&settings, async |opened| {
                Ok(opened.access.tenants().await?)
            })
            .await?;
            let rows = tenants.into_iter().map(|tenant| {
                [
                    tenant.id.to_string(),
                    tenant.created_at.to_string(),
                    tenant.name,
                ]
            });
            table::print(["ID", "CREATED", "NAME"], rows)
        }
    }
}
