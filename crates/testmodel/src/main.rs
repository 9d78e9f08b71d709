//! `guise-testmodel`: a provider of language models for tests, until it receives TERM or an interrupt.
//!
//! Prints one line of JSON on standard output once it listens:
//! `{"url":"http://127.0.0.1:1","openai":"http://127.0.0.1:1/v1"}`.

use std::io::Write as _;

use anyhow::Context as _;
use clap::Parser;
use guise_testmodel::TestModel;
use tokio::signal::unix::{SignalKind, signal};

/// Serves prepared answers in the protocols of providers of language models, on a free port of 127.0.0.1.
#[derive(Parser)]
#[command(name = "guise-testmodel", version)]
struct Arguments {}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    Arguments::parse();
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for TERM")?;
    let provider = TestModel::start()
        .await
        .context("cannot listen on 127.0.0.1")?;
    let line = serde_json::json!({"url": provider.url(), "openai": provider.openai_url()});
    writeln!(std::io::stdout().lock(), "{line}").context("cannot print the addresses")?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupt = tokio::signal::ctrl_c() => interrupt.context("cannot listen for an interrupt")?,
    }
    Ok(())
}
