//! Help with wording prompts.

use axum::Json;
use axum::extract::State;

use super::body::Body;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::wire::prompt::{
    ImprovePromptRequest, ImprovePromptResponse, NudgePromptRequest, NudgePromptResponse,
};
use crate::app::App;
use crate::http::caller::Authenticated;

/// Makes a prompt clearer.
#[utoipa::path(post, path = "/prompts/improve", tag = "prompts", operation_id = "improve_prompt",
    request_body = ImprovePromptRequest,
    responses(
        (status = 200, description = "The better prompt.", body = ImprovePromptResponse),
        (status = 400, description = "No model is set up, or it does not answer.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "The prompt is blank or too long.", body = ValidationErrorResponse),
    ))]
pub(super) async fn improve_prompt(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<ImprovePromptRequest>,
) -> Result<Json<ImprovePromptResponse>, Failure> {
    let improved = app.advice.improve(&caller, &request.prompt).await?;
    Ok(Json(ImprovePromptResponse {
        prompt: improved.prompt,
        variables: (!improved.variables.is_empty()).then_some(improved.variables),
    }))
}

/// Says what an agent that is stuck should try next.
#[utoipa::path(post, path = "/prompts/nudge", tag = "prompts", operation_id = "nudge_prompt",
    request_body = NudgePromptRequest,
    responses(
        (status = 200, description = "The instruction.", body = NudgePromptResponse),
        (status = 400, description = "No model is set up, or it does not answer.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "The task is blank or too long.", body = ValidationErrorResponse),
    ))]
pub(super) async fn nudge_prompt(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<NudgePromptRequest>,
) -> Result<Json<NudgePromptResponse>, Failure> {
    let messages: Vec<_> = request
        .agent_messages
        .into_iter()
        .map(serde_json::Value::Object)
        .collect();
    let prompt = app.advice.nudge(&caller, &request.task, &messages).await?;
    Ok(Json(NudgePromptResponse { prompt }))
}
