//! Options → [`Launcher`] → [`Browser`].

use std::{
    ffi::OsString,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};

use command_fds::FdMapping;
use rustix::{
    pipe::{PipeFlags, pipe_with},
    process::Signal,
};
use tokio::{
    net::unix::pipe,
    sync::{oneshot, watch},
    time::{Instant, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::info;

use crate::{
    Browser, Confinement, Display, Error, Folders, Installation, Isolation, Spec, UidRange, fence,
    flags, keeper,
    owner::{Owner, Progress},
    process::{Plan, Process},
    runtime::Instance,
    seccomp::{self, Network},
    sweep::{Swept, sweep},
    uid::{Lease, Uids},
    xvfb::Xvfb,
};

/// Where the folders of live browsers lie when we are root.
const RUNTIME_FOLDER: &str = "/run/guise";

/// What a launcher needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// The programs.
    pub installation: Installation,
    /// The server's data folder; it tells servers on one machine apart, and is not written to unless it must stand in
    /// for the runtime folder. It must exist.
    pub data_folder: PathBuf,
    /// Where browser folders go. By default `/run/guise` as root and `run` in the data folder otherwise; a server that
    /// is not root does well to pass a folder below `XDG_RUNTIME_DIR`. As root all servers of a machine must share it
    /// or have uid ranges of their own.
    pub runtime_folder: Option<PathBuf>,
    /// The uids of browsers when we are root.
    pub uids: UidRange,
}

impl Options {
    /// The default folder and uids.
    #[must_use]
    pub fn new(installation: Installation, data_folder: impl Into<PathBuf>) -> Self {
        Self {
            installation,
            data_folder: data_folder.into(),
            runtime_folder: None,
            uids: UidRange::default(),
        }
    }

    /// Where browser folders will go.
    #[must_use]
    pub fn runtime_folder(&self) -> PathBuf {
        match &self.runtime_folder {
            Some(folder) => folder.clone(),
            None if is_privileged() => RUNTIME_FOLDER.into(),
            None => self.data_folder.join("run"),
        }
    }

    /// Takes the instance's lock, kills what earlier runs of the same data folder left behind, removes their folders,
    /// and answers a launcher. A launcher without that sweep cannot exist.
    ///
    /// # Errors
    /// [`Error::InUse`] while another server runs on the same data folder; [`Error::Folder`] and [`Error::Invalid`] when
    /// the runtime folder cannot be used; [`Error::Leftover`] when strays live on at `deadline`.
    pub async fn open(self, deadline: Instant) -> Result<Launcher, Error> {
        self.open_on(Isolation::of_this_machine(), deadline).await
    }

    /// As [`Options::open`], on a kernel that has what `isolation` says.
    pub(crate) async fn open_on(
        self,
        isolation: Isolation,
        deadline: Instant,
    ) -> Result<Launcher, Error> {
        let privileged = is_privileged();
        let root = self.runtime_folder();
        let instance = Instance::open(&self.data_folder, &root, privileged)?;
        let uids = privileged.then(|| Uids::new(self.uids, instance.root()));
        let shared = Arc::new(Shared {
            installation: self.installation,
            isolation,
            instance,
            uids,
            closing: CancellationToken::new(),
            owners: TaskTracker::new(),
            quarantine: Mutex::new(Vec::new()),
        });
        let sweeping = Arc::clone(&shared);
        let swept = keeper::run(async move {
            sweep(&sweeping.instance, sweeping.uids.as_ref(), deadline).await
        })
        .await?;
        if swept != Swept::default() {
            info!(
                processes = swept.processes,
                folders = swept.folders,
                "removed what an earlier run left behind"
            );
        }
        Ok(Launcher { shared, swept })
    }
}

/// Whether we may give browsers a uid of their own.
pub(crate) fn is_privileged() -> bool {
    rustix::process::geteuid().is_root()
}

/// What a launcher and the owners of its browsers share.
#[derive(Debug)]
pub(crate) struct Shared {
    installation: Installation,
    isolation: Isolation,
    instance: Instance,
    uids: Option<Uids>,
    /// Ends all browsers.
    pub(crate) closing: CancellationToken,
    owners: TaskTracker,
    /// Uids that may still be in use by something that we could not end.
    quarantine: Mutex<Vec<Lease>>,
}

impl Shared {
    pub(crate) fn quarantine(&self, lease: Lease) {
        self.quarantine
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(lease);
    }
}

/// Starts browsers. Cheap to clone; clones share everything.
#[derive(Debug, Clone)]
pub struct Launcher {
    shared: Arc<Shared>,
    swept: Swept,
}

impl Launcher {
    /// What the sweep at the start found.
    #[must_use]
    pub fn swept(&self) -> Swept {
        self.swept
    }

    /// The programs in use.
    #[must_use]
    pub fn installation(&self) -> &Installation {
        &self.shared.installation
    }

    /// Starts a browser, and its Xvfb where the specification has one, and answers as soon as it runs; it may need some
    /// time more until it answers on its pipe. It lives independently of the calling thread, task and runtime.
    ///
    /// # Errors
    /// [`Error::Missing`] when the engine or Xvfb is not installed, [`Error::Invalid`] for a specification that cannot
    /// work, [`Error::NoUid`], [`Error::Spawn`], [`Error::Display`] and [`Error::Timeout`] when the start fails,
    /// [`Error::Closed`] after [`Launcher::shutdown`]. Nothing is left behind then.
    pub async fn launch(&self, spec: Spec, deadline: Instant) -> Result<Browser, Error> {
        spec.check()?;
        if self.shared.closing.is_cancelled() {
            return Err(Error::Closed);
        }
        let shared = Arc::clone(&self.shared);
        keeper::run(launch(shared, spec, deadline)).await
    }

    /// Ends all browsers at once and waits until they, their processes and folders are gone. No more can be started.
    ///
    /// # Errors
    /// [`Error::Timeout`] at the deadline.
    pub async fn shutdown(&self, deadline: Instant) -> Result<(), Error> {
        self.shared.closing.cancel();
        self.shared.owners.close();
        timeout_at(deadline, self.shared.owners.wait())
            .await
            .map_err(|_| Error::Timeout("the end of all browsers"))
    }
}

/// Runs on the keeper's thread.
async fn launch(shared: Arc<Shared>, spec: Spec, deadline: Instant) -> Result<Browser, Error> {
    // Counts as an owner from here on, so that a shutdown waits for it.
    let _starting = shared.owners.token();
    let lease = shared.uids.as_ref().map(Uids::lease).transpose()?;
    let uid = lease.as_ref().map(|lease| lease.uid);
    let folders = shared.instance.browser(uid)?;
    let started = start(&shared, &spec, &folders, uid, deadline).await;
    let started = match started {
        Ok(started) => started,
        Err(error) => {
            folders.remove()?;
            return Err(error);
        }
    };
    let (order, orders) = oneshot::channel();
    let (progress, watching) = watch::channel(Progress::default());
    let browser = Browser::new(
        started.process.pid().as_raw_nonzero().get().unsigned_abs(),
        folders.clone(),
        Confinement {
            uid,
            landlock: shared.isolation.landlock,
            seccomp: shared.isolation.seccomp,
        },
        started.pipes,
        order,
        watching,
    );
    let owner = Owner {
        shared: Arc::clone(&shared),
        process: started.process,
        xvfb: started.xvfb,
        folders,
        lease,
        stderr: started.stderr,
        progress,
        orders,
    };
    shared.owners.spawn(owner.run());
    Ok(browser)
}

struct Started {
    process: Process,
    xvfb: Option<Xvfb>,
    pipes: (std::os::fd::OwnedFd, std::os::fd::OwnedFd),
    stderr: pipe::Receiver,
}

async fn start(
    shared: &Shared,
    spec: &Spec,
    folders: &Folders,
    uid: Option<u32>,
    deadline: Instant,
) -> Result<Started, Error> {
    let program = &shared.installation.engine(spec.engine)?.path;
    let xvfb = match spec.display {
        Display::None => None,
        Display::Xvfb => {
            let program = shared.installation.xvfb()?;
            let isolation = &shared.isolation;
            Some(Xvfb::start(program, isolation, folders, uid, spec.window, deadline).await?)
        }
    };
    let environment = xvfb
        .as_ref()
        .map(|xvfb| xvfb.environment(folders))
        .unwrap_or_default();
    let browser = chromium(program, &shared.isolation, spec, folders, uid, environment);
    match browser {
        Ok((process, pipes, stderr)) => Ok(Started {
            process,
            xvfb,
            pipes,
            stderr,
        }),
        Err(error) => {
            if let Some(xvfb) = xvfb {
                xvfb.abandon().await?;
            }
            Err(error)
        }
    }
}

type Parts = (
    Process,
    (std::os::fd::OwnedFd, std::os::fd::OwnedFd),
    pipe::Receiver,
);

fn chromium(
    program: &std::path::Path,
    isolation: &Isolation,
    spec: &Spec,
    folders: &Folders,
    uid: Option<u32>,
    environment: Vec<(&'static str, OsString)>,
) -> Result<Parts, Error> {
    let pipe = || pipe_with(PipeFlags::CLOEXEC).map_err(Error::system("make the browser's pipes"));
    let (their_input, writer) = pipe()?;
    let (reader, their_output) = pipe()?;
    let (stderr, their_stderr) = pipe()?;
    let stderr = pipe::Receiver::from_owned_fd(stderr)
        .map_err(Error::system("watch the browser's standard error"))?;
    let fence = match isolation.landlock {
        None => None,
        Some(_) => {
            let display = spec.display == Display::Xvfb;
            fence::browser(program, folders, spec.proxy_ports(), display)?
        }
    };
    let process = Process::spawn(Plan {
        program,
        arguments: flags::arguments(spec, folders),
        folders,
        environment,
        uid,
        fence,
        filter: seccomp::filter_on(isolation, Network::Tcp)?,
        death_signal: Signal::KILL,
        descriptors: vec![
            FdMapping {
                parent_fd: their_input,
                child_fd: 3,
            },
            FdMapping {
                parent_fd: their_output,
                child_fd: 4,
            },
        ],
        stderr: Stdio::from(their_stderr),
    })?;
    Ok((process, (reader, writer), stderr))
}
