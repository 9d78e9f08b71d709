#![doc = include_str!("../README.md")]

mod address;
mod blobs;
mod connect_error;
mod database;
mod files;
mod keys;
mod meta;
mod migrations;
mod postgres;
mod row;
mod sessions;
mod sqlite;
mod statement;
mod steps;
mod tenants;
#[expect(dead_code, reason = "the identity tables are its first users")]
mod transaction;
mod value;

pub use blobs::DiskBlobs;
pub use connect_error::ConnectError;
pub use database::Database;
