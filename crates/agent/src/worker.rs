//! One run, from its first look to its end.

use std::sync::Arc;
use std::time::Duration;

use guise_core::ports::{Answer, Clock, Message, Model, ModelError, Question, RunStore, Tool};
use guise_core::services::Hands;
use guise_core::{
    Action, Asked, AskedInVain, Decision, Error, Execution, GoalStatus, Kind, ModelUsage,
    Observation, ObserveRequest, Result, Run, RunEnd, Step, StepEnd, StepMark, StepRecord,
};
use tokio::sync::broadcast;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::extraction;
use crate::history::History;
use crate::language::Language;
use crate::page_lines::cut;
use crate::prompt::{Character, Situation, again, characters};
use crate::quote::Quotes;
use crate::repeats::{self, Repeats};
use crate::reply::{self, Reply};
use crate::runs::RunEvent;
use crate::schema::Schema;

/// How a run that somebody stopped ended.
pub(crate) const STOPPED: &str = "The run was stopped";

/// A session must not time out while its model thinks.
const TOUCH: Duration = Duration::from_secs(15);

/// A page has at most so many elements for a model.
const MOST_ELEMENTS: usize = 200;

/// After so many looks in a row that failed, the run ends.
const MOST_BLIND: u32 = 3;

/// One answer of a model may take so long, its provider's failures included.
const ANSWER: Duration = Duration::from_mins(3);

/// So many earlier steps of the session are looked back to.
const MOST_EARLIER: u64 = 200;

/// After so many answers in a row that cannot be used, the run ends.
const MOST_USELESS: u32 = 3;

/// What providers refuse a question with whose pictures their model cannot see.
const UNSEEING: [u16; 4] = [400, 404, 415, 422];

/// What a run works with.
pub(crate) struct Worker {
    pub(crate) run: Run,
    pub(crate) hands: Hands,
    pub(crate) model: Arc<dyn Model>,
    pub(crate) language: Arc<dyn Language>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) character: Character,
    pub(crate) quotes: Quotes,
    pub(crate) schema: Option<Arc<Schema>>,
    pub(crate) store: Arc<dyn RunStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: broadcast::Sender<RunEvent>,
    pub(crate) stop: CancellationToken,
    pub(crate) stopping: CancellationToken,
    pub(crate) deadline: Instant,
    /// It was under way before the server was restarted.
    pub(crate) resumed: bool,
}

/// What changes from step to step.
#[derive(Default)]
struct Progress {
    history: History,
    repeats: Repeats,
    memory: String,
    last: GoalStatus,
    useless: u32,
    blind: u32,
    /// What the model must know next.
    told: Option<String>,
    /// What was asked in the step that is under way, where its answer could not be used.
    in_vain: Option<AskedInVain>,
    refused_answer: bool,
    decisions: usize,
    /// Something was done before the server was restarted.
    has_begun: bool,
}

/// How a step ended.
enum Next {
    GoOn,
    End(bool, String),
}

impl Worker {
    /// Works until the run ends, and says how; nothing where it is left as it is, for the next life of the server to go on with.
    pub(crate) async fn work(&mut self) -> Option<RunEnd> {
        let stop = self.stop.clone();
        let deadline = self.deadline;
        let (success, answer) = tokio::select! {
            biased;
            () = self.stopping.clone().cancelled_owned() => {
                if self.hands.live_on() {
                    return None;
                }
                (false, "The server was stopped".to_owned())
            }
            () = stop.cancelled() => (false, STOPPED.to_owned()),
            () = tokio::time::sleep_until(deadline) => (false, "The run's time is up".to_owned()),
            result = self.steps() => match result {
                Ok(end) => end,
                Err(error) => (false, reason(&error)),
            },
        };
        Some(RunEnd {
            at: self.clock.now(),
            success,
            // A model may put together what no page showed as a whole.
            answer: self.hands.clean(answer),
        })
    }

