//! Actions as this API writes them, for models to read and write.

use guise_agent::Language;
use guise_core::ports::Tool;
use guise_core::{Action, FormField, Outcome, Result};
use serde_json::{Map, Value, json};

use super::wire::action::AnyAction;
use super::wire::execution::resolved;

/// Members that a model has no use for: they are for showing, or for clients that know better than the defaults.
const NOT_FOR_MODELS: [&str; 10] = [
    "category",
    "timeout",
    "text_label",
    "clear_before_fill",
    "ignored_tags",
    "only_images",
    "scrape_images",
    "response_format",
    "instructions",
    "use_link_placeholders",
];

/// Members whose names do not say enough. Words about the others would make each prompt longer.
const NEED_WORDS: [&str; 6] = [
    "tab_index",
    "key",
    "amount",
    "answer",
    "timedelta",
    "file_path",
];

/// Only where text is filled in does a model press Enter by this; else it presses the key.
const FILLS: &str = "fill";

/// Members that a decision leaves out (Notte contract §3.6, `AgentCompletion`).
const NOT_IN_DECISIONS: [&str; 5] = [
    "category",
    "timeout",
    "text_label",
    "press_enter",
    "description",
];

/// What is done with the mouse alone is done to what was observed, so models name it by id.
const BY_ID: [&str; 7] = [
    "hover",
    "double_click",
    "right_click",
    "click_at",
    "press_and_hold",
    "drag_and_drop",
    "wheel",
];

/// This API's actions.
pub struct NotteActions;

impl Language for NotteActions {
    fn read(&self, value: Value) -> Result<Action> {
        AnyAction::parse(value, &[])?.into_domain()
    }

    fn write(&self, action: &Action) -> Value {
        // These types hold nothing that JSON cannot express.
        let written = serde_json::to_value(resolved(action.clone(), &Outcome::default()));
        let mut value = written.unwrap_or_default();
        if let Some(members) = value.as_object_mut() {
            let named = members.get("id").is_some_and(|id| id != "");
            members.retain(|name, value| {
                let superfluous = NOT_IN_DECISIONS.contains(&name.as_str())
                    || (named && name == "selector")
                    || value.is_null();
                !superfluous
            });
        }
        value
    }

    fn tools(&self) -> Vec<Tool> {
        AnyAction::described()
            .into_iter()
            .map(|(name, schema)| Tool {
                name: name.to_owned(),
                description: sentence(&schema),
                parameters: parameters(name, &schema),
            })
            .collect()
    }
}

fn sentence(schema: &Value) -> String {
    schema["description"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The members of an action that a model may give.
fn parameters(action: &str, schema: &Value) -> Value {
    let mut properties = Map::new();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let superfluous = (name == "press_enter" && action != FILLS)
            || (name == "selector" && BY_ID.contains(&action));
        if name != "type" && !superfluous && !NOT_FOR_MODELS.contains(&name.as_str()) {
            properties.insert(name.clone(), parameter(name, member));
        }
    }
    let required: Vec<_> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|name| {
            name.as_str()
                .is_some_and(|name| properties.contains_key(name))
        })
        .cloned()
        .collect();
    let mut parameters = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        parameters["required"] = required.into();
    }
    parameters
}

fn parameter(name: &str, member: &Value) -> Value {
    match (name, member["type"].as_str()) {
        ("selector" | "to_selector", _) => json!({"type": "string", "description": "Or this."}),
        ("id" | "to_id", _) => json!({"type": "string"}),
        ("value", Some("object")) => {
            let keys: Vec<_> = FormField::ALL.iter().map(|field| field.as_str()).collect();
            json!({
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": format!("Keys: {}.", keys.join(", ")),
            })
        }
        _ => {
            let mut short = Map::new();
            short.insert("type".to_owned(), kind(member));
            if let Some(text) = member["description"].as_str()
                && NEED_WORDS.contains(&name)
            {
                short.insert("description".to_owned(), json!(text));
            }
            Value::Object(short)
        }
    }
}

/// A member's type. One that may be null is simply not required.
fn kind(member: &Value) -> Value {
    match &member["type"] {
        Value::Array(types) => types
            .iter()
            .find(|kind| *kind != "null")
            .cloned()
            .unwrap_or_else(|| json!("string")),
        Value::Null => json!("string"),
        kind => kind.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn every_type_of_action_is_a_tool() {
        let tools = NotteActions.tools();
        assert_eq!(tools.len(), AnyAction::TYPES.len());
        for tool in &tools {
            assert!(!tool.description.is_empty(), "{}", tool.name);
            jsonschema::options().build(&tool.parameters).unwrap();
        }
        let fill = tools.iter().find(|tool| tool.name == "fill").unwrap();
        assert_eq!(fill.parameters["required"], json!(["value"]));
        assert_eq!(
            fill.parameters["properties"]["press_enter"]["type"],
            "boolean"
        );
    }

    #[rstest]
    #[case(json!({"type": "click", "id": "B1"}))]
    #[case(json!({"type": "fill", "id": "I1", "value": "Ada", "clear_before_fill": true}))]
    #[case(json!({"type": "hover", "id": "B1"}))]
    #[case(json!({"type": "click_at", "id": "M1", "x": 40, "y": 25}))]
    #[case(json!({"type": "drag_and_drop", "id": "M1", "to_id": "M2"}))]
    #[case(json!({"type": "drag_and_drop", "id": "M1", "by_x": -40, "by_y": 0}))]
    #[case(json!({"type": "wheel", "id": "M1", "delta_x": 0, "delta_y": 300}))]
    #[case(json!({"type": "press_and_hold", "id": "B1", "time_ms": 1500}))]
    #[case(json!({"type": "goto", "url": "https://example.org"}))]
    #[case(json!({"type": "form_fill", "value": {"email": "ada@example.org"}}))]
    #[case(json!({"type": "completion", "success": true, "answer": "42"}))]
    fn what_is_written_is_what_was_read(#[case] value: Value) {
        let action = NotteActions.read(value.clone()).unwrap();
        assert_eq!(NotteActions.write(&action), value);
    }

    #[test]
    fn an_element_without_a_name_keeps_its_selector() {
        let value = json!({"type": "click", "selector": "#buy"});
        let written = NotteActions.write(&NotteActions.read(value).unwrap());
        assert_eq!(
            written["selector"]["playwright_selector"], "#buy",
            "{written}"
        );
    }
}
