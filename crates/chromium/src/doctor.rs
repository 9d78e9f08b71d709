//! Checks of what a machine needs to run browsers, for people.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use tokio::time::Instant;

use crate::{
    Engine, Error, Installation, Isolation, Obstacle, Options, Paths, UidRange, isolation,
    launcher::is_privileged,
};

/// Memory that one session needs, in bytes: 300 MiB.
pub const SESSION_MEMORY: u64 = 300 * 1024 * 1024;
/// Free space in the runtime folder below which a warning is due, in bytes: 1 GiB.
const RUNTIME_SPACE: u64 = 1024 * 1024 * 1024;

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// As it should be.
    Ok,
    /// Browsers run, but something is missing or weaker than it could be.
    Warn,
    /// Browsers do not run.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it went.
    pub status: Status,
    /// What was found.
    pub detail: String,
    /// What to do about it, where there is something to do.
    pub fix: Option<String>,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            status: Status::Ok,
            detail: detail.into(),
            fix: None,
        }
    }

    fn bad(
        name: &'static str,
        status: Status,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            name,
            status,
            detail: detail.into(),
            fix: Some(fix.into()),
        }
    }
}

/// Looks at programs, the kernel and the machine, without starting a browser ([`crate::probe()`] does that).
///
/// `data_folder`, `runtime_folder` and `uids` are what [`Options`] will get.
pub async fn checks(
    paths: &Paths,
    data_folder: &Path,
    runtime_folder: Option<&Path>,
    uids: UidRange,
    deadline: Instant,
) -> Vec<Check> {
    let mut checks = Vec::new();
    match Installation::find(paths, deadline).await {
        Ok(installation) => {
            checks.extend(programs(&installation));
            let options = Options {
                runtime_folder: runtime_folder.map(Path::to_owned),
                uids,
                ..Options::new(installation, data_folder)
            };
            checks.push(runtime(&options.runtime_folder()));
        }
        Err(error) => checks.push(Check::bad(
            "browser programs",
            Status::Fail,
            error.to_string(),
            "name the right programs in the configuration, or none to use Debian's",
        )),
    }
    checks.push(user());
    let isolation = Isolation::of_this_machine();
    checks.push(sandbox(&isolation));
    checks.push(landlock(&isolation));
    checks.push(seccomp(&isolation));
    checks.push(memory());
    checks
}

/// How many sessions the machine's memory has room for: one per 300 MiB of what is available now, at least 1.
///
/// # Errors
/// [`Error::Folder`] when /proc/meminfo cannot be read.
pub fn recommended_slots() -> Result<usize, Error> {
    let slots = available_memory()? / SESSION_MEMORY;
    Ok(usize::try_from(slots).unwrap_or(usize::MAX).max(1))
}

/// Memory that can be had without swapping, in bytes.
///
/// # Errors
/// [`Error::Folder`] when /proc/meminfo cannot be read or lacks the figure.
pub fn available_memory() -> Result<u64, Error> {
    const FILE: &str = "/proc/meminfo";
    let text = fs::read_to_string(FILE).map_err(Error::folder("read", FILE))?;
    text.lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok())
        .map(|kibibytes| kibibytes * 1024)
        .ok_or_else(|| {
            Error::folder("find MemAvailable in", FILE)(std::io::ErrorKind::InvalidData.into())
        })
}

fn programs(installation: &Installation) -> Vec<Check> {
    let engine = |name, engine, status| match installation.engine(engine) {
        Ok(binary) => Check::ok(
            name,
            format!("{} ({})", binary.path.display(), binary.version),
        ),
        Err(error) => missing(name, status, &error),
    };
    vec![
        engine("headless-shell", Engine::HeadlessShell, Status::Fail),
        engine("chromium", Engine::Full, Status::Warn),
        match installation.xvfb() {
            Ok(path) => Check::ok("xvfb", path.display().to_string()),
            Err(error) => missing("xvfb", Status::Warn, &error),
        },
    ]
}

fn missing(name: &'static str, status: Status, error: &Error) -> Check {
    let fix = match error {
        Error::Missing { package, .. } => format!("apt-get install {package}"),
        _ => "name the program in the configuration".to_owned(),
    };
    Check::bad(name, status, error.to_string(), fix)
}