    async fn steps(&mut self) -> Result<(bool, String)> {
        let mut progress = Progress::default();
        let before = match self.resumed {
            true => Some(self.hands.own_steps().await?),
            false => None,
        };
        if let Some(offset) = self.run.options.session_offset {
            let mut earlier = self.hands.earlier_steps(offset, MOST_EARLIER).await?;
            if let Some(own) = before.as_ref().and_then(|(own, _)| own.first()) {
                earlier.retain(|record| record.sequence < own.sequence);
            }
            progress.history = History::of(&earlier, &*self.language);
        }
        let first = match before {
            Some((finished, unfinished)) => self.catch_up(&mut progress, finished, unfinished),
            None => 1,
        };
        if let Some(url) = self.run.options.url.clone()
            && !progress.has_begun
        {
            let execution = self.hands.execute(Action::Goto { url }).await?;
            if !execution.outcome.success {
                return Ok((false, execution.outcome.message));
            }
            progress.history.add(&execution, &*self.language);
        }
        for number in first..=self.run.options.max_steps {
            let began = Step::RunStepBegan(self.mark(number));
            self.hands.note(began).await?;
            let next = self.step(number, &mut progress).await;
            let ended = Step::RunStepEnded(Box::new(StepEnd {
                mark: self.mark(number),
                in_vain: progress.in_vain.take(),
            }));
            let noted = self.hands.note(ended).await;
            // Why the step failed says more than that its end could not be noted.
            let next = next?;
            noted?;
            if let Next::End(success, answer) = next {
                return Ok((success, answer));
            }
        }
        let most = self.run.options.max_steps;
        Ok((
            false,
            format!("The task was not done within {most} steps; allow more of them"),
        ))
    }

    /// Learns what the run did before the server was restarted. Returns the step that it goes on with. What nobody knows the end of
    /// is not done again blindly: the model is told, and sees the page first.
    fn catch_up(
        &self,
        progress: &mut Progress,
        finished: Vec<StepRecord>,
        unfinished: Option<Step>,
    ) -> u32 {
        progress.has_begun = !finished.is_empty() || unfinished.is_some();
        let mut ended = 0;
        for record in finished {
            match record.step {
                Some(Step::Execution(execution)) => {
                    progress.last = if execution.outcome.success {
                        GoalStatus::Success
                    } else {
                        GoalStatus::Failure
                    };
                    progress.history.add(&execution, &*self.language);
                }
                Some(Step::Decision(decision)) => {
                    progress.decisions += 1;
                    if !decision.goal.memory.is_empty() {
                        progress.memory = decision.goal.memory;
                    }
                }
                Some(Step::RunStepEnded(end)) => ended = ended.max(end.mark.number),
                _ => {}
            }
        }
        if let Some(Step::Execution(execution)) = unfinished {
            let words = self.language.write(&execution.action);
            progress.history.line(format!(
                "interrupted when the server was restarted; nobody knows whether it had its effect, so look at the page before you \
                 try it again: {words}"
            ));
        }
        ended + 1
    }

    /// One step: look, ask, do, note.
    async fn step(&mut self, number: u32, progress: &mut Progress) -> Result<Next> {
        let seen = match self.look(progress).await? {
            Ok(seen) => seen,
            Err(why) => return Ok(Next::End(false, why)),
        };
        let warnings = progress.repeats.warning().into_iter();
        let warnings = warnings.chain(progress.told.take()).collect();
        let question = Situation {
            run: &self.run,
            character: &self.character,
            quotes: &self.quotes,
            tools: &self.tools,
            history: &progress.history,
            memory: &progress.memory,
            warnings,
            steps_left: self.run.options.max_steps - number + 1,
            seen: &seen,
        }
        .question();
        let question = self.clean(question);
        let started_at = self.clock.now();
        let mut asked = Asked {
            model: self.model.name().to_owned(),
            prompt_characters: characters(&question),
            pictures: pictures(&question.messages),
            ..Asked::default()
        };
        let reply = match self.ask(question, progress.last, &mut asked).await {
            Ok(reply) => reply,
            Err(error) => {
                // The step ends with the run; what it took is known all the same.
                progress.in_vain = Some(AskedInVain {
                    started_at,
                    asked,
                    why: reason(&error),
                });
                return Err(error);
            }
        };
        let Reply { goal, action } = match reply {
            Ok(reply) => reply,
            Err(why) => {
                let next = progress.useless(&why);
                progress.in_vain = Some(AskedInVain {
                    started_at,
                    asked,
                    why,
                });
                return Ok(next);
            }
        };
        progress.useless = 0;
        if !goal.memory.is_empty() {
            progress.memory.clone_from(&goal.memory);
        }
        self.decide(
            progress,
            Decision {
                goal,
                action: action.clone(),
                started_at,
                ended_at: self.clock.now(),
                asked: Some(asked),
            },
        )
        .await?;
        match action {
            Action::Completion { success, answer } => self.finish(progress, success, answer).await,
            action => self.act(progress, &seen, action).await,
        }
    }

