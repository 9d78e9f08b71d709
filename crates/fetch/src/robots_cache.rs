//! The rules of sites, kept for an hour.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;

use crate::client::{Patience, Request};
use crate::error::host;
use crate::{Client, Error, Robots, robots};

/// RFC 9309 §2.4 allows a day.
const KEEP: Duration = Duration::from_hours(1);
const MAX_KEPT: usize = 1_024;

type Kept = Arc<OnceCell<Arc<Robots>>>;

/// What sites ask of this program.
pub(crate) struct RobotsCache {
    robot: String,
    kept: Mutex<HashMap<String, (Instant, Kept)>>,
}

impl RobotsCache {
    /// `robot` is what this program is called there.
    pub(crate) fn new(robot: String) -> Self {
        Self {
            robot,
            kept: Mutex::default(),
        }
    }

    /// The rules of the site that `url` is on. Failures are not kept.
    pub(crate) async fn of(
        &self,
        client: &Client,
        url: &Url,
        patience: &mut Patience,
    ) -> Result<Arc<Robots>, Error> {
        let kept = self.slot(&url.origin().ascii_serialization());
        // Whoever waits for somebody else's look waits no longer than one's own could take.
        let end = patience.end();
        let rules = kept.get_or_try_init(|| self.read(client, url, patience));
        match tokio::time::timeout_at(end, rules).await {
            Ok(rules) => rules.map(Arc::clone),
            Err(_) => Err(Error::Late { host: host(url) }),
        }
    }

    async fn read(
        &self,
        client: &Client,
        url: &Url,
        patience: &mut Patience,
    ) -> Result<Arc<Robots>, Error> {
        let mut at = url.clone();
        at.set_path("/robots.txt");
        at.set_query(None);
        at.set_fragment(None);
        let request = Request {
            url: &at,
            user_agent: None,
            respect_robots: false,
        };
        let found = client.get_at_most(request, client.limit, patience).await;
        let rules = match found.map_err(|it| it.error) {
            Ok(found) if (200..300).contains(&found.status) => {
                let beginning = found.body.get(..robots::MAX_BYTES.min(found.body.len()));
                let text = String::from_utf8_lossy(beginning.unwrap_or_default());
                Robots::parse(&text, &self.robot)
            }
            // RFC 9309 §2.3.1.4: a site that has trouble with it is left alone meanwhile.
            Ok(found) if found.status >= 500 => {
                let reason = format!("its robots.txt answers with status {}", found.status);
                return Err(Error::answer(&at, reason));
            }
            // §2.3.1.3: there is none.
            Ok(_) | Err(Error::Redirects { .. }) => Robots::default(),
            Err(error) => return Err(error),
        };
        Ok(Arc::new(rules))
    }

    fn slot(&self, origin: &str) -> Kept {
        let now = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, rules)) = kept.get(origin)
            && now.duration_since(*since) < KEEP
        {
            return Arc::clone(rules);
        }
        if kept.len() >= MAX_KEPT {
            kept.retain(|_, (since, _)| now.duration_since(*since) < KEEP);
        }
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        let rules = Kept::default();
        kept.insert(origin.to_owned(), (now, Arc::clone(&rules)));
        rules
    }
}
