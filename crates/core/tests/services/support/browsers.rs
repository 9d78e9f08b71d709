//! Browsers that do what tests tell them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use guise_core::ports::{
    Browser, BrowserEvent, BrowserVersion, Browsers, ByteStream, Channel, DownloadedFile,
    EndReason, Foreseen, Performed, Post, PostGate, Scraped, SecretSource, StagedFile, Started,
};
use guise_core::{
    Action, BrowserSpec, Cookie, DataSpace, Engine, Error, Observation, ObserveRequest, Outcome,
    PageContent, Result, ScrapeOptions, Screenshot, ScreenshotType, Tab, Timestamp, Timing,
    Traffic, ViewportState,
};
use tokio::io::AsyncReadExt as _;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{Instant, sleep, timeout_at};

/// What browsers are like from the next start on.
#[derive(Clone, Copy, Default)]
pub struct Manner {
    pub start_takes: Duration,
    pub end_takes: Duration,
    pub refuses: bool,
    pub fails_to_start: bool,
}

#[derive(Default)]
pub struct FakeBrowsers {
    manner: Mutex<Manner>,
    started: Mutex<Vec<Arc<FakeBrowser>>>,
    pub shut_down: AtomicBool,
}

impl FakeBrowsers {
    pub fn set(&self, change: impl FnOnce(&mut Manner)) {
        change(&mut self.manner.lock().unwrap());
    }

    fn manner(&self) -> Manner {
        *self.manner.lock().unwrap()
    }

    pub fn last(&self) -> Arc<FakeBrowser> {
        Arc::clone(self.started.lock().unwrap().last().unwrap())
    }

    pub fn started(&self) -> usize {
        self.started.lock().unwrap().len()
    }

    /// How many were started and are not gone.
    pub fn alive(&self) -> usize {
        let started = self.started.lock().unwrap();
        started.iter().filter(|browser| !browser.is_gone()).count()
    }
}

#[async_trait]
impl Browsers for FakeBrowsers {
    fn check(&self, _spec: &BrowserSpec) -> Result<()> {
        if self.manner().refuses {
            return Err(Error::invalid_member(&["chrome_args"], "refused", "no"));
        }
        Ok(())
    }

    async fn start(&self, _spec: &BrowserSpec, _deadline: Instant) -> Result<Started> {
        let manner = self.manner();
        sleep(manner.start_takes).await;
        if manner.fails_to_start {
            return Err(Error::browser("it does not start"));
        }
        let browser = Arc::new(FakeBrowser {
            end_takes: manner.end_takes,
            work: Mutex::default(),
            deaf: AtomicBool::new(false),
            finds_nothing: AtomicBool::new(false),
            download: Mutex::default(),
            given: Mutex::default(),
            foreseen: Mutex::default(),
            foresaw: AtomicUsize::new(0),
            gate: Mutex::default(),
            posts: Mutex::default(),
            done: Arc::default(),
            staged: Mutex::default(),
            ended: watch::Sender::new(None),
            events: Mutex::new(Some(broadcast::Sender::new(16))),
        });
        self.started.lock().unwrap().push(Arc::clone(&browser));
        Ok(Started {
            browser,
            engine: Engine::HeadlessShell,
            notes: vec!["a note".to_owned()],
            remote_context: None,
        })
    }

    async fn shutdown(&self, _deadline: Instant) {
        self.shut_down.store(true, Ordering::Relaxed);
    }
}

pub struct FakeBrowser {
    end_takes: Duration,
    work: Mutex<Duration>,
    deaf: AtomicBool,
    /// Addresses cannot be reached, selectors match nothing.
    pub finds_nothing: AtomicBool,
    /// What the next action downloads.
    pub download: Mutex<Option<DownloadedFile>>,
    /// Whether the last action came with secrets, and if so, of somebody who may read them.
    pub given: Mutex<Option<bool>>,
    /// What actions would do.
    pub foreseen: Mutex<Foreseen>,
    /// How often it was asked that.
    pub foresaw: AtomicUsize,
    gate: Mutex<Option<Arc<dyn PostGate>>>,
    /// What its page sends because of the next action.
    pub posts: Mutex<Vec<Post>>,
    done: Arc<Mutex<Vec<String>>>,
    staged: Mutex<Vec<(String, Vec<u8>)>>,
    ended: watch::Sender<Option<EndReason>>,
    events: Mutex<Option<broadcast::Sender<BrowserEvent>>>,
}

