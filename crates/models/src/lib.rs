#![doc = include_str!("../README.md")]

mod address;
mod again;
mod attempt;
mod directory;
mod draft;
mod failure;
mod frames;
mod http;
mod name;
mod prices;
mod protocol;
mod provider;
mod remote;
mod schema;
mod settings;
mod words;

pub use directory::ModelDirectory;
pub use name::{InvalidModelName, ModelName, UnknownModelName};
pub use prices::{Price, Prices};
pub use provider::Provider;
pub use settings::{ModelSettings, ProviderSettings, SettingsError};
