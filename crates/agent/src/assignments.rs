//! Assignments: tasks that wait for their turn, get a session of their own, and are worked on in it by a run.
//!
//! `queue` is who waits and who is at work, `work` is the way of one assignment, `review` is what a model says of one that ended.

mod queue;
mod review;
mod work;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use guise_core::ports::{AssignmentStore, Clock, Models};
use guise_core::services::{
    Access, AssignmentRequest, Cast, CastWish, Files, Inbox, Journeys, Personas, Sessions, Vaults,
};
use guise_core::{
    Area, Assignment, AssignmentEnd, AssignmentFilter, AssignmentId, AssignmentState, Caller,
    Error, Journey, JourneyId, Kind, ProjectId, Result, Scope, TenantId,
};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::persona_tools::PersonaServices;
use crate::runs::Runs;
use queue::Queue;

/// So many assignments of a tenant may wait.
const MOST_WAITING: u64 = 1_000;

/// When another try is worth it for those who have too many.
const RETRY_AFTER: Duration = Duration::from_mins(1);

/// What the operator decides about assignments.
#[derive(Clone, Debug)]
pub struct AssignmentSettings {
    /// Names this server among those that share a database; the same after a restart.
    pub node: String,
    /// So many are worked on at once.
    pub at_once: usize,
}

/// What the service is made of.
#[expect(missing_docs, reason = "each is what its type says")]
pub struct AssignmentParts {
    pub store: Arc<dyn AssignmentStore>,
    pub access: Arc<Access>,
    pub sessions: Arc<Sessions>,
    pub runs: Arc<Runs>,
    pub files: Arc<Files>,
    pub journeys: Arc<Journeys>,
    pub personas: Arc<Personas>,
    pub vaults: Arc<Vaults>,
    pub inbox: Arc<Inbox>,
    pub models: Arc<dyn Models>,
    pub clock: Arc<dyn Clock>,
    pub settings: AssignmentSettings,
}

/// The service.
pub struct Assignments {
    store: Arc<dyn AssignmentStore>,
    access: Arc<Access>,
    sessions: Arc<Sessions>,
    runs: Arc<Runs>,
    files: Arc<Files>,
    journeys: Arc<Journeys>,
    models: Arc<dyn Models>,
    clock: Arc<dyn Clock>,
    of_personas: PersonaServices,
    node: String,
    queue: Queue,
    places: Arc<Semaphore>,
    works: AtomicBool,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Assignments {
    /// A service of those parts. Nothing is worked on before [`Assignments::work`].
    pub fn new(parts: AssignmentParts) -> Self {
        Self {
            store: parts.store,
            access: parts.access,
            sessions: parts.sessions,
            runs: parts.runs,
            files: parts.files,
            journeys: parts.journeys,
            models: parts.models,
            clock: parts.clock,
            of_personas: PersonaServices {
                personas: parts.personas,
                vaults: parts.vaults,
                inbox: parts.inbox,
            },
            node: parts.settings.node,
            queue: Queue::default(),
            places: Arc::new(Semaphore::new(parts.settings.at_once)),
            works: AtomicBool::new(false),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }
    }

    /// Asks for a task to be worked on in a project.
    ///
    /// # Errors
    /// Kind `Invalid` for members that cannot be granted, or that name what is not there; `Refused` when there is no model;
    /// `Denied` when the key may not use browsers; `Quota` when too many wait.
    pub async fn create(
        &self,
        caller: &Caller,
        project: ProjectId,
        wish: CastWish,
        request: AssignmentRequest,
    ) -> Result<Assignment> {
        allow(caller)?;
        request.check()?;
        let cast = self.journeys.cast_in(caller, project, wish).await?;
        self.add(caller, cast, None, request).await
    }

    /// Asks for a journey to be run: the prompt is made of its template and `variables`; that of the request does not count.
    ///
    /// # Errors
    /// Kind `NotFound` for the journey; those of [`Assignments::create`].
    pub async fn run_journey(
        &self,
        caller: &Caller,
        journey: JourneyId,
        variables: &BTreeMap<String, String>,
        wish: CastWish,
        mut request: AssignmentRequest,
    ) -> Result<Assignment> {
        let journey = self.journeys.get(caller, journey).await?;
        allow(caller)?;
        request.prompt = journey.prompt.render(variables)?;
        request.name.get_or_insert_with(|| journey.name.clone());
        let cast = self.journeys.cast(caller, &journey, wish).await?;
        self.add(caller, cast, Some(journey), request).await
    }

    async fn add(
        &self,
        caller: &Caller,
        cast: Cast,
        journey: Option<Journey>,
        request: AssignmentRequest,
    ) -> Result<Assignment> {
        let mut options = request.check()?;
        options.url = cast.project.entry_url;
        options.instructions = cast.role.description;
        if let Some(journey) = &journey {
            options.mailboxes.clone_from(&journey.mailboxes);
        }
        // Now, not when its turn comes: whoever asks can still set it right.
        self.models
            .choose(caller.tenant, options.model.as_deref())
            .await?;
        let waiting = self.store.count_pending(caller.tenant).await?;
        if waiting >= MOST_WAITING {
            let message = format!(
                "Too many agents wait: {waiting} of {MOST_WAITING}; delete some or try again later"
            );
            return Err(Error::new(Kind::Quota, message).with_retry_after(RETRY_AFTER));
        }
        let id = AssignmentId::new();
        let assignment = Assignment {
            id,
            tenant: caller.tenant,
            key: caller.key,
            name: request.name_or_prompt(),
            prompt: request.prompt.clone(),
            project: cast.project.id,
            journey: journey.map(|journey| journey.id),
            persona: cast.persona.id,
            role: cast.role.id,
            options,
            state: AssignmentState::Pending,
            session: None,
            run: None,
            result: None,
            created_at: self.clock.now(),
            started_at: None,
            ended_at: None,
            summary: None,
            verdict: None,
        };
        // What it brings along is there before it is, and nothing stays of one that is not.
        let added = match self.put_files(&assignment, &request).await {
            Ok(()) => self.store.add_assignment(&assignment, &self.node).await,
            failed => failed,
        };
        if let Err(error) = added {
            self.clear(assignment.tenant, id).await;
            return Err(error);
        }
        self.queue.push(assignment.tenant, assignment.id);
        Ok(assignment)
    }

    async fn put_files(&self, assignment: &Assignment, request: &AssignmentRequest) -> Result<()> {
        for file in &request.files {
            let bytes = Box::pin(Cursor::new(file.content.clone()));
            let area = Area::Assignment(assignment.id);
            let put = self.files.put(assignment.tenant, area, file.name(), bytes);
            put.await?;
        }
        Ok(())
    }

    /// An assignment of the caller's tenant.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn get(&self, caller: &Caller, id: AssignmentId) -> Result<Assignment> {
        let assignment = self.store.assignment(caller.tenant, id).await?;
        assignment.ok_or_else(|| not_found(id))
    }

