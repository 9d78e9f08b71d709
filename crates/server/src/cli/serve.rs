//! `guise serve`: wiring, the listener, and the orderly end.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use guise_agent::{
    Advice, AssignmentParts, AssignmentSettings, Assignments, Extraction, RunParts, RunSettings,
    Runs,
};
use guise_browser::{Driver, DriverOptions, PoolSizes, ReaderLimits};
use guise_chromium::Installation;
use guise_core::ports::{
    Actor, Audit, Blobs, Browsers, Clock, IdentityStore, Keyring, Models, PlainReader, Retention,
    Store, SystemClock,
};
use guise_core::services::{
    self, Access, Approvals, CrawlParts, Crawls, Files, Fills, Inbox, InboxRules, Journeys,
    KeptAddresses, ModelKeys, NewKey, Numbers, Personas, Projects, Reading, Recovered, Roles,
    Search, SessionParts, Sessions, VaultRules, Vaults,
};
use guise_core::{ExposeSecret as _, Scopes, Secret};
use guise_egress::OwnPorts;
use guise_inbox::Handle;
use guise_secrets::{ApiKeySecret, AuditTrail, KeyTree, OpenError, SessionScrubbers};
use guise_store::{Database, DiskBlobs};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::adapters::names::InventedNames;
use crate::adapters::one_time::ComputedCodes;
use crate::adapters::pdf::Pdfs;
use crate::adapters::phones::Phones;
use crate::adapters::reading::{self, HttpReader};
use crate::adapters::{engines, mail, models};
use crate::app::{App, Parts};
use crate::config::{RootSpec, Settings};
use crate::data_folder::DataFolder;
use crate::dialects::notte::language::NotteActions;
use crate::http::accept;
use crate::http::rate_limit::RateLimit;
use crate::http::router::router;

/// From the signal to the end of the process, with a margin to the ten seconds that service managers give.
const DRAIN: Duration = Duration::from_secs(8);

/// Requests that are under way get this much of it.
const REQUESTS: Duration = Duration::from_secs(3);

/// No agent works longer.
const LONGEST_RUN: Duration = Duration::from_hours(2);

/// How often old mail, old crawls, and numbers to give back, are looked for.
const TIDY_EVERY: Duration = Duration::from_hours(1);

/// How long mails that are coming in may take to be kept when the server stops.
const LAST_MAILS: Duration = Duration::from_secs(8);

/// Who reads more secrets than this with one key is hardly logging in.
const REVEALS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();

