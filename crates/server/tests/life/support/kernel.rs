//! A kernel that has less than this one.

use std::thread;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

/// `SECCOMP_GET_ACTION_AVAIL` of `linux/seccomp.h`: by it programs ask whether system calls can be filtered.
const GET_ACTION_AVAIL: u64 = 2;

/// Does `work` on a thread for which, and for whose children, the kernel has no Landlock and says that it filters no system
/// calls. Chromium's sandbox filters them all the same: it does not ask so.
pub(crate) fn on_a_weaker_kernel<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            seccompiler::apply_filter(&filter()).unwrap();
            work()
        });
        thread.join().unwrap()
    })
}

fn filter() -> BpfProgram {
    let asks = SeccompCondition::new(
        0,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::Eq,
        GET_ACTION_AVAIL,
    );
    let asks = SeccompRule::new(vec![asks.unwrap()]).unwrap();
    let rules = [
        (libc::SYS_landlock_create_ruleset, Vec::new()),
        (libc::SYS_seccomp, vec![asks]),
    ];
    let filter = SeccompFilter::new(
        rules.into(),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::ENOSYS.unsigned_abs()),
        std::env::consts::ARCH.try_into().unwrap(),
    );
    filter.unwrap().try_into().unwrap()
}
