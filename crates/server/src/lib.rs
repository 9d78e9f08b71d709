//! The server: command line, configuration, wiring, and the dialects on top of the domain.

mod adapters;
pub mod app;
pub mod cli;
pub mod config;
pub mod data_folder;
pub mod dialects;
pub mod documents;
pub mod http;
pub mod openapi;
pub mod root_sources;
pub mod sockets;
