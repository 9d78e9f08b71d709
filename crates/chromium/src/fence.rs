//! Landlock rules: which files a process may touch and where it may connect.
//!
//! The rule set is made before the fork; the child only enters it, by one system call, after the change of uid.
//! What the kernel lacks is left out (best effort); [`abi`] says what there is.

use std::{
    io,
    os::fd::{OwnedFd, RawFd},
    path::{Path, PathBuf},
};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, NetPort, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, Scope, path_beneath_rules,
};

use crate::{Error, Folders};

/// The newest version of the interface whose rights were tried with Chromium.
const TRIED: ABI = ABI::V7;

/// Programs, libraries, fonts and kernel facts. Of /etc only what name lookup, fonts, certificates and clocks need:
/// neither accounts nor any service's configuration.
const READABLE: &[&str] = &[
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/opt",
    "/sys",
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/fonts",
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/pki",
    "/etc/resolv.conf",
    "/etc/ssl",
    "/etc/timezone",
    "/var/cache/fontconfig",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
    "/dev/full",
];

/// Read-only /proc ends in "No usable sandbox!": the sandbox writes the uid map of its own user namespace there.
const WRITABLE: &[&str] = &["/proc", "/dev/shm", "/dev/null"];

/// The version of Landlock that the kernel speaks; `None` where it has none or it is switched off at boot.
#[must_use]
pub(crate) fn abi() -> Option<u32> {
    const VERSION: libc::c_ulong = 1;
    #[expect(unsafe_code, reason = "no wrapper for asking the version exists")]
    // SAFETY: with a null pointer, size 0 and this flag the call only returns a number.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<libc::c_void>(),
            0_usize,
            VERSION,
        )
    };
    u32::try_from(answer).ok().filter(|version| *version > 0)
}

/// Rules for a browser: its own folders, and TCP towards its proxies only. Cut off from abstract sockets unless it draws
/// on a display.
pub(crate) fn browser(
    program: &Path,
    folders: &Folders,
    proxy_ports: impl Iterator<Item = u16>,
    display: bool,
) -> Result<Option<OwnedFd>, Error> {
    let mut scopes = vec![Scope::Signal];
    if !display {
        scopes.push(Scope::AbstractUnixSocket);
    }
    let mut rules = base(program, &scopes)?
        .add_rules(writable([
            folders.profile(),
            folders.temporary(),
            folders.downloads(),
        ]))?
        .add_rules(readable([folders.uploads()]))?;
    if display {
        rules = rules.add_rules(readable([
            PathBuf::from("/tmp/.X11-unix"),
            folders.x_authority(),
        ]))?;
    }
    for port in proxy_ports {
        rules = rules.add_rule(NetPort::new(port, AccessNet::ConnectTcp))?;
    }
    Ok(rules.into())
}

/// Rules for an Xvfb: its authority file, and the places of sockets and lock files that X11 prescribes. No TCP at all.
pub(crate) fn xvfb(program: &Path, folders: &Folders) -> Result<Option<OwnedFd>, Error> {
    let rules = base(program, &[Scope::Signal])?
        .add_rules(writable([PathBuf::from("/tmp"), folders.temporary()]))?
        .add_rules(readable([folders.x_authority()]))?;
    Ok(rules.into())
}

fn base(program: &Path, scopes: &[Scope]) -> Result<RulesetCreated, Error> {
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(TRIED))?
        .handle_access(AccessNet::from_all(TRIED))?;
    for scope in scopes {
        ruleset = ruleset.scope(*scope)?;
    }
    let rules = ruleset
        .create()?
        .add_rules(readable(READABLE))?
        .add_rules(readable(program.parent()))?
        .add_rules(writable(WRITABLE))?;
    Ok(rules)
}

fn readable<P: AsRef<Path>>(
    paths: impl IntoIterator<Item = P>,
) -> impl Iterator<Item = Result<landlock::PathBeneath<landlock::PathFd>, landlock::RulesetError>> {
    path_beneath_rules(paths, AccessFs::from_read(TRIED))
}

/// Reading and writing, but neither running programs nor device control.
fn writable<P: AsRef<Path>>(
    paths: impl IntoIterator<Item = P>,
) -> impl Iterator<Item = Result<landlock::PathBeneath<landlock::PathFd>, landlock::RulesetError>> {
    path_beneath_rules(paths, AccessFs::from_all(TRIED) & !AccessFs::Execute)
}

/// Puts the calling thread behind the rule set `fence`, for good. For use between fork and exec: one system call.
pub(crate) fn enter(fence: RawFd) -> io::Result<()> {
    #[expect(unsafe_code, reason = "the crate's own call is not safe after a fork")]
    // SAFETY: a plain system call on a descriptor; it reads no memory of ours.
    let answer = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, fence, 0_u32) };
    if answer == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