pub(super) async fn run(settings: Settings, scrubbers: SessionScrubbers) -> Result<()> {
    // From the first moment on: a server that is told to stop while it starts still clears up.
    let signals = Signals::listen()?;
    super::isolation::check(settings.require_isolation)?;
    let folder = DataFolder::open(&settings.data_dir)?;
    // The port first: when another server runs here, nothing else is touched.
    let listener = TcpListener::bind(settings.listen).await.with_context(|| {
        format!("cannot listen on {}: is another server running there? choose another address with --listen", settings.listen)
    })?;
    let address = listener
        .local_addr()
        .context("cannot tell the address listened on")?;
    let database = Arc::new(Database::connect(&folder.database_url(&settings)).await?);
    let keys = match keys(&settings, &folder, &database).await {
        Ok(keys) => Arc::new(keys),
        Err(error) => {
            // As it was found: closing folds the log into the file.
            database.close().await;
            return Err(error);
        }
    };
    let store: Arc<dyn Store> = Arc::clone(&database) as Arc<dyn Store>;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let trail = Arc::new(AuditTrail::new(
        Arc::clone(&keys),
        Arc::clone(&database) as _,
        Arc::clone(&clock),
    ));
    let audit = Arc::clone(&trail) as Arc<dyn Audit>;
    let blobs: Arc<dyn Blobs> = Arc::new(DiskBlobs::open(folder.blobs()).await?);

    let own_ports = OwnPorts::default();
    let _own_port = own_ports.hold(address.port());
    let _helpers: Vec<_> = helpers(&settings)
        .map(|port| own_ports.hold(port))
        .collect();
    let smtp_ports = own_ports.clone();
    let fetcher = Arc::new(reading::client(&settings, own_ports.clone())?);
    let driver = Arc::new(driver(&settings, &folder, own_ports).await?);
    let browsers: Arc<dyn Browsers> = Arc::clone(&driver) as Arc<dyn Browsers>;

    let identities: Arc<dyn IdentityStore> = Arc::clone(&database) as Arc<dyn IdentityStore>;
    let keyring: Arc<dyn Keyring> = Arc::clone(&keys) as Arc<dyn Keyring>;
    let names = Arc::new(InventedNames::new(
        settings.persona_locale,
        Arc::clone(&keys),
    ));
    let phones = Phones::configured(&settings)?;
    let numbers = Arc::new(Numbers::new(
        Arc::clone(&identities),
        Arc::clone(&clock),
        phones.provider,
        settings.phone_country,
    ));
    let personas = Arc::new(Personas::new(
        Arc::clone(&identities),
        Arc::clone(&clock),
        names,
        Arc::clone(&numbers),
    ));
    let projects = Projects::new(
        Arc::clone(&identities),
        Arc::clone(&clock),
        Arc::clone(&personas),
    );
    let roles = Arc::new(Roles::new(Arc::clone(&identities), Arc::clone(&clock)));
    let journeys = Arc::new(Journeys::new(
        Arc::clone(&identities),
        Arc::clone(&clock),
        Arc::clone(&personas),
        Arc::clone(&roles),
    ));
    let vaults = Arc::new(Vaults::new(
        Arc::clone(&identities),
        Arc::clone(&clock),
        Arc::clone(&keyring),
        Arc::clone(&audit),
        Arc::new(ComputedCodes),
        VaultRules {
            mail_domain: settings.mail_domain.clone(),
            reveal: settings.vault_reveal,
        },
    ));
    let inbox = Arc::new(Inbox::start(
        identities,
        Arc::clone(&clock),
        keyring,
        InboxRules {
            domain: settings.mail_domain.clone(),
            retention: Retention {
                mails: settings.mail_max_messages,
                bytes: settings.mail_max_megabytes.saturating_mul(1024 * 1024),
            },
            max_age: Duration::from_secs(settings.mail_max_days.saturating_mul(86_400)),
        },
    ));

    let smtp = mail::receive(&settings, Arc::clone(&inbox)).await?;
    let _smtp_port = smtp
        .as_ref()
        .map(|smtp| smtp_ports.hold(smtp.local_addr().port()));

    let access = Arc::new(Access::new(
        Arc::clone(&store),
        Arc::clone(&audit),
        Arc::clone(&clock),
    ));
    if settings.api_key.is_some() {
        access.expect_configured_key();
    }
    access.default_tenant().await?;
    let first_key = match keys.is_sealed() {
        true => None,
        false => first_key(&settings, &folder, &access, &keys).await?,
    };

    let files = Arc::new(Files::new(
        Arc::clone(&store),
        Arc::clone(&blobs),
        Arc::clone(&clock),
    ));
    let approvals = Arc::new(Approvals::new(
        Arc::clone(&database) as _,
        Arc::clone(&audit),
        Arc::clone(&clock),
    ));
    let slots = super::slots::in_force(&settings)?;
    let node = folder.node()?;
    let model_keys = Arc::new(ModelKeys::new(
        Arc::clone(&database) as _,
        Arc::clone(&keys) as _,
        Arc::clone(&audit),
        models::providers_with_keys(),
    ));
    let models: Arc<dyn Models> =
        Arc::new(models::configured(&settings, Arc::clone(&model_keys) as _)?);
    let extractor = Arc::new(Extraction::new(Arc::clone(&models)));
    let pdfs = Arc::new(Pdfs::default());
    let sessions = Arc::new(Sessions::new(SessionParts {
        store: Arc::clone(&store),
        blobs: Arc::clone(&blobs),
        browsers,
        files: Arc::clone(&files),
        secrets: Arc::new(Fills::new(Arc::clone(&vaults))),
        scrubs: Arc::new(scrubbers),
        remotes: Arc::new(KeptAddresses::new(
            Arc::clone(&database) as _,
            Arc::clone(&keys) as _,
        )),
        extractor: Arc::clone(&extractor) as _,
        pdfs: Arc::clone(&pdfs) as _,
        approvals: Arc::clone(&approvals),
        clock: Arc::clone(&clock),
        settings: services::Settings {
            node: node.clone(),
            slots,
            waiting: settings.slots_waiting,
            wait: settings.slots_wait,
            sessions_per_tenant: settings.sessions_per_tenant,
            call: Duration::from_secs(40),
        },
    }));
    let plain: Arc<dyn PlainReader> = Arc::new(HttpReader::new(fetcher, pdfs));
    let reading = Arc::new(Reading::new(Arc::clone(&sessions), Arc::clone(&plain)));
    let crawls = Arc::new(Crawls::new(CrawlParts {
        store: Arc::clone(&database) as _,
        blobs,
        reading: Arc::clone(&reading),
        plain,
        clock: Arc::clone(&clock),
        max_age: Duration::from_secs(settings.crawl_max_days.saturating_mul(86_400)),
        node: node.clone(),
    }));
    let search = Search::new(
        engines::configured(&settings)?,
        Arc::clone(&reading),
        extractor,
    );
    let recovered = sessions.recover(None).await?;
    report("sessions", &recovered);
    let sealed_sessions = recovered.sealed;
    let runs = Arc::new(Runs::new(RunParts {
        store: Arc::clone(&database) as _,
        access: Arc::clone(&access),
        sessions: Arc::clone(&sessions),
        personas: Arc::clone(&personas),
        inbox: Arc::clone(&inbox),
        vaults: Arc::clone(&vaults),
        models: Arc::clone(&models),
        language: Arc::new(NotteActions),
        clock: Arc::clone(&clock),
        settings: RunSettings {
            node: node.clone(),
            longest: LONGEST_RUN,
        },
    }));
    let recovered = runs.recover(|session| !sealed_sessions.contains(&session));
    report("agents", &recovered.await?);
    let assignments = Arc::new(Assignments::new(AssignmentParts {
        store: Arc::clone(&database) as _,
        access: Arc::clone(&access),
        sessions: Arc::clone(&sessions),
        runs: Arc::clone(&runs),
        files: Arc::clone(&files),
        journeys: Arc::clone(&journeys),
        personas: Arc::clone(&personas),
        vaults: Arc::clone(&vaults),
        inbox: Arc::clone(&inbox),
        models: Arc::clone(&models),
        clock: Arc::clone(&clock),
        settings: AssignmentSettings {
            node,
            at_once: settings.agents_at_once.unwrap_or(slots / 2).max(1),
        },
    }));
    let (lost, waiting) = assignments.recover().await?;
    if lost > 0 || waiting > 0 {
        tracing::warn!(
            lost,
            waiting,
            "agents with browsers of their own: those that worked have failed, those that waited wait again"
        );
    }

    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .context("cannot start the counters")?;
    let stopping = CancellationToken::new();
    let app = App::new(Parts {
        sessions,
        reading,
        search,
        crawls,
        runs,
        assignments,
        model_keys,
        approvals,
        advice: Advice::new(models),
        driver,
        files,
        personas,
        projects,
        roles,
        journeys,
        vaults,
        inbox: Arc::clone(&inbox),
        numbers,
        twilio: phones.twilio,
        sms_webhook_secret: settings
            .sms_webhook_secret
            .as_ref()
            .map(|secret| Secret::new(secret.expose_secret().to_owned())),
        reveals: RateLimit::per_minute(REVEALS_PER_MINUTE),
        access,
        keyring: Arc::clone(&keys) as Arc<dyn Keyring>,
        keys,
        audit,
        trail,
        store,
        clock,
        metrics,
        rate_limit: settings.rate_limit_per_minute.map(RateLimit::per_minute),
        sealed_sessions: Mutex::new(sealed_sessions),
        stopping: stopping.clone(),
        settings,
    });
    if app.keys.is_sealed() {
        tracing::warn!("no root source is at hand: the server waits for 'guise keys unseal'");
    } else {
        app.keys_are_open().await?;
    }
    super::isolation::tell();
    announce(&app, address, smtp.as_ref(), slots, first_key)?;
    let expiring = tokio::spawn(tidy(
        Arc::clone(&inbox),
        Arc::clone(&app.numbers),
        Arc::clone(&app.crawls),
        stopping.clone(),
    ));
    serve(app.clone(), listener, signals, stopping).await;
    expiring
        .await
        .context("the task that lets old mail go failed")?;
    if let Some(smtp) = smtp {
        let stopped = tokio::time::timeout(LAST_MAILS, smtp.stop()).await;
        if stopped.is_err() {
            tracing::warn!("mails that were coming in are given up; their senders have them still");
        }
    }
    inbox.stop().await;
    database.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Lets mail and crawls go that are older than they may be, and gives phone numbers back that nobody has any more, now and then.
async fn tidy(
    inbox: Arc<Inbox>,
    numbers: Arc<Numbers>,
    crawls: Arc<Crawls>,
    stopping: CancellationToken,
) {
    let mut ticks = tokio::time::interval(TIDY_EVERY);
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = ticks.tick() => {}
        }
        match inbox.expire().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "old mails and messages went"),
            Err(error) => tracing::error!(error = ?error, "old mails could not be let go"),
        }
        match crawls.expire().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "old crawls went"),
            Err(error) => tracing::error!(error = ?error, "old crawls could not be let go"),
        }
        if let Err(error) = numbers.settle(None).await {
            tracing::error!(error = ?error, "phone numbers could not be given back");
        }
    }
}

