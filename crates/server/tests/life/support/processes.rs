//! What /proc says, without the program's own help.

use std::fs;
use std::path::{Path, PathBuf};

use super::Home;
use super::home::is_root;

/// A live process.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    pub(crate) uid: u32,
    /// As in setsid; every browser has one of its own.
    pub(crate) session: u32,
    /// How many seccomp filters it has.
    pub(crate) filters: u32,
    /// Where we may look.
    pub(crate) user_namespace: Option<PathBuf>,
    pub(crate) no_new_privileges: String,
    /// Arguments, one a line.
    pub(crate) command: String,
    /// Variables, one a line; empty where the process keeps them to itself.
    pub(crate) environment: String,
}

impl Process {
    /// A process that has not ended.
    pub(crate) fn find(pid: u32) -> Option<Self> {
        let text = |name: &str| {
            let bytes = fs::read(format!("/proc/{pid}/{name}")).ok()?;
            Some(String::from_utf8_lossy(&bytes).replace('\0', "\n"))
        };
        let status = text("status")?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next().map(str::to_owned)
        };
        if matches!(field("State:")?.as_str(), "Z" | "X") {
            return None;
        }
        Some(Self {
            pid,
            uid: field("Uid:")?.parse().ok()?,
            session: field("NSsid:")?.parse().ok()?,
            filters: field("Seccomp_filters:")?.parse().ok()?,
            user_namespace: fs::read_link(format!("/proc/{pid}/ns/user")).ok(),
            no_new_privileges: field("NoNewPrivs:")?,
            command: text("cmdline")?,
            environment: text("environ").unwrap_or_default(),
        })
    }

    /// The home's browsers' processes: as root by uid, in any case by the folder that they carry in an argument or in
    /// TMPDIR, and by the session that such a one leads.
    pub(super) fn of(home: &Home) -> Vec<Self> {
        let all = fs::read_dir("/proc").unwrap().flatten();
        let all: Vec<_> = all
            .filter_map(|entry| Self::find(entry.file_name().to_str()?.parse().ok()?))
            .collect();
        // As root the runtime folder is everybody's, and the uid says it all.
        let marks = [
            format!("={}/", home.runtime_folder().display()),
            format!("TMPDIR={}/", home.runtime_folder().display()),
        ];
        let is_marked = |process: &Self| {
            !is_root()
                && (process.command.contains(&marks[0]) || process.environment.contains(&marks[1]))
        };
        let mut sessions = home.sessions.lock().unwrap();
        sessions.extend(all.iter().filter(|it| is_marked(it)).map(|it| it.session));
        all.into_iter()
            .filter(|it| home.owns(it.uid) || is_marked(it) || sessions.contains(&it.session))
            .collect()
    }

    /// Whether it runs pages.
    pub(crate) fn is_renderer(&self) -> bool {
        // A zygote's child writes its arguments into one string.
        self.command
            .split(['\n', ' '])
            .any(|it| it == "--type=renderer")
    }

    /// Whether it is a browser's first process, which leads a session. One that it has just forked has its command, too.
    pub(crate) fn is_browser(&self) -> bool {
        self.pid == self.session
            && self.command.contains("--remote-debugging-pipe")
            && self.command.contains("--user-data-dir=")
            && !self.command.contains("--type=")
    }

    /// The inodes of its sockets.
    fn sockets(&self) -> Vec<String> {
        let folder = fs::read_dir(format!("/proc/{}/fd", self.pid));
        let links = folder.into_iter().flatten().flatten();
        links
            .filter_map(|link| fs::read_link(link.path()).ok())
            .filter_map(|target| {
                let target = target.to_str()?;
                Some(
                    target
                        .strip_prefix("socket:[")?
                        .trim_end_matches(']')
                        .to_owned(),
                )
            })
            .collect()
    }

    /// The TCP ports that it listens on.
    pub(crate) fn listens_on(&self) -> Vec<u16> {
        let sockets = self.sockets();
        listeners()
            .into_iter()
            .filter(|listener| sockets.contains(&listener.inode))
            .map(|listener| listener.port)
            .collect()
    }
}

struct Listener {
    port: u16,
    uid: u32,
    inode: String,
}

/// All TCP ports that somebody with a uid of the home listens on, whoever holds the socket.
pub(crate) fn listening_ports(home: &Home) -> Vec<u16> {
    let listeners = listeners().into_iter();
    listeners
        .filter(|it| home.owns(it.uid))
        .map(|it| it.port)
        .collect()
}

/// The kernel's lists (proc(5)): local address, state 0A for listening, uid, inode.
fn listeners() -> Vec<Listener> {
    let lists = ["/proc/net/tcp", "/proc/net/tcp6"].map(Path::new);
    let lines = lists.iter().flat_map(|list| {
        let text = fs::read_to_string(list).unwrap_or_default();
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    });
    lines
        .filter_map(|line| {
            let fields: Vec<_> = line.split_whitespace().collect();
            let (_, port) = fields.get(1)?.rsplit_once(':')?;
            (*fields.get(3)? == "0A").then_some(Listener {
                port: u16::from_str_radix(port, 16).ok()?,
                uid: fields.get(7)?.parse().ok()?,
                inode: (*fields.get(9)?).to_owned(),
            })
        })
        .collect()
}
