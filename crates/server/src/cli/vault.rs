//! `guise vault list|export|import`

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use guise_core::ports::{Actor, SystemClock};
use guise_core::services::{Existing, Imported, VaultRules, Vaults};
use guise_core::{Secret, VaultFilter, VaultId};
use guise_secrets::{FileLock, FileUnlock, decrypt_file, encrypt_file, private_file};
use secrecy::zeroize::Zeroizing;

use super::{store, table, tenant_argument, tenant_name};
use crate::adapters::one_time::ComputedCodes;
use crate::config::Settings;

/// Standard input or output instead of a file.
const STREAM: &str = "-";

/// The largest archive that is read, in bytes: it is held in memory.
const LARGEST: usize = 256 * 1024 * 1024;

pub(super) fn command() -> Command {
    let passphrase = |help: &'static str| {
        Arg::new("passphrase")
            .long("passphrase")
            .value_name("-")
            .help(help)
    };
    Command::new("vault")
        .about("Shows vaults; takes them out, encrypted, and brings them back")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("list")
                .about("Lists vaults, never the secrets")
                .arg(tenant_argument("Whose vaults")),
        )
        .subcommand(
            Command::new("export")
                .about("Writes vaults with all their secrets into a new file, encrypted as age does")
                .arg(
                    Arg::new("file")
                        .required(true)
                        .value_name("FILE")
                        .help("A file that is not there yet; '-' is standard output"),
                )
                .arg(tenant_argument("Whose vaults"))
                .arg(
                    Arg::new("vault")
                        .long("vault")
                        .value_name("ID")
                        .action(ArgAction::Append)
                        .help("Only this one, from 'guise vault list'; may be given several times"),
                )
                .arg(
                    Arg::new("to")
                        .long("to")
                        .value_name("age1…")
                        .action(ArgAction::Append)
                        .help("Who may decrypt it, as 'age-keygen' prints it; may be given several times"),
                )
                .arg(
                    passphrase("'-' reads a passphrase from standard input, instead of --to")
                        .conflicts_with("to"),
                ),
        )
        .subcommand(
            Command::new("import")
                .about("Brings vaults from a file that 'guise vault export' wrote; done again it changes nothing")
                .arg(
                    Arg::new("file")
                        .required(true)
                        .value_name("FILE")
                        .help("The file; '-' is standard input"),
                )
                .arg(tenant_argument("To whom"))
                .arg(
                    Arg::new("identity")
                        .long("identity")
                        .value_name("FILE")
                        .value_parser(value_parser!(PathBuf))
                        .help("The file with the secret key, as 'age-keygen' wrote it"),
                )
                .arg(
                    passphrase("'-' reads the passphrase from standard input, instead of --identity")
                        .conflicts_with("identity"),
                )
                .arg(
                    Arg::new("replace")
                        .long("replace")
                        .action(ArgAction::SetTrue)
                        .help("Credentials and cards that are there already are replaced; without it they stay"),
                ),
        )
}

pub(super) async fn run(settings: Settings, matches: &ArgMatches) -> Result<()> {
    match matches.subcommand() {
        Some(("list", matches)) => list(settings, matches).await,
        Some(("export", matches)) => export(settings, matches).await,
        Some(("import", matches)) => import(settings, matches).await,
        _ => bail!("no such command"),
    }
}

async fn list(settings: Settings, matches: &ArgMatches) -> Result<()> {
    let rows = store::opened(&settings, async |opened| {
        let tenant = opened.access.tenant(tenant_name(matches)?).await?.id;
        let vaults = vaults(&settings, opened);
        let filter = VaultFilter {
            tenant,
            key: None,
            include_closed: false,
        };
        let mut rows = Vec::new();
        for vault in vaults.all(&filter).await? {
            let persona = vaults.persona_of(&vault).await?;
            rows.push([
                vault.id.to_string(),
                vault.name.clone(),
                persona.map_or_else(|| "-".to_owned(), |persona| persona.handle),
                vaults.credentials(&vault).await?.len().to_string(),
                vault.created_at.to_string(),
            ]);
        }
        Ok(rows)
    })
    .await?;
    table::print(
        ["ID", "NAME", "PERSONA", "CREDENTIALS", "CREATED"],
        rows.into_iter(),
    )
}

