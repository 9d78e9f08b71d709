//! When the pool may start a browser: not beside a session that is being started, and not right behind it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// A session's first moments are its busiest: starting a browser beside them would double what its first page takes.
const QUIET: Duration = Duration::from_millis(300);

/// Sessions that come and come put one browser off no longer than this.
const PUT_OFF: Duration = Duration::from_secs(2);

/// Which sessions are being started.
#[derive(Default)]
pub(crate) struct Quiet(watch::Sender<Starts>);

#[derive(Clone, Copy, Default)]
struct Starts {
    under_way: usize,
    /// When the last one was done.
    last: Option<Instant>,
}

/// Counts as a session being started until dropped.
pub(crate) struct Starting(Arc<Quiet>);

impl Drop for Starting {
    fn drop(&mut self) {
        self.0.0.send_modify(|starts| {
            starts.under_way -= 1;
            starts.last = Some(Instant::now());
        });
    }
}

impl Quiet {
    /// Notes that a session is being started.
    pub(crate) fn starting(self: &Arc<Self>) -> Starting {
        self.0.send_modify(|starts| starts.under_way += 1);
        Starting(Arc::clone(self))
    }

    /// Returns when no session is being started and none was for a moment. After [`PUT_OFF`], counted from the call, it is
    /// enough that none is being started.
    pub(crate) async fn comes(&self) {
        let latest = Instant::now() + PUT_OFF;
        let mut changes = self.0.subscribe();
        loop {
            let Starts { under_way, last } = *changes.borrow_and_update();
            let quiet_at = match last {
                _ if under_way > 0 => None,
                None => return,
                Some(last) => Some(latest.min(last + QUIET)),
            };
            if quiet_at.is_some_and(|at| at <= Instant::now()) {
                return;
            }
            let change = changes.changed();
            match quiet_at {
                // The sender is there as long as this is.
                None => drop(change.await),
                Some(at) => drop(timeout_at(at, change).await),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    async fn waited(quiet: &Quiet) -> Duration {
        let began = Instant::now();
        quiet.comes().await;
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn each_browser_waits_for_a_quiet_moment_of_its_own() {
        let quiet = Arc::new(Quiet::default());
        assert_eq!(waited(&quiet).await, Duration::ZERO);
        for _ in 0..2 {
            drop(quiet.starting());
            let waited = waited(&quiet).await;
            assert!((QUIET..PUT_OFF).contains(&waited), "{waited:?}");
            // As long as a browser takes to start.
            sleep(2 * PUT_OFF).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_that_come_and_come_put_it_off_for_a_while() {
        let quiet = Arc::new(Quiet::default());
        drop(quiet.starting());
        let coming = Arc::clone(&quiet);
        let coming = tokio::spawn(async move {
            loop {
                sleep(QUIET / 2).await;
                drop(coming.starting());
            }
        });
        let waited = waited(&quiet).await;
        assert!((PUT_OFF..PUT_OFF + QUIET).contains(&waited), "{waited:?}");
        coming.abort();
    }
}