impl FakeBrowser {
    /// How long everything takes from now on.
    pub fn takes(&self, seconds: u64) {
        *self.work.lock().unwrap() = Duration::from_secs(seconds);
    }

    /// It does not keep deadlines any more.
    pub fn goes_deaf(&self) {
        self.deaf.store(true, Ordering::Relaxed);
    }

    pub fn dies(&self, how: &str) {
        self.ended
            .send_replace(Some(EndReason::Died(how.to_owned())));
    }

    pub fn is_gone(&self) -> bool {
        self.ended.borrow().is_some()
    }

    pub fn tells(&self, file: &DownloadedFile) {
        let events = self.events.lock().unwrap();
        let event = BrowserEvent::Downloaded(file.clone());
        events.as_ref().unwrap().send(event).unwrap();
    }

    /// Nothing more will be told.
    pub fn falls_silent(&self) {
        *self.events.lock().unwrap() = None;
    }

    /// What was done to the end.
    pub fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    pub fn staged(&self) -> Vec<(String, Vec<u8>)> {
        self.staged.lock().unwrap().clone()
    }

    /// Works for a while. `false` when there was not time enough.
    async fn work(&self, deadline: Instant) -> Result<bool> {
        let deaf = self.deaf.load(Ordering::Relaxed);
        let work = *self.work.lock().unwrap();
        let work = async {
            match deaf {
                true => std::future::pending().await,
                false => timeout_at(deadline, sleep(work)).await.is_ok(),
            }
        };
        let mut ended = self.ended.subscribe();
        tokio::select! {
            _ = ended.wait_for(Option::is_some) => Err(Error::browser("The browser is gone")),
            in_time = work => Ok(in_time),
        }
    }

    /// Its page sends what it has to, as far as that is not held.
    fn send_posts(&self) {
        for post in self.posts.lock().unwrap().drain(..) {
            let gate = self.gate.lock().unwrap().clone();
            let done = Arc::clone(&self.done);
            tokio::spawn(async move {
                let to = post.to.clone();
                let admitted = match gate {
                    Some(gate) => gate.admits(post, &|| {}).await,
                    None => true,
                };
                let what = if admitted { "sent" } else { "not sent" };
                done.lock().unwrap().push(format!("{what}: {to}"));
            });
        }
    }

    fn note(&self, what: impl Into<String>) {
        self.done.lock().unwrap().push(what.into());
    }
}

#[async_trait]
impl Browser for FakeBrowser {
    async fn perform(
        &self,
        action: &Action,
        upload: Option<&StagedFile>,
        secrets: Option<&dyn SecretSource>,
        deadline: Instant,
    ) -> Result<Performed> {
        *self.given.lock().unwrap() = secrets
            .filter(|secrets| secrets.read("mycoolpassword").is_some())
            .map(SecretSource::reveals);
        if !self.work(deadline).await? {
            return Ok(Outcome::failed("It did not end in time").into_performed(None));
        }
        let what = match (action, upload) {
            (_, Some(file)) => file.path.display().to_string(),
            (Action::Goto { url }, None) => url.clone(),
            _ => action.name().to_owned(),
        };
        self.note(&what);
        self.send_posts();
        // As the browser tells of a request before it tells that the action is done.
        tokio::task::yield_now().await;
        let outcome = match self.finds_nothing.load(Ordering::Relaxed) {
            true => Outcome::failed(format!("Cannot reach {what}")),
            false => Outcome::done(what),
        };
        Ok(outcome.into_performed(self.download.lock().unwrap().take()))
    }

    async fn foresee(&self, _action: &Action, _deadline: Instant) -> Result<Foreseen> {
        self.foresaw.fetch_add(1, Ordering::Relaxed);
        Ok(self.foreseen.lock().unwrap().clone())
    }

