//! Starts browsers for sessions: warm from the pool where that is possible, cold otherwise.
//!
//! Pages that are read in one call share browsers (`readers.rs`). A pooled browser learns its user agent, viewport, headers,
//! proxy and allow-list when it is handed out. Chromium's own arguments and a window must be known before the start, so
//! sessions that ask for them start cold.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use guise_chromium::Launcher;
use guise_chromium::doctor::{SESSION_MEMORY, available_memory};
use guise_core::ports::{Browsers, Started};
use guise_core::{
    BrowserSpec, Engine, Error, ExposeSecret as _, Kind as ErrorKind, Remote, Result, Violation,
};
use guise_egress::{AllowList, Guard, Policy, Upstream};
use tokio::time::Instant;

use crate::chrome_args;
use crate::host::Settings;
use crate::pool::{Pool, PoolSizes};
use crate::process::{Kind, Prepared};
use crate::readers::{ReaderLimits, Readers};
use crate::remote;

/// What callers are told to wait when memory is short.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// What the operator sets.
pub struct DriverOptions {
    /// Where processes come from.
    pub launcher: Launcher,
    /// How network doors are opened.
    pub doors: guise_egress::Options,
    /// What pages may reach although it is private.
    pub allow: AllowList,
    /// How many browsers wait.
    pub pool: PoolSizes,
    /// How long browsers that pages are read in are kept.
    pub readers: ReaderLimits,
}

/// Starts one process tree for each session.
pub struct Driver {
    launcher: Arc<Launcher>,
    doors: guise_egress::Options,
    allow: AllowList,
    pool: Pool,
    readers: Readers,
}

impl Driver {
    /// A driver whose pool begins to fill at once.
    pub fn new(options: DriverOptions) -> Self {
        let launcher = Arc::new(options.launcher);
        let pool = Pool::open(Arc::clone(&launcher), options.doors.clone(), options.pool);
        let readers = Readers::new(
            Arc::clone(&launcher),
            options.doors.clone(),
            options.readers,
        );
        Self {
            launcher,
            readers,
            doors: options.doors,
            allow: options.allow,
            pool,
        }
    }

    /// Attaches to a browser of somebody else's.
    async fn attach(
        &self,
        remote: &Remote,
        spec: &BrowserSpec,
        deadline: Instant,
    ) -> Result<Started> {
        let doors = &self.doors;
        let (allow, resolver) = (self.allow.clone(), doors.resolver.clone());
        let guard = Guard::new(allow, doors.own_ports.clone(), resolver);
        let settings = Settings {
            extra_headers: spec.extra_http_headers.clone(),
            ..Settings::default()
        };
        let (browser, context) = remote::open(remote, &guard, settings, deadline).await?;
        let note = "the browser at cdp_url is not confined by this server, files go neither in nor out, and what it moves is \
                    not counted";
        Ok(Started {
            browser,
            engine: spec.engine,
            notes: vec![note.to_owned()],
            remote_context: Some(context),
        })
    }

    /// How many browsers wait, and how many sessions got one that did.
    pub fn pool_figures(&self) -> (usize, u64) {
        (self.pool.ready(), self.pool.hits())
    }
}

#[async_trait]
impl Browsers for Driver {
    fn check(&self, spec: &BrowserSpec) -> Result<()> {
        chrome_args::check(&spec.chrome_args)?;
        upstream(spec)?;
        Ok(())
    }

