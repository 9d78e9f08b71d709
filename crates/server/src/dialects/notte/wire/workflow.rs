//! What was done, as code.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What was done, as code (Notte API: `AgentFunctionCodeResponse`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentFunctionCodeResponse {
    /// A script of the official Python client.
    pub python_script: String,
    /// The actions in it, as `page/execute` takes them.
    #[schema(value_type = Vec<Object>)]
    pub json_actions: Vec<Map<String, Value>>,
}
