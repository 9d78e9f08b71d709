//! Runs: starting, listing, looking at, listening to and stopping them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use guise_core::ports::{Clock, Models, RunStore, RunTool, Tool};
use guise_core::services::{
    Access, Actor, Correspondence, Inbox, Personas, Recovered, Sessions, Vaults,
};
use guise_core::{
    Caller, Decision, Error, Kind, ModelUsage, Page, PageRequest, Persona, Result, Run, RunEnd,
    RunFilter, RunId, Scope, Session, SessionId, Site, Step, StepRecord, Vault,
};
use tokio::sync::broadcast;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::credentials;
use crate::history::History;
use crate::language::Language;
use crate::prompt::Character;
use crate::quote::Quotes;
use crate::requests::RunRequest;
use crate::schema::Schema;
use crate::with_tools::WithTools;
use crate::worker::{STOPPED, Worker, reason};

/// How many events a listener may be behind before it misses some.
const EVENTS: usize = 256;

/// So many runs may share one session.
const MOST_IN_A_SESSION: usize = 8;

/// How long to wait before an end that could not be written is tried again.
pub(crate) const WRITE_AGAIN: Duration = Duration::from_secs(5);

/// Tools that are of use only to who has messages.
const MESSAGES: [&str; 3] = ["email_read", "email_verification_read", "sms_read"];

/// Nothing here can do it.
const NEVER: [&str; 1] = ["captcha_solve"];

/// What the operator decides about runs.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// Names this server among those that share a database; the same after a restart.
    pub node: String,
    /// A run ends after so long.
    pub longest: Duration,
}

/// What happens in a run.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// Its model decided: which decision of this run it is, from 0, and the step that says what.
    Decision(usize, Arc<Step>),
    /// A proposed answer was refused.
    Validation(String),
    /// It ended; its record says how.
    Ended,
}

