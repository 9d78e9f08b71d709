//! What a model answered: a call of a tool, or a JSON object.

use guise_core::ports::{Answer, ToolCall};
use guise_core::{Action, ElementId, Goal, GoalStatus, MAX_JSON_DEPTH, Relevant, json_depth};
use serde_json::{Map, Value};

use crate::language::Language;
use crate::schema::unfenced;

/// The longest text of a goal that is kept, in characters.
const LONGEST: usize = 2_000;

/// Elements that a model finds relevant; more are not kept.
const MOST_RELEVANT: usize = 20;

/// A decision.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) goal: Goal,
    pub(crate) action: Action,
}

/// Reads an answer. `last` is how the last step went, where there was one: a model that calls a tool does not say.
///
/// # Errors
/// What is wrong with it, for the model.
pub(crate) fn read(
    answer: &Answer,
    language: &dyn Language,
    last: GoalStatus,
) -> Result<Reply, String> {
    match answer.calls.first() {
        Some(call) => {
            let goal = Goal {
                previous_goal_status: last,
                next_goal: shortened(&answer.text),
                ..Goal::default()
            };
            action(called(call)?, language).map(|action| Reply { goal, action })
        }
        None => written(&answer.text, language, last),
    }
}

/// The action that a call stands for.
fn called(call: &ToolCall) -> Result<Value, String> {
    let mut members = match &call.arguments {
        Value::Object(members) => members.clone(),
        Value::Null => Map::new(),
        Value::String(text) if text.trim().is_empty() => Map::new(),
        Value::String(text) => serde_json::from_str(text).map_err(|error| {
            format!("the arguments of {} are no JSON object: {error}", call.name)
        })?,
        _ => return Err(format!("the arguments of {} are no JSON object", call.name)),
    };
    members.insert("type".to_owned(), Value::String(call.name.clone()));
    Ok(Value::Object(members))
}

fn written(text: &str, language: &dyn Language, last: GoalStatus) -> Result<Reply, String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let Some(mut members) = object_in(text) else {
        return Err("it is neither a tool call nor a JSON object with state and action".to_owned());
    };
    let state = members.remove("state");
    let value = match members.remove("action") {
        Some(value @ Value::Object(_)) => value,
        Some(_) => return Err("its action is no object".to_owned()),
        // A bare action says enough.
        None if members.contains_key("type") => Value::Object(members),
        None => return Err("it has no action".to_owned()),
    };
    let action = action(value, language)?;
    Ok(Reply {
        goal: goal(state.as_ref(), last),
        action,
    })
}

fn action(value: Value, language: &dyn Language) -> Result<Action, String> {
    if json_depth(&value) > MAX_JSON_DEPTH {
        return Err(format!("it is nested deeper than {MAX_JSON_DEPTH} levels"));
    }
    language
        .read(value)
        .map_err(|error| error.message().to_owned())
}

