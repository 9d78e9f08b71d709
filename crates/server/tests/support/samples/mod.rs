//! For every operation of the document, one request that succeeds and one that fails.

mod agents;
mod aiqaramba;
mod approvals;
mod crawls;
mod evalstudio;
mod models;
mod neighbours;
mod personas;
mod sessions;
mod tenant_agents;
mod vaults;

use serde_json::{Value, json};

use super::Stage;
use super::client::{Call, Client};
use super::document::Operation;

/// Operations that answer whoever may ask, whatever is asked.
const NEVER_WRONG: &[&str] = &[
    "health_check",
    "ready_check",
    "files_list_uploads",
    "project_list",
    "project_persona_list",
    "model_keys_list",
    "approval_policy_get",
];

/// What the requests speak of, made beforehand. What is doomed is only there to be deleted.
pub struct Samples {
    pub session: String,
    pub agent: String,
    pub approval: String,
    pub doomed_approval: String,
    pub crawl: String,
    pub origin: String,
    pub persona: String,
    pub mail: String,
    pub doomed_persona: String,
    pub vault: String,
    pub doomed_vault: String,
    pub tenant_persona: String,
    pub doomed_tenant_persona: String,
    pub credential: String,
    pub doomed_credential: String,
    pub mailbox: String,
    pub doomed_mailbox: String,
    pub role: String,
    pub doomed_role: String,
    pub doomed_tenant_project: String,
    pub journey: String,
    pub doomed_journey: String,
    pub tenant_agent: String,
    pub doomed_tenant_agent: String,
    pub project: String,
    pub doomed_project: String,
    pub project_persona: String,
    pub doomed_project_persona: String,
    pub doomed_persona_of_project: String,
}

impl Samples {
    /// Makes all of it.
    pub async fn prepare(stage: &Stage) -> Self {
        let client = &stage.client;
        sessions::prepare(stage).await;
        let (vault, doomed_vault) = vaults::prepare(client).await;
        models::prepare(client).await;
        let (tenant_persona, doomed_tenant_persona, [credential, doomed_credential]) =
            aiqaramba::prepare(client).await;
        let project = evalstudio::project(client, "kept").await;
        let persona_of = |name| evalstudio::persona(client, &project, name);
        let persona = personas::made(client).await;
        let (approval, doomed_approval) = approvals::prepare(stage).await;
        Self {
            session: stage.session.clone(),
            agent: agents::made(client, &stage.session).await,
            origin: stage.site.origin().to_owned(),
            approval,
            doomed_approval,
            crawl: crawls::ended(stage).await,
            mail: personas::mail(stage, &persona).await,
            persona,
            doomed_persona: personas::made(client).await,
            vault,
            doomed_vault,
            tenant_persona,
            doomed_tenant_persona,
            credential,
            doomed_credential,
            mailbox: aiqaramba::mailbox(client, "kept").await,
            doomed_mailbox: aiqaramba::mailbox(client, "doomed").await,
            role: neighbours::role(client, "kept").await,
            doomed_role: neighbours::role(client, "doomed").await,
            doomed_tenant_project: evalstudio::project(client, "doomed of the tenant").await,
            journey: neighbours::journey(client).await,
            doomed_journey: neighbours::journey(client).await,
            tenant_agent: tenant_agents::ended(client, &project).await,
            doomed_tenant_agent: tenant_agents::made(client, &project).await,
            project_persona: persona_of("kept").await,
            doomed_project_persona: persona_of("doomed").await,
            doomed_persona_of_project: persona_of("doomed below").await,
            doomed_project: evalstudio::project(client, "doomed").await,
            project,
        }
    }

    /// A request that succeeds, made by `client`.
    pub fn valid(&self, client: &Client, operation: &str) -> Call {
        sessions::valid(client, self, operation)
            .or_else(|| agents::valid(client, self, operation))
            .or_else(|| personas::valid(client, self, operation))
            .or_else(|| vaults::valid(client, self, operation))
            .or_else(|| models::valid(client, operation))
            .or_else(|| approvals::valid(client, self, operation))
            .or_else(|| crawls::valid(client, self, operation))
            .or_else(|| aiqaramba::valid(client, self, operation))
            .or_else(|| neighbours::valid(client, self, operation))
            .or_else(|| tenant_agents::valid(client, self, operation))
            .or_else(|| evalstudio::valid(client, self, operation))
            .unwrap_or_else(|| untested(operation))
    }

    /// A request that fails although the key is right, and its status; none for operations that cannot fail.
    pub fn wrong(&self, client: &Client, operation: &str) -> Option<(Call, u16)> {
        if NEVER_WRONG.contains(&operation) {
            return None;
        }
        let wrong = sessions::wrong(client, self, operation)
            .or_else(|| agents::wrong(client, self, operation))
            .or_else(|| personas::wrong(client, self, operation))
            .or_else(|| vaults::wrong(client, self, operation))
            .or_else(|| models::wrong(client, operation))
            .or_else(|| approvals::wrong(client, operation))
            .or_else(|| crawls::wrong(client, operation))
            .or_else(|| aiqaramba::wrong(client, self, operation))
            .or_else(|| neighbours::wrong(client, operation))
            .or_else(|| tenant_agents::wrong(client, operation))
            .or_else(|| evalstudio::wrong(client, self, operation));
        Some(wrong.unwrap_or_else(|| untested(operation)))
    }

    /// The valid request's members; what may be left out is `null`.
    pub fn with_nulls(&self, client: &Client, operation: &Operation) -> Value {
        let mut members: serde_json::Map<_, _> = client
            .document
            .members_of(operation)
            .into_iter()
            .map(|name| (name, Value::Null))
            .collect();
        let sent = self.valid(client, &operation.id).sent_json();
        if let Some(Value::Object(sent)) = sent {
            members.extend(sent);
        }
        members.into()
    }
}

/// The status of the valid request's answer. There is no way to set up a provider of phone numbers yet.
pub fn success(operation: &Operation) -> u16 {
    match operation.id.as_str() {
        "create_number" => 501,
        "delete_number" => 404,
        _ => operation.success(),
    }
}

fn untested(operation: &str) -> ! {
    panic!("operation {operation} is not tested: give it a sample here")
}

/// An id that nothing has.
const NOBODY: &str = "01a2016d-14fe-75f8-9039-b52a260da311";

fn id_of(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap().to_owned()
}

/// A body that has the wrong type wherever it is sent.
fn number_for(member: &str) -> Value {
    json!({ member: 42 })
}
