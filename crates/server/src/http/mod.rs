//! What all dialects share on the way in: who calls, how large, how often, under which address.

pub mod accept;
pub mod base_url;
pub mod body;
pub mod caller;
mod docs;
mod drain;
mod files;
mod host;
mod metrics;
pub mod operator;
pub mod path;
mod patient;
pub mod query;
pub mod rate_limit;
pub mod router;
mod sms_webhooks;
mod viewer;
