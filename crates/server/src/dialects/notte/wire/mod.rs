//! The wire forms, member by member, and their translation from and to the domain.

pub(super) mod action;
pub(super) mod agent;
pub(super) mod approvals;
pub(super) mod cookie;
pub(super) mod crawl;
pub(super) mod debug;
pub(super) mod execution;
pub(super) mod file;
pub(super) mod fill_rules;
pub(super) mod interaction;
pub(super) mod model_keys;
pub(super) mod observation;
pub(super) mod persona;
pub(super) mod prompt;
pub(super) mod scrape;
pub(super) mod search;
pub(super) mod session;
pub(super) mod step;
pub(super) mod vault;
pub(super) mod workflow;