fn user() -> Check {
    if is_privileged() {
        Check::ok("user", "root: every browser runs as a uid of its own")
    } else {
        Check::bad(
            "user",
            Status::Warn,
            "not root: browsers run as the user who starts the server, kept apart by Landlock and Chromium's sandbox",
            "start the server as root to give every browser a uid of its own",
        )
    }
}

fn sandbox(isolation: &Isolation) -> Check {
    const NAME: &str = "sandbox";
    match isolation.obstacle.clone().or_else(isolation::app_armor) {
        Some(Obstacle { detail, fix }) => Check::bad(NAME, Status::Fail, detail, fix),
        None => Check::ok(NAME, "user namespaces are allowed"),
    }
}

fn landlock(isolation: &Isolation) -> Check {
    const NAME: &str = "landlock";
    match isolation.landlock {
        Some(version) if version >= 4 => Check::ok(
            NAME,
            format!("version {version}: files and TCP are confined"),
        ),
        Some(version) => Check::bad(
            NAME,
            Status::Warn,
            format!("version {version}: files are confined, TCP is not"),
            "use Linux 6.7 or newer",
        ),
        None => Check::bad(
            NAME,
            Status::Warn,
            "the kernel has no Landlock, or it is switched off",
            "use Linux 6.7 or newer with `landlock` in the `lsm=` list",
        ),
    }
}

fn seccomp(isolation: &Isolation) -> Check {
    const NAME: &str = "seccomp";
    if isolation.seccomp {
        Check::ok(NAME, "no sockets but streams over TCP and local ones")
    } else {
        Check::bad(
            NAME,
            Status::Warn,
            "the kernel does not filter system calls",
            "use a kernel with CONFIG_SECCOMP_FILTER",
        )
    }
}

/// The nearest folder that exists, its space and its owner; the folder itself is made at the start.
fn runtime(folder: &Path) -> Check {
    const NAME: &str = "runtime folder";
    let fix = "name another folder in the configuration";
    let Some(existing) = folder.ancestors().find(|path| path.is_dir()) else {
        return Check::bad(
            NAME,
            Status::Fail,
            format!("{} cannot be made", folder.display()),
            fix,
        );
    };
    let us = rustix::process::geteuid().as_raw();
    match fs::metadata(existing) {
        Ok(metadata) if existing == folder && metadata.uid() != us => {
            return Check::bad(
                NAME,
                Status::Fail,
                format!("{} belongs to uid {}", folder.display(), metadata.uid()),
                fix,
            );
        }
        Ok(_) => {}
        Err(error) => {
            return Check::bad(
                NAME,
                Status::Fail,
                format!("{}: {error}", existing.display()),
                fix,
            );
        }
    }
    if let Err(error) = rustix::fs::access(
        existing,
        rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK,
    ) {
        return Check::bad(
            NAME,
            Status::Fail,
            format!("{} cannot be written: {error}", existing.display()),
            fix,
        );
    }
    match rustix::fs::statvfs(existing) {
        Ok(space) => {
            let free = space.f_bavail.saturating_mul(space.f_frsize);
            let detail = format!("{}, {} MiB free", folder.display(), free / 1024 / 1024);
            if free < RUNTIME_SPACE {
                Check::bad(
                    NAME,
                    Status::Warn,
                    detail,
                    "free some space there, or name another folder in the configuration",
                )
            } else {
                Check::ok(NAME, detail)
            }
        }
        Err(error) => Check::bad(
            NAME,
            Status::Fail,
            format!("{}: {error}", existing.display()),
            fix,
        ),
    }
}

fn memory() -> Check {
    const NAME: &str = "memory";
    match (available_memory(), recommended_slots()) {
        (Ok(memory), Ok(slots)) => {
            let detail = format!(
                "{} MiB available, room for {slots} sessions",
                memory / 1024 / 1024
            );
            if memory < 2 * SESSION_MEMORY {
                Check::bad(NAME, Status::Warn, detail, "free some memory, or add some")
            } else {
                Check::ok(NAME, detail)
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            Check::bad(NAME, Status::Warn, error.to_string(), "mount /proc")
        }
    }
}