/// The JSON object in a text; models like to write around it.
fn object_in(text: &str) -> Option<Map<String, Value>> {
    let text = unfenced(text);
    if let Ok(Value::Object(members)) = serde_json::from_str(text) {
        return Some(members);
    }
    let (start, end) = (text.find('{')?, text.rfind('}')?);
    match serde_json::from_str(text.get(start..=end)?) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

fn goal(state: Option<&Value>, last: GoalStatus) -> Goal {
    let text = |member: &str| {
        let text = state.and_then(|state| state.get(member)?.as_str());
        shortened(text.unwrap_or_default())
    };
    let status = match text("previous_goal_status").as_str() {
        "success" => GoalStatus::Success,
        "failure" => GoalStatus::Failure,
        "unknown" => GoalStatus::Unknown,
        _ => last,
    };
    let relevant = state
        .and_then(|state| state.get("relevant_interactions")?.as_array())
        .into_iter()
        .flatten()
        .filter_map(relevant)
        .take(MOST_RELEVANT)
        .collect();
    Goal {
        previous_goal_status: status,
        previous_goal_eval: text("previous_goal_eval"),
        page_summary: text("page_summary"),
        relevant_interactions: relevant,
        memory: text("memory"),
        next_goal: text("next_goal"),
    }
}

fn relevant(value: &Value) -> Option<Relevant> {
    Some(Relevant {
        id: ElementId::new(value.get("id")?.as_str()?),
        reason: shortened(value.get("reason").and_then(Value::as_str).unwrap_or("")),
    })
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use guise_core::ports::Tool;
    use guise_core::{Error, Result as CoreResult};
    use proptest::prelude::*;
    use serde_json::json;

    /// Knows `goto` and nothing else.
    struct OnlyGoto;

    impl Language for OnlyGoto {
        fn read(&self, value: Value) -> CoreResult<Action> {
            match (value["type"].as_str(), value["url"].as_str()) {
                (Some("goto"), Some(url)) => Ok(Action::Goto {
                    url: url.to_owned(),
                }),
                _ => Err(Error::refused(format!("unknown action {value}"))),
            }
        }

        fn write(&self, _: &Action) -> Value {
            Value::Null
        }

        fn tools(&self) -> Vec<Tool> {
            Vec::new()
        }
    }

    fn text(text: &str) -> Result<Reply, String> {
        let answer = Answer {
            text: text.to_owned(),
            ..Answer::default()
        };
        read(&answer, &OnlyGoto, GoalStatus::Success)
    }

    fn call(arguments: Value) -> Result<Reply, String> {
        let answer = Answer {
            text: " Off to the shop. ".to_owned(),
            calls: vec![ToolCall {
                name: "goto".to_owned(),
                arguments,
            }],
            ..Answer::default()
        };
        read(&answer, &OnlyGoto, GoalStatus::Success)
    }

    fn went(reply: &Reply) -> &str {
        match &reply.action {
            Action::Goto { url } => url,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_call_is_an_action() {
        for arguments in [json!({"url": "a"}), json!("{\"url\": \"a\"}")] {
            let reply = call(arguments).unwrap();
            assert_eq!(went(&reply), "a");
            assert_eq!(reply.goal.next_goal, "Off to the shop.");
            assert_eq!(reply.goal.previous_goal_status, GoalStatus::Success);
        }
        for wrong in [
            json!([]),
            json!("nonsense"),
            json!({}),
            json!(null),
            json!(""),
        ] {
            call(wrong).unwrap_err();
        }
    }

    #[test]
    fn an_object_with_state_and_action_is_one_too() {
        let reply = text(
            r#"Sure! ```json
            {"state": {"previous_goal_status": "failure", "memory": "m", "relevant_interactions": [{"id": "B1[:]"}, 5]},
             "action": {"type": "goto", "url": "b"}}
            ```"#,
        )
        .unwrap();
        assert_eq!(went(&reply), "b");
        assert_eq!(reply.goal.memory, "m");
        assert_eq!(reply.goal.previous_goal_status, GoalStatus::Failure);
        assert_eq!(reply.goal.relevant_interactions[0].id.as_str(), "B1");
        assert_eq!(went(&text(r#"{"type": "goto", "url": "c"}"#).unwrap()), "c");
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (answer, why) in [
            ("", "empty"),
            ("I would rather not.", "neither"),
            ("[1]", "neither"),
            (r#"{"state": {}}"#, "no action"),
            (r#"{"action": "goto"}"#, "no object"),
            (r#"{"action": {"type": "dance"}}"#, "dance"),
        ] {
            let told = text(answer).unwrap_err();
            assert!(told.contains(why), "{answer}: {told}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_panics(answer in "[{}\\[\\]\":, a-zé`\n]{0,60}", name in ".{0,10}") {
            let _ = text(&answer);
            let _ = read(&Answer {
                calls: vec![ToolCall { name, arguments: Value::String(answer) }],
                ..Answer::default()
            }, &OnlyGoto, GoalStatus::Unknown);
        }
    }
}