/// The keys of the database; sealed if nothing is at hand that opens them and the configuration allows that.
async fn keys(
    settings: &Settings,
    folder: &DataFolder,
    database: &Arc<Database>,
) -> Result<KeyTree> {
    let sources = folder.root_sources(settings)?;
    let error = match folder.keys(database, &sources).await {
        Ok(keys) => return Ok(keys),
        Err(error) => error,
    };
    match error.downcast_ref::<OpenError>() {
        Some(why) if settings.start_sealed && why.is_for_want_of_a_source() => {
            tracing::warn!("{why}");
            Ok(folder.sealed_keys(database))
        }
        _ => Err(error),
    }
}

/// The signals that end the server.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

async fn driver(settings: &Settings, folder: &DataFolder, own_ports: OwnPorts) -> Result<Driver> {
    let deadline = Instant::now() + Duration::from_secs(20);
    let paths = guise_chromium::Paths {
        headless_shell: settings.headless_shell.clone(),
        full: settings.chrome.clone(),
        xvfb: settings.xvfb.clone(),
    };
    let installation = Installation::find(&paths, deadline)
        .await
        .context("a program named by headless_shell, chrome or xvfb cannot be used")?;
    // The small build is what sessions get unless they ask for another one; the error names the package.
    installation.engine(guise_chromium::Engine::HeadlessShell)?;
    if let Err(missing) = installation.engine(guise_chromium::Engine::Full) {
        tracing::warn!(
            "sessions with browser_type chrome, or with a window, will not start: {missing}"
        );
    }
    let mut options = guise_chromium::Options::new(installation, folder.path());
    options.uids = settings.uids;
    let launcher = options.open(deadline).await?;
    let swept = launcher.swept();
    if swept != guise_chromium::Swept::default() {
        tracing::warn!(
            ?swept,
            "an earlier run left processes or folders behind; they are gone now"
        );
    }
    Ok(Driver::new(DriverOptions {
        launcher,
        doors: guise_egress::Options {
            own_ports,
            ..guise_egress::Options::default()
        },
        allow: settings.allow_hosts.clone(),
        pool: PoolSizes {
            headless_shell: settings.pool_headless_shell,
            full: settings.pool_chrome,
        },
        readers: ReaderLimits::default(),
    }))
}

