//! `guise doctor`: what is missing on this machine, and what to do about it.
//!
//! It changes nothing: what a first start would make is only looked at.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use guise_chromium::doctor::{Check, Status, checks, recommended_slots};
use guise_chromium::{Display, Engine, Installation, Options, Paths, Probe, Spec, probe};
use guise_secrets::OpenError;
use guise_store::Database;
use rustix::fs::statvfs;
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::{isolation, slots};
use crate::config::Settings;
use crate::data_folder::DataFolder;

/// Free space for data below which a warning is due, in bytes: 1 GiB.
const DATA_SPACE: u64 = 1024 * 1024 * 1024;

/// What one whole look may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks at everything a server needs. The exit code is 1 when something is missing.
pub(super) async fn run(settings: Settings) -> Result<ExitCode> {
    let mut report = Report::default();
    let folder = DataFolder::at(&settings.data_dir);

    report.section("Server")?;
    report.tell(data_folder(&folder))?;
    report.tell(database(&settings, &folder).await)?;
    report.tell_all(root_sources(&settings, &folder).await)?;
    report.tell(address(&settings).await)?;
    report.tell(room(&settings))?;

    let paths = Paths {
        headless_shell: settings.headless_shell.clone(),
        full: settings.chrome.clone(),
        xvfb: settings.xvfb.clone(),
    };
    let deadline = Instant::now() + PATIENCE;
    let found = checks(&paths, folder.path(), None, settings.uids, deadline).await;
    let (machine, browsers): (Vec<_>, Vec<_>) = found.into_iter().partition(is_of_the_machine);
    let can_start = !machine.iter().chain(&browsers).any(has_failed);
    report.section("Machine")?;
    report.tell(kernel())?;
    report.tell_all(machine)?;
    report.tell(isolation::report(settings.require_isolation))?;
    report.section("Browsers")?;
    report.tell_all(browsers)?;
    if can_start {
        report.tell(trial(&settings, &paths, deadline).await)?;
    }
    report.end()
}

fn is_of_the_machine(check: &Check) -> bool {
    matches!(
        check.name,
        "user" | "memory" | "runtime folder" | "sandbox" | "landlock" | "seccomp"
    )
}

fn has_failed(check: &Check) -> bool {
    check.status == Status::Fail
}

/// Prints as it goes, and counts.
#[derive(Default)]
struct Report {
    begun: bool,
    warnings: usize,
    failures: usize,
}