async fn export(settings: Settings, matches: &ArgMatches) -> Result<()> {
    let file = argument(matches, "file")?;
    let lock = match (
        matches.get_one::<String>("passphrase"),
        matches.get_many::<String>("to"),
    ) {
        (Some(from), _) => FileLock::Passphrase(passphrase(from)?),
        (None, Some(recipients)) => FileLock::Recipients(recipients.cloned().collect()),
        (None, None) => bail!("say who may decrypt it: --to age1…, or --passphrase -"),
    };
    if file != STREAM && Path::new(file).exists() {
        bail!("{file} is there already: name a new file");
    }
    let only = ids(matches)?;
    let archive = store::opened(&settings, async |opened| {
        let tenant = opened.access.tenant(tenant_name(matches)?).await?.id;
        let vaults = vaults(&settings, opened);
        Ok(vaults.export(Actor::Operator, tenant, &only).await?)
    })
    .await?;
    let mut sealed = Vec::new();
    encrypt_file(lock, &mut archive.text.as_slice(), &mut sealed)?;
    if file == STREAM {
        let mut output = io::stdout().lock();
        output.write_all(&sealed)?;
        output.flush()?;
    } else {
        let made = private_file::create(Path::new(file), &sealed)
            .with_context(|| format!("cannot write {file}"))?;
        anyhow::ensure!(made, "{file} is there already: name a new file");
    }
    // Not to standard output, which may be the archive.
    tracing::info!(
        vaults = archive.vaults,
        credentials = archive.credentials,
        cards = archive.cards,
        "exported to {file}"
    );
    Ok(())
}

async fn import(settings: Settings, matches: &ArgMatches) -> Result<()> {
    let file = argument(matches, "file")?;
    let unlock = match (
        matches.get_one::<String>("passphrase"),
        matches.get_one::<PathBuf>("identity"),
    ) {
        (Some(_), _) if file == STREAM => {
            bail!(
                "the archive and the passphrase cannot both come from standard input: name a file"
            )
        }
        (Some(from), _) => FileUnlock::Passphrase(passphrase(from)?),
        (None, Some(path)) => FileUnlock::Identity(identity(path)?),
        (None, None) => bail!("say what decrypts it: --identity FILE, or --passphrase -"),
    };
    let mut plain = Bounded(Zeroizing::new(Vec::new()));
    let decrypted = if file == STREAM {
        decrypt_file(unlock, &mut io::stdin().lock(), &mut plain)
    } else {
        let mut sealed = File::open(file).with_context(|| format!("cannot read {file}"))?;
        decrypt_file(unlock, &mut sealed, &mut plain)
    };
    decrypted.with_context(|| format!("cannot decrypt {file}"))?;
    let existing = if matches.get_flag("replace") {
        Existing::Replace
    } else {
        Existing::Keep
    };
    let imported = store::opened(&settings, async |opened| {
        let tenant = opened.access.tenant(tenant_name(matches)?).await?.id;
        let vaults = vaults(&settings, opened);
        let imported = vaults.import(Actor::Operator, tenant, &plain.0, existing);
        Ok(imported.await?)
    })
    .await?;
    for vault in &imported {
        super::print(&told(vault))?;
    }
    super::print(&format!("Vaults brought from {file}: {}", imported.len()))
}

fn told(vault: &Imported) -> String {
    let whose = match (&vault.persona, &vault.without) {
        (Some(persona), _) => format!("persona {persona}"),
        (None, Some(persona)) => format!("a vault of its own: there is no persona {persona}"),
        (None, None) => "a vault of its own".to_owned(),
    };
    format!(
        "{} ({}, {whose}): {} added, {} replaced, {} kept",
        vault.name, vault.vault, vault.added, vault.replaced, vault.kept
    )
}

fn vaults(settings: &Settings, opened: &store::Opened) -> Vaults {
    Vaults::new(
        Arc::clone(&opened.database) as _,
        Arc::new(SystemClock),
        Arc::clone(&opened.keys) as _,
        Arc::clone(&opened.audit),
        Arc::new(ComputedCodes),
        VaultRules {
            mail_domain: settings.mail_domain.clone(),
            reveal: settings.vault_reveal,
        },
    )
}

fn argument<'a>(matches: &'a ArgMatches, name: &str) -> Result<&'a str> {
    matches
        .get_one::<String>(name)
        .map(String::as_str)
        .with_context(|| format!("{name} is missing"))
}

fn ids(matches: &ArgMatches) -> Result<Vec<VaultId>> {
    matches
        .get_many::<String>("vault")
        .unwrap_or_default()
        .map(|id| {
            id.parse().map_err(|_| {
                anyhow::anyhow!("invalid vault id '{id}': 'guise vault list' shows them")
            })
        })
        .collect()
}

fn passphrase(from: &str) -> Result<Secret> {
    anyhow::ensure!(
        from == STREAM,
        "--passphrase takes only '-', which reads it from standard input: arguments can be read by others"
    );
    Ok(Secret::new(super::read_line()?))
}

/// The key in a file as `age-keygen` writes it, with comments.
fn identity(path: &Path) -> Result<Secret> {
    let text = std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let mut keys = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    match (keys.next(), keys.next()) {
        (Some(key), None) => Ok(Secret::new(key.to_owned())),
        _ => bail!(
            "{} is no file of 'age-keygen': expected one line with AGE-SECRET-KEY-1",
            path.display()
        ),
    }
}

/// Takes what is decrypted, and no more than fits into memory.
struct Bounded(Zeroizing<Vec<u8>>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST {
            let message = format!("it holds more than {} MiB", LARGEST / 1024 / 1024);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
