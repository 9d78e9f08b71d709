//! A language with further tools in it: those that whoever starts a run gives it.

use std::sync::Arc;

use guise_core::ports::{RunTool, Tool};
use guise_core::{Action, Result};
use serde_json::{Map, Value};

use crate::language::Language;

/// A language, and tools beside its actions.
pub(crate) struct WithTools {
    language: Arc<dyn Language>,
    tools: Vec<Arc<dyn RunTool>>,
}

impl WithTools {
    pub(crate) fn new(language: Arc<dyn Language>, tools: Vec<Arc<dyn RunTool>>) -> Self {
        Self { language, tools }
    }
}

impl Language for WithTools {
    fn read(&self, value: Value) -> Result<Action> {
        let named = value.get("type").and_then(Value::as_str);
        let offered = |name: &str| self.tools.iter().any(|tool| tool.describe().name == name);
        match (named.filter(|name| offered(name)), value.as_object()) {
            (Some(name), Some(members)) => {
                let mut arguments = members.clone();
                arguments.remove("type");
                Ok(Action::Tool {
                    name: name.to_owned(),
                    arguments: arguments.into(),
                })
            }
            _ => self.language.read(value),
        }
    }

    fn write(&self, action: &Action) -> Value {
        let Action::Tool { name, arguments } = action else {
            return self.language.write(action);
        };
        let mut members = Map::new();
        members.insert("type".to_owned(), name.as_str().into());
        members.extend(arguments.as_object().cloned().unwrap_or_default());
        members.into()
    }

    fn tools(&self) -> Vec<Tool> {
        let replaced: Vec<_> = self.tools.iter().flat_map(|tool| tool.replaces()).collect();
        let mut tools = self.language.tools();
        tools.retain(|tool| !replaced.contains(&&tool.name.as_str()));
        tools.extend(self.tools.iter().map(|tool| tool.describe()));
        tools
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use guise_core::{Error, Outcome, Timestamp};
    use serde_json::json;
    use tokio::time::Instant;

    use super::*;

    /// Knows `wait` and `email_read`, by their names only.
    struct Plain;

    impl Language for Plain {
        fn read(&self, value: Value) -> Result<Action> {
            Err(Error::refused(format!("unknown action {value}")))
        }

        fn write(&self, action: &Action) -> Value {
            action.name().into()
        }

        fn tools(&self) -> Vec<Tool> {
            ["wait", "email_read"].map(tool).into()
        }
    }

    struct Emails;

    #[async_trait]
    impl RunTool for Emails {
        fn describe(&self) -> Tool {
            tool("emails_read")
        }

        fn replaces(&self) -> &'static [&'static str] {
            &["email_read"]
        }

        async fn call(
            &self,
            _: &Value,
            _: Option<&guise_core::Placeholders>,
            _: Timestamp,
            _: Instant,
        ) -> Result<Outcome> {
            Ok(Outcome::done("read"))
        }
    }

    fn tool(name: &str) -> Tool {
        Tool {
            name: name.to_owned(),
            description: "Does something.".to_owned(),
            parameters: json!({"type": "object"}),
        }
    }

    #[test]
    fn a_tool_is_read_written_and_told_beside_the_actions() {
        let language = WithTools::new(Arc::new(Plain), vec![Arc::new(Emails)]);
        let names: Vec<_> = language.tools().into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["wait", "emails_read"]);
        let value = json!({"type": "emails_read", "limit": 3});
        let action = language.read(value.clone()).unwrap();
        let expected = Action::Tool {
            name: "emails_read".to_owned(),
            arguments: json!({"limit": 3}),
        };
        assert_eq!(action, expected);
        assert_eq!(language.write(&action), value);
        assert_eq!(language.write(&Action::Reload), "reload");
        for other in [json!({"type": "get_credentials"}), json!({}), json!(null)] {
            language.read(other).unwrap_err();
        }
    }
}
