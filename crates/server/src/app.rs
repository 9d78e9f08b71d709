//! Everything that handlers use, put together once at the start.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use guise_agent::{Advice, Assignments, Runs};
use guise_browser::Driver;
use guise_core::ports::{Audit, Clock, Keyring, Store};
use guise_core::services::{
    Access, Approvals, Crawls, Files, Inbox, Journeys, ModelKeys, Numbers, Personas, Projects,
    Reading, Roles, Search, Sessions, Vaults,
};
use guise_core::{Area, Caller, Result, Secret, Session, SessionId, Status, TenantId, Timestamp};
use guise_phone::Twilio;
use guise_secrets::{AuditTrail, KeyTree, Purpose};
use metrics_exporter_prometheus::PrometheusHandle;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::config::Settings;
use crate::http::base_url::BaseUrl;
use crate::http::rate_limit::RateLimit;

/// Handed to every handler; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What handlers use.
pub struct Parts {
    /// The configuration in force.
    pub settings: Settings,
    /// Browser sessions.
    pub sessions: Arc<Sessions>,
    /// Pages in one call, in a session or without.
    pub reading: Arc<Reading>,
    /// Whole sites.
    pub crawls: Arc<Crawls>,
    /// The web at large.
    pub search: Search,
    /// Models that work in them.
    pub runs: Arc<Runs>,
    /// Tasks that they work on in sessions made for it.
    pub assignments: Arc<Assignments>,
    /// Keys for models that tenants have brought.
    pub model_keys: Arc<ModelKeys>,
    /// What waits for somebody to allow it.
    pub approvals: Arc<Approvals>,
    /// Models that help with wording.
    pub advice: Advice,
    /// Where their browsers come from, for asking how the pool stands.
    pub driver: Arc<Driver>,
    /// Uploads and downloads.
    pub files: Arc<Files>,
    /// Personas.
    pub personas: Arc<Personas>,
    /// Their projects.
    pub projects: Projects,
    /// How agents go about their work.
    pub roles: Arc<Roles>,
    /// What agents are to do.
    pub journeys: Arc<Journeys>,
    /// Their vaults.
    pub vaults: Arc<Vaults>,
    /// What arrives for them.
    pub inbox: Arc<Inbox>,
    /// Their phone numbers.
    pub numbers: Arc<Numbers>,
    /// The account that they are bought with, where it is Twilio's.
    pub twilio: Option<Arc<Twilio>>,
    /// By which gateways sign text messages.
    pub sms_webhook_secret: Option<Secret>,
    /// How often one key may read secrets.
    pub reveals: RateLimit,
    /// Tenants and keys.
    pub access: Arc<Access>,
    /// All keys: by them API keys are recognised and addresses signed.
    pub keys: Arc<KeyTree>,
    /// The same keys, for sealing and opening values.
    pub keyring: Arc<dyn Keyring>,
    /// Where deeds with secrets and keys are written down.
    pub audit: Arc<dyn Audit>,
    /// The same, for opening and locking the keys.
    pub trail: Arc<AuditTrail>,
    /// The database, for asking whether it answers.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The counters.
    pub metrics: PrometheusHandle,
    /// How often one key may call.
    pub rate_limit: Option<RateLimit>,
    /// Sessions of an earlier life of the server that are taken up once keys are open, with the runs in them.
    pub sealed_sessions: Mutex<HashSet<SessionId>>,
    /// Cancelled when the server stops.
    pub stopping: CancellationToken,
}

/// File links work for so long.
const FILE_LINK: Duration = Duration::from_hours(1);

/// A path segment keeps what RFC 3986 calls unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Addresses of an active session, for its answers.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// The Chrome DevTools Protocol.
    pub cdp: Option<String>,
    /// The page that shows it.
    pub viewer: Option<String>,
}

/// All addresses of a session.
#[derive(Clone, Debug)]
pub struct DebugLinks {
    /// The Chrome DevTools Protocol.
    pub cdp: String,
    /// Pictures.
    pub recording: String,
    /// Events.
    pub logs: String,
    /// The page that shows it.
    pub viewer: String,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Who presents `key`.
    ///
    /// # Errors
    /// Kind `Unauthenticated`, or `Sealed`.
    pub async fn recognise(&self, key: &str) -> Result<Caller> {
        self.access.recognise(&self.keys.digest(key)?).await
    }

