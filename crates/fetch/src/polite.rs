//! How often and how many at a time one host is asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Queue, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};

/// Hosts whose turn is remembered. Those that nobody asks any more go first.
const MAX_HOSTS: usize = 4_096;

/// How many pages are read by HTTP at once, of all hosts together. Each is held in memory.
const AT_ONCE: usize = 64;

/// How often and how many at a time one host is asked, whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Politeness {
    /// At most so many at a time, 1 or more.
    pub at_once: usize,
    /// The least time between the beginnings of two requests.
    pub gap: Duration,
}

/// Whose turn it is.
pub(crate) struct Turns {
    politeness: Politeness,
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Turn>>>,
}

struct Turn {
    places: Arc<Semaphore>,
    /// When the next request may begin. Whoever has it locked is the one to begin then.
    next: Queue<Instant>,
}

/// A turn at a host that somebody has, until it is dropped.
pub struct Taken {
    _host: OwnedSemaphorePermit,
    _all: Option<OwnedSemaphorePermit>,
}

/// What somebody does who has a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    /// Reads by HTTP, which takes a place among all who do.
    Read,
    /// Goes there by other means: what comes is not in memory here.
    GoThere,
}

impl Turns {
    pub(crate) fn new(politeness: Politeness) -> Self {
        Self {
            politeness,
            all: Arc::new(Semaphore::new(AT_ONCE)),
            hosts: Mutex::default(),
        }
    }

    /// Waits for a turn at `host`; `gap` is the least time until the one after, where it is longer than everybody's.
    /// `None` when none comes until `by`. Whoever does not wait any more is out of the queue, as if they had never been in it.
    pub(crate) async fn take(
        &self,
        host: &str,
        does: Does,
        gap: Duration,
        by: Instant,
    ) -> Option<Taken> {
        let wait = timeout_at(by, self.wait(host, does, gap, by));
        wait.await.ok().flatten()
    }

    async fn wait(&self, host: &str, does: Does, gap: Duration, by: Instant) -> Option<Taken> {
        let turn = self.turn(host);
        let place = Arc::clone(&turn.places).acquire_owned().await.ok()?;
        let mut next = turn.next.lock().await;
        if *next > by {
            return None;
        }
        sleep_until(*next).await;
        let all = match does {
            Does::Read => Some(Arc::clone(&self.all).acquire_owned().await.ok()?),
            Does::GoThere => None,
        };
        *next = Instant::now() + self.politeness.gap.max(gap);
        Some(Taken {
            _host: place,
            _all: all,
        })
    }

    fn turn(&self, host: &str) -> Arc<Turn> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = hosts.get(host) {
            return Arc::clone(turn);
        }
        if hosts.len() >= MAX_HOSTS {
            let now = Instant::now();
            hosts.retain(|_, turn| {
                let waits = || turn.next.try_lock().is_ok_and(|next| *next > now);
                Arc::strong_count(turn) > 1 || waits()
            });
        }
        let turn = Arc::new(Turn {
            places: Arc::new(Semaphore::new(self.politeness.at_once.max(1))),
            next: Queue::new(Instant::now()),
        });
        hosts.insert(host.to_owned(), Arc::clone(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(at_once: usize, gap: u64) -> Arc<Turns> {
        Arc::new(Turns::new(Politeness {
            at_once,
            gap: Duration::from_millis(gap),
        }))
    }

    /// As long as anybody could wait.
    fn long() -> Instant {
        Instant::now() + Duration::from_hours(1)
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_is_asked_so_often_and_others_are_not_concerned() {
        let turns = turns(10, 200);
        let begun = Instant::now();
        for _ in 0..3 {
            turns
                .take("a.test", Does::Read, Duration::ZERO, long())
                .await
                .unwrap();
        }
        assert_eq!(begun.elapsed(), Duration::from_millis(400));
        let second = Duration::from_secs(1);
        turns
            .take("b.test", Does::Read, second, long())
            .await
            .unwrap();
        assert_eq!(begun.elapsed(), Duration::from_millis(400));
        // What one of them asks for counts for the one after.
        let after = turns.take("b.test", Does::Read, Duration::ZERO, long());
        after.await.unwrap();
        assert_eq!(begun.elapsed(), Duration::from_millis(1400));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_leaves_no_gap_behind() {
        let turns = turns(10, 0);
        let gap = Duration::from_secs(10);
        let begun = Instant::now();
        turns.take("a.test", Does::Read, gap, long()).await.unwrap();
        // Two that are dropped while they wait, one behind the other.
        let second = turns.take("a.test", Does::Read, gap, long());
        let third = turns.take("a.test", Does::Read, gap, long());
        tokio::select! {
            biased;
            _ = second => panic!("a turn before its time"),
            _ = third => panic!("a turn before its time"),
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
        turns.take("a.test", Does::Read, gap, long()).await.unwrap();
        assert_eq!(begun.elapsed(), gap);
        // None comes in time, which is known at once.
        let soon = begun + Duration::from_secs(15);
        assert!(turns.take("a.test", Does::Read, gap, soon).await.is_none());
        assert_eq!(begun.elapsed(), gap);
        turns.take("a.test", Does::Read, gap, long()).await.unwrap();
        assert_eq!(begun.elapsed(), gap * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_at_a_time_than_it_says() {
        let turns = turns(2, 0);
        let first = turns
            .take("a.test", Does::Read, Duration::ZERO, long())
            .await;
        let _second = turns
            .take("a.test", Does::Read, Duration::ZERO, long())
            .await;
        let third = turns.take("a.test", Does::Read, Duration::ZERO, long());
        tokio::pin!(third);
        tokio::select! {
            biased;
            _ = &mut third => panic!("three at a time"),
            () = tokio::time::sleep(Duration::from_secs(60)) => {}
        }
        drop(first);
        assert!(third.await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_there_by_other_means_takes_no_place_of_those_who_read_and_waits_for_none() {
        let turns = turns(1, 0);
        let take = |host: usize, does| {
            let (turns, host) = (Arc::clone(&turns), host.to_string());
            let soon = Instant::now() + Duration::from_secs(1);
            async move { turns.take(&host, does, Duration::ZERO, soon).await }
        };
        let mut taken = Vec::new();
        for host in 0..AT_ONCE {
            taken.push(take(host, Does::GoThere).await.unwrap());
        }
        for host in AT_ONCE..AT_ONCE * 2 {
            taken.push(take(host, Does::Read).await.unwrap());
        }
        let other = AT_ONCE * 2;
        assert!(take(other, Does::Read).await.is_none(), "all read");
        taken.push(take(other, Does::GoThere).await.unwrap());
        // At its host it is a turn like any.
        for does in [Does::Read, Does::GoThere] {
            assert!(take(0, does).await.is_none(), "{does:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_that_nobody_asks_are_forgotten() {
        let turns = turns(1, 0);
        for host in 0..MAX_HOSTS + 10 {
            let host = host.to_string();
            turns
                .take(&host, Does::Read, Duration::ZERO, long())
                .await
                .unwrap();
        }
        assert!(turns.hosts.lock().unwrap().len() <= MAX_HOSTS);
    }
}
