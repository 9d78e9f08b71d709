//! What the tests share: a browser of its own for each, on the test site, through the `Browser` port.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use guise_browser::{ChromiumBrowser, Host, Parts, Settings};
use guise_cdp::Connection;
use guise_cdp::protocol::browser::GetVersion;
use guise_cdp::protocol::target::{CreateTarget, GetTargets};
use guise_chromium::{Argument, Display, Engine, Installation, Launcher, Options, Paths, Spec};
use guise_core::ports::{Browser, BrowserVersion, EndReason, Performed, Scraped};
use guise_core::{
    Action, Element, ElementId, FillStyle, Interaction, NodeSelectors, Observation, ObserveRequest,
    Outcome, PageContent, Result, ScrapeOptions, Target, Traffic,
};
use guise_egress::{AllowList, Door, Policy, Upstream};
use guise_testsite::Site;
use tempfile::TempDir;
use tokio::time::Instant;
use url::Url;

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn soon() -> Instant {
    Instant::now() + PATIENCE
}

/// A browser with the site that it looks at.
pub(crate) struct Stage {
    pub(crate) site: Site,
    pub(crate) browser: Arc<ChromiumBrowser>,
    pub(crate) process: Arc<Process>,
    launcher: Launcher,
    _folder: TempDir,
}

pub(crate) struct Process {
    pub(crate) browser: guise_chromium::Browser,
    door: Door,
    asked: AtomicBool,
}

#[async_trait]
impl Host for Process {
    async fn exited(&self) -> EndReason {
        let exit = self.browser.exited().await;
        if self.asked.load(Ordering::SeqCst) {
            return EndReason::Asked;
        }
        EndReason::Died(exit.map_or_else(|error| error.to_string(), |exit| exit.to_string()))
    }

    async fn end(&self, deadline: Instant) {
        self.asked.store(true, Ordering::SeqCst);
        self.browser.end(Duration::ZERO, deadline).await.unwrap();
        self.door.close().await;
    }

    fn traffic(&self) -> Traffic {
        let traffic = self.door.traffic();
        Traffic {
            request_bytes: traffic.request_bytes,
            response_bytes: traffic.response_bytes,
        }
    }

    fn failure(&self, url: &Url, since: Instant) -> Option<String> {
        let host = guise_egress::Host::parse(url.host_str()?).ok()?;
        let port = url.port_or_known_default()?;
        let error = self.door.failure(&host, port, since)?;
        Some(error.to_string())
    }
}

impl Stage {
    /// headless-shell without special settings.
    pub(crate) async fn new() -> Self {
        Self::with(Engine::HeadlessShell, Settings::default()).await
    }

    pub(crate) async fn with(engine: Engine, settings: Settings) -> Self {
        let site = Site::start().await.unwrap();
        Self::on(site, engine, settings, None).await
    }

