//! Names to addresses, once per name and minute.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, io};

use tokio::sync::{OnceCell, Semaphore};
use tokio::time::Instant;

use crate::Error;
use crate::host::name_is_localhost;

/// As long as Chromium itself keeps what the system's resolver says.
const KEEP: Duration = Duration::from_secs(60);
const MAX_KEPT: usize = 1_024;
/// Look-ups under way for one browser, and for all of them. One look-up occupies a thread until the system gives up.
const PARALLEL_EACH: usize = 16;
const PARALLEL_ALL: usize = 128;

type Lookup = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;
type Answer = Arc<OnceCell<Arc<[IpAddr]>>>;

/// Resolves names with the system's resolver; answers are kept for 60 s, failures are not kept.
///
/// Clones share answers and limits; [`Resolver::fork`] shares only the limit over all.
#[derive(Clone)]
pub struct Resolver {
    lookup: Arc<Lookup>,
    all: Arc<Semaphore>,
    each: Arc<Semaphore>,
    kept: Arc<Mutex<HashMap<String, (Instant, Answer)>>>,
}

impl Resolver {
    /// A resolver that asks `lookup`, which may block, in place of the system.
    pub fn new(lookup: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static) -> Self {
        Self {
            lookup: Arc::new(lookup),
            all: Arc::new(Semaphore::new(PARALLEL_ALL)),
            each: Arc::new(Semaphore::new(PARALLEL_EACH)),
            kept: Arc::default(),
        }
    }

    /// A resolver for another browser: no shared answers, so that one cannot tell by time what the other visited.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            lookup: Arc::clone(&self.lookup),
            all: Arc::clone(&self.all),
            each: Arc::new(Semaphore::new(PARALLEL_EACH)),
            kept: Arc::default(),
        }
    }

    /// All addresses of `name` in the order in which they should be tried. `localhost` and names under it are this
    /// machine's loopback without asking anybody (RFC 6761).
    ///
    /// # Errors
    /// [`Error::Unresolved`] when there is none, also when `deadline` passes first.
    pub async fn addresses(&self, name: &str, deadline: Instant) -> Result<Arc<[IpAddr]>, Error> {
        if name_is_localhost(name) {
            return Ok([Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()].into());
        }
        let unresolved = |reason: String| Error::Unresolved {
            name: name.to_owned(),
            reason,
        };
        let answer = self.slot(name);
        let looked_up = answer.get_or_try_init(|| self.look_up(name.to_owned()));
        match tokio::time::timeout_at(deadline, looked_up).await {
            Ok(Ok(addresses)) if addresses.is_empty() => {
                Err(unresolved("it has no address".into()))
            }
            Ok(Ok(addresses)) => Ok(Arc::clone(addresses)),
            Ok(Err(error)) => Err(unresolved(error.to_string())),
            Err(_) => Err(unresolved("the resolver did not answer in time".into())),
        }
    }

    /// The place of a name's answer; whoever comes while it is being filled waits for the same look-up.
    fn slot(&self, name: &str) -> Answer {
        let now = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, answer)) = kept.get(name)
            && now.duration_since(*since) < KEEP
        {
            return Arc::clone(answer);
        }
        if kept.len() >= MAX_KEPT {
            kept.retain(|_, (since, _)| now.duration_since(*since) < KEEP);
        }
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        let answer = Answer::default();
        kept.insert(name.to_owned(), (now, Arc::clone(&answer)));
        answer
    }

    async fn look_up(&self, name: String) -> io::Result<Arc<[IpAddr]>> {
        let each = Arc::clone(&self.each)
            .acquire_owned()
            .await
            .map_err(io::Error::other)?;
        let all = Arc::clone(&self.all)
            .acquire_owned()
            .await
            .map_err(io::Error::other)?;
        let lookup = Arc::clone(&self.lookup);
        tokio::task::spawn_blocking(move || {
            // A look-up cannot be stopped: it keeps its places even when nobody waits for it any more.
            let _places = (each, all);
            let mut addresses = Vec::new();
            for address in lookup(&name)? {
                let address = address.to_canonical();
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
            Ok(addresses.into())
        })
        .await
        .map_err(io::Error::other)?
    }
}

/// The system's resolver.
impl Default for Resolver {
    fn default() -> Self {
        Self::new(|name| {
            Ok((name, 0)
                .to_socket_addrs()?
                .map(|address| address.ip())
                .collect())
        })
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    #[tokio::test]
    async fn many_callers_share_one_lookup_and_failures_are_asked_again() {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let resolver = Resolver::new(move |name| {
            count.fetch_add(1, Ordering::SeqCst);
            match name {
                "good.test" => Ok(vec![
                    "::ffff:1.2.3.4".parse().unwrap(),
                    "1.2.3.4".parse().unwrap(),
                ]),
                _ => Err(io::Error::other("no such name")),
            }
        });
        let answers = futures_util::future::join_all(
            (0..20).map(|_| resolver.addresses("good.test", soon())),
        )
        .await;
        for answer in answers {
            assert_eq!(*answer.unwrap(), ["1.2.3.4".parse::<IpAddr>().unwrap()]);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        for _ in 0..2 {
            let error = resolver.addresses("bad.test", soon()).await.unwrap_err();
            assert!(error.to_string().contains("bad.test"));
        }
        assert_eq!(asked.load(Ordering::SeqCst), 3);
        resolver
            .fork()
            .addresses("good.test", soon())
            .await
            .unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 4);
    }

    #[tokio::test]
    async fn a_silent_resolver_ends_at_the_deadline() {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let held = Mutex::new(held);
        let resolver = Resolver::new(move |_| {
            let _ = held.lock().unwrap().recv();
            Ok(Vec::new())
        });
        let deadline = Instant::now() + Duration::from_millis(50);
        let error = resolver.addresses("slow.test", deadline).await.unwrap_err();
        assert!(matches!(error, Error::Unresolved { .. }));
        drop(release);
    }
}