/// The ports of what the server itself calls: a database, and what opens its keys on this machine. Pages must not reach
/// them either.
fn helpers(settings: &Settings) -> impl Iterator<Item = u16> {
    let database = settings.database_url.as_deref().and_then(|text| {
        let url = url::Url::parse(text).ok()?;
        Some(url.port().unwrap_or(5432))
    });
    let sources = settings.root_key_source.iter();
    let transit = sources.filter_map(|source| match source {
        RootSpec::Transit(address) => address.loopback_port(),
        _ => None,
    });
    database.into_iter().chain(transit)
}

/// On the very first start somebody must be able to call: a key is made, unless the configuration names one.
async fn first_key(
    settings: &Settings,
    folder: &DataFolder,
    access: &Access,
    keys: &KeyTree,
) -> Result<Option<ApiKeySecret>> {
    let tenant = access.default_tenant().await?;
    if settings.api_key.is_some() || !access.keys(tenant.id).await?.is_empty() {
        return Ok(None);
    }
    let secret = ApiKeySecret::generate().context("the system gives no random bytes")?;
    let new = NewKey {
        digest: keys.digest(secret.expose())?,
        hint: secret.hint(),
        scopes: Scopes::all(),
        expires_at: None,
    };
    // Kept first: a key that nobody has must not be the one that stands in the way of another first key.
    folder
        .keep_api_key(secret.expose())
        .context("cannot keep the API key in the data folder")?;
    access.create_key(Actor::Server, tenant.id, new).await?;
    Ok(Some(secret))
}

