//! Taking up again what an earlier life of the server left: sessions in browsers of somebody else's, which went on without it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::gate::Gate;
use super::live::{Live, NewLive};
use super::{Sessions, Shared};
use crate::ports::SessionEnd;
use crate::{
    BrowserSpec, CloseReason, Engine, Error, Kind, Remote, Result, Session, SessionId, Status,
};

/// What reaching a browser again may take.
const AGAIN: Duration = Duration::from_secs(8);

/// What became of the sessions of an earlier life of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Those that go on.
    pub resumed: usize,
    /// Those that were noted as ended.
    pub lost: usize,
    /// Those that wait, since where their browsers are is sealed.
    pub sealed: HashSet<SessionId>,
}

/// What became of one.
enum Found {
    Again,
    Gone,
    Sealed,
}

impl Sessions {
    /// Takes up the sessions of an earlier life of the server whose browsers are somebody else's and still there, and notes the
    /// others, whose browsers died with it, as ended. `only` is which ones, where not all are meant: those that waited until keys
    /// were open.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(&self, only: Option<&HashSet<SessionId>>) -> Result<Recovered> {
        let shared = &self.shared;
        let mut left = shared
            .store
            .active_sessions_of(&shared.settings.node)
            .await?;
        left.retain(|session| only.is_none_or(|only| only.contains(&session.id)));
        let mut tries = JoinSet::new();
        for session in left {
            let shared = Arc::clone(shared);
            tries.spawn(async move {
                let id = session.id;
                let error = match shared.resume(session).await {
                    Ok(true) => return Ok((id, Found::Again)),
                    Err(error) if error.kind() == Kind::Sealed => return Ok((id, Found::Sealed)),
                    Ok(false) => "the server was restarted".to_owned(),
                    Err(error) => format!(
                        "the server was restarted, and its browser was not found again: {}",
                        error.message()
                    ),
                };
                shared.lost(id, error).await.map(|()| (id, Found::Gone))
            });
        }
        let mut recovered = Recovered::default();
        while let Some(tried) = tries.join_next().await {
            let tried =
                tried.map_err(|error| Error::internal("taking sessions up again", error))?;
            match tried? {
                (_, Found::Again) => recovered.resumed += 1,
                (_, Found::Gone) => recovered.lost += 1,
                (id, Found::Sealed) => {
                    recovered.sealed.insert(id);
                }
            }
        }
        Ok(recovered)
    }

    /// Whether a session runs here.
    pub fn is_running(&self, id: SessionId) -> bool {
        self.shared.table().contains_key(&id)
    }
}

impl Shared {
    /// Takes a session up again. `false` where its browser was one of ours.
    async fn resume(self: &Arc<Self>, session: Session) -> Result<bool> {
        let Some(context) = session.options.remote_context.clone() else {
            return Ok(false);
        };
        let (tenant, id) = (session.tenant, session.id);
        let address = self.remotes.of(tenant, id).await?;
        let address = address.ok_or_else(|| Error::browser("its address is not known any more"))?;
        let place = self.admission.admit_again(tenant)?;
        let gate = Gate::new(self.scrubs.scrub());
        if let Some(vault) = session.options.vault {
            gate.watch(&*self.secrets, tenant, vault).await?;
        }
        let spec = BrowserSpec {
            engine: Engine::HeadlessShell,
            user_agent: None,
            viewport: None,
            // Those that were asked for were never kept.
            extra_http_headers: BTreeMap::new(),
            chrome_args: Vec::new(),
            proxy: None,
            file_storage: false,
            remote: Some(Remote {
                address,
                context: Some(context),
            }),
            shared_in: None,
        };
        let started = self.browsers.start(&spec, Instant::now() + AGAIN).await?;
        let events = started.browser.events();
        let live = Arc::new(Live::new(NewLive {
            id,
            tenant,
            options: session.options,
            notes: started.notes,
            browser: started.browser,
            gate,
            created_at: session.created_at,
            last_accessed_at: self.clock.now(),
            next_step: self.store.next_sequence(id).await?,
            place,
        }));
        self.table().insert(id, Arc::clone(&live));
        self.watch_over(&live, events);
        Ok(true)
    }

    async fn lost(&self, id: SessionId, error: String) -> Result<()> {
        let end = SessionEnd {
            status: Status::Error,
            reason: CloseReason::Error,
            error: Some(error),
            at: self.clock.now(),
            usage: None,
        };
        self.store.end_session(id, &end).await.map(drop)
    }
}