/// The service.
pub struct Runs {
    store: Arc<dyn RunStore>,
    access: Arc<Access>,
    sessions: Arc<Sessions>,
    personas: Arc<Personas>,
    inbox: Arc<Inbox>,
    vaults: Arc<Vaults>,
    models: Arc<dyn Models>,
    language: Arc<dyn Language>,
    clock: Arc<dyn Clock>,
    settings: RunSettings,
    live: Mutex<HashMap<RunId, Live>>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

/// A run that is under way here.
struct Live {
    session: SessionId,
    stop: CancellationToken,
    events: broadcast::Sender<RunEvent>,
    /// Cancelled when its end is in its row.
    ended: CancellationToken,
}

/// Who a run acts as, and with what.
struct Who {
    persona: Option<Persona>,
    vault: Option<Vault>,
    tools: Vec<Arc<dyn RunTool>>,
}

/// What the service is made of.
#[expect(missing_docs, reason = "each is what its type says")]
pub struct RunParts {
    pub store: Arc<dyn RunStore>,
    pub access: Arc<Access>,
    pub sessions: Arc<Sessions>,
    pub personas: Arc<Personas>,
    pub inbox: Arc<Inbox>,
    pub vaults: Arc<Vaults>,
    pub models: Arc<dyn Models>,
    pub language: Arc<dyn Language>,
    pub clock: Arc<dyn Clock>,
    pub settings: RunSettings,
}

impl Runs {
    /// A service of those parts.
    pub fn new(parts: RunParts) -> Self {
        Self {
            store: parts.store,
            access: parts.access,
            sessions: parts.sessions,
            personas: parts.personas,
            inbox: parts.inbox,
            vaults: parts.vaults,
            models: parts.models,
            language: parts.language,
            clock: parts.clock,
            settings: parts.settings,
            live: Mutex::default(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }
    }

    /// Starts a run. It is under way when this returns.
    ///
    /// # Errors
    /// Kind `Invalid` for members that cannot be granted; `NotFound` for a session, persona or vault that is not there; `Refused` when
    /// the session has ended, has as many runs as it may, or there is no model; `Denied` when the key may not act as personas.
    pub async fn start(self: &Arc<Self>, caller: &Caller, request: RunRequest) -> Result<Run> {
        let mut options = request.check()?;
        let persona = self.persona(caller, request.persona_id.as_deref()).await?;
        options.persona = persona.as_ref().map(|persona| persona.id);
        let session = self.sessions.get(caller, &request.session_id).await?;
        let vault = self
            .vault(
                caller,
                request.vault_id.as_deref(),
                persona.as_ref(),
                &session,
            )
            .await?;
        options.vault = vault.as_ref().map(|vault| vault.id);
        let run = Run {
            id: RunId::new(),
            tenant: caller.tenant,
            key: caller.key,
            session: session.id,
            task: request.task,
            options,
            model: String::new(),
            note: None,
            usage: ModelUsage::default(),
            created_at: self.clock.now(),
            end: None,
        };
        let who = Who {
            persona,
            vault,
            tools: request.tools.0,
        };
        let model = request.reasoning_model.as_deref();
        let worker = self.worker(caller, run, who, model, false).await?;
        // A caller who hangs up now leaves a run that works, not half of one.
        let begun = self.tasks.spawn(Arc::clone(self).begin(worker));
        begun
            .await
            .map_err(|_| Error::internal("starting a run broke off", "its task failed"))?
    }

    /// What works on a run, with the model that answers to `wish`.
    async fn worker(
        &self,
        caller: &Caller,
        mut run: Run,
        who: Who,
        wish: Option<&str>,
        resumed: bool,
    ) -> Result<Worker> {
        let (mut character, correspondence) = self.character(who.persona).await?;
        let purse = match &who.vault {
            None => None,
            Some(vault) => {
                let home = run.options.url.as_deref();
                let home = home.and_then(|url| Site::of(url).ok());
                let (purse, words) = credentials::purse(&self.vaults, vault, home).await?;
                character.credentials = words;
                Some(purse)
            }
        };
        let chosen = self.models.choose(caller.tenant, wish).await?;
        let actor = Actor {
            model: Some(chosen.model.name().to_owned()),
            run: run.id,
            correspondence,
            purse,
            tools: who.tools.clone(),
        };
        let session = run.session.to_string();
        let hands = self.sessions.hands(caller, &session, actor).await?;
        chosen.model.name().clone_into(&mut run.model);
        run.note = run.note.or(chosen.note);
        let schema = run
            .options
            .response_format
            .as_ref()
            .map(|format| Schema::new(format, "response_format"))
            .transpose()?;
        let language = WithTools::new(Arc::clone(&self.language), who.tools);
        let spent = self.clock.now().since(run.created_at);
        Ok(Worker {
            run,
            hands,
            model: chosen.model,
            tools: tools(&language, &character),
            language: Arc::new(language),
            character,
            quotes: Quotes::new(),
            schema: schema.map(Arc::new),
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            events: broadcast::Sender::new(EVENTS),
            stop: CancellationToken::new(),
            stopping: self.stopping.clone(),
            deadline: Instant::now() + self.settings.longest.saturating_sub(spent),
            resumed,
        })
    }

    /// Writes a run's row and puts its worker to work.
    async fn begin(self: Arc<Self>, worker: Worker) -> Result<Run> {
        let run = worker.run.clone();
        self.enter(&worker)?;
        if let Err(error) = self.store.add_run(&run, &self.settings.node).await {
            self.table().remove(&run.id);
            return Err(error);
        }
        self.set_to_work(worker);
        Ok(run)
    }

    fn set_to_work(self: &Arc<Self>, worker: Worker) {
        let span = tracing::info_span!("run", id = %worker.run.id);
        let service = Arc::clone(self);
        self.tasks
            .spawn(service.see_through(worker).instrument(span));
    }

    /// A run of the caller's tenant.
    ///
    /// # Errors
    /// Kind `NotFound` for an id that is none, unknown, or another tenant's.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<Run> {
        let not_found = || Error::not_found("Agent", id);
        let id: RunId = id.parse().map_err(|_| not_found())?;
        self.store
            .run(caller.tenant, id)
            .await?
            .ok_or_else(not_found)
    }

    /// The tenant's runs, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(
        &self,
        caller: &Caller,
        only_active: bool,
        only_current_key: bool,
        page: PageRequest,
    ) -> Result<Page<Run>> {
        let filter = RunFilter {
            tenant: caller.tenant,
            key: only_current_key.then_some(caller.key),
            only_active,
        };
        self.store.runs(&filter, page).await
    }

