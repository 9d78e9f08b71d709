//! `guise-testsite`: serves the test pages until it receives TERM or an interrupt.
//!
//! Prints one line of JSON on standard output once it listens:
//! `{"origin":"http://127.0.0.1:1","other":"http://127.0.0.1:2","cross_site":"http://localhost:3"}`.

use std::io::Write as _;

use anyhow::Context as _;
use clap::Parser;
use guise_testsite::Site;
use tokio::signal::unix::{SignalKind, signal};

/// Serves the pages that Guise is tested against, on three free ports of 127.0.0.1.
#[derive(Parser)]
#[command(name = "guise-testsite", version)]
struct Arguments {}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    Arguments::parse();
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for TERM")?;
    let site = Site::start().await.context("cannot listen on 127.0.0.1")?;
    let line = serde_json::to_string(site.origins())?;
    writeln!(std::io::stdout().lock(), "{line}").context("cannot print the origins")?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupt = tokio::signal::ctrl_c() => interrupt.context("cannot listen for an interrupt")?,
    }
    site.stop().await;
    Ok(())
}
