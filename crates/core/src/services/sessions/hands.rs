//! A run's hands: what it does in a session, noted as its own.

use std::sync::Arc;

use super::call::Call;
use super::consent;
use super::gate::Gate;
use super::page::{act, check_possible, observe};
use super::{Sessions, Shared};
use crate::ports::RunTool;
use crate::services::Correspondence;
use crate::{
    Action, ApprovalId, Caller, Execution, Observation, ObserveRequest, Outcome, Placeholders,
    Result, RunId, SessionId, Step, StepPlace, StepRecord, VaultId,
};

/// On whose behalf a step is done, where it is not a caller's own call.
#[derive(Clone)]
pub struct Actor {
    /// The run.
    pub run: RunId,
    /// What it may read of the persona that it acts as.
    pub correspondence: Option<Arc<Correspondence>>,
    /// The secrets that it may have filled in, in place of the session's.
    pub purse: Option<Purse>,
    /// The model that it works with, written `provider/model`.
    pub model: Option<String>,
    /// What it can do beside the browser's actions.
    pub tools: Vec<Arc<dyn RunTool>>,
}

/// A vault, and the words that stand for what is in it.
#[derive(Clone)]
pub struct Purse {
    /// The vault.
    pub vault: VaultId,
    /// What stands for its secrets.
    pub placeholders: Placeholders,
}

/// A session as a run uses it. What it does takes turns with everybody else's calls and keeps the session from timing out.
pub struct Hands {
    shared: Arc<Shared>,
    caller: Caller,
    session: SessionId,
    /// The session's, which cleans texts also when the session has ended.
    gate: Arc<Gate>,
    actor: Actor,
}

impl Sessions {
    /// Hands for `actor` in the caller's session.
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended.
    pub async fn hands(&self, caller: &Caller, id: &str, actor: Actor) -> Result<Hands> {
        let live = self.shared.running(caller.tenant, id).await?;
        if let Some(purse) = &actor.purse {
            let secrets = &*self.shared.secrets;
            live.gate.watch(secrets, live.tenant, purse.vault).await?;
        }
        Ok(Hands {
            shared: Arc::clone(&self.shared),
            caller: caller.clone(),
            session: live.id,
            gate: Arc::clone(&live.gate),
            actor,
        })
    }
}

impl Hands {
    /// The session.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// Does one action. One that does not succeed is an answer too.
    ///
    /// # Errors
    /// As [`Sessions::execute`].
    pub async fn execute(&self, action: Action) -> Result<Execution> {
        let call = self.call().await?;
        check_possible(&call, &action)?;
        // Whoever waits for a mail must not keep the others from the page, and an answer needs none.
        let speaks = matches!(action, Action::Completion { .. } | Action::Help { .. });
        if action.reads_messages() || speaks {
            return call.beside_turns(|call| act(call, action)).await;
        }
        call.in_turn(|call| act(call, action)).await
    }

    /// Does one action as [`Hands::execute`] does. Where it needs an approval, that is waited for, however long it takes, and then
    /// the action is done again. What a page sends because of it and is held is waited for, too, and goes on by itself. Meanwhile the
    /// session is free for others, and does not time out for want of use.
    ///
    /// # Errors
    /// As [`Hands::execute`].
    pub async fn execute_when_allowed(&self, action: Action) -> Result<Execution> {
        let mut execution = self.execute(action).await?;
        while let Some(id) = execution.outcome.waits_for {
            if let Some(reason) = self.until_decided(id).await? {
                execution.outcome = Outcome::failed(format!("Not done, because {reason}"));
                break;
            }
            execution = self.execute(execution.action).await?;
        }
        for id in &execution.outcome.held_for {
            if let Some(reason) = self.until_decided(*id).await? {
                execution.outcome.message += &format!("; that was not sent, because {reason}");
            }
        }
        Ok(execution)
    }

    /// Waits for a decision; what it says against the deed, if anything.
    async fn until_decided(&self, id: ApprovalId) -> Result<Option<String>> {
        let session = self.session.to_string();
        let live = self.shared.running(self.caller.tenant, &session).await?;
        let touch = || live.touch(self.shared.clock.now());
        let approvals = &self.shared.approvals;
        let decided = approvals.until_decided(self.caller.tenant, id, touch);
        let approval = live.while_running(decided).await?;
        Ok(consent::against(&approval))
    }

    /// A text without the session's secrets: for what is asked of a model, and what a run says in the end.
    pub fn clean(&self, text: String) -> String {
        self.gate.clean(text)
    }

    /// Notes that the session is in use.
    pub fn touch(&self) {
        if let Some(live) = self.shared.table().get(&self.session) {
            live.touch(self.shared.clock.now());
        }
    }

    /// Looks at the current page.
    ///
    /// # Errors
    /// As [`Sessions::observe`].
    pub async fn observe(&self, request: ObserveRequest) -> Result<Observation> {
        let call = self.call().await?;
        call.in_turn(|call| observe(call, request)).await
    }

    /// Notes something that is no deed in the browser, whoever uses it meanwhile. Returns it as it is kept.
    ///
    /// # Errors
    /// `Refused` when the session has ended; when the store fails.
    pub async fn note(&self, step: Step) -> Result<Arc<Step>> {
        let call = self.call().await?;
        call.beside_turns(|call| async move {
            let at = call.shared.clock.now();
            let place = call.place();
            let step = Arc::new(call.kept(step));
            call.shared.store.add_step(place, &step, None, at).await?;
            call.live.tell(super::LiveEvent::Step(Arc::clone(&step)));
            Ok(step)
        })
        .await
    }

    /// The session's finished steps from `offset` on, at most the last `most`, without their pictures.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn earlier_steps(&self, offset: u64, most: u64) -> Result<Vec<StepRecord>> {
        let store = &self.shared.store;
        let finished = store.count_steps(self.session).await?;
        let first = offset.max(finished.saturating_sub(most));
        store.steps(self.session, first).await
    }

    /// The run's own finished steps, without their pictures, and what it tried last where nobody knows what became of it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn own_steps(&self) -> Result<(Vec<StepRecord>, Option<Step>)> {
        let store = &self.shared.store;
        let finished = store.steps_of_run(self.actor.run).await?;
        let unfinished = store.unfinished_step_of_run(self.actor.run).await?;
        Ok((finished, unfinished))
    }

    /// Whether the session goes on when the server stops, for the next life of it to take up.
    pub fn live_on(&self) -> bool {
        let live = self.shared.table().get(&self.session).cloned();
        live.is_some_and(|live| live.lives_on())
    }

    /// Resolves when the session ends; at once where it has.
    pub async fn ended(&self) {
        let live = self.shared.table().get(&self.session).cloned();
        if let Some(live) = live {
            live.ended.cancelled().await;
        }
    }

    async fn call(&self) -> Result<Call> {
        Call::begin(
            &self.shared,
            &self.caller,
            &self.session.to_string(),
            true,
            Some(self.actor.clone()),
        )
        .await
    }
}

impl Call {
    /// The next free place in the session's trajectory.
    pub(super) fn place(&self) -> StepPlace {
        StepPlace {
            session: self.live.id,
            sequence: self.live.next_step(),
            run: self.actor.as_ref().map(|actor| actor.run),
        }
    }
}
