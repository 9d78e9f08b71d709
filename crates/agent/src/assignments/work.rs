//! The way of one assignment: a browser, a run in it, and how that ended.

use std::sync::Arc;

use guise_core::services::SessionRequest;
use guise_core::{
    Assignment, AssignmentId, AssignmentState, Caller, Kind, Result, Run, SessionId, TenantId,
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::Assignments;
use crate::persona_tools::persona_tools;
use crate::requests::{RunRequest, RunTools};
use crate::runs::WRITE_AGAIN;
use crate::worker::reason;

/// Longer than a run may take, so that the run's own end comes first.
const LONGEST_SESSION_MINUTES: i64 = 130;

/// Longer than a model may take for one answer.
const IDLE_MINUTES: i64 = 10;

/// What became of the work.
enum Worked {
    /// Nothing: somebody else has ended it, or the server stops before it began.
    Nothing,
    /// Nothing yet: its tenant has as many sessions as it may.
    Later,
    /// It ended: whether it is done, and what came of it.
    Ended(bool, String),
}

impl Assignments {
    /// Works on whatever waits, in the order of creation, until the server stops.
    pub(super) async fn work_on_all(self: Arc<Self>) {
        let stopping = self.stopping.clone();
        let work = async {
            loop {
                let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                    return;
                };
                let (tenant, id, stop) = self.queue.next(&self.stopping).await;
                let assignments = Arc::clone(&self);
                let span = tracing::info_span!("assignment", %id);
                let work = async move {
                    let later = assignments.see_through(tenant, id, stop).await;
                    drop(place);
                    if !later {
                        assignments.queue.done(id);
                    } else if assignments.queue.put_back(tenant, id) {
                        assignments.hold(tenant).await;
                    }
                };
                self.tasks.spawn(work.instrument(span));
            }
        };
        tokio::select! {
            () = stopping.cancelled() => {}
            () = work => {}
        }
    }

    /// Lets a tenant's assignments have their turn again once it may be allowed a further session.
    async fn hold(&self, tenant: TenantId) {
        tokio::select! {
            () = self.stopping.cancelled() => {}
            () = self.sessions.until_one_ends() => self.queue.release(tenant),
        }
    }

    /// Works on an assignment to its end, and notes it, whatever happens. `true` when it could not begin yet.
    async fn see_through(
        self: &Arc<Self>,
        tenant: TenantId,
        id: AssignmentId,
        stop: CancellationToken,
    ) -> bool {
        let assignments = Arc::clone(self);
        let work = async move { assignments.work_on(tenant, id, &stop).await };
        // In a task of its own: a fault in it must not leave an assignment that never ends.
        let (completed, result) = match tokio::spawn(work.in_current_span()).await {
            Ok(Ok(Worked::Nothing)) => return false,
            Ok(Ok(Worked::Later)) => return true,
            Ok(Ok(Worked::Ended(completed, result))) => (completed, result),
            Ok(Err(error)) => (false, reason(&error)),
            Err(error) => {
                tracing::error!(%error, "the work on an agent broke off");
                let result = "Something went wrong in this server; its log says what";
                (false, result.to_owned())
            }
        };
        let end = self.end_of(completed, result);
        // Where somebody stopped it, that stays how it ended.
        while let Err(error) = self.store.end_assignment(id, &end).await {
            tracing::error!(error = ?error, "cannot note the end of an agent; trying again");
            tokio::select! {
                // The next start notes it.
                () = self.stopping.cancelled() => break,
                () = tokio::time::sleep(WRITE_AGAIN) => {}
            }
        }
        self.clear(tenant, id).await;
        false
    }

    async fn work_on(
        &self,
        tenant: TenantId,
        id: AssignmentId,
        stop: &CancellationToken,
    ) -> Result<Worked> {
        let assignment = self.store.assignment(tenant, id).await?;
        let waits = |it: &Assignment| it.state == AssignmentState::Pending;
        let Some(assignment) = assignment.filter(waits) else {
            return Ok(Worked::Nothing);
        };
        let caller = self.access.caller(assignment.key).await?;
        let request = SessionRequest {
            browser_type: assignment.options.browser_type,
            max_duration_minutes: Some(LONGEST_SESSION_MINUTES),
            idle_timeout_minutes: Some(IDLE_MINUTES),
            assignment: Some(id),
            ..SessionRequest::default()
        };
        let session = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(Worked::Nothing),
            session = self.sessions.start_when_free(&caller, request) => session,
        };
        let session = match session {
            Ok(session) => session.id,
            // It waits for the next start of the server.
            Err(_) if self.stopping.is_cancelled() => return Ok(Worked::Nothing),
            Err(error) if error.kind() == Kind::Quota => return Ok(Worked::Later),
            Err(error) => return Err(error),
        };
        let worked = self.work_in(&caller, assignment, session, stop).await;
        if let Err(error) = self.sessions.stop(&caller, &session.to_string()).await {
            tracing::warn!(%session, error = ?error, "cannot stop the session of an agent");
        }
        worked
    }

    /// Works on an assignment in its session.
    async fn work_in(
        &self,
        caller: &Caller,
        assignment: Assignment,
        session: SessionId,
        stop: &CancellationToken,
    ) -> Result<Worked> {
        let id = assignment.id;
        let now = self.clock.now();
        if !self.store.begin_assignment(id, session, now).await? {
            return Ok(Worked::Nothing);
        }
        let run = self.start_run(caller, assignment, session).await?;
        self.store.note_run(id, run.id).await?;
        tokio::select! {
            biased;
            () = self.runs.until_ended(run.id) => {}
            () = stop.cancelled() => {
                let (run, session) = (run.id.to_string(), session.to_string());
                self.runs.stop(caller, &run, &session).await?;
            }
        }
        if self.stopping.is_cancelled() {
            let result = "The server was stopped while the agent worked";
            return Ok(Worked::Ended(false, result.to_owned()));
        }
        let run = self.runs.get(caller, &run.id.to_string()).await?;
        Ok(match run.end {
            Some(end) => Worked::Ended(end.success, end.answer),
            None => Worked::Ended(false, "The agent's work broke off".to_owned()),
        })
    }

    async fn start_run(
        &self,
        caller: &Caller,
        assignment: Assignment,
        session: SessionId,
    ) -> Result<Run> {
        let options = assignment.options;
        let id = assignment.persona.to_string();
        let persona = self.of_personas.personas.get(caller, &id).await?;
        let tools = persona_tools(&self.of_personas, caller, &persona, &options.mailboxes);
        let request = RunRequest {
            task: assignment.prompt,
            session_id: session.to_string(),
            url: options.url,
            reasoning_model: options.model,
            max_steps: Some(i64::from(options.max_steps)),
            max_tokens: Some(options.max_tokens),
            persona_id: Some(id),
            instructions: Some(options.instructions),
            files: options.files,
            tools: RunTools(tools.await?),
            ..RunRequest::default()
        };
        self.runs.start(caller, request).await
    }
}
