//! The rules. Services create ids and times, check rights and decide; ports store and do.

mod access;
mod approvals;
mod assignment_request;
mod correspondence;
mod crawls;
mod files;
mod fills;
mod inbox;
mod journeys;
mod kept_addresses;
mod model_keys;
mod numbers;
mod personas;
mod projects;
mod reading;
mod references;
mod roles;
mod search;
mod secrets_wire;
mod session_request;
mod sessions;
mod vaults;
mod whole;

pub use access::{Access, NewKey};
pub use approvals::Approvals;
pub use assignment_request::{AssignmentRequest, AttachedFile};
pub use correspondence::Correspondence;
pub use crawls::{CrawlParts, CrawlRequest, Crawls};
pub use files::{Files, MAX_FILE_BYTES};
pub use fills::Fills;
pub use inbox::{ArrivingMail, Inbox, InboxRules};
pub use journeys::{Cast, CastWish, Journeys, NewJourney};
pub use kept_addresses::KeptAddresses;
pub use model_keys::ModelKeys;
pub use numbers::Numbers;
pub use personas::{Naming, NewPersona, Personas};
pub use projects::{NewProject, ProjectTexts, Projects};
pub use reading::Reading;
pub use roles::Roles;
pub use search::Search;
pub use session_request::{ProxyRequest, SessionRequest};
pub use sessions::{
    Actor, Debug, Hands, LiveEvent, Purse, Recovered, SessionParts, Sessions, Settings,
};
pub use vaults::{
    Archive, Existing, Imported, LabelledCredential, SiteCredential, VaultRules, Vaults,
};
