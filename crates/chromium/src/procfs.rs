//! What /proc says about running processes.
//!
//! The owner of `/proc/PID` is of no use: sandboxed processes are marked so that it is root. The `status` file is
//! readable for everyone and names the true uids.

use std::{fs, io, path::PathBuf};

use rustix::process::Pid;

/// One process, as far as we need to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) pid: Pid,
    /// Real, effective, saved and file system uid.
    pub(crate) uids: [u32; 4],
    /// Session id, which is the pid of the session's first process.
    pub(crate) session: i32,
    /// Ended, not yet collected by its parent.
    pub(crate) zombie: bool,
}

/// All processes, those included that end while we look.
pub(crate) fn processes() -> io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
            .and_then(Pid::from_raw)
        else {
            continue;
        };
        found.extend(process(pid));
    }
    Ok(found)
}

/// One process; `None` when it has ended.
pub(crate) fn process(pid: Pid) -> Option<Entry> {
    let status = fs::read(file(pid, "status")).ok()?;
    parse(pid, &String::from_utf8_lossy(&status))
}

/// Whether the process carries `prefix` as the value of a switch or of TMPDIR, as every process that we start does.
/// A shell or an editor that merely names a path there does not count.
pub(crate) fn is_marked(pid: Pid, prefix: &[u8]) -> bool {
    let arguments = fs::read(file(pid, "cmdline")).unwrap_or_default();
    let in_switch = arguments
        .split(|byte| *byte == 0)
        .filter(|argument| argument.starts_with(b"--"))
        .filter_map(|argument| argument.splitn(2, |byte| *byte == b'=').nth(1))
        .any(|value| value.starts_with(prefix));
    // Not readable for processes that protect themselves; those live in the session of one that is.
    in_switch
        || fs::read(file(pid, "environ"))
            .unwrap_or_default()
            .split(|byte| *byte == 0)
            .filter_map(|variable| variable.strip_prefix(b"TMPDIR="))
            .any(|value| value.starts_with(prefix))
}

fn file(pid: Pid, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{}/{name}", pid.as_raw_nonzero()))
}

fn parse(pid: Pid, status: &str) -> Option<Entry> {
    let field = |name: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::split_whitespace)
    };
    let mut uids = field("Uid")?.map(str::parse);
    let mut uid = || uids.next()?.ok();
    Some(Entry {
        pid,
        uids: [uid()?, uid()?, uid()?, uid()?],
        session: field("NSsid")?.next()?.parse().ok()?,
        zombie: matches!(field("State")?.next()?, "Z" | "X"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_file_is_read() {
        let pid = Pid::from_raw(7).unwrap();
        let text = "Name:\tx\nState:\tZ (zombie)\nPid:\t7\nUid:\t1\t2\t3\t4\nNSsid:\t5\n";
        assert_eq!(
            parse(pid, text),
            Some(Entry {
                pid,
                uids: [1, 2, 3, 4],
                session: 5,
                zombie: true
            })
        );
        assert_eq!(parse(pid, "Name:\tUid:\n"), None);
    }

    #[test]
    fn this_very_process_is_listed() {
        let own = rustix::process::getpid();
        let entry = processes()
            .unwrap()
            .into_iter()
            .find(|entry| entry.pid == own)
            .unwrap();
        assert_eq!(entry.uids[0], rustix::process::getuid().as_raw());
        assert!(!entry.zombie);
    }
}
