//! `guise keys rotate root|instance|tenant|data`

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::{Arg, ArgMatches, Command};
use guise_core::SecretString;
use guise_secrets::{Progress, Rotation};

use super::store;
use crate::config::{RootSpec, Settings};
use crate::data_folder::DataFolder;

/// Progress is told so often.
const TELL: Duration = Duration::from_secs(1);

pub(super) fn command() -> Command {
    Command::new("rotate")
        .about("Replaces a key by a new one, with servers running or not; goes on where it was stopped")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("root")
                .about(
                    "Wraps the instance key anew by every source that root_key_source names, and by no other; \
                     a key file is replaced by a new one",
                )
                .arg(Arg::new("from").long("from").value_name("SOURCES").help(
                    "What opens the keys now, if not what is configured; a passphrase or key for it is read from \
                     standard input",
                )),
        )
        .subcommand(Command::new("instance").about("Replaces the key that wraps the tenants' keys"))
        .subcommand(
            Command::new("tenant")
                .about("Replaces the key that wraps a tenant's data keys")
                .arg(
                    Arg::new("name")
                        .value_name("NAME")
                        .help("Which tenant; all of them when absent"),
                ),
        )
        .subcommand(
            Command::new("data").about("Replaces all data keys, and seals everything anew with them"),
        )
}

pub(super) async fn run(settings: Settings, matches: &ArgMatches) -> Result<()> {
    match matches.subcommand() {
        Some(("root", matches)) => root(settings, matches).await,
        Some(("instance", _)) => instance(settings).await,
        Some(("tenant", matches)) => tenant(settings, matches).await,
        Some(("data", _)) => data(settings).await,
        _ => bail!("no such command"),
    }
}

async fn root(settings: Settings, matches: &ArgMatches) -> Result<()> {
    let opening = match matches.get_one::<String>("from") {
        None => settings.root_key_source.clone(),
        Some(text) => RootSpec::parse_list(text).map_err(|expected| {
            anyhow::anyhow!("invalid value '{text}' for --from: expected {expected}")
        })?,
    };
    let mut opener = settings.root_secrets();
    if matches.contains_id("from") {
        // The settings have the new secrets.
        for spec in &opening {
            match spec {
                RootSpec::Passphrase => opener.passphrase = Some(line()?),
                RootSpec::Variable(None) => opener.key = Some(line()?),
                _ => {}
            }
        }
    }
    let sources = DataFolder::at(&settings.data_dir).root_sources(&settings)?;
    let names = store::opened_with(&settings, &opening, &opener, async |opened| {
        Ok(rotation(opened).root(&sources).await?)
    })
    .await?;
    for name in names {
        super::print(&format!("{name} opens the keys"))?;
    }
    Ok(())
}

async fn instance(settings: Settings) -> Result<()> {
    let sources = DataFolder::at(&settings.data_dir).root_sources(&settings)?;
    let wrapped = store::opened(&settings, async |opened| {
        Ok(rotation(opened).instance(&sources).await?)
    })
    .await?;
    super::print(&format!(
        "The instance key is a new one; keys of tenants that were wrapped anew: {wrapped}"
    ))
}

async fn tenant(settings: Settings, matches: &ArgMatches) -> Result<()> {
    store::opened(&settings, async |opened| {
        let tenants = match matches.get_one::<String>("name") {
            Some(name) => vec![opened.access.tenant(name).await?],
            None => opened.access.tenants().await?,
        };
        let rotation = rotation(opened);
        for tenant in tenants {
            let mut meter = Meter::default();
            rotation
                .tenant(tenant.id, &mut |progress| meter.tell(progress))
                .await?;
            super::print(&format!("The key of tenant {} is a new one", tenant.name))?;
        }
        Ok(())
    })
    .await
}

async fn data(settings: Settings) -> Result<()> {
    let mut meter = Meter::default();
    let rotated = store::opened(&settings, async |opened| {
        Ok(rotation(opened)
            .data(&mut |progress| meter.tell(progress))
            .await?)
    })
    .await?;
    super::print(&format!(
        "All data keys are new ones; values that were sealed anew: {}",
        rotated.values
    ))?;
    if rotated.unreadable > 0 {
        bail!(
            "values that do not open, and were left as they are: {}; the log above names them",
            rotated.unreadable
        );
    }
    Ok(())
}

fn rotation(opened: &store::Opened) -> Rotation {
    Rotation::new(
        opened.keys.clone(),
        opened.database.clone(),
        opened.audit.clone(),
    )
}

fn line() -> Result<SecretString> {
    let line = super::read_line().context("--from takes a passphrase or key")?;
    Ok(line.into())
}

/// Tells progress, not too often.
#[derive(Default)]
struct Meter {
    told: Option<Instant>,
}

impl Meter {
    fn tell(&mut self, progress: Progress) {
        let due = self.told.is_none_or(|told| told.elapsed() >= TELL);
        if !due && progress.total != Some(progress.done) {
            return;
        }
        self.told = Some(Instant::now());
        let Progress { what, done, total } = progress;
        let text = match total {
            Some(total) => format!("{what}: {done} of {total}"),
            None => format!("{what}: {done}"),
        };
        // Somebody who does not look at it is no reason to stop.
        let _ = super::print(&text);
    }
}
