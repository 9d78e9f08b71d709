#![doc = include_str!("../README.md")]

mod address;
mod approvals;
mod assignments;
mod audit;
mod blobs;
mod connect_error;
mod database;
mod facet;
mod files;
mod journeys;
mod key_rotation;
mod keyring;
mod keys;
mod mailboxes;
mod meta;
mod migrations;
mod numbers;
mod personas;
mod postgres;
mod projects;
mod roles;
mod row;
mod runs;
mod sealed;
mod sessions;
mod sqlite;
mod statement;
mod steps;
mod tenants;
mod texts;
mod transaction;
mod value;
mod vaults;

pub use blobs::DiskBlobs;
pub use connect_error::ConnectError;
pub use database::Database;