impl Report {
    fn section(&mut self, title: &str) -> Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            super::print("")?;
        }
        super::print(title)
    }

    fn tell_all(&mut self, checks: Vec<Check>) -> Result<()> {
        checks.into_iter().try_for_each(|check| self.tell(check))
    }

    fn tell(&mut self, check: Check) -> Result<()> {
        let mark = match check.status {
            Status::Ok => "ok",
            Status::Warn => {
                self.warnings += 1;
                "warn"
            }
            Status::Fail => {
                self.failures += 1;
                "FAIL"
            }
        };
        super::print(&format!("  {mark:<4}  {:<16} {}", check.name, check.detail))?;
        match check.fix {
            Some(fix) => super::print(&format!("        {:<16} -> {fix}", "")),
            None => Ok(()),
        }
    }

    fn end(self) -> Result<ExitCode> {
        let count = |number: usize, what: &str| match number {
            1 => format!("1 {what}"),
            _ => format!("{number} {what}s"),
        };
        let verdict = match (self.failures, self.warnings) {
            (0, 0) => "All is well.".to_owned(),
            (0, warnings) => format!("Ready, with {}.", count(warnings, "warning")),
            (failures, _) => format!(
                "Not ready: {} to see to, marked FAIL.",
                count(failures, "thing")
            ),
        };
        super::print(&format!("\n{verdict}"))?;
        Ok(if self.failures == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// The data folder, or the nearest one above it that is there, with the space that is left.
fn data_folder(folder: &DataFolder) -> Check {
    const NAME: &str = "data folder";
    let path = folder.path();
    let shown = path.display();
    let elsewhere = "choose another one with --data-dir or GUISE_DATA_DIR";
    let there = path.exists();
    if there && let Err(error) = DataFolder::open(path) {
        return bad(NAME, Status::Fail, format!("{error:#}"), elsewhere);
    }
    // A relative path's last ancestor is the empty one: the current folder.
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let nearest = absolute
        .ancestors()
        .find(|path| path.exists())
        .unwrap_or(Path::new("/"));
    // A file without a name, gone at once: what permissions say is not all that can be in the way.
    if let Err(error) = tempfile::tempfile_in(nearest) {
        let detail = format!("{shown} cannot be made: {}: {error}", nearest.display());
        return bad(NAME, Status::Fail, detail, elsewhere);
    }
    let free = match statvfs(nearest) {
        Ok(space) => space.f_bavail.saturating_mul(space.f_frsize),
        Err(error) => return bad(NAME, Status::Fail, format!("{shown}: {error}"), elsewhere),
    };
    let state = if there {
        "private"
    } else {
        "made at the first start"
    };
    let detail = format!("{shown}, {state}, {} MiB free", free / 1024 / 1024);
    if free < DATA_SPACE {
        bad(NAME, Status::Warn, detail, "free some space there")
    } else {
        fine(NAME, detail)
    }
}

async fn database(settings: &Settings, folder: &DataFolder) -> Check {
    const NAME: &str = "database";
    let kind = match &settings.database_url {
        Some(_) => "PostgreSQL",
        None if folder.database_file().exists() => "SQLite",
        None => return fine(NAME, "SQLite, made at the first start".to_owned()),
    };
    let connected = async {
        let database = Arc::new(Database::connect(&folder.database_url(settings)).await?);
        database.ping().await?;
        let keys = root_keys(settings, folder, &database).await;
        database.close().await;
        keys
    };
    match connected.await {
        Ok(None) => fine(
            NAME,
            format!("{kind} answers, and its keys wait for 'guise keys unseal'"),
        ),
        Ok(Some(true)) => fine(
            NAME,
            format!("{kind} answers, and the instance key belongs to it"),
        ),
        Ok(Some(false)) => fine(
            NAME,
            format!("{kind} answers, and the first start will give it a key"),
        ),
        Err(error) => bad(
            NAME,
            Status::Fail,
            super::in_one_line(&error),
            "check database_url (GUISE_DATABASE_URL) and the data folder",
        ),
    }
}

/// Where several root sources are configured, each by itself: the one for emergencies is never tried otherwise.
async fn root_sources(settings: &Settings, folder: &DataFolder) -> Vec<Check> {
    const NAME: &str = "root source";
    let there = settings.database_url.is_some() || folder.database_file().exists();
    if settings.root_key_source.len() < 2 || !there {
        return Vec::new();
    }
    let look = async {
        let database = Arc::new(Database::connect(&folder.database_url(settings)).await?);
        let mut checks = Vec::new();
        for source in folder.root_sources(settings)? {
            let name = source.name();
            let check = match folder.existing_keys(&database, &[source]).await {
                Ok(Some(_)) => fine(NAME, format!("{name} opens the keys")),
                Ok(None) => fine(NAME, format!("{name} will be used at the first start")),
                Err(error) => bad(
                    NAME,
                    Status::Warn,
                    super::in_one_line(&error),
                    "have all sources wrap the instance key: 'guise keys rotate root'",
                ),
            };
            checks.push(check);
        }
        database.close().await;
        anyhow::Ok(checks)
    };
    // Why the database does not open stands in the line above.
    look.await.unwrap_or_default()
}

/// Whether the database has keys that open; none where somebody has to open them once the server runs.
async fn root_keys(
    settings: &Settings,
    folder: &DataFolder,
    database: &Arc<Database>,
) -> Result<Option<bool>> {
    let sources = folder.root_sources(settings)?;
    match folder.existing_keys(database, &sources).await {
        Ok(keys) => Ok(Some(keys.is_some())),
        Err(error) => match error.downcast_ref::<OpenError>() {
            Some(why) if settings.start_sealed && why.is_for_want_of_a_source() => Ok(None),
            _ => Err(error),
        },
    }
}

fn kernel() -> Check {
    let system = rustix::system::uname();
    fine(
        "kernel",
        format!(
            "{} {}, {}",
            system.sysname().to_string_lossy(),
            system.release().to_string_lossy(),
            system.machine().to_string_lossy()
        ),
    )
}

async fn address(settings: &Settings) -> Check {
    const NAME: &str = "address";
    match TcpListener::bind(settings.listen).await {
        Ok(_) => fine(NAME, format!("{} is free", settings.listen)),
        Err(error) => bad(
            NAME,
            Status::Warn,
            format!("{}: {error}", settings.listen),
            "fine if this is the running server; otherwise choose another with --listen",
        ),
    }
}

/// How many browsers may run at once, beside what there is room for.
fn room(settings: &Settings) -> Check {
    const NAME: &str = "slots";
    let (number, room) = match (slots::in_force(settings), recommended_slots()) {
        (Ok(number), Ok(room)) => (number, room),
        (Err(error), _) | (_, Err(error)) => {
            return bad(NAME, Status::Fail, error.to_string(), "mount /proc");
        }
    };
    let uids = slots::by_uid(settings);
    if number > uids {
        let detail = format!("{number}, but beside the pools there are uids for {uids}");
        bad(NAME, Status::Warn, detail, "name more uids (GUISE_UIDS)")
    } else if number > room {
        let detail = format!("{number}, but memory has room for {room}");
        let fix = "set slots (GUISE_SLOTS) to 0 to have them counted from memory";
        bad(NAME, Status::Warn, detail, fix)
    } else {
        let origin = settings
            .slots
            .map_or("from the memory that is available", |_| "as configured");
        fine(NAME, format!("{number}, {origin}"))
    }
}

/// Starts a browser for real, in a folder of its own so that a running server is not disturbed.
async fn trial(settings: &Settings, paths: &Paths, deadline: Instant) -> Check {
    const NAME: &str = "trial start";
    let started = async {
        let folder = tempfile::tempdir().context("cannot make a folder for it")?;
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
        Ok(probe) => fine(NAME, in_words(&probe)),
        Err(error) => bad(
            NAME,
            Status::Fail,
            super::in_one_line(&error),
            "the lines above may say why; otherwise run with --log-level debug",
        ),
    }
}

fn in_words(probe: &Probe) -> String {
    let user = probe
        .confinement
        .uid
        .map_or_else(|| "as this user".to_owned(), |uid| format!("as uid {uid}"));
    let landlock = probe.confinement.landlock.map_or_else(
        || "no Landlock".to_owned(),
        |version| format!("Landlock version {version}"),
    );
    let calls = if probe.confinement.seccomp {
        "system calls filtered"
    } else {
        "no filter of system calls"
    };
    format!(
        "answered after {} ms, {user}, pages behind seccomp, {landlock}, {calls}",
        probe.first_answer.as_millis()
    )
}

pub(super) fn fine(name: &'static str, detail: String) -> Check {
    Check {
        name,
        status: Status::Ok,
        detail,
        fix: None,
    }
}

pub(super) fn bad(name: &'static str, status: Status, detail: String, fix: &str) -> Check {
    Check {
        name,
        status,
        detail,
        fix: Some(fix.to_owned()),
    }
}
