//! What the process of a document gives up before it reads a byte.

use std::io;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    Scope,
};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, geteuid, set_dumpable_behavior, setrlimit,
};
use rustix::thread::{
    CapabilitySet, CapabilitySets, Gid, Uid, set_capabilities, set_name, set_no_new_privs,
    set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};

/// The data that reading may take, in bytes.
pub(crate) const MEMORY: u64 = 256 * 1024 * 1024;
/// The time that reading may take, in seconds: of a processor, and by the clock.
pub(crate) const SECONDS: u64 = 10;
/// How deep calls may go, in bytes of stack.
const STACK: u64 = 16 * 1024 * 1024;
/// The account that owns nothing.
const NOBODY: u32 = 65_534;
/// The newest version of Landlock's interface whose rights were tried.
const TRIED: ABI = ABI::V7;

/// What could not be given up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot {0}: {1}")]
    System(&'static str, io::Error),
    #[error("cannot give up files and network: {0}")]
    Landlock(#[from] landlock::RulesetError),
    #[error("cannot filter system calls: {0}")]
    Filter(#[from] seccompiler::Error),
}

impl Error {
    fn during<E: Into<io::Error>>(action: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::System(action, error.into())
    }
}

/// Gives up everything but three descriptors, some memory and some time, for good. For a process of one thread.
pub(crate) fn confine() -> Result<(), Error> {
    set_name(c"guise-pdf").map_err(Error::during("take a name"))?;
    // While `/proc` can be read.
    let mapped = mapped()?;
    give_up_identity()?;
    fence()?;
    limit(mapped)?;
    // Last: it lets none of the calls above through.
    enter(&filter()?)?;
    Ok(())
}

/// The address space that is taken already, in bytes (`proc_pid_status(5)`).
fn mapped() -> Result<u64, Error> {
    let look = "look at its own memory";
    let status = std::fs::read_to_string("/proc/self/status").map_err(Error::during(look))?;
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let kilobytes = size.and_then(|size| size.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    let kilobytes =
        kilobytes.ok_or_else(|| Error::System(look, io::ErrorKind::InvalidData.into()))?;
    Ok(kilobytes.saturating_mul(1024))
}

/// Becomes nobody, where we are root, without any privilege, and whom no other process looks into.
fn give_up_identity() -> Result<(), Error> {
    if geteuid().is_root() {
        let (uid, gid) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
        let become_nobody = || {
            set_thread_groups(&[])?;
            set_thread_res_gid(gid, gid, gid)?;
            set_thread_res_uid(uid, uid, uid)
        };
        become_nobody().map_err(Error::during("become nobody"))?;
    }
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, none).map_err(Error::during("give up privileges"))?;
    set_no_new_privs(true).map_err(Error::during("give up new privileges"))?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(Error::during("close its memory"))
}

/// No path, no network, and no process to speak to, as far as the kernel has Landlock.
fn fence() -> Result<(), Error> {
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(TRIED))?
        .handle_access(AccessNet::from_all(TRIED))?
        .scope(Scope::from_all(TRIED))?
        .create()?
        .restrict_self()?;
    Ok(())
}

/// Bounds of memory and time; no file, process or dump. `mapped` is the address space taken before.
fn limit(mapped: u64) -> Result<(), Error> {
    let limits = [
        // What is written to counts, not what an allocator reserves.
        (Resource::Data, MEMORY),
        // What was written to and is closed to writing then counts here only.
        (Resource::As, mapped.saturating_add(MEMORY)),
        (Resource::Stack, STACK),
        (Resource::Cpu, SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
    ];
    for (resource, most) in limits {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit).map_err(Error::during("limit itself"))?;
    }
    Ok(())
}

/// What is needed with whatever arguments.
const CALLS: &[i64] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_close,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_clock_gettime,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// The filter of system calls. What it refuses fails with `EPERM`.
fn filter() -> Result<BpfProgram, seccompiler::Error> {
    let exec = bits(libc::PROT_EXEC);
    // Memory of one's own that counts as data: none that is shared, of a file, huge, or a stack's.
    let kinds =
        bits(libc::MAP_TYPE | libc::MAP_ANONYMOUS | libc::MAP_GROWSDOWN | libc::MAP_HUGETLB);
    let own = bits(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    let this = rustix::process::getpid().as_raw_nonzero().get();
    let mut rules: Vec<(i64, Vec<SeccompRule>)> =
        CALLS.iter().map(|number| (*number, Vec::new())).collect();
    rules.extend([
        (
            libc::SYS_mmap,
            vec![SeccompRule::new(vec![
                argument(2, SeccompCmpOp::MaskedEq(exec), 0)?,
                argument(3, SeccompCmpOp::MaskedEq(kinds), own)?,
            ])?],
        ),
        (
            libc::SYS_mprotect,
            vec![SeccompRule::new(vec![argument(
                2,
                SeccompCmpOp::MaskedEq(exec),
                0,
            )?])?],
        ),
        // An abort sends its signal to the process itself.
        (
            libc::SYS_tgkill,
            vec![SeccompRule::new(vec![argument(
                0,
                SeccompCmpOp::Eq,
                bits(this),
            )?])?],
        ),
    ]);
    let filter = SeccompFilter::new(
        rules.into_iter().collect(),
        SeccompAction::Errno(libc::EPERM.unsigned_abs()),
        SeccompAction::Allow,
        TargetArch::try_from(std::env::consts::ARCH)?,
    )?;
    Ok(BpfProgram::try_from(filter)?)
}

fn bits(flags: libc::c_int) -> u64 {
    u64::from(flags.unsigned_abs())
}

fn argument(
    index: u8,
    operation: SeccompCmpOp,
    value: u64,
) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, operation, value)
}

