//! What was done, as a script of the official Python client that does it again without a model.

mod messages;

use axum::Json;
use axum::extract::State;
use guise_core::{Caller, Error, Kind, PersonaId, Session, Step, StepRecord, VaultId};
use serde_json::{Map, Value, json};

use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::query::Query;
use super::wire::execution::resolved;
use super::wire::workflow::AgentFunctionCodeResponse;
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;
use messages::Messages;

/// Actions that only the run itself can do, or that change nothing.
const NOT_REPEATED: [&str; 5] = [
    "help",
    "email_read",
    "email_verification_read",
    "sms_read",
    "tool",
];

/// Members that only show.
const SHOWN: [&str; 3] = ["category", "text_label", "description"];

/// An agent's successful actions as code.
#[utoipa::path(get, path = "/agents/{agent_id}/workflow/code", tag = "agents", operation_id = "agent_workflow_code",
    params(
        ("agent_id" = String, Path, description = "The agent."),
        ("as_workflow" = bool, Query, description = "A whole script with a `run` function; the statements alone when false."),
        ("infer_response_format" = Option<bool>, Query, description = "Scrapes that only have instructions get the JSON Schema of what they gave; false when absent."),
    ),
    responses(
        (status = 200, description = "The code.", body = AgentFunctionCodeResponse),
        (status = 404, description = "No such agent.", body = ErrorResponse),
        (status = 422, description = "A parameter is missing or wrong.", body = ValidationErrorResponse),
    ))]
pub(super) async fn agent_workflow_code(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<AgentFunctionCodeResponse>, Failure> {
    let wish = Wish::read(&query)?;
    let run = app.runs.get(&caller, &id).await?;
    let session = app.sessions.get(&caller, &run.session.to_string()).await?;
    let steps = app.runs.steps(&run).await?;
    let actor = Actor {
        vault: run.options.vault,
        reader: reader(&app, &caller, run.options.persona).await?,
    };
    Ok(Json(code(&session, actor, steps, wish)))
}

/// A session's successful actions as code.
#[utoipa::path(get, path = "/sessions/{session_id}/workflow/code", tag = "sessions", operation_id = "session_workflow_code",
    params(
        ("session_id" = String, Path, description = "The session."),
        ("as_workflow" = bool, Query, description = "A whole script with a `run` function; the statements alone when false."),
        ("infer_response_format" = Option<bool>, Query, description = "Scrapes that only have instructions get the JSON Schema of what they gave; false when absent."),
    ),
    responses(
        (status = 200, description = "The code.", body = AgentFunctionCodeResponse),
        (status = 404, description = "No such session.", body = ErrorResponse),
        (status = 422, description = "A parameter is missing or wrong.", body = ValidationErrorResponse),
    ))]
