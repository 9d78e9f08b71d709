//! `guise doctor`: what is missing on this machine, and what to do about it.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use guise_chromium::doctor::{Check, Status, checks};
use guise_chromium::{Display, Engine, Installation, Options, Paths, Spec, probe};
use guise_store::Database;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::config::Settings;
use crate::data_folder::DataFolder;

/// Looks at everything a server needs. The exit code is 1 when something is missing.
pub(super) async fn run(settings: Settings) -> Result<ExitCode> {
    let mut worst = Status::Ok;
    let mut tell = |check: Check| -> Result<()> {
        worst = worst.max(check.status);
        let mark = match check.status {
            Status::Ok => "ok  ",
            Status::Warn => "warn",
            Status::Fail => "FAIL",
        };
        super::print(&format!("{mark}  {:<18} {}", check.name, check.detail))?;
        match check.fix {
            Some(fix) => super::print(&format!("      {:<18} -> {fix}", "")),
            None => Ok(()),
        }
    };

    let folder = match DataFolder::open(&settings.data_dir) {
        Ok(folder) => {
            tell(fine("data folder", folder.path().display().to_string()))?;
            folder
        }
        Err(error) => {
            tell(wrong(
                "data folder",
                format!("{error:#}"),
                "choose another one with --data-dir",
            ))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    match TcpListener::bind(settings.listen).await {
        Ok(_) => tell(fine("port", format!("{} is free", settings.listen)))?,
        Err(error) => tell(Check {
            status: Status::Warn,
            ..wrong(
                "port",
                format!("{}: {error}", settings.listen),
                "fine if this is the running server; otherwise choose another with --listen",
            )
        })?,
    }
    tell(database(&settings, &folder).await)?;

    let paths = Paths {
        headless_shell: settings.headless_shell.clone(),
        full: settings.chrome.clone(),
        xvfb: settings.xvfb.clone(),
    };
    let deadline = Instant::now() + Duration::from_secs(60);
    let found = checks(&paths, folder.path(), None, settings.uids, deadline).await;
    let mut browsers_can_start = true;
    for check in found {
        browsers_can_start &= check.status != Status::Fail;
        tell(check)?;
    }
    if browsers_can_start {
        tell(trial(&settings, &paths, deadline).await)?;
    }
    Ok(if worst == Status::Fail {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn database(settings: &Settings, folder: &DataFolder) -> Check {
    let connected = async {
        let database = Database::connect(&folder.database_url(settings)).await?;
        database.ping().await?;
        folder.instance_key(&database).await?;
        database.close().await;
        anyhow::Ok(())
    };
    match connected.await {
        Ok(()) => {
            let kind = if settings.database_url.is_some() {
                "PostgreSQL"
            } else {
                "SQLite"
            };
            fine(
                "database",
                format!("{kind} answers, and the instance key belongs to it"),
            )
        }
        Err(error) => wrong(
            "database",
            format!("{error:#}"),
            "check GUISE_DATABASE_URL and that the database runs",
        ),
    }
}

/// Starts a browser for real, in a folder of its own so that a running server is not disturbed.
async fn trial(settings: &Settings, paths: &Paths, deadline: Instant) -> Check {
    let started = async {
        let folder = tempfile::tempdir()?;
        let installation = Installation::find(paths, deadline).await?;
        let mut options = Options::new(installation, folder.path());
        options.uids = settings.uids;
        let launcher = options.open(deadline).await?;
        let probed = probe(
            &launcher,
            Spec::new(Engine::HeadlessShell, Display::None),
            deadline,
        )
        .await;
        launcher.shutdown(deadline).await?;
        anyhow::Ok(probed?)
    };
    match started.await {
        Ok(probe) => fine("trial start", format!("{probe:?}")),
        Err(error) => wrong(
            "trial start",
            format!("{error:#}"),
            "the lines above may say why; otherwise run with --log-level debug",
        ),
    }
}

fn fine(name: &'static str, detail: String) -> Check {
    Check {
        name,
        status: Status::Ok,
        detail,
        fix: None,
    }
}

fn wrong(name: &'static str, detail: String, fix: &str) -> Check {
    Check {
        name,
        status: Status::Fail,
        detail,
        fix: Some(fix.to_owned()),
    }
}
