//! The log: to standard error, so that standard output stays for answers.

use anyhow::{Context as _, Result};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Settings};

/// Readers of pages that tell, line by line, what is in them; whoever wants that names them in `log_level`.
const QUIET: &str = "html5ever=info,selectors=info";

/// Starts it.
pub(super) fn start(settings: &Settings) -> Result<()> {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", settings.log_level))
        .context("invalid log_level")?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => {
            let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
            log.with_ansi(colours).init();
        }
    }
    Ok(())
}
