//! The log: to standard error, so that standard output stays for answers, and without the secrets of sessions that run.

use std::io::{self, Write};

use anyhow::{Context as _, Result};
use guise_secrets::SessionScrubbers;
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Settings};

/// Readers of pages that tell, line by line, what is in them; whoever wants that names them in `log_level`.
const QUIET: &str = "html5ever=info,selectors=info";

/// Starts it. What `scrubbers` know is not in it.
pub(super) fn start(settings: &Settings, scrubbers: &SessionScrubbers) -> Result<()> {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", settings.log_level))
        .context("invalid log_level")?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer({
            let scrubbers = scrubbers.clone();
            move || Gate(scrubbers.clone())
        });
    match settings.log_format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => {
            let colours = io::IsTerminal::is_terminal(&io::stderr());
            log.with_ansi(colours).init();
        }
    }
    Ok(())
}

/// What writes one event, which comes as a whole.
struct Gate(SessionScrubbers);

impl Write for Gate {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(&self.0.scrub_bytes(event))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
