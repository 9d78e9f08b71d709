//! Which browsers are on this machine, where, and in which version.

use std::{
    fs::File,
    io::Read,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::time::{Instant, timeout_at};

use crate::{Engine, Error};

const HEADLESS_SHELL: &[&str] = &[
    "/usr/lib/chromium/chromium-headless-shell",
    "/usr/lib64/chromium-browser/headless_shell",
    "/opt/chrome-headless-shell-linux64/chrome-headless-shell",
];
const FULL: &[&str] = &[
    "/usr/lib/chromium/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/usr/lib/chromium-browser/chromium-browser",
    "/opt/google/chrome/chrome",
];
const XVFB: &[&str] = &["/usr/bin/Xvfb", "/usr/local/bin/Xvfb"];

/// Paths named by the operator; what is `None` is looked for in the usual places.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    /// The headless-shell binary itself, not a wrapper script.
    pub headless_shell: Option<PathBuf>,
    /// The full Chromium binary itself, not a wrapper script.
    pub full: Option<PathBuf>,
    /// The Xvfb binary.
    pub xvfb: Option<PathBuf>,
}

/// A browser program that is there and answered for its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// Absolute path of the program.
    pub path: PathBuf,
    /// Version as printed, for instance `156.0.8078.79`.
    pub version: String,
}

/// What was found on this machine. Made by [`Installation::find`].
#[derive(Debug, Clone)]
pub struct Installation {
    headless_shell: Option<Binary>,
    full: Option<Binary>,
    xvfb: Option<PathBuf>,
}

impl Installation {
    /// Looks for both engines and Xvfb.
    ///
    /// The version is what the program prints for `--version`: Chromium answers that before it starts anything (about
    /// 20 ms of processor time), and no file beside the binary holds it. Wrapper scripts are refused, because the pid,
    /// the parent-death signal and the pipes would belong to the shell.
    ///
    /// # Errors
    /// [`Error::Unusable`] when a path that the operator named is not an executable program; [`Error::Timeout`] when a
    /// program does not print its version before `deadline`. A program that is merely absent is no error here but in
    /// [`Installation::engine`] and [`Installation::xvfb`].
    pub async fn find(paths: &Paths, deadline: Instant) -> Result<Self, Error> {
        let headless_shell = locate(paths.headless_shell.as_deref(), HEADLESS_SHELL)?;
        let full = locate(paths.full.as_deref(), FULL)?;
        let xvfb = locate(paths.xvfb.as_deref(), XVFB)?;
        let (headless_shell, full) =
            tokio::try_join!(binary(headless_shell, deadline), binary(full, deadline))?;
        Ok(Self {
            headless_shell,
            full,
            xvfb,
        })
    }

    /// The program of an engine.
    ///
    /// # Errors
    /// [`Error::Missing`], naming the Debian package, when it is not installed.
    pub fn engine(&self, engine: Engine) -> Result<&Binary, Error> {
        let (found, what, tried, package) = match engine {
            Engine::HeadlessShell => (
                &self.headless_shell,
                "headless Chromium (headless-shell)",
                HEADLESS_SHELL,
                "chromium-headless-shell",
            ),
            Engine::Full => (&self.full, "Chromium", FULL, "chromium"),
        };
        found.as_ref().ok_or_else(|| missing(what, tried, package))
    }

    /// The Xvfb program.
    ///
    /// # Errors
    /// [`Error::Missing`], naming the Debian package, when it is not installed.
    pub fn xvfb(&self) -> Result<&Path, Error> {
        self.xvfb
            .as_deref()
            .ok_or_else(|| missing("Xvfb", XVFB, "xvfb"))
    }
}

fn missing(what: &'static str, tried: &[&str], package: &'static str) -> Error {
    Error::Missing {
        what,
        tried: tried.join(", "),
        package,
    }
}

fn locate(named: Option<&Path>, usual: &[&str]) -> Result<Option<PathBuf>, Error> {
    if let Some(path) = named {
        return check(path)
            .map(|()| Some(path.to_owned()))
            .map_err(|problem| Error::Unusable {
                path: path.to_owned(),
                problem,
            });
    }
    Ok(usual
        .iter()
        .map(PathBuf::from)
        .find(|path| check(path).is_ok()))
}

/// Says what keeps `path` from being a program that we can start directly.
fn check(path: &Path) -> Result<(), String> {
    if !path.is_absolute() {
        return Err("the path must be absolute".to_owned());
    }
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let metadata = file.metadata().map_err(|error| error.to_string())?;
    if !metadata.is_file() || metadata.mode() & 0o111 == 0 {
        return Err("it is not an executable file".to_owned());
    }
    let mut magic = [0; 4];
    file.read_exact(&mut magic)
        .map_err(|error| error.to_string())?;
    if &magic != b"\x7fELF" {
        return Err(
            "it is a script, not the browser program itself; Debian keeps that below /usr/lib/chromium"
                .to_owned(),
        );
    }
    Ok(())
}

async fn binary(path: Option<PathBuf>, deadline: Instant) -> Result<Option<Binary>, Error> {
    let Some(path) = path else { return Ok(None) };
    let mut command = tokio::process::Command::new(&path);
    command
        .arg("--version")
        .env_clear()
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = timeout_at(deadline, command.output())
        .await
        .map_err(|_| Error::Timeout("the browser printing its version"))?
        .map_err(|source| Error::Spawn {
            program: path.clone(),
            source,
        })?;
    let printed = String::from_utf8_lossy(&output.stdout);
    match version_in(&printed) {
        Some(version) => Ok(Some(Binary {
            version: version.to_owned(),
            path,
        })),
        None => Err(Error::Unusable {
            path,
            problem: format!(
                "`--version` printed `{}` and ended with {}, but a version such as 156.0.8078.79 was expected",
                printed.trim(),
                output.status
            ),
        }),
    }
}

/// The uid and gid that no file belongs to; enough to print a version.
const NOBODY: u32 = 65534;

fn version_in(printed: &str) -> Option<&str> {
    printed.split_whitespace().find(|word| {
        word.split('.').count() == 4
            && word
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_the_dotted_word() {
        for (printed, version) in [
            ("Chromium 156.0.8078.79 \n", Some("156.0.8078.79")),
            ("Google Chrome for Testing 140.0.1.2", Some("140.0.1.2")),
            ("Chromium built on Debian", None),
            ("1.2.3 1..2.3", None),
        ] {
            assert_eq!(version_in(printed), version, "{printed:?}");
        }
    }

    #[test]
    fn a_wrapper_script_is_refused_with_the_reason() {
        let problem = check(Path::new("/usr/bin/chromium-headless-shell")).unwrap_err();
        assert!(problem.contains("script"), "{problem}");
        assert!(
            check(Path::new("chromium"))
                .unwrap_err()
                .contains("absolute")
        );
    }

    #[test]
    fn a_missing_engine_names_its_package() {
        let nothing = Installation {
            headless_shell: None,
            full: None,
            xvfb: None,
        };
        for (error, package) in [
            (
                nothing.engine(Engine::HeadlessShell).unwrap_err(),
                "`chromium-headless-shell`",
            ),
            (nothing.engine(Engine::Full).unwrap_err(), "`chromium`"),
            (nothing.xvfb().unwrap_err(), "`xvfb`"),
        ] {
            assert!(error.to_string().contains(package), "{error}");
        }
    }
}