    async fn start(&self, spec: &BrowserSpec, deadline: Instant) -> Result<Started> {
        if let Some(remote) = &spec.remote {
            return self.attach(remote, spec, deadline).await;
        }
        let arguments = chrome_args::check(&spec.chrome_args)?;
        let policy = Policy {
            allow: self.allow.clone(),
            upstream: upstream(spec)?,
        };
        let (engine, notes) = possible(spec.engine, self.launcher.installation().xvfb());
        let settings = Settings {
            user_agent: spec.user_agent.clone(),
            viewport: spec.viewport,
            extra_headers: spec.extra_http_headers.clone(),
        };
        let plain = engine == Engine::HeadlessShell
            && arguments.is_empty()
            && policy.upstream.is_none()
            && settings == Settings::default();
        let reads_for = spec.shared_in.filter(|_| plain);
        let started = |browser| Started {
            browser,
            engine,
            notes: notes.clone(),
            remote_context: None,
        };
        let _starting = self.pool.starting();
        if let Some(tenant) = reads_for {
            check_memory()?;
            let opened = self.readers.open_at_once(tenant, &policy, deadline).await;
            if let Some(browser) = opened {
                return Ok(started(browser?));
            }
        }
        let pooled = if arguments.is_empty() {
            self.pool.take(engine)
        } else {
            None
        };
        let prepared = match pooled {
            Some(prepared) => prepared,
            None => {
                check_memory()?;
                if let Some(tenant) = reads_for {
                    return Ok(started(self.readers.open(tenant, &policy, deadline).await?));
                }
                let window = spec.viewport.filter(|_| engine == Engine::FullWindow);
                let kind = Kind {
                    engine,
                    arguments,
                    window,
                };
                Prepared::start(&self.launcher, &self.doors, &kind, deadline).await?
            }
        };
        let browser = prepared.hand_out(policy, settings, deadline).await?;
        Ok(started(browser))
    }

    async fn shutdown(&self, deadline: Instant) {
        tokio::join!(self.pool.close(deadline), self.readers.close(deadline));
        if let Err(error) = self.launcher.shutdown(deadline).await {
            tracing::error!(%error, "browsers are left");
        }
    }
}

/// The program that will run, and what differs from the wish.
fn possible<T>(wished: Engine, xvfb: Result<T, guise_chromium::Error>) -> (Engine, Vec<String>) {
    match xvfb {
        Err(error) if wished == Engine::FullWindow => {
            let note =
                format!("headless false was asked for, but the browser runs headless: {error}");
            (Engine::FullHeadless, vec![note])
        }
        _ => (wished, Vec::new()),
    }
}

/// A browser more than the memory holds would take others down with it.
fn check_memory() -> Result<()> {
    let available = available_memory()
        .map_err(|error| Error::internal("cannot tell how much memory is free", error))?;
    if available >= SESSION_MEMORY {
        return Ok(());
    }
    let message = format!(
        "No browser can be started: {} MiB of memory are available, and one needs {}; try again later",
        available >> 20,
        SESSION_MEMORY >> 20
    );
    Err(Error::new(ErrorKind::Full, message).with_retry_after(RETRY_AFTER))
}

fn upstream(spec: &BrowserSpec) -> Result<Option<Upstream>> {
    let Some(proxy) = &spec.proxy else {
        return Ok(None);
    };
    let password = proxy
        .password
        .as_ref()
        .map(|password| password.expose_secret());
    Upstream::parse(
        &proxy.server,
        proxy.username.as_deref(),
        password,
        proxy.bypass.as_deref(),
    )
    .map(Some)
    .map_err(|error| {
        Error::invalid(vec![Violation {
            path: vec!["proxies".to_owned(), "0".to_owned()],
            code: "proxy",
            message: format!("Invalid proxy: {error}"),
            input: None,
        }])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_window_system_the_browser_runs_headless_and_says_so() {
        let missing = || {
            Err::<(), _>(guise_chromium::Error::Missing {
                what: "Xvfb",
                tried: "/usr/bin/Xvfb".to_owned(),
                package: "xvfb",
            })
        };
        let (engine, notes) = possible(Engine::FullWindow, missing());
        assert_eq!(engine, Engine::FullHeadless);
        assert!(
            notes[0].contains("runs headless") && notes[0].contains("xvfb"),
            "{notes:?}"
        );
        let unmoved = |engine| (engine, Vec::new());
        for engine in [Engine::HeadlessShell, Engine::FullHeadless] {
            assert_eq!(possible(engine, missing()), unmoved(engine));
        }
        let there = possible(Engine::FullWindow, Ok(()));
        assert_eq!(there, unmoved(Engine::FullWindow));
    }
}
