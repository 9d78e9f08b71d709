//! The Notte API: sessions, pages and files as the official clients `notte-sdk` and `notte` speak it.

mod agents;
mod approvals;
mod body;
pub mod body_limits;
mod cookies;
mod crawls;
mod debug;
mod error;
mod health;
mod inbox;
pub mod language;
mod model_keys;
mod one_shot;
mod page;
mod personas;
mod prompts;
mod query;
mod search;
mod sessions;
mod storage;
mod vaults;
mod wire;
mod workflow;

pub use error::{ErrorResponse, Failure, ValidationErrorResponse};

use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::openapi;

/// The operations on sessions, pages and files. They need a key.
pub fn sessions() -> OpenApiRouter<App> {
    let mut router = OpenApiRouter::new()
        .routes(routes!(sessions::list_sessions))
        // Some clients spell lists with a slash; a redirect would lose their key.
        .route("/sessions/", get(sessions::list_sessions))
        .routes(routes!(sessions::session_start))
        .routes(routes!(sessions::session_status))
        .routes(routes!(sessions::session_stop))
        .routes(routes!(sessions::session_offset))
        .routes(routes!(
            cookies::session_cookies_get,
            cookies::session_cookies_set
        ))
        .routes(routes!(debug::session_debug_info))
        .routes(routes!(debug::session_debug_tab))
        .routes(routes!(page::page_observe))
        .routes(routes!(page::page_execute))
        .routes(routes!(page::page_scrape))
        .routes(routes!(page::page_screenshot))
        .routes(routes!(one_shot::scrape))
        .routes(routes!(search::search))
        .routes(routes!(crawls::crawl_list, crawls::crawl_start))
        .route("/crawl/", get(crawls::crawl_list))
        .routes(routes!(crawls::crawl_status, crawls::crawl_stop))
        .routes(routes!(crawls::crawl_pages))
        .routes(routes!(crawls::crawl_events))
        .routes(routes!(agents::list_agents))
        .route("/agents/", get(agents::list_agents))
        .routes(routes!(agents::agent_start))
        .routes(routes!(agents::agent_status))
        .routes(routes!(agents::agent_stop))
        .routes(routes!(agents::agent_trace))
        .routes(routes!(workflow::agent_workflow_code))
        .routes(routes!(workflow::session_workflow_code))
        .routes(routes!(prompts::improve_prompt))
        .routes(routes!(prompts::nudge_prompt))
        .merge(storage::routes())
        .merge(one_shot::from_html_routes());
    openapi::also_with_slash(router.get_openapi_mut(), "/sessions");
    openapi::also_with_slash(router.get_openapi_mut(), "/agents");
    openapi::also_with_slash(router.get_openapi_mut(), "/crawl");
    router
}

/// The operations on personas and vaults. They need a key.
pub fn identity() -> OpenApiRouter<App> {
    let mut router = OpenApiRouter::new()
        .routes(routes!(personas::list_personas))
        .route("/personas/", get(personas::list_personas))
        .routes(routes!(personas::persona_create))
        .routes(routes!(
            personas::persona_get,
            personas::persona_update,
            personas::persona_delete
        ))
        .routes(routes!(inbox::persona_emails_list))
        .routes(routes!(inbox::persona_email_attachment))
        .routes(routes!(inbox::persona_sms_list))
        .routes(routes!(inbox::create_number, inbox::delete_number))
        .routes(routes!(vaults::list_vaults))
        .route("/vaults/", get(vaults::list_vaults))
        .routes(routes!(vaults::vault_create))
        .routes(routes!(
            vaults::vault_credentials_list,
            vaults::vault_update,
            vaults::vault_delete
        ))
        .routes(routes!(
            vaults::vault_credentials_get,
            vaults::vault_credentials_add,
            vaults::vault_credentials_delete
        ))
        .routes(routes!(vaults::vault_credentials_code))
        .routes(routes!(vaults::vault_credentials_generate))
        .routes(routes!(
            vaults::vault_fill_rules_get,
            vaults::vault_fill_rules_set
        ))
        .routes(routes!(
            vaults::vault_credit_card_get,
            vaults::vault_credit_card_set,
            vaults::vault_credit_card_delete
        ))
        .routes(routes!(model_keys::model_keys_list))
        .routes(routes!(
            model_keys::model_key_set,
            model_keys::model_key_delete
        ));
    openapi::also_with_slash(router.get_openapi_mut(), "/personas");
    openapi::also_with_slash(router.get_openapi_mut(), "/vaults");
    router
}

/// The operations on what waits for an approval. They need a key.
pub fn approvals() -> OpenApiRouter<App> {
    let mut router = OpenApiRouter::new()
        .routes(routes!(
            approvals::approval_policy_get,
            approvals::approval_policy_set
        ))
        .routes(routes!(approvals::list_approvals))
        .route("/approvals/", get(approvals::list_approvals))
        .routes(routes!(approvals::approval_get))
        .routes(routes!(approvals::approval_approve))
        .routes(routes!(approvals::approval_deny));
    openapi::also_with_slash(router.get_openapi_mut(), "/approvals");
    router
}

/// The operations that need none.
pub fn public() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
}

/// A step of a trajectory as clients read it: `{"type", "value"}`.
pub fn step_json(session_id: &str, step: guise_core::Step) -> serde_json::Value {
    // These types hold nothing that JSON cannot express.
    serde_json::to_value(wire::step::TrajectoryStep::new(session_id, step)).unwrap_or_default()
}

/// A model's decision as clients read it.
pub fn decision_json(decision: guise_core::Decision) -> serde_json::Value {
    // These types hold nothing that JSON cannot express.
    serde_json::to_value(wire::agent::AgentCompletion::from(decision)).unwrap_or_default()
}

/// A run with its steps as clients read it.
pub fn run_json(run: guise_core::Run, steps: Vec<guise_core::StepRecord>) -> serde_json::Value {
    // These types hold nothing that JSON cannot express.
    serde_json::to_value(wire::agent::AgentStatusResponse::new(run, steps)).unwrap_or_default()
}
