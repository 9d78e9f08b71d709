//! What the clients of the Notte API count on, whatever our own document says.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use jsonschema::{Draft, ValidationOptions, Validator};
use serde_json::{Value, json};

use super::client::Answer;

/// The Notte API's own schemas: names, types, bounds.
static SCHEMAS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("notte-schemas.json")).unwrap());

static VALIDATORS: LazyLock<Mutex<HashMap<&str, Validator>>> = LazyLock::new(Mutex::default);

/// Which of them an operation's success has. Those of files and phone numbers are not among them.
const ANSWERS: &[(&str, &str)] = &[
    ("health_check", "HealthResponse"),
    ("ready_check", "HealthResponse"),
    ("list_sessions", "PaginatedResponseSessionResponse"),
    ("list_sessions_slash", "PaginatedResponseSessionResponse"),
    ("session_start", "SessionResponse"),
    ("session_status", "SessionResponse"),
    ("session_stop", "SessionResponse"),
    ("session_offset", "SessionOffsetResponse"),
    ("session_cookies_get", "GetCookiesResponse"),
    ("session_cookies_set", "ExecutionResponse"),
    ("session_debug_info", "SessionDebugResponse"),
    ("session_debug_tab", "TabSessionDebugResponse"),
    ("page_observe", "Observation"),
    ("page_execute", "ApiExecutionResponse"),
    ("page_scrape", "DataSpace"),
    ("scrape", "DataSpace"),
    ("scrape_from_html", "ScrapeSchemaResponse"),
    ("list_personas", "PaginatedResponsePersonaResponse"),
    ("list_personas_slash", "PaginatedResponsePersonaResponse"),
    ("persona_create", "PersonaResponse"),
    ("persona_get", "PersonaResponse"),
    ("persona_update", "PersonaResponse"),
    ("persona_delete", "DeletePersonaResponse"),
    ("persona_emails_list", "PersonaEmailsListResponse"),
    ("persona_sms_list", "PersonaSmsListResponse"),
    ("list_vaults", "PaginatedResponseVault"),
    ("list_vaults_slash", "PaginatedResponseVault"),
    ("vault_create", "Vault"),
    ("vault_update", "Vault"),
    ("vault_delete", "DeleteVaultResponse"),
    ("vault_credentials_list", "ListCredentialsResponse"),
    ("vault_credentials_get", "GetCredentialsResponse"),
    ("vault_credentials_add", "AddCredentialsResponse"),
    ("vault_credentials_delete", "DeleteCredentialsResponse"),
    ("vault_credit_card_get", "GetCreditCardResponse"),
    ("vault_credit_card_set", "AddCreditCardResponse"),
    ("vault_credit_card_delete", "DeleteCreditCardResponse"),
];

/// JSON Schema as OpenAPI 3.1 means it, formats included.
pub fn options() -> ValidationOptions<'static> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .with_format("duration", is_duration)
}

/// Fails unless a success fits the schema of the Notte API.
pub fn check_success(operation: &str, body: &Value) {
    assert!(
        body.get("detail").is_none(),
        "clients take `detail` for an error: {body}"
    );
    if let Some((_, name)) = ANSWERS.iter().find(|(id, _)| *id == operation) {
        check_schema(name, &as_known(body));
    }
    check_values(body);
}

/// Actions of ours, which that API has nothing like.
const OURS: &[&str] = &[
    "hover",
    "double_click",
    "right_click",
    "click_at",
    "press_and_hold",
    "drag_and_drop",
    "wheel",
];

/// An answer that tells of an action of ours as of a click, with which it has all the rest in common.
fn as_known(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(kind) = body.pointer_mut("/action/type")
        && kind.as_str().is_some_and(|kind| OURS.contains(&kind))
    {
        *kind = json!("click");
    }
    body
}

fn check_schema(name: &'static str, body: &Value) {
    let mut validators = VALIDATORS.lock().unwrap();
    let validator = validators.entry(name).or_insert_with(|| {
        let schema = json!({"$ref": format!("#/$defs/{name}"), "$defs": SCHEMAS["$defs"]});
        options().build(&schema).unwrap()
    });
    let errors: Vec<_> = validator
        .iter_errors(body)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "not a {name}: {errors:?}: {body}");
}

/// Rules on members wherever they stand.
fn check_values(value: &Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                // Strict clients refuse a time without a zone.
                if let (true, Value::String(text)) = (name.ends_with("_at"), member) {
                    assert!(text.ends_with('Z'), "{name} has no zone: {text}");
                }
                check_values(member);
            }
            if let (Some(success), Some(exception)) =
                (members.get("success"), members.get("exception"))
            {
                assert!(
                    exception.is_null() || (success == false && exception.is_string()),
                    "an exception belongs to a failure: {value}"
                );
            }
        }
        Value::Array(items) => items.iter().for_each(check_values),
        _ => {}
    }
}

/// Fails unless an error has the one form that every client can read.
pub fn check_error(answer: &Answer, body: &Value) {
    let status = answer.status.as_u16();
    assert_eq!(body["status"], status, "{answer}");
    let message = body["message"].as_str().unwrap_or_default();
    assert!(!message.is_empty(), "{answer}");
    let allowed: &[&str] = match status {
        422 => &["status", "message", "detail"],
        _ => &["status", "message"],
    };
    for name in body.as_object().unwrap().keys() {
        assert!(allowed.contains(&name.as_str()), "member {name}: {answer}");
    }
    if let Some(detail) = body.get("detail") {
        for item in detail.as_array().unwrap() {
            assert!(item["loc"].is_array() && item["msg"].is_string() && item["type"].is_string());
        }
    }
}

/// ISO 8601 as all clients read it: the stricter RFC 3339, which the validator knows, has no fractions.
fn is_duration(text: &str) -> bool {
    text.starts_with('P') && text.parse::<jiff::Span>().is_ok()
}
