//! Journeys.

use guise_core::services::NewJourney as New;
use guise_core::{Edit, Error, Journey, JourneyChange, MailboxId, Priority, PromptTemplate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::extract::{edited_id, member_id, optional_id};
use super::{edit, seconds};

/// A journey to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = JourneyCreateRequest)]
pub(in crate::dialects::aiqaramba) struct NewJourney {
    /// The project that it belongs to; the tenant's default one where this is absent.
    #[schema(format = "uuid")]
    project_id: Option<String>,
    /// What it is called; 1 to 100 characters.
    name: String,
    /// What it is for, for people; up to 20,000 characters.
    description: Option<String>,
    /// What its runs are to do, up to 64 KiB. `{{ name }}` stands for what a run gives for the variable of that name.
    prompt_template: String,
    /// The role of its runs, unless they are told otherwise.
    #[schema(format = "uuid")]
    role_id: Option<String>,
    /// The persona of its runs, unless they are told otherwise.
    #[schema(format = "uuid")]
    persona_id: Option<String>,
    /// The identifiers of up to 20 mailboxes that its runs can read.
    mailboxes: Option<Vec<String>>,
    /// How much it matters beside the others, the more the higher: 0 to 100; 50 when absent.
    #[schema(minimum = 0, maximum = 100)]
    priority: Option<i64>,
}

impl TryFrom<NewJourney> for New {
    type Error = Error;

    fn try_from(new: NewJourney) -> Result<Self, Error> {
        Ok(Self {
            project: optional_id("project_id", new.project_id)?,
            role: optional_id("role_id", new.role_id)?,
            persona: optional_id("persona_id", new.persona_id)?,
            name: new.name,
            description: new.description,
            prompt: PromptTemplate::parse(new.prompt_template)?,
            priority: new
                .priority
                .map_or(Ok(Priority::default()), Priority::new)?,
            mailboxes: mailboxes(new.mailboxes.unwrap_or_default())?,
        })
    }
}

/// What is to change on a journey; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = JourneyUpdateRequest)]
pub(in crate::dialects::aiqaramba) struct JourneyUpdate {
    /// The project that it belongs to; the tenant's default one with null.
    #[schema(value_type = Option<String>, format = "uuid")]
    #[serde(default, deserialize_with = "edit")]
    project_id: Edit<String>,
    /// What it is called; 1 to 100 characters.
    name: Option<String>,
    /// What it is for, for people, up to 20,000 characters; null removes it.
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "edit")]
    description: Edit<String>,
    /// What its runs are to do, up to 64 KiB.
    prompt_template: Option<String>,
    /// The role of its runs, unless they are told otherwise; null removes it.
    #[schema(value_type = Option<String>, format = "uuid")]
    #[serde(default, deserialize_with = "edit")]
    role_id: Edit<String>,
    /// The persona of its runs, unless they are told otherwise; null removes it.
    #[schema(value_type = Option<String>, format = "uuid")]
    #[serde(default, deserialize_with = "edit")]
    persona_id: Edit<String>,
    /// The mailboxes that its runs can read, in place of all that it has; null removes them.
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(default, deserialize_with = "edit")]
    mailboxes: Edit<Vec<String>>,
    /// How much it matters beside the others, the more the higher: 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    priority: Option<i64>,
}

impl TryFrom<JourneyUpdate> for JourneyChange {
    type Error = Error;

    fn try_from(update: JourneyUpdate) -> Result<Self, Error> {
        Ok(Self {
            project: edited_id("project_id", update.project_id)?,
            role: edited_id("role_id", update.role_id)?,
            persona: edited_id("persona_id", update.persona_id)?,
            name: update.name,
            description: update.description,
            prompt: update
                .prompt_template
                .map(PromptTemplate::parse)
                .transpose()?,
            priority: update.priority.map(Priority::new).transpose()?,
            mailboxes: match update.mailboxes {
                Edit::Keep => None,
                Edit::Clear => Some(Vec::new()),
                Edit::Set(texts) => Some(mailboxes(texts)?),
            },
        })
    }
}

fn mailboxes(texts: Vec<String>) -> Result<Vec<MailboxId>, Error> {
    let ids = texts.iter().map(|text| member_id("mailboxes", text));
    ids.collect()
}

/// A task for agents that can be run again and again.
#[derive(Serialize, ToSchema)]
#[schema(as = Journey)]
pub(in crate::dialects::aiqaramba) struct JourneyBody {
    /// Its identifier.
    #[schema(format = "uuid")]
    id: String,
    /// Whose it is.
    #[schema(format = "uuid")]
    tenant_id: String,
    /// The project that it belongs to; null for the tenant's default one, also once its project was deleted.
    #[schema(format = "uuid")]
    project_id: Option<String>,
    /// What it is called.
    name: String,
    /// What it is for, for people.
    description: Option<String>,
    /// What its runs are to do.
    prompt_template: String,
    /// The names of the variables in the template, in the order of their first use.
    variables: Vec<String>,
    /// The role of its runs, unless they are told otherwise; null for the project's, also once it was deleted.
    #[schema(format = "uuid")]
    role_id: Option<String>,
    /// The persona of its runs, unless they are told otherwise; null for the project's, also once it was deleted.
    #[schema(format = "uuid")]
    persona_id: Option<String>,
    /// The identifiers of the mailboxes that its runs can read. Those that were deleted are not among them any more.
    mailboxes: Vec<String>,
    /// How much it matters beside the others, the more the higher: 0 to 100.
    priority: u8,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it was last changed.
    #[schema(format = "date-time")]
    updated_at: String,
}

impl From<Journey> for JourneyBody {
    fn from(journey: Journey) -> Self {
        let variables = journey.prompt.variables().into_iter();
        Self {
            id: journey.id.to_string(),
            tenant_id: journey.tenant.to_string(),
            project_id: journey.project.map(|id| id.to_string()),
            name: journey.name,
            description: journey.description,
            variables: variables.map(str::to_owned).collect(),
            prompt_template: journey.prompt.as_str().to_owned(),
            role_id: journey.role.map(|id| id.to_string()),
            persona_id: journey.persona.map(|id| id.to_string()),
            mailboxes: journey.mailboxes.iter().map(ToString::to_string).collect(),
            priority: journey.priority.get(),
            created_at: seconds(journey.created_at),
            updated_at: seconds(journey.updated_at),
        }
    }
}

/// A page of journeys, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = JourneyList)]
pub(in crate::dialects::aiqaramba) struct JourneyList {
    /// The journeys.
    pub(in crate::dialects::aiqaramba) journeys: Vec<JourneyBody>,
    /// Where the next page begins; null on the last one.
    #[schema(format = "uuid")]
    pub(in crate::dialects::aiqaramba) next_cursor: Option<String>,
}