    async fn hold_posts(&self, gate: Arc<dyn PostGate>, _deadline: Instant) -> Result<()> {
        *self.gate.lock().unwrap() = Some(gate);
        Ok(())
    }

    fn secrets_live(&self) -> bool {
        false
    }

    async fn observe(&self, _request: &ObserveRequest, deadline: Instant) -> Result<Observation> {
        self.work(deadline).await?;
        self.note("observe");
        Ok(Observation {
            started_at: Timestamp::from_micros(0),
            ended_at: Timestamp::from_micros(0),
            timestamp: None,
            title: "A page".to_owned(),
            url: String::new(),
            viewport: ViewportState::default(),
            tabs: Vec::new(),
            description: String::new(),
            lines: Vec::new(),
            elements: Vec::new(),
            changes: None,
            category: None,
            screenshot: picture(),
            timing: Timing::default(),
        })
    }

    async fn screenshot(&self, _kind: ScreenshotType, deadline: Instant) -> Result<Screenshot> {
        self.work(deadline).await?;
        self.note("screenshot");
        Ok(picture())
    }

    async fn scrape(&self, _options: &ScrapeOptions, deadline: Instant) -> Result<Scraped> {
        if self.finds_nothing.load(Ordering::Relaxed) {
            return Err(Error::refused("The selector matches nothing"));
        }
        self.work(deadline).await?;
        self.note("scrape");
        let data = DataSpace {
            markdown: "# A page".to_owned(),
            ..DataSpace::default()
        };
        Ok(Scraped::Page(Box::new(PageContent { data, facts: None })))
    }

    async fn cookies(&self, _deadline: Instant) -> Result<Vec<Cookie>> {
        Ok(Vec::new())
    }

    async fn set_cookies(&self, _cookies: &[Cookie], _deadline: Instant) -> Result<()> {
        Ok(())
    }

    async fn tabs(&self) -> Result<(Vec<Tab>, usize)> {
        Ok((Vec::new(), 0))
    }

    fn traffic(&self) -> Traffic {
        Traffic {
            request_bytes: 1,
            response_bytes: 2,
        }
    }

    async fn stage(&self, name: &str, mut bytes: ByteStream) -> Result<StagedFile> {
        let mut content = Vec::new();
        bytes.read_to_end(&mut content).await.unwrap();
        self.staged.lock().unwrap().push((name.to_owned(), content));
        Ok(StagedFile {
            path: format!("/staged/{name}").into(),
        })
    }

    fn events(&self) -> broadcast::Receiver<BrowserEvent> {
        let events = self.events.lock().unwrap();
        events.as_ref().unwrap().subscribe()
    }

    async fn record(&self) -> Result<mpsc::Receiver<Bytes>> {
        Ok(mpsc::channel(1).1)
    }

    async fn serve_client(&self, mut channel: Channel, _reveals: bool) -> Result<()> {
        while channel.incoming.recv().await.is_some() {}
        Ok(())
    }

    fn version(&self) -> BrowserVersion {
        BrowserVersion {
            product: "Fake/1".to_owned(),
            protocol: "1.3".to_owned(),
            user_agent: "fake".to_owned(),
            js_version: "1".to_owned(),
        }
    }

    async fn ended(&self) -> EndReason {
        let mut ended = self.ended.subscribe();
        let reason = ended.wait_for(Option::is_some).await.unwrap();
        reason.clone().unwrap()
    }

    async fn end(&self, _deadline: Instant) {
        sleep(self.end_takes).await;
        self.ended.send_if_modified(|ended| {
            let first = ended.is_none();
            ended.get_or_insert(EndReason::Asked);
            first
        });
    }
}

trait IntoPerformed {
    fn into_performed(self, download: Option<DownloadedFile>) -> Performed;
}

impl IntoPerformed for Outcome {
    fn into_performed(self, download: Option<DownloadedFile>) -> Performed {
        Performed {
            outcome: self,
            download,
        }
    }
}

fn picture() -> Screenshot {
    Screenshot {
        jpeg: Bytes::from_static(b"picture"),
        last_action_id: None,
    }
}
