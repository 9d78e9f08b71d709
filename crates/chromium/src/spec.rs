//! What kind of browser is wanted.

use crate::{Argument, Error};

/// Which program drives the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The small headless browser: starts about four times quicker, has no user interface at all.
    HeadlessShell,
    /// The whole browser, in its new headless mode or on a display.
    Full,
}

/// Where windows are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Display {
    /// Nowhere: headless.
    None,
    /// On an Xvfb of the browser's own, which lives and dies with it.
    Xvfb,
}

/// Size of the browser window in CSS pixels. An Xvfb screen is larger: 1920 × 1080 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Width, 1 to 7680.
    pub width: u32,
    /// Height, 1 to 4320.
    pub height: u32,
}

/// A browser to be launched. Start from [`Spec::new`] and change what differs.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Which program.
    pub engine: Engine,
    /// Where its windows are drawn.
    pub display: Display,
    /// Loopback port of the forward proxy that carries all traffic. Without one the browser can open no TCP
    /// connection where Landlock is on, and is told to resolve nothing in any case.
    pub proxy_port: Option<u16>,
    /// Loopback ports of further proxies, which contexts of the browser may be given (`Target.createBrowserContext`). Where
    /// Landlock is on, it opens connections to these ports and `proxy_port` only.
    pub context_proxy_ports: Vec<u16>,
    /// Window size.
    pub window: Window,
    /// Chromium's `--host-resolver-rules`, for tests.
    pub host_resolver_rules: Option<String>,
    /// Extra arguments.
    pub arguments: Vec<Argument>,
}

impl Spec {
    /// A browser with a 1280 × 1024 window, no proxy and no extra arguments.
    #[must_use]
    pub fn new(engine: Engine, display: Display) -> Self {
        Self {
            engine,
            display,
            proxy_port: None,
            context_proxy_ports: Vec::new(),
            window: Window {
                width: 1280,
                height: 1024,
            },
            host_resolver_rules: None,
            arguments: Vec::new(),
        }
    }

    /// All ports that it may open connections to.
    pub(crate) fn proxy_ports(&self) -> impl Iterator<Item = u16> {
        self.proxy_port
            .into_iter()
            .chain(self.context_proxy_ports.iter().copied())
    }

    /// Refuses combinations that cannot work.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.engine == Engine::HeadlessShell && self.display == Display::Xvfb {
            return Err(Error::Invalid(
                "headless-shell cannot draw on a display; use the full engine with Xvfb".to_owned(),
            ));
        }
        let Window { width, height } = self.window;
        if !(1..=7680).contains(&width) || !(1..=4320).contains(&height) {
            return Err(Error::Invalid(format!(
                "a window of {width} × {height} is refused; 1 × 1 to 7680 × 4320 is possible"
            )));
        }
        if self.proxy_ports().any(|port| port == 0) {
            return Err(Error::Invalid(
                "proxy port 0 is refused; name the port that the proxy listens on".to_owned(),
            ));
        }
        Ok(())
    }
}
