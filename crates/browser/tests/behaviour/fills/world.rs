//! What the tests of fills share: a browser in an Internet of its own, with credentials for one site.

use std::sync::Arc;
use std::time::Duration;

use guise_browser::Settings;
use guise_chromium::Engine;
use guise_core::ports::{Browser as _, Performed};
use guise_core::{Action, FillRules, FillWay, Outcome, Site, SiteRules, Target};
use guise_testsite::{Site as TestSite, Take};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::Instant;

use super::leaks::holds_none;
use super::net::Net;
use super::source::{CARD, Login, Source};
use crate::stage::{Stage, by, click, fill, soon};

/// What people write in the place of the password.
pub(super) const PASSWORD: &str = "mycoolpassword";
/// What they write in the place of the code.
pub(super) const CODE: &str = "999779";
/// What they write in the place of the user name.
pub(super) const USER: &str = "cooljohnny1567";

pub(super) struct World {
    pub(super) stage: Stage,
    pub(super) source: Arc<Source>,
    _net: Net,
}

impl World {
    /// With credentials for bank.example.
    pub(super) async fn new() -> Self {
        Self::with(FillRules::default()).await
    }

    pub(super) async fn with(rules: FillRules) -> Self {
        Self::running(Engine::HeadlessShell, rules).await
    }

    /// In another browser than the small one.
    pub(super) async fn running(engine: Engine, rules: FillRules) -> Self {
        Self::for_site(engine, "bank.example", rules).await
    }

    /// With credentials for another site.
    pub(super) async fn with_login(site: &str, way: FillWay) -> Self {
        let rules = SiteRules {
            way,
            ..SiteRules::default()
        };
        let sites = [(Site::of(site).unwrap(), rules)].into();
        Self::for_site(
            Engine::HeadlessShell,
            site,
            FillRules {
                sites,
                ..FillRules::default()
            },
        )
        .await
    }

    async fn for_site(engine: Engine, bank: &str, rules: FillRules) -> Self {
        let site = TestSite::start().await.unwrap();
        let net = Net::start(site.origin()).await;
        let stage = Stage::on(site, engine, Settings::default(), Some(net.upstream())).await;
        let login = Login {
            username: "ada@bank.example",
            // Every sort of sign, none of which is easy in some encoding.
            password: "Tr0ub4dor&3 \"ü%+\\=canary".to_owned(),
            code: "730451".to_owned(),
        };
        let source = Source {
            logins: [(bank.to_owned(), login)].into(),
            rules,
            card: true,
            ..Source::default()
        };
        Self {
            stage,
            source: Arc::new(source),
            _net: net,
        }
    }

    pub(super) async fn end(self) {
        self.stage.end().await;
    }

    fn login(&self) -> &Login {
        self.source.logins.values().next().unwrap()
    }

    pub(super) fn password(&self) -> &str {
        &self.login().password
    }

    pub(super) fn code(&self) -> &str {
        &self.login().code
    }

    /// A page of the sign-in site on a host.
    pub(super) async fn page(&self, host: &str, name: &str) {
        self.goto(&format!("https://{host}/sign-in/page/{name}"))
            .await;
    }

    /// A page with that body on a host.
    pub(super) async fn made(&self, host: &str, body: &str) {
        let body = utf8_percent_encode(body, NON_ALPHANUMERIC);
        self.goto(&format!("https://{host}/sign-in/made?body={body}"))
            .await;
    }

    pub(super) async fn goto(&self, url: &str) {
        let url = url.to_owned();
        self.stage.done(Action::Goto { url }).await;
    }

    /// Does an action with the secrets at hand.
    pub(super) async fn perform(&self, action: Action) -> Performed {
        let secrets = Some(&*self.source as _);
        self.stage
            .browser
            .perform(&action, None, secrets, soon())
            .await
            .unwrap()
    }

    /// Fills a placeholder in; it must work.
    pub(super) async fn fills(&self, selector: &str, placeholder: &str) -> Outcome {
        let mut target = by(selector);
        // As callers have it who say nothing: long enough to see that nothing was sent.
        target.timeout_ms = Target::DEFAULT_TIMEOUT_MS;
        let outcome = self.perform(fill(target, placeholder)).await.outcome;
        assert!(outcome.success, "{selector}: {}", outcome.message);
        self.says_nothing(&outcome.message);
        outcome
    }

    /// Fills a placeholder in; it must not work, and the message is given.
    pub(super) async fn refuses(&self, selector: &str, placeholder: &str) -> String {
        let mut target = by(selector);
        target.timeout_ms = 600;
        let outcome = self.perform(fill(target, placeholder)).await.outcome;
        assert!(!outcome.success, "{selector}: {}", outcome.message);
        self.says_nothing(&outcome.message);
        outcome.message
    }

    /// Fails when a text holds a secret.
    pub(super) fn says_nothing(&self, text: &str) {
        self.says_nothing_in("a message", text);
    }

    /// Fails when a text from somewhere holds a secret.
    pub(super) fn says_nothing_in(&self, what: &str, text: &str) {
        let number = CARD[1].1;
        holds_none(what, text, &[self.password(), self.code(), number]);
    }

    /// Fails when anything that reached the test site, whichever host it was then, holds a secret.
    pub(super) fn leaks_nothing(&self) {
        let site = &self.stage.site;
        self.says_nothing_in("the sink", &format!("{:?}", site.takes()));
        for take in site.takes() {
            self.says_nothing_in("a body", &take.body);
            self.says_nothing_in("a query", &take.query);
        }
        self.says_nothing_in("an address or a header", &format!("{:?}", site.hits()));
    }

    pub(super) async fn click(&self, selector: &str) {
        let outcome = self.perform(click(by(selector))).await.outcome;
        assert!(outcome.success, "{selector}: {}", outcome.message);
        self.says_nothing(&outcome.message);
    }

    /// Waits until something that fits has reached the sink.
    pub(super) async fn taken(&self, fits: impl Fn(&Take) -> bool) -> Take {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let takes = self.stage.site.takes();
            if let Some(take) = takes.iter().find(|take| fits(take)) {
                return take.clone();
            }
            assert!(Instant::now() < until, "not among {takes:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What came to `/sign-in/to/{path}`.
    pub(super) async fn sent_to(&self, path: &str) -> Take {
        let path = format!("/sign-in/to/{path}");
        self.taken(|take| take.path == path).await
    }
}