    /// Looks at the page. Where it cannot be seen, that is what the model is shown: it may know a way out. The inner error is
    /// why nothing is seen any more.
    async fn look(&self, progress: &mut Progress) -> Result<Result<Observation, String>> {
        let request = ObserveRequest {
            max_actions: Some(MOST_ELEMENTS),
            ..ObserveRequest::default()
        };
        match self.hands.observe(request).await {
            Ok(seen) => {
                progress.blind = 0;
                Ok(Ok(seen))
            }
            Err(error) if matches!(error.kind(), Kind::Browser | Kind::Timeout) => {
                progress.blind += 1;
                if progress.blind == MOST_BLIND {
                    return Ok(Err(error.message().to_owned()));
                }
                let mut unseen = Observation::unseen(self.clock.now());
                unseen.description = format!("The page cannot be seen: {}\n", error.message());
                Ok(Ok(unseen))
            }
            Err(error) => Err(error),
        }
    }

    async fn act(
        &mut self,
        progress: &mut Progress,
        seen: &Observation,
        action: Action,
    ) -> Result<Next> {
        let words = self.language.write(&action).to_string();
        let execution = match self.hands.execute_when_allowed(action).await {
            Ok(execution) => execution,
            // What cannot be tried in this session is the model's mistake, not the end.
            Err(error) if matches!(error.kind(), Kind::Browser | Kind::Timeout) => {
                progress.last = GoalStatus::Failure;
                progress
                    .history
                    .line(format!("{words}: failed. {}", error.message()));
                progress
                    .repeats
                    .note(repeats::page(seen), &words, error.message());
                return Ok(progress.go_on());
            }
            Err(error) => return Err(error),
        };
        if let Some(asked) = execution.outcome.asked() {
            self.spend(asked.usage).await?;
        }
        progress.note(repeats::page(seen), &words, &execution);
        progress.history.add(&execution, &*self.language);
        if let Action::Help { reason } = &execution.action {
            return Ok(Next::End(
                false,
                format!("Clarification is needed: {reason}"),
            ));
        }
        Ok(progress.go_on())
    }

    /// The model says that it is done. An answer that does not fit what was asked for is given back once.
    async fn finish(&self, progress: &mut Progress, success: bool, answer: String) -> Result<Next> {
        let checked = match (&self.schema, success) {
            (Some(schema), true) => Arc::clone(schema).check(answer).await?,
            _ => Ok(answer),
        };
        match checked {
            Ok(answer) => {
                let action = Action::Completion {
                    success,
                    answer: answer.clone(),
                };
                self.hands.execute(action).await?;
                Ok(Next::End(success, answer))
            }
            Err(why) => {
                // It names what the model wrote.
                let validation = self.hands.clean(format!(
                    "Answer validation failed: it does not fit response_format: {}",
                    cut(&why)
                ));
                // Nobody listening is the usual case.
                let _ = self.events.send(RunEvent::Validation(validation.clone()));
                if progress.refused_answer {
                    return Ok(Next::End(false, validation));
                }
                progress.refused_answer = true;
                progress.last = GoalStatus::Failure;
                progress
                    .history
                    .line(format!("completion: refused. {validation}"));
                progress.told = Some(
                    "Call completion again, with an answer that fits the JSON Schema.".to_owned(),
                );
                Ok(Next::GoOn)
            }
        }
    }

    /// A question without the session's secrets: what page, mails and tools say is clean already, but what was read before a
    /// secret was known, what somebody wrote into the task, and what the model wrote down are not.
    fn clean(&self, mut question: Question) -> Question {
        question.system = self.hands.clean(question.system);
        for message in &mut question.messages {
            message.text = self.hands.clean(std::mem::take(&mut message.text));
        }
        question
    }

    /// Asks the model, and once more when its answer cannot be used. The inner error is what is wrong with the second one.
    async fn ask(
        &mut self,
        mut question: Question,
        last: GoalStatus,
        asked: &mut Asked,
    ) -> Result<Result<Reply, String>> {
        let answer = self.answer(&mut question, asked).await?;
        let first = reply::read(&answer, &*self.language, last);
        let Err(why) = first else {
            return Ok(first);
        };
        asked.repaired = Some(why.clone());
        let mut question = again(question, &self.quotes, said(&answer), &why, "one tool call");
        let answer = self.answer(&mut question, asked).await?;
        Ok(reply::read(&answer, &*self.language, last))
    }

