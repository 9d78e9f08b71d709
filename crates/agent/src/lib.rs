#![doc = include_str!("../README.md")]

mod advice;
mod credentials;
mod history;
mod language;
mod page_lines;
mod prompt;
mod quote;
mod repeats;
mod reply;
mod requests;
mod runs;
mod schema;
mod worker;

pub use advice::{Advice, Improved};
pub use language::Language;
pub use requests::RunRequest;
pub use runs::{RunEvent, RunParts, RunSettings, Runs};