    /// On a site that runs. All traffic goes through `upstream`, if there is one, whoever's certificates it shows.
    pub(crate) async fn on(
        site: Site,
        engine: Engine,
        settings: Settings,
        upstream: Option<Upstream>,
    ) -> Self {
        let folder = TempDir::with_prefix("guise.").unwrap();
        let installation = Installation::find(&Paths::default(), soon()).await.unwrap();
        let launcher = Options::new(installation, folder.path())
            .open(soon())
            .await
            .unwrap();
        let door = Door::open(guise_egress::Options::default()).await.unwrap();
        door.admit(None);
        let allow: AllowList = "localhost,127.0.0.1".parse().unwrap();
        let mut spec = Spec::new(engine, Display::None);
        if upstream.is_some() {
            let argument = Argument::parse("--ignore-certificate-errors").unwrap();
            spec.arguments.push(argument);
        }
        door.assign(Policy { allow, upstream });
        spec.proxy_port = Some(door.port());
        let chromium = launcher.launch(spec, soon()).await.unwrap();
        let pipes = chromium.take_pipes().unwrap();
        let connection = Connection::over_pipe(pipes.reader, pipes.writer);
        let root = connection.root();
        let version = root.call(&GetVersion {}, soon()).await.unwrap();
        let targets = root.call(&GetTargets::default(), soon()).await.unwrap();
        let page = targets
            .target_infos
            .into_iter()
            .find(|info| info.r#type == "page");
        let target = match page {
            Some(page) => page.target_id,
            None => {
                let create = CreateTarget {
                    url: "about:blank".to_owned(),
                    ..Default::default()
                };
                root.call(&create, soon()).await.unwrap().target_id
            }
        };
        let folders = chromium.folders().clone();
        let owner = chromium.confinement().uid.map(|uid| (uid, uid));
        let process = Arc::new(Process {
            browser: chromium,
            door,
            asked: AtomicBool::new(false),
        });
        let parts = Parts {
            root: connection.root(),
            connection,
            shared: false,
            target,
            context: None,
            version: BrowserVersion {
                product: version.product,
                protocol: version.protocol_version,
                user_agent: version.user_agent,
                js_version: version.js_version,
            },
            downloads: Some(folders.downloads()),
            uploads: Some(folders.uploads()),
            owner,
            host: Arc::clone(&process) as Arc<dyn Host>,
        };
        let browser = ChromiumBrowser::attach(parts, settings, soon())
            .await
            .unwrap();
        Self {
            site,
            browser,
            process,
            launcher,
            _folder: folder,
        }
    }

    /// Ends everything and waits for it.
    pub(crate) async fn end(self) {
        self.browser.end(soon()).await;
        self.launcher.shutdown(soon()).await.unwrap();
        self.site.stop().await;
    }

    pub(crate) async fn perform(&self, action: Action) -> Performed {
        self.browser
            .perform(&action, None, None, soon())
            .await
            .unwrap()
    }

    /// Does something that must succeed.
    pub(crate) async fn done(&self, action: Action) -> Outcome {
        let what = format!("{action:?}");
        let outcome = self.perform(action).await.outcome;
        assert!(outcome.success, "{what}: {}", outcome.message);
        assert_eq!(outcome.exception, None);
        outcome
    }

    /// Does something that must fail, and answers the message.
    pub(crate) async fn fails(&self, action: Action) -> String {
        let what = format!("{action:?}");
        let outcome = self.perform(action).await.outcome;
        assert!(!outcome.success, "{what}: {}", outcome.message);
        outcome.message
    }

    pub(crate) async fn goto(&self, path: &str) -> Outcome {
        self.done(Action::Goto {
            url: self.site.url(path),
        })
        .await
    }

    pub(crate) async fn observe(&self) -> Observation {
        self.browser
            .observe(&ObserveRequest::default(), soon())
            .await
            .unwrap()
    }

    /// The current page, read.
    pub(crate) async fn scrape(&self, options: &ScrapeOptions) -> Result<PageContent> {
        match self.browser.scrape(options, soon()).await? {
            Scraped::Page(content) => Ok(*content),
            Scraped::Pdf(file) => panic!("the tab is at no page: {file:?}"),
        }
    }

    /// What a script in the page gives.
    pub(crate) async fn evaluate(&self, code: &str) -> String {
        let outcome = self
            .done(Action::EvaluateJs {
                code: code.to_owned(),
            })
            .await;
        outcome.data.unwrap().markdown
    }

    pub(crate) async fn url(&self) -> String {
        let (tabs, current) = self.browser.tabs().await.unwrap();
        tabs[current].url.clone()
    }
}

/// The first element whose label or markup holds `text`.
#[track_caller]
pub(crate) fn element<'a>(observation: &'a Observation, text: &str) -> &'a Element {
    let found = observation
        .elements
        .iter()
        .find(|element| element.label.contains(text) || element.markup.contains(text));
    found.unwrap_or_else(|| panic!("no element '{text}' in\n{}", observation.description))
}

pub(crate) fn by_id(id: &ElementId) -> Target {
    Target {
        id: Some(id.clone()),
        timeout_ms: 3000,
        ..Target::default()
    }
}

pub(crate) fn by(selector: &str) -> Target {
    Target {
        selectors: Some(NodeSelectors::from_text(selector)),
        timeout_ms: 3000,
        ..Target::default()
    }
}

pub(crate) fn click(target: Target) -> Action {
    Action::Interact {
        target,
        interaction: Interaction::Click,
    }
}

pub(crate) fn fill(target: Target, value: &str) -> Action {
    Action::Interact {
        target,
        interaction: Interaction::Fill {
            value: value.to_owned(),
            clear_before_fill: true,
            style: FillStyle::AtOnce,
        },
    }
}
