//! The rules. Services create ids and times, check rights and decide; ports store and do.

mod access;
mod files;
mod inbox;
mod numbers;
mod personas;
mod projects;
mod secrets_wire;
mod session_request;
mod sessions;
mod vaults;

pub use access::{Access, NewKey};
pub use files::{Files, MAX_FILE_BYTES};
pub use inbox::{ArrivingMail, Inbox, InboxRules};
pub use numbers::Numbers;
pub use personas::{Naming, NewPersona, Personas};
pub use projects::Projects;
pub use session_request::{ProxyRequest, SessionRequest};
pub use sessions::{Debug, LiveEvent, Sessions, Settings};
pub use vaults::{
    Archive, Existing, Imported, LabelledCredential, SiteCredential, VaultRules, Vaults,
};

/// Does several things one after the other to their end, also when whoever asked for them goes away in between.
async fn whole<T: Send + 'static>(
    work: impl Future<Output = crate::Result<T>> + Send + 'static,
) -> crate::Result<T> {
    tokio::spawn(work)
        .await
        .map_err(|error| crate::Error::internal("a task failed", error))?
}