/// Puts the calling thread behind the filter.
fn enter(filter: &BpfProgram) -> Result<(), seccompiler::Error> {
    seccompiler::apply_filter(filter)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::net::{TcpListener, UdpSocket};
    use std::os::unix::net::UnixStream;
    use std::process::Command;
    use std::thread;

    use super::*;

    /// Runs on a thread of its own behind `wall`; threads of the tests stay as they are.
    fn behind(wall: fn() -> Result<(), Error>, work: fn()) {
        let behind = thread::spawn(move || {
            wall().unwrap();
            work();
        });
        behind.join().unwrap();
    }

    fn refused<T: std::fmt::Debug>(tried: io::Result<T>) {
        let error = tried.unwrap_err().kind();
        assert_eq!(error, io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn the_filter_lets_neither_files_nor_sockets_nor_processes_be_made() {
        let wall = || {
            set_no_new_privs(true).map_err(Error::during("give up new privileges"))?;
            Ok(enter(&filter()?)?)
        };
        behind(wall, || {
            refused(File::open("/proc/self/status"));
            refused(std::fs::read_dir("/"));
            refused(TcpListener::bind("127.0.0.1:0"));
            refused(UdpSocket::bind("127.0.0.1:0"));
            refused(UnixStream::pair());
            refused(Command::new("/bin/true").spawn());
            refused(thread::Builder::new().spawn(|| ()));
            refused(
                rustix::process::test_kill_process(rustix::process::getpid())
                    .map_err(io::Error::from),
            );
            // Memory may be had, to the bound of it.
            let more: Vec<u8> = vec![1; 32 << 20];
            assert_eq!(
                more.iter().map(|byte| usize::from(*byte)).sum::<usize>(),
                32 << 20
            );
        });
    }

    #[test]
    fn landlock_alone_leaves_no_path_and_no_network() {
        behind(fence, || {
            refused(File::open("/proc/self/status"));
            refused(std::fs::read_dir("/"));
            refused(TcpListener::bind("127.0.0.1:0"));
        });
    }
}
