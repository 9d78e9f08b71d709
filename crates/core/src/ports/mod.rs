//! Through which the outside is reached: few, small, each with two real implementations or controlled by tests.

mod audit;
mod blobs;
mod browsers;
mod clock;
mod keyring;
mod store;

pub use audit::{Actor, Audit, AuditEvent, Deed};
pub use blobs::{Blobs, ByteStream};
pub use browsers::{
    Browser, BrowserEvent, BrowserVersion, Browsers, Channel, DownloadedFile, EndReason, Performed,
    StagedFile, Started,
};
pub use clock::{Clock, SystemClock};
pub use keyring::{Keyring, Place, Sealed};
pub use store::{
    FileStore, KeyStore, SessionEnd, SessionStore, StepStore, Store, TenantStore, Usage,
};