    /// What a run did, pictures included.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn steps(&self, run: &Run) -> Result<Vec<StepRecord>> {
        self.sessions.steps_of_run(run.id).await
    }

    /// What a run's model decided, in order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn decisions(&self, run: &Run) -> Result<Vec<Decision>> {
        self.sessions.decisions(run.id).await
    }

    /// Stops a run of a session; its session goes on. Stopping one that has ended is fine.
    ///
    /// # Errors
    /// Kind `NotFound`, also when the run works in another session.
    pub async fn stop(&self, caller: &Caller, id: &str, session: &str) -> Result<Run> {
        let run = self.get(caller, id).await?;
        if run.session.to_string() != session.trim() {
            return Err(Error::not_found(
                "Agent",
                format!("{id} in session {session}"),
            ));
        }
        // First of all: whatever happens to the row, it must not go on.
        if let Some(live) = self.table().get(&run.id) {
            live.stop.cancel();
        }
        let end = RunEnd {
            at: self.clock.now(),
            success: false,
            answer: STOPPED.to_owned(),
        };
        match self.store.end_run(run.id, &end).await? {
            Some(run) => Ok(run),
            None => self.get(caller, id).await,
        }
    }

    /// What happens in a run from now on; `None` when it has ended.
    pub fn events(&self, id: RunId) -> Option<broadcast::Receiver<RunEvent>> {
        self.table().get(&id).map(|live| live.events.subscribe())
    }

    /// Waits until a run has ended, and its row says how; it does not wait for one that is not under way here.
    pub async fn until_ended(&self, id: RunId) {
        let live = self.table().get(&id).map(|live| live.ended.clone());
        if let Some(ended) = live {
            ended.cancelled().await;
        }
    }

    /// What was done, in the words that models read; older actions are counted only.
    pub(crate) fn account(&self, steps: &[StepRecord]) -> String {
        let language = WithTools::new(Arc::clone(&self.language), Vec::new());
        History::of(steps, &language).text()
    }

    /// How many runs are under way here.
    pub fn running(&self) -> usize {
        self.table().len()
    }

    /// Takes up the runs of an earlier life of this server whose sessions go on, and notes the others as ended: their browsers died
    /// with it. Sessions were recovered before.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(
        self: &Arc<Self>,
        is_meant: impl Fn(SessionId) -> bool,
    ) -> Result<Recovered> {
        let mut recovered = Recovered::default();
        let mut left = self.store.runs_of_node(&self.settings.node).await?;
        left.retain(|run| is_meant(run.session));
        for run in left {
            let id = run.id;
            let answer = if self.sessions.is_running(run.session) {
                match self.resume(run).await {
                    Ok(()) => {
                        recovered.resumed += 1;
                        continue;
                    }
                    Err(error) => {
                        let why = reason(&error);
                        format!("The server was restarted, and the run could not go on: {why}")
                    }
                }
            } else {
                "The server was restarted, and the run's browser is gone".to_owned()
            };
            let end = RunEnd {
                at: self.clock.now(),
                success: false,
                answer,
            };
            self.store.end_run(id, &end).await?;
            recovered.lost += 1;
        }
        Ok(recovered)
    }

    /// Goes on with a run from its last finished step.
    async fn resume(self: &Arc<Self>, run: Run) -> Result<()> {
        let caller = self.access.caller(run.key).await?;
        let persona = match run.options.persona {
            Some(id) => Some(self.personas.get(&caller, &id.to_string()).await?),
            None => None,
        };
        let vault = match run.options.vault {
            Some(id) => Some(self.vaults.get(&caller, &id.to_string()).await?),
            None => None,
        };
        let who = Who {
            persona,
            vault,
            // Those who give tools of their own have sessions that end with the server.
            tools: Vec::new(),
        };
        let model = run.model.clone();
        let worker = self.worker(&caller, run, who, Some(&model), true).await?;
        self.enter(&worker)?;
        self.set_to_work(worker);
        Ok(())
    }

    /// Ends all runs and waits until they are, at most until `deadline`. Nothing is started any more.
    pub async fn shutdown(&self, deadline: Instant) {
        self.stopping.cancel();
        self.tasks.close();
        if timeout_at(deadline, self.tasks.wait()).await.is_err() {
            tracing::warn!("some runs did not end in time");
        }
    }

    /// Works on a run to its end, and notes it, whatever happens.
    async fn see_through(self: Arc<Self>, mut worker: Worker) {
        let id = worker.run.id;
        let work = async move { worker.work().await };
        // In a task of its own: a fault in it must not leave a run that never ends.
        let end = match tokio::spawn(work.in_current_span()).await {
            Ok(end) => end,
            Err(_) => {
                tracing::error!("a run broke off");
                Some(RunEnd {
                    at: self.clock.now(),
                    success: false,
                    answer: "Something went wrong in this server; its log says what".to_owned(),
                })
            }
        };
        let Some(end) = end else {
            // The next life of the server goes on with it.
            self.table().remove(&id);
            return;
        };
        // Where somebody stopped it, that stays how it ended.
        while let Err(error) = self.store.end_run(id, &end).await {
            tracing::error!(error = ?error, "cannot note the end of a run; trying again");
            tokio::select! {
                // The next start notes it.
                () = self.stopping.cancelled() => break,
                () = tokio::time::sleep(WRITE_AGAIN) => {}
            }
        }
        if let Some(live) = self.table().remove(&id) {
            // Nobody listening is the usual case.
            let _ = live.events.send(RunEvent::Ended);
            live.ended.cancel();
        }
    }

    /// Takes a place among the runs of its session.
    fn enter(&self, worker: &Worker) -> Result<()> {
        if self.stopping.is_cancelled() {
            return Err(Error::new(Kind::Full, "The server is being stopped"));
        }
        let session = worker.run.session;
        let mut table = self.table();
        let there = table.values().filter(|live| live.session == session);
        if there.count() >= MOST_IN_A_SESSION {
            return Err(Error::refused(format!(
                "Session {session} has {MOST_IN_A_SESSION} agents already: stop one, or start another session"
            )));
        }
        let live = Live {
            session,
            stop: worker.stop.clone(),
            events: worker.events.clone(),
            ended: CancellationToken::new(),
        };
        table.insert(worker.run.id, live);
        Ok(())
    }

    async fn persona(&self, caller: &Caller, id: Option<&str>) -> Result<Option<Persona>> {
        let Some(id) = id.map(str::trim).filter(|id| !id.is_empty()) else {
            return Ok(None);
        };
        if !caller.scopes.contains(Scope::Personas) {
            return Err(Error::new(
                Kind::Denied,
                "This key may not act as personas: it lacks the scope personas",
            ));
        }
        self.personas.get(caller, id).await.map(Some)
    }

    /// The vault that is asked for, else the persona's, else the session's.
    async fn vault(
        &self,
        caller: &Caller,
        id: Option<&str>,
        persona: Option<&Persona>,
        session: &Session,
    ) -> Result<Option<Vault>> {
        let id = id.map(str::trim).filter(|id| !id.is_empty());
        if let Some(id) = id {
            if !caller.scopes.contains(Scope::Personas) {
                return Err(Error::new(
                    Kind::Denied,
                    "This key may not use vaults: it lacks the scope personas",
                ));
            }
            return self.vaults.get(caller, id).await.map(Some);
        }
        let theirs = persona.and_then(|persona| persona.vault);
        let Some(id) = theirs.or(session.options.vault) else {
            return Ok(None);
        };
        // Whoever may not list a vault's credentials is not told of them by a model either.
        if !caller.scopes.contains(Scope::Personas) {
            return Ok(None);
        }
        // One that was deleted meanwhile is as good as none.
        match self.vaults.get(caller, &id.to_string()).await {
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            found => found.map(Some),
        }
    }

    async fn character(
        &self,
        persona: Option<Persona>,
    ) -> Result<(Character, Option<Arc<Correspondence>>)> {
        let Some(persona) = persona else {
            return Ok((Character::nobody(), None));
        };
        let address = format!("{}@{}", persona.mailbox, self.inbox.domain());
        let character = Character::of(&persona, &address);
        let correspondence = Correspondence::of(Arc::clone(&self.inbox), persona).await?;
        Ok((character, Some(Arc::new(correspondence))))
    }

    fn table(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a run's model may call.
fn tools(language: &dyn Language, character: &Character) -> Vec<Tool> {
    let mut tools = language.tools();
    tools.retain(|tool| {
        let name = tool.name.as_str();
        !NEVER.contains(&name) && (character.has_messages || !MESSAGES.contains(&name))
    });
    tools
}