pub(super) async fn session_workflow_code(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<AgentFunctionCodeResponse>, Failure> {
    let wish = Wish::read(&query)?;
    let session = app.sessions.get(&caller, &id).await?;
    let steps = app.sessions.steps(&session, 0).await?;
    let actor = actor(&app, &caller, &session, &steps).await?;
    Ok(Json(code(&session, actor, steps, wish)))
}

/// Whose secrets and messages were used.
struct Actor {
    vault: Option<VaultId>,
    reader: Option<Reader>,
}

/// A persona whose messages a script can read.
struct Reader {
    persona: PersonaId,
    address: String,
}

/// Who acted in a session: its own vault, or that of the last run in it that had one, and the persona of the last run that had one.
async fn actor(
    app: &App,
    caller: &Caller,
    session: &Session,
    steps: &[StepRecord],
) -> Result<Actor, Failure> {
    let mut vault = session.options.vault;
    let mut persona = None;
    let runs = steps.iter().rev().filter_map(|record| match record.step {
        Some(Step::RunStepBegan(mark)) => Some(mark.run),
        _ => None,
    });
    let mut runs: Vec<_> = runs.collect();
    runs.dedup();
    for id in runs {
        if vault.is_some() && persona.is_some() {
            break;
        }
        let run = app.runs.get(caller, &id.to_string()).await?;
        vault = vault.or(run.options.vault);
        persona = persona.or(run.options.persona);
    }
    Ok(Actor {
        vault,
        reader: reader(app, caller, persona).await?,
    })
}

/// Who reads messages, where that persona is still there.
async fn reader(
    app: &App,
    caller: &Caller,
    persona: Option<PersonaId>,
) -> Result<Option<Reader>, Failure> {
    let Some(id) = persona else {
        return Ok(None);
    };
    match app.personas.get(caller, &id.to_string()).await {
        Ok(persona) => Ok(Some(Reader {
            persona: id,
            address: app.vaults.address(&persona),
        })),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// How the code is wanted.
#[derive(Clone, Copy)]
struct Wish {
    whole: bool,
    infer: bool,
}

impl Wish {
    fn read(query: &Query) -> Result<Self, Error> {
        if query.text("as_workflow").is_none() {
            return Err(Error::invalid_member(
                &["query", "as_workflow"],
                "missing",
                "Missing query parameter 'as_workflow': expected true for a whole script, or false for the statements alone",
            ));
        }
        Ok(Self {
            whole: query.flag("as_workflow", true)?,
            infer: query.flag("infer_response_format", false)?,
        })
    }
}

fn code(
    session: &Session,
    actor: Actor,
    steps: Vec<StepRecord>,
    wish: Wish,
) -> AgentFunctionCodeResponse {
    let mut actions = Vec::new();
    let mut statements = Vec::new();
    let mut answer = None;
    let Actor { vault, reader } = actor;
    let since = steps.first().map_or(session.created_at, |it| it.started_at);
    let own = reader.as_ref().map(|it| it.address.clone());
    let mut messages = own.map(|own| Messages::new(since, own));
    if let Some(url) = first_seen(&steps) {
        let members = Map::from_iter([
            ("type".to_owned(), json!("goto")),
            ("url".to_owned(), json!(url)),
        ]);
        statements.push(statement(&members, None));
        actions.push(members);
    }
    for record in steps {
        let Some(Step::Execution(execution)) = record.step else {
            continue;
        };
        if let Some(messages) = &mut messages {
            messages.learn(&execution);
        }
        let outcome = execution.outcome;
        if !outcome.success || NOT_REPEATED.contains(&execution.action.name()) {
            continue;
        }
        if let guise_core::Action::Completion { answer: text, .. } = &execution.action {
            answer = Some(text.clone());
        }
        // These types hold nothing that JSON cannot express.
        let written = serde_json::to_value(resolved(execution.action, &outcome));
        let Ok(Value::Object(mut members)) = written else {
            continue;
        };
        members.retain(|name, value| !value.is_null() && !SHOWN.contains(&name.as_str()));
        shorten_target(&mut members);
        let data = outcome.data.and_then(|data| data.structured?.data);
        if wish.infer
            && let Some(data) = data
            && members.contains_key("instructions")
            && !members.contains_key("response_format")
        {
            members.insert("response_format".to_owned(), schema_of(&data, 0));
        }
        statements.push(statement(&members, messages.as_ref()));
        actions.push(members);
    }
    let reader = reader.map(|it| it.persona);
    let reader = reader.filter(|_| messages::are_used(&statements));
    let python_script = if wish.whole {
        script(session, vault, reader, &statements, answer.as_deref())
    } else {
        let mut lines = Vec::new();
        if let Some(persona) = reader {
            lines.extend(messages::MODULES.map(str::to_owned));
            lines.push(String::new());
            lines.extend(messages::preamble(persona));
            lines.extend([String::new(), String::new()]);
        }
        lines.extend(statements);
        lines.join("\n")
    };
    AgentFunctionCodeResponse {
        python_script,
        json_actions: actions,
    }
}

/// The page that was open already when the first thing was done.
fn first_seen(steps: &[StepRecord]) -> Option<&str> {
    for record in steps {
        match &record.step {
            Some(Step::Observation(seen)) if seen.url.starts_with("http") => {
                return Some(&seen.url);
            }
            Some(Step::Execution(_)) => return None,
            _ => {}
        }
    }
    None
}

/// An element is named by its place: ids hold only as long as its document. A plain place is one text.
fn shorten_target(members: &mut Map<String, Value>) {
    if members.contains_key("to_selector") {
        members.remove("to_id");
    }
    // What is scrolled is not kept but by its id; whatever is used afterwards is scrolled to anyway.
    if matches!(
        members.get("type").and_then(Value::as_str),
        Some("scroll_up" | "scroll_down")
    ) {
        members.remove("id");
    }
    let Some(selector) = members.get("selector") else {
        return;
    };
    let nested = selector["in_iframe"] == true || selector["in_shadow_root"] == true;
    let css = selector["css_selector"].as_str().unwrap_or_default();
    if !nested && !css.is_empty() {
        let css = format!("css={css}");
        members.insert("selector".to_owned(), Value::String(css));
    }
    members.remove("id");
}

fn statement(members: &Map<String, Value>, messages: Option<&Messages>) -> String {
    let mut arguments = Vec::new();
    for (name, value) in members {
        let arrived = value.as_str().and_then(|it| messages?.expression(it));
        let argument = match arrived {
            Some(expression) => format!("{name}={expression}"),
            None => format!("{name}={}", python(value)),
        };
        if name == "type" {
            arguments.insert(0, argument);
        } else {
            arguments.push(argument);
        }
    }
    let call = format!("session.execute({})", arguments.join(", "));
    match members.get("type").and_then(Value::as_str) {
        Some("scrape" | "evaluate_js") => format!("result = {call}"),
        _ => call,
    }
}

fn script(
    session: &Session,
    vault: Option<VaultId>,
    reader: Option<PersonaId>,
    statements: &[String],
    answer: Option<&str>,
) -> String {
    let options = &session.options;
    let mut arguments = vec![format!(
        "browser_type={}",
        python(&json!(options.browser_type.as_str()))
    )];
    arguments.push(format!("headless={}", python(&json!(options.headless))));
    if let Some(viewport) = options.viewport {
        arguments.push(format!("viewport_width={}", viewport.width));
        arguments.push(format!("viewport_height={}", viewport.height));
    }
    if let Some(agent) = &options.user_agent {
        arguments.push(format!("user_agent={}", python(&json!(agent))));
    }
    // What stands for a secret in the statements does so in a session with the vault that it is in.
    if let Some(vault) = vault {
        arguments.push(format!("vault_id={}", python(&json!(vault))));
    }
    let reads = statements.iter().any(|line| line.starts_with("result = "));
    let mut lines = Vec::new();
    if reader.is_some() {
        lines.extend(messages::MODULES.map(str::to_owned));
        lines.push(String::new());
    }
    lines.extend([
        "from notte_sdk import NotteClient".to_owned(),
        String::new(),
        "# NOTTE_API_URL and NOTTE_API_KEY say where, and as whom.".to_owned(),
        "client = NotteClient()".to_owned(),
    ]);
    if let Some(persona) = reader {
        lines.extend(messages::preamble(persona));
    }
    lines.extend([
        String::new(),
        String::new(),
        "def run():".to_owned(),
        format!(
            "    with client.Session({}) as session:",
            arguments.join(", ")
        ),
    ]);
    lines.extend(statements.iter().map(|line| format!("        {line}")));
    if statements.is_empty() {
        lines.push("        pass".to_owned());
    }
    lines.push(match (reads, answer) {
        (true, _) => "    return result.data".to_owned(),
        (false, Some(answer)) => format!("    return {}", python(&json!(answer))),
        (false, None) => "    return None".to_owned(),
    });
    lines.extend([
        String::new(),
        String::new(),
        "if __name__ == \"__main__\":".to_owned(),
        "    print(run())".to_owned(),
        String::new(),
    ]);
    lines.join("\n")
}

/// A value as Python writes it. JSON's texts and numbers are Python's.
fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(_) | Value::String(_) => value.to_string(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(python).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", json!(name), python(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// Deeper values are described as anything.
const DEEPEST: usize = 16;

/// A JSON Schema that a value fits.
fn schema_of(value: &Value, depth: usize) -> Value {
    match value {
        _ if depth > DEEPEST => json!({}),
        Value::Null => json!({}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Number(number) if number.is_f64() => json!({"type": "number"}),
        Value::Number(_) => json!({"type": "integer"}),
        Value::String(_) => json!({"type": "string"}),
        Value::Array(items) => {
            let items = items.first().map(|item| schema_of(item, depth + 1));
            json!({"type": "array", "items": items.unwrap_or_else(|| json!({}))})
        }
        Value::Object(members) => {
            let properties: Map<_, _> = members
                .iter()
                .map(|(name, value)| (name.clone(), schema_of(value, depth + 1)))
                .collect();
            let required: Vec<_> = members.keys().collect();
            json!({"type": "object", "properties": properties, "required": required})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_python_reads_them() {
        let value = json!({"a": [true, null, "\"q\" \\ \n é"], "b": 1.5});
        assert_eq!(
            python(&value),
            r#"{"a": [True, None, "\"q\" \\ \n é"], "b": 1.5}"#
        );
    }

    #[test]
    fn a_value_fits_its_own_schema() {
        let value =
            json!({"name": "Ada", "tags": ["x"], "n": 1, "f": 0.5, "none": null, "empty": []});
        let schema = schema_of(&value, 0);
        assert!(
            jsonschema::options()
                .build(&schema)
                .unwrap()
                .is_valid(&value)
        );
    }
}