fn announce(
    app: &App,
    address: SocketAddr,
    smtp: Option<&Handle>,
    slots: usize,
    first_key: Option<ApiKeySecret>,
) -> Result<()> {
    super::print(&format!("Guise listens on http://{address}"))?;
    let base = match &app.settings.public_url {
        None => format!("http://{address}"),
        Some(url) => {
            let url = url.as_str().trim_end_matches('/');
            super::print(&format!("  public     {url}"))?;
            url.to_owned()
        }
    };
    super::print(&format!("  reference  {base}/docs\n  slots      {slots}"))?;
    if let Some(smtp) = smtp {
        super::print(&format!(
            "  mail       {}, for addresses at {}",
            smtp.local_addr(),
            app.inbox.domain()
        ))?;
    }
    if app.keys.is_sealed() {
        super::print("  sealed     until 'guise keys unseal'")?;
    }
    if let Some(secret) = first_key {
        super::print(&format!(
            "  API key    {}   (shown once; also kept in the data folder, file api_key)",
            secret.expose()
        ))?;
    }
    Ok(())
}

/// Serves until a signal, then drains: no new connections, a moment for requests under way, then the browsers.
async fn serve(app: App, listener: TcpListener, mut signals: Signals, stopping: CancellationToken) {
    let patience = app.settings.slow_client;
    let server = accept::serve(listener, router(&app), patience, stopping.clone());
    let mut server = std::pin::pin!(server);
    tokio::select! {
        () = &mut server => {}
        () = signals.stop() => {}
    }
    tracing::info!("stopping");
    stopping.cancel();
    let deadline = Instant::now() + DRAIN;
    // Sessions end while requests drain: a request that waits for a browser ends with it.
    let requests = tokio::time::timeout(REQUESTS, &mut server);
    let end = async {
        // Agents first: they must not take the end of their sessions for a fault.
        app.crawls.shutdown(deadline).await;
        app.assignments.shutdown(deadline).await;
        app.runs.shutdown(deadline).await;
        app.sessions.shutdown(deadline).await;
    };
    let (drained, ()) = tokio::join!(requests, end);
    if drained.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}

/// Tells what became of what an earlier life of this server left.
fn report(what: &'static str, recovered: &Recovered) {
    let Recovered {
        resumed,
        lost,
        sealed,
    } = recovered;
    let sealed = sealed.len();
    if *resumed > 0 || *lost > 0 || sealed > 0 {
        tracing::warn!(
            what,
            resumed,
            lost,
            sealed,
            "of an earlier life of this server: what is resumed goes on, what is lost was noted as ended, what is sealed waits for keys"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::helpers;
    use crate::config::{Layers, Settings};

    #[test]
    fn helpers_have_the_ports_that_they_are_called_at() {
        let mut layers = Layers::defaults().unwrap();
        let mut with = |name: &str, text: &str| {
            layers
                .set(name, text.to_owned(), "a test".to_owned())
                .unwrap();
            let settings = Settings::from_layers(&layers).unwrap();
            helpers(&settings).collect::<Vec<_>>()
        };
        assert_eq!(with("database_url", ""), [0; 0]);
        assert_eq!(
            with("database_url", "postgres://me@127.0.0.1/guise"),
            [5432]
        );
        assert_eq!(
            with("database_url", "postgres://me@127.0.0.1:5433/guise"),
            [5433]
        );
        let sources =
            "file,transit:http://127.0.0.1:8200/transit/guise,transit:https://bao.example/a/b";
        assert_eq!(with("root_key_source", sources), [5433, 8200]);
    }
}
