#![doc = include_str!("../README.md")]

mod access;
mod action;
mod approval;
mod assignment;
mod browser_spec;
mod buying;
mod cookie;
mod crawl;
mod edit;
mod error;
mod file;
mod fill;
mod ids;
mod journey;
mod json;
mod mail;
mod model_usage;
mod observation;
mod outcome;
mod page_text;
mod paging;
mod persona;
mod phone;
mod placeholder;
pub mod ports;
mod project;
mod prompt_template;
mod readable;
mod reading;
mod remote_address;
mod role;
mod run;
mod scrape;
mod search;
mod secret;
mod selectors;
pub mod services;
mod session;
mod site;
mod step;
mod time;
mod vault;

pub use access::{ApiKey, Caller, KeyDigest, Scope, Scopes, Tenant};
pub use action::{Action, Drop, FillStyle, FormField, Interaction, Presses, Target};
pub use approval::{
    Approval, ApprovalDecision, ApprovalFilter, ApprovalKind, ApprovalPolicy, ApprovalState,
    ApprovalWish, site_elsewhere,
};
pub use assignment::{
    Assignment, AssignmentEnd, AssignmentFilter, AssignmentOptions, AssignmentState, Summary,
    Verdict,
};
pub use browser_spec::{BrowserSpec, BrowserType, Engine, Proxy, Remote, Viewport};
pub use cookie::{Cookie, SameSite};
pub use crawl::{
    Crawl, CrawlAddress, CrawlCounts, CrawlEnd, CrawlFilter, CrawlOptions, CrawlState, CrawlTally,
    CrawledPage, PageFate,
};
pub use edit::Edit;
pub use error::{Error, Kind, Result, Violation};
pub use file::{Area, FileInfo};
pub use fill::{
    Control, Destination, Field, FieldForm, FillRules, FillWay, Sight, SiteRules,
    check as check_fill, check_card as check_card_fill, check_in_page as check_fill_in_page,
    is_for_card,
};
pub use ids::{
    ApprovalId, AssignmentId, CrawlId, CredentialId, ElementId, JourneyId, KeyId, MailId,
    MailboxId, PersonaId, ProjectId, RoleId, RunId, SessionId, SmsId, TenantId, VaultId,
};
pub use journey::{Journey, JourneyChange, JourneyFilter, Priority};
pub use json::{MAX_JSON_DEPTH, json_depth};
pub use mail::{Attachment, InboxFilter, Mail, MailContent, Mailbox, Sms, SmsContent};
pub use model_usage::ModelUsage;
pub use observation::{
    BoundingBox, Changes, Element, Observation, ObserveRequest, Offer, Screenshot, ScreenshotType,
    Tab, Timing, ViewportState,
};
pub use outcome::{Execution, Outcome};
pub use page_text::{
    CHARACTERS_PER_TOKEN, Fitted, PageLine, SeenLine, Weight, fit, fit_told, tokens,
};
pub use paging::{Page, PageRequest};
pub use persona::{Facet, MAX_HANDLE_CHARACTERS, Persona, PersonaChange, PersonaFilter};
pub use phone::{Country, InboundSms, InvalidCountry, InvalidPhoneNumber, PhoneNumber};
pub use placeholder::{Placeholder, Placeholders, SecretPart, Whose};
pub use project::{Project, ProjectChange};
pub use prompt_template::{MAX_PROMPT_BYTES, PromptTemplate};
pub use reading::{NotRead, PageWish, ReadBy, ReadPage, ReadWith};
pub use remote_address::RemoteAddress;
pub use role::{BuiltinRole, Role, RoleChange};
pub use run::{Run, RunEnd, RunFilter, RunOptions};
pub use scrape::{
    DataSource, DataSpace, ImageData, PageContent, PageFacts, PageMetadata, ScrapeOptions,
    SourcePage, StructuredData,
};
pub use search::{SearchDepth, SearchOutcome, SearchOutput, SearchResult, SearchWish};
pub use secrecy::{ExposeSecret, SecretString};
pub use secret::Secret;
pub use selectors::NodeSelectors;
pub use session::{CloseReason, Session, SessionFilter, SessionOptions, Status, Traffic};
pub use site::Site;
pub use step::{
    Asked, AskedInVain, Decision, Goal, GoalStatus, Relevant, Step, StepEnd, StepMark, StepPlace,
    StepRecord,
};
pub use time::Timestamp;
pub use vault::{Card, Credential, CredentialKind, CredentialSecrets, Vault, VaultFilter};
