//! `guise audit verify`

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{ArgMatches, Command};

use super::store;
use crate::config::Settings;
use crate::data_folder::DataFolder;

pub(super) fn command() -> Command {
    Command::new("audit")
        .about("Looks after the audit: what was done with secrets and keys")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("verify").about(
            "Finds every change of the audit; notes once a day in audit_anchors where it ends",
        ))
}

/// The exit code is 1 when something was changed.
pub(super) async fn run(settings: Settings, matches: &ArgMatches) -> Result<ExitCode> {
    match matches.subcommand() {
        Some(("verify", _)) => verify(settings).await,
        _ => anyhow::bail!("no such command"),
    }
}

async fn verify(settings: Settings) -> Result<ExitCode> {
    let folder = DataFolder::at(&settings.data_dir);
    let path = settings
        .audit_anchors
        .clone()
        .unwrap_or_else(|| folder.audit_anchors());
    let cannot = || format!("cannot use the file of anchors {}", path.display());
    let anchors = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(cannot),
    };
    let verified = store::opened(&settings, async |opened| {
        Ok(opened.trail.verify(&anchors).await?)
    })
    .await?;
    for fault in &verified.faults {
        super::print(&fault.to_string())?;
    }
    let looked_at = format!(
        "rows: {}, chains: {}, anchors: {}",
        verified.rows, verified.chains, verified.anchors
    );
    if !verified.faults.is_empty() {
        super::print(&format!(
            "The audit was changed: {} faults ({looked_at})",
            verified.faults.len()
        ))?;
        return Ok(ExitCode::FAILURE);
    }
    if !verified.due.is_empty() {
        append(&path, &verified.due).with_context(cannot)?;
    }
    super::print(&format!("The audit is as it was written ({looked_at})"))?;
    Ok(ExitCode::SUCCESS)
}

fn append(path: &Path, lines: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(lines.as_bytes())?;
    file.sync_all()
}
