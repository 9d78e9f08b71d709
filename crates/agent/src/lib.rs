#![doc = include_str!("../README.md")]

mod advice;
mod ask_once;
mod assignments;
mod credentials;
mod extraction;
mod facts;
mod history;
mod language;
mod page_lines;
mod persona_tools;
mod placeholders;
mod prompt;
mod quote;
mod relevance;
mod repeats;
mod reply;
mod requests;
mod runs;
mod schema;
mod selection;
mod with_tools;
mod worker;

pub use advice::{Advice, Improved};
pub use assignments::{AssignmentParts, AssignmentSettings, Assignments};
pub use extraction::Extraction;
pub use language::Language;
pub use requests::{RunRequest, RunTools};
pub use runs::{RunEvent, RunParts, RunSettings, Runs};
