//! The APIs by their paths, and what the clients of each count on, whatever our own document says.

use serde_json::Value;

use super::client::Answer;
use super::notte;

/// Which API an operation belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Notte,
    Aiqaramba,
    Evalstudio,
}

impl Dialect {
    pub fn of(path: &str) -> Self {
        if path.starts_with("/api/v1/") {
            Self::Aiqaramba
        } else if path.starts_with("/api/") {
            Self::Evalstudio
        } else {
            Self::Notte
        }
    }

    /// Fails unless a success has the form of the API.
    pub fn check_success(self, operation: &str, body: &Value) {
        match self {
            Self::Notte => notte::check_success(operation, body),
            // Whole seconds, and milliseconds: `2026-01-28T10:00:00Z`, `2026-01-28T10:00:00.000Z`.
            Self::Aiqaramba => check_times(body, "_at", 20),
            Self::Evalstudio => check_times(body, "At", 24),
        }
    }

    /// Fails unless an error has the form of the API.
    pub fn check_error(self, answer: &Answer, body: &Value) {
        let status = answer.status.as_u16();
        let members: Vec<_> = body.as_object().unwrap().keys().collect();
        match self {
            Self::Notte => notte::check_error(answer, body),
            Self::Aiqaramba => assert_eq!(members, ["message"], "{answer}"),
            Self::Evalstudio if members == ["error"] => {}
            Self::Evalstudio => {
                let reason = answer.status.canonical_reason().unwrap();
                assert_eq!(body["statusCode"], status, "{answer}");
                assert_eq!(body["error"], reason, "{answer}");
                for name in members {
                    let known = ["statusCode", "code", "error", "message"];
                    assert!(known.contains(&name.as_str()), "member {name}: {answer}");
                }
            }
        }
        assert!(!answer.message().is_empty(), "{answer}");
        if status == 401 {
            assert_eq!(
                answer.header("www-authenticate"),
                Some("Bearer"),
                "{answer}"
            );
        }
        if matches!(status, 429 | 529) {
            let after = answer.header("retry-after").unwrap_or_default();
            assert!(
                after.parse::<u64>().is_ok_and(|seconds| seconds > 0),
                "{answer}"
            );
        }
        assert!(status != 500, "{answer}");
    }
}

/// Fails unless every time, wherever it stands, has the length that the API gives it, and a zone.
fn check_times(value: &Value, suffix: &str, length: usize) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let (true, Value::String(text)) = (name.ends_with(suffix), member) {
                    let fits = text.len() == length && text.ends_with('Z');
                    assert!(fits, "{name} is written otherwise: {text}");
                }
                check_times(member, suffix, length);
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| check_times(item, suffix, length)),
        _ => {}
    }
}
