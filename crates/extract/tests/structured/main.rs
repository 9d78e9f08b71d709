//! Data by a schema, without a model: how much of what pages state is found, and that nothing else is.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up shall fail"
)]

mod any_input;
mod json_documents;
mod parts;
mod scored;
mod support;