    /// Does what waits for the keys: the configured API key is recognised from now on, and what waits for agents is worked on.
    ///
    /// # Errors
    /// Kind `Sealed`, or when the store fails.
    pub async fn keys_are_open(&self) -> Result<()> {
        if let Some(key) = &self.settings.api_key {
            let digest = self.keys.digest(key.expose())?;
            self.access.accept_configured_key(digest).await?;
        }
        self.take_up_sealed().await?;
        self.assignments.work();
        let resumed = self.crawls.resume().await?;
        if resumed > 0 {
            tracing::warn!(resumed, "crawls of an earlier life of this server go on");
        }
        Ok(())
    }

    async fn take_up_sealed(&self) -> Result<()> {
        let mut sealed = self.sealed_sessions.lock().await;
        if sealed.is_empty() {
            return Ok(());
        }
        let sessions = self.sessions.recover(Some(&sealed)).await?;
        let meant = |session| sealed.contains(&session) && !sessions.sealed.contains(&session);
        let runs = self.runs.recover(meant).await?;
        tracing::warn!(
            sessions = sessions.resumed,
            agents = runs.resumed,
            "sessions that waited for keys go on"
        );
        *sealed = sessions.sealed;
        Ok(())
    }

    /// Whether sessions can be started.
    ///
    /// # Errors
    /// Says what is in the way.
    pub async fn check_ready(&self) -> std::result::Result<(), String> {
        if self.stopping.is_cancelled() {
            return Err("The server is stopping".to_owned());
        }
        if let Err(sealed) = self.keys.tokens() {
            return Err(sealed.message().to_owned());
        }
        self.store.tenants().await.map(drop).map_err(|error| {
            tracing::error!(error = ?error, "the database does not answer");
            "The database does not answer".to_owned()
        })
    }

    /// The addresses of a session that go into its answers; none for one that has ended.
    pub fn links(&self, base: &BaseUrl, caller: &Caller, session: &Session) -> Links {
        if session.status != Status::Active {
            return Links::default();
        }
        // A server that was sealed meanwhile gives out none.
        self.debug_links(base, caller, session)
            .map(|links| Links {
                cdp: Some(links.cdp),
                viewer: Some(links.viewer),
            })
            .unwrap_or_default()
    }

    /// All addresses of a session, for `caller`. Their tokens live as long as it may.
    ///
    /// # Errors
    /// Kind `Sealed`.
    pub fn debug_links(
        &self,
        base: &BaseUrl,
        caller: &Caller,
        session: &Session,
    ) -> Result<DebugLinks> {
        let tokens = self.keys.tokens()?;
        let id = session.id.to_string();
        let minutes = u64::from(session.options.max_duration_minutes);
        let until = session.created_at.plus(Duration::from_mins(minutes));
        let purpose = match self.vaults.reveals_to(caller) {
            true => Purpose::CdpReveal,
            false => Purpose::Cdp,
        };
        let cdp = tokens.sign(purpose, session.tenant, &id, until);
        let view = tokens.sign(Purpose::View, session.tenant, &id, until);
        Ok(DebugLinks {
            cdp: base.join_socket(&format!("/cdp/{id}/{cdp}")),
            recording: base.join_socket(&format!("/sessions/{id}/debug/recording?token={view}")),
            logs: base.join_socket(&format!("/sessions/{id}/debug/logs?token={view}")),
            viewer: base.join(&format!("/view/{id}/{view}")),
        })
    }

    /// The session that a token opens for `purpose`.
    ///
    /// # Errors
    /// Kind `Denied` for a token that does not, `NotFound` for an id that is none, `Sealed`.
    pub fn opened_by(&self, purpose: Purpose, id: &str, token: &str) -> Result<SessionId> {
        self.keys
            .tokens()?
            .verify(purpose, id, token, self.now())
            .map_err(|error| guise_core::Error::new(guise_core::Kind::Denied, error.to_string()))?;
        id.parse()
            .map_err(|_| guise_core::Error::not_found("Session", id))
    }

    /// Where a file can be fetched without a key.
    ///
    /// # Errors
    /// Kind `Sealed`.
    pub fn file_link(
        &self,
        base: &BaseUrl,
        tenant: TenantId,
        area: Area,
        name: &str,
    ) -> Result<String> {
        let area = match area {
            Area::Uploads => "uploads".to_owned(),
            Area::Downloads(session) => session.to_string(),
            // No list shows them.
            Area::Assignment(_) => {
                return Err(guise_core::Error::not_found("File", format!("'{name}'")));
            }
        };
        let until = self.now().plus(FILE_LINK);
        let token =
            self.keys
                .tokens()?
                .sign(Purpose::File, tenant, &format!("{area}/{name}"), until);
        Ok(base.join(&format!(
            "/files/{area}/{token}/{}",
            utf8_percent_encode(name, SEGMENT)
        )))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
