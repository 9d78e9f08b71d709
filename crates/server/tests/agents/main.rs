//! Agents through the Notte API: the built server, real pages, and a scripted model behind the real protocol.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a failure ends the test")]

mod aiqaramba;
mod answers;
mod approvals;
mod bad_input;
mod ends;
mod extraction;
mod house;
mod injections;
mod listening;
mod messages;
mod model_keys;
mod page_data;
mod paths;
mod prompts;
mod remote;
mod secrets;
#[expect(dead_code, reason = "the tests of the API use more of it")]
#[path = "../support/mod.rs"]
mod support;
mod tasks;
