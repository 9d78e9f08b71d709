//! What a model says of an assignment that has ended: a summary, and whether it did what was asked.

use guise_core::ports::AnswerSchema;
use guise_core::{Assignment, AssignmentId, Caller, Error, Kind, Result, Summary, Verdict};
use serde::Deserialize;
use serde_json::json;

use super::Assignments;
use crate::ask_once::ask_once;

const SUMMARISE: &str = "\
You summarise what an agent did in a web browser, for people who want to know how it went without reading its steps. From its \
task, its steps and its result, say in a few sentences what it did, what it found, and how it ended. State nothing that is not \
there. Answer with the summary and nothing else.";

const JUDGE: &str = "\
You judge whether an agent that worked in a web browser did what it was asked to do. Compare its task with its steps and its \
result, and trust what the browser said more than what the agent says of itself. Answer with JSON and nothing else: \
{\"passed\": true or false, \"reason\": \"why, in one or two sentences\"}.";

/// How often a model is asked for a verdict that can be read.
const TRIES: u32 = 2;

/// The longest summary or reason that is kept, in characters.
const LONGEST: usize = 10_000;

/// A verdict as a model writes it.
#[derive(Deserialize)]
struct Judged {
    passed: bool,
    #[serde(default)]
    reason: String,
}

impl Assignments {
    /// What an assignment did, in a model's words: those that were kept, unless there are none or `anew` asks for others.
    ///
    /// # Errors
    /// Kind `NotFound`; `Conflict` before it has ended; `Refused` when there is no model, or it does not answer.
    pub async fn summary(&self, caller: &Caller, id: AssignmentId, anew: bool) -> Result<Summary> {
        let assignment = self.ended(caller, id, "summarised").await?;
        if let Some(summary) = assignment.summary.clone()
            && !anew
        {
            return Ok(summary);
        }
        let record = self.record(caller, &assignment).await?;
        let wish = assignment.options.model.as_deref();
        let chosen = self.models.choose(caller.tenant, wish).await?;
        let text = ask_once(&*chosen.model, SUMMARISE, "agent", &record, None).await?;
        let text = self.without_secrets(caller, &assignment, text).await?;
        let summary = Summary {
            text: shortened(&text),
            at: self.clock.now(),
        };
        self.store.keep_summary(id, &summary).await?;
        Ok(summary)
    }

    /// Has a model judge whether an assignment did what its prompt asks for, and keeps what it says.
    ///
    /// # Errors
    /// Those of [`Assignments::summary`].
    pub async fn verify(&self, caller: &Caller, id: AssignmentId) -> Result<Verdict> {
        let assignment = self.ended(caller, id, "verified").await?;
        let record = self.record(caller, &assignment).await?;
        let wish = assignment.options.model.as_deref();
        let chosen = self.models.choose(caller.tenant, wish).await?;
        for _ in 0..TRIES {
            let schema = Some(schema());
            let said = ask_once(&*chosen.model, JUDGE, "agent", &record, schema).await?;
            let Ok(judged) = serde_json::from_str::<Judged>(&said) else {
                continue;
            };
            let reason = judged.reason;
            let reason = self.without_secrets(caller, &assignment, reason).await?;
            let verdict = Verdict {
                passed: judged.passed,
                reason: shortened(&reason),
                at: self.clock.now(),
            };
            self.store.keep_verdict(id, &verdict).await?;
            return Ok(verdict);
        }
        let model = chosen.model.name();
        Err(Error::refused(format!(
            "The model {model} gave no verdict that can be read; try again, or set another model"
        )))
    }

    /// The last verdict on an assignment.
    ///
    /// # Errors
    /// Kind `NotFound`, also when it was never judged.
    pub async fn verdict(&self, caller: &Caller, id: AssignmentId) -> Result<Verdict> {
        let assignment = self.get(caller, id).await?;
        assignment.verdict.ok_or_else(|| {
            let message = format!("Agent {id} was never verified: have it verified first");
            Error::new(Kind::NotFound, message)
        })
    }

    async fn ended(&self, caller: &Caller, id: AssignmentId, what: &str) -> Result<Assignment> {
        let assignment = self.get(caller, id).await?;
        if assignment.state.has_ended() {
            return Ok(assignment);
        }
        let state = assignment.state.as_str();
        let message =
            format!("Agent {id} is {state}: it can be {what} once it is completed or failed");
        Err(Error::new(Kind::Conflict, message))
    }

    /// What is known of how an assignment went.
    async fn record(&self, caller: &Caller, assignment: &Assignment) -> Result<String> {
        let account = match assignment.run {
            Some(run) => {
                let run = self.runs.get(caller, &run.to_string()).await?;
                self.runs.account(&self.runs.steps(&run).await?)
            }
            None => String::new(),
        };
        let account = match account.is_empty() {
            true => "(none)\n".to_owned(),
            false => account,
        };
        let record = format!(
            "Task:\n{}\n\nSteps, with what the browser said:\n{account}\nState: {}\nResult: {}\n",
            assignment.prompt,
            assignment.state.as_str(),
            assignment.result.as_deref().unwrap_or_default()
        );
        self.without_secrets(caller, assignment, record).await
    }

    /// A text without the secrets of who it was worked on as: somebody may have written one into the task.
    async fn without_secrets(
        &self,
        caller: &Caller,
        assignment: &Assignment,
        text: String,
    ) -> Result<String> {
        let id = assignment.persona.to_string();
        let vault = match self.of_personas.personas.get(caller, &id).await {
            Ok(persona) => persona.vault,
            // One that was deleted has no secrets any more.
            Err(error) if error.kind() == Kind::NotFound => None,
            Err(error) => return Err(error),
        };
        match vault {
            Some(vault) => {
                let sessions = &self.sessions;
                sessions.without_secrets(caller.tenant, vault, text).await
            }
            None => Ok(text),
        }
    }
}

fn schema() -> AnswerSchema {
    AnswerSchema {
        name: "verdict".to_owned(),
        schema: json!({
            "type": "object",
            "properties": {"passed": {"type": "boolean"}, "reason": {"type": "string"}},
            "required": ["passed", "reason"],
            "additionalProperties": false,
        }),
    }
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(LONGEST).collect()
}
