//! Through which the outside is reached: few, small, each with two real implementations or controlled by tests.

mod approvals;
mod assignments;
mod audit;
mod audit_rows;
mod blobs;
mod browsers;
mod clock;
mod crawls;
mod extractor;
mod identity;
mod journeys;
mod key_rows;
mod keyring;
mod mailboxes;
mod models;
mod names;
mod one_time;
mod pdf_reader;
mod personas;
mod phones;
mod plain_reader;
mod projects;
mod remote_addresses;
mod roles;
mod run_tools;
mod runs;
mod scrubs;
mod sealed_values;
mod search;
mod secrets;
mod store;
mod vaults;

pub use approvals::ApprovalStore;
pub use assignments::AssignmentStore;
pub use audit::{Actor, Audit, AuditEvent, Deed};
pub use audit_rows::{AuditHead, AuditRow, AuditRows, NextRow};
pub use blobs::{Blobs, ByteStream};
pub use browsers::{
    Browser, BrowserEvent, BrowserVersion, Browsers, Channel, DownloadedFile, EndReason, Foreseen,
    Performed, Post, PostGate, Scraped, StagedFile, Started,
};
pub use clock::{Clock, SystemClock};
pub use crawls::CrawlStore;
pub use extractor::{ExtractionWish, Extractor, Selection, SelectionWish};
pub use identity::{Added, Changed, IdentityStore};
pub use journeys::JourneyStore;
pub use key_rows::{
    InstanceKeyRow, KeyRows, Resealed, RootWrap, RotationRows, SealedRow, WrappedKey,
};
pub use keyring::{Keyring, Place, Sealed};
pub use mailboxes::{ArrivedMail, MailboxStore, PersonaNumber, Retention, SealedMail};
pub use models::{
    Answer, AnswerSchema, ChosenModel, Message, Model, ModelError, Models, Question, Speaker,
    TenantModelKeys, Tool, ToolCall,
};
pub use names::{Names, Person};
pub use one_time::{OneTimeCode, OneTimeCodes};
pub use pdf_reader::PdfReader;
pub use personas::{Closed, PersonaStore};
pub use phones::{BoughtNumber, PhoneProvider, PhoneWish};
pub use plain_reader::{
    NotPlain, PlainPage, PlainReader, PlainTime, PlainWish, SiteRules, SiteTurn, WantedAddresses,
};
pub use projects::{Defaults, ProjectStore};
pub use remote_addresses::RemoteAddresses;
pub use roles::RoleStore;
pub use run_tools::RunTool;
pub use runs::RunStore;
pub use scrubs::{Scrub, ScrubChunks, Scrubs};
pub use sealed_values::SealedValues;
pub use search::{SearchEngine, SearchFound, SearchHit, SearchQuery};
pub use secrets::{PurchaseGate, Release, SecretFill, SecretSource, SecretSources};
pub use store::{
    FileStore, KeyStore, SessionEnd, SessionStore, StepStore, Store, TenantStore, Usage,
};
pub use vaults::VaultStore;