    async fn answer(&mut self, question: &mut Question, asked: &mut Asked) -> Result<Answer> {
        if let Some(most) = self.run.options.max_tokens {
            let usage = &self.run.usage;
            let spent = usage.input_tokens.saturating_add(usage.output_tokens);
            if spent >= most {
                return Err(Error::refused(format!(
                    "The budget of {most} tokens is used up: the model took {spent}; allow more of them"
                )));
            }
        }
        let answer = match self.said(question).await? {
            Err(ModelError::Refused { status, why, .. })
                if asked.pictures > 0 && UNSEEING.contains(&status) =>
            {
                // Many models cannot see, and nothing tells which: it goes on without pictures.
                for message in &mut question.messages {
                    message.pictures.clear();
                }
                self.run.options.use_vision = false;
                asked.pictures = 0;
                asked.attempts += 1;
                asked.repaired = Some(format!(
                    "the provider refused it with pictures: {}",
                    cut(&why)
                ));
                self.said(question).await??
            }
            answer => answer?,
        };
        extraction::note(&answer, asked);
        self.spend(answer.usage).await?;
        Ok(answer)
    }

    /// What the model says, while the session is kept from timing out.
    async fn said(&self, question: &Question) -> Result<Result<Answer, ModelError>> {
        let deadline = self.deadline.min(Instant::now() + ANSWER);
        let mut ticks = tokio::time::interval(TOUCH);
        let mut asking = self.model.ask(question, deadline);
        loop {
            tokio::select! {
                biased;
                () = self.hands.ended() => return Err(Error::refused("The session ended")),
                answer = &mut asking => return Ok(answer),
                _ = ticks.tick() => self.hands.touch(),
            }
        }
    }

    /// Counts what a model took.
    async fn spend(&mut self, usage: ModelUsage) -> Result<()> {
        self.run.usage += usage;
        if !self.store.note_usage(self.run.id, &self.run.usage).await? {
            // Another server ended it.
            self.stop.cancel();
        }
        Ok(())
    }

    async fn decide(&self, progress: &mut Progress, decision: Decision) -> Result<()> {
        let kept = self.hands.note(Step::Decision(Box::new(decision))).await?;
        let event = RunEvent::Decision(progress.decisions, kept);
        progress.decisions += 1;
        // Nobody listening is the usual case.
        let _ = self.events.send(event);
        Ok(())
    }

    fn mark(&self, number: u32) -> StepMark {
        StepMark {
            run: self.run.id,
            number,
            at: self.clock.now(),
        }
    }
}

impl Progress {
    fn note(&mut self, page: u64, action: &str, execution: &Execution) {
        let outcome = &execution.outcome;
        self.last = if outcome.success {
            GoalStatus::Success
        } else {
            GoalStatus::Failure
        };
        // Reading something new is progress although the page stands still.
        let read = outcome.data.as_ref();
        let structured = read.and_then(|data| data.structured.as_ref()?.data.as_ref());
        let markdown = read.map_or("", |data| data.markdown.as_str());
        self.repeats.note(
            page,
            action,
            (
                &outcome.message,
                markdown,
                structured.map(ToString::to_string),
            ),
        );
    }

    fn useless(&mut self, why: &str) -> Next {
        self.useless += 1;
        self.last = GoalStatus::Failure;
        if self.useless == MOST_USELESS {
            return Next::End(
                false,
                format!(
                    "The model gave no answer that can be used, the last time because {}",
                    cut(why)
                ),
            );
        }
        self.history
            .line(format!("(an answer of yours could not be used: {why})"));
        Next::GoOn
    }

    fn go_on(&self) -> Next {
        if self.repeats.stuck() {
            return Next::End(
                false,
                format!(
                    "The run was ended: {} steps in a row repeated what had been tried on the same page, and nothing changed",
                    repeats::MOST
                ),
            );
        }
        Next::GoOn
    }
}

/// What a model said, to be shown to it again.
fn said(answer: &Answer) -> String {
    let mut text: String = answer.text.chars().take(2_000).collect();
    for call in &answer.calls {
        let arguments: String = call.arguments.to_string().chars().take(1_000).collect();
        text.push_str(&format!("\n{}({arguments})", call.name));
    }
    text
}

fn pictures(messages: &[Message]) -> u32 {
    let count: usize = messages.iter().map(|message| message.pictures.len()).sum();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Why a run could not go on, for whoever started it.
pub(crate) fn reason(error: &Error) -> String {
    if error.kind() == Kind::Internal {
        tracing::error!(error = ?error, "a run failed");
        return "Something went wrong in this server; its log says what".to_owned();
    }
    error.message().to_owned()
}
