#![doc = include_str!("../README.md")]

mod access;
mod action;
mod browser_spec;
mod cookie;
mod error;
mod file;
mod ids;
mod observation;
mod outcome;
mod paging;
pub mod ports;
mod scrape;
mod secret;
mod selectors;
pub mod services;
mod session;
mod step;
mod time;

pub use access::{ApiKey, Caller, KeyDigest, Scope, Scopes, Tenant};
pub use action::{Action, FillStyle, FormField, Interaction, Target};
pub use browser_spec::{BrowserSpec, BrowserType, Engine, Proxy, Viewport};
pub use cookie::{Cookie, SameSite};
pub use error::{Error, Kind, Result, Violation};
pub use file::{Area, FileInfo};
pub use ids::{
    CredentialId, ElementId, KeyId, MailId, PersonaId, ProjectId, SessionId, SmsId, TenantId,
    VaultId,
};
pub use observation::{
    BoundingBox, Element, Observation, ObserveRequest, Offer, Screenshot, ScreenshotType, Tab,
    Timing, ViewportState,
};
pub use outcome::{Execution, Outcome};
pub use paging::{Page, PageRequest};
pub use scrape::{DataSpace, ImageData, ScrapeOptions, StructuredData};
pub use secrecy::{ExposeSecret, SecretString};
pub use secret::Secret;
pub use selectors::NodeSelectors;
pub use session::{CloseReason, Session, SessionFilter, SessionOptions, Status, Traffic};
pub use step::{Step, StepRecord};
pub use time::Timestamp;