    /// Up to `limit` assignments older than `after`, newest first; whether there are more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_after(
        &self,
        caller: &Caller,
        filter: AssignmentFilter,
        after: Option<AssignmentId>,
        limit: u32,
    ) -> Result<(Vec<Assignment>, bool)> {
        let mut list = self
            .store
            .assignments_after(caller.tenant, filter, after, limit + 1)
            .await?;
        let more = list.len() > limit as usize;
        list.truncate(limit as usize);
        Ok((list, more))
    }

    /// The runs of a journey, as [`Assignments::list_after`].
    ///
    /// # Errors
    /// Kind `NotFound` for the journey.
    pub async fn runs_of(
        &self,
        caller: &Caller,
        journey: JourneyId,
        after: Option<AssignmentId>,
        limit: u32,
    ) -> Result<(Vec<Assignment>, bool)> {
        self.journeys.get(caller, journey).await?;
        let filter = AssignmentFilter {
            journey: Some(journey),
            ..AssignmentFilter::default()
        };
        self.list_after(caller, filter, after, limit).await
    }

    /// Stops an assignment, whether it waits or is worked on; its browser goes in the background. Stopping one that has ended
    /// is fine.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn stop(&self, caller: &Caller, id: AssignmentId) -> Result<Assignment> {
        let assignment = self.get(caller, id).await?;
        if assignment.state.has_ended() {
            return Ok(assignment);
        }
        // The row first: whoever ends it says how it ended.
        let end = self.end_of(false, "The agent was stopped".to_owned());
        let ended = self.store.end_assignment(id, &end).await?;
        self.queue.cancel(assignment.tenant, id);
        self.clear(assignment.tenant, id).await;
        match ended {
            Some(ended) => Ok(ended),
            None => self.get(caller, id).await,
        }
    }

    /// Deletes an assignment; one that waits or is worked on is stopped. Its run stays among the runs.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn delete(&self, caller: &Caller, id: AssignmentId) -> Result<()> {
        self.stop(caller, id).await?;
        if self.store.delete_assignment(caller.tenant, id).await? {
            Ok(())
        } else {
            Err(not_found(id))
        }
    }

    /// Takes up what an earlier life of this server left: what was worked on has failed, since its browser is gone, and what
    /// waited waits again. Returns how many of each there were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(&self) -> Result<(u64, usize)> {
        let reason = "The server was restarted while the agent worked, and its browser is gone";
        let end = self.end_of(false, reason.to_owned());
        let of_here = |state| self.store.assignments_of(&self.node, state);
        let mut lost = 0;
        for (tenant, id) in of_here(AssignmentState::Running).await? {
            if self.store.end_assignment(id, &end).await?.is_some() {
                lost += 1;
            }
            self.clear(tenant, id).await;
        }
        let waiting = of_here(AssignmentState::Pending).await?;
        for (tenant, id) in &waiting {
            self.queue.push(*tenant, *id);
        }
        Ok((lost, waiting.len()))
    }

    /// Begins to work on what waits; once, however often it is called. Until then everything waits, as while keys are sealed.
    pub fn work(self: &Arc<Self>) {
        if !self.works.swap(true, Ordering::Relaxed) {
            self.tasks.spawn(Arc::clone(self).work_on_all());
        }
    }

    /// Ends the work and waits until it has ended, at most until `deadline`. What is worked on has failed then; what waits
    /// goes on waiting for the next start.
    pub async fn shutdown(&self, deadline: Instant) {
        self.stopping.cancel();
        self.tasks.close();
        if timeout_at(deadline, self.tasks.wait()).await.is_err() {
            tracing::warn!("some agents did not end in time");
        }
    }

    /// Removes the files of an assignment that has ended. That they stay when it fails changes nothing for the caller.
    async fn clear(&self, tenant: TenantId, id: AssignmentId) {
        if let Err(error) = self.files.clear(tenant, Area::Assignment(id)).await {
            tracing::warn!(assignment = %id, error = ?error, "the files of an agent that has ended stay behind");
        }
    }

    fn end_of(&self, completed: bool, result: String) -> AssignmentEnd {
        AssignmentEnd {
            at: self.clock.now(),
            completed,
            result,
        }
    }
}

/// Whether a caller may have a browser worked with.
fn allow(caller: &Caller) -> Result<()> {
    if caller.scopes.contains(Scope::Sessions) {
        return Ok(());
    }
    Err(Error::new(
        Kind::Denied,
        "This key may not start agents: it lacks the scope sessions",
    ))
}

fn not_found(id: AssignmentId) -> Error {
    Error::not_found("Agent", id)
}
