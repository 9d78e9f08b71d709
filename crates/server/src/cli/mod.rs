//! The command line.

mod audit;
mod config;
mod doctor;
mod isolation;
mod keys;
mod log;
mod remote;
mod rotate;
mod seal;
mod serve;
mod slots;
mod store;
mod table;
mod tenants;
mod vault;

use std::io::{BufRead as _, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use guise_secrets::SessionScrubbers;

use crate::config::{Layers, SETTINGS, Setting, Settings};

/// The exit code for a command line that makes no sense, as clap has it.
const USAGE: u8 = 2;

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let matches = match command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) if error.kind() == ErrorKind::UnknownArgument => {
            let _ = writeln!(std::io::stderr(), "guise: {}", unknown_argument(&error));
            return ExitCode::from(USAGE);
        }
        Err(error) => error.exit(),
    };
    // Before anything else begins: what confines that process holds its first thread.
    if matches.subcommand_name() == Some(guise_pdf::COMMAND) {
        return guise_pdf::run();
    }
    match dispatch(&matches) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "guise: {}", in_one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// What failed and why: the whole chain of causes, without those that the text before them tells already.
fn in_one_line(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An argument that no command takes, what comes close to it, and what is allowed.
fn unknown_argument(error: &clap::Error) -> String {
    let context = |kind| error.get(kind).map(ToString::to_string);
    let given = context(ContextKind::InvalidArg).unwrap_or_default();
    let similar = context(ContextKind::SuggestedArg)
        .map(|similar| format!(" (did you mean '{similar}'?)"))
        .unwrap_or_default();
    let flags: Vec<_> = SETTINGS.iter().map(Setting::flag).collect();
    format!(
        "unknown argument '{given}'{similar}: allowed are --config, {}, and what 'guise help' shows for each command",
        flags.join(", ")
    )
}

fn command() -> Command {
    let mut root = Command::new("guise")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Gives an AI agent a browser and an identity")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(
            Arg::new("config")
                .long("config")
                .global(true)
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("A configuration file instead of guise.toml in the data folder"),
        )
        .subcommand(Command::new("serve").about("Runs the server"))
        .subcommand(Command::new("doctor").about("Checks this machine and says what to do"))
        .subcommand(
            Command::new("config").about("Shows the configuration in force, secrets masked"),
        )
        .subcommand(keys::command())
        .subcommand(tenants::command())
        .subcommand(vault::command())
        .subcommand(audit::command())
        .subcommand(
            // What the server starts for itself.
            Command::new(guise_pdf::COMMAND).hide(true),
        );
    for setting in SETTINGS {
        root = root.arg(
            Arg::new(setting.name)
                .long(setting.name.replace('_', "-"))
                .global(true)
                .action(ArgAction::Set)
                .value_name("VALUE")
                .hide_short_help(true)
                .help(format!("{} [env: {}]", setting.help, setting.variable())),
        );
    }
    root
}

/// Threads of the server's own, beside those for work that blocks: half of the processors. The rest is for Chromium, and
/// fewer threads hand a message on with fewer waits for each other: on two processors, one instead of two takes a fifth off a
/// command through the relay.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get().div_ceil(2))
}

fn dispatch(matches: &ArgMatches) -> Result<ExitCode> {
    let Some((name, matches)) = matches.subcommand() else {
        return Ok(ExitCode::FAILURE);
    };
    let (layers, warnings) = layers(matches)?;
    let settings = Settings::from_layers(&layers)?;
    let scrubbers = SessionScrubbers::default();
    log::start(&settings, &scrubbers)?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    if name == "config" {
        config::show(&layers)?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers())
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(async {
        match name {
            "serve" => serve::run(settings, scrubbers)
                .await
                .map(|()| ExitCode::SUCCESS),
            "doctor" => doctor::run(settings).await,
            "audit" => audit::run(settings, matches).await,
            "vault" => vault::run(settings, matches)
                .await
                .map(|()| ExitCode::SUCCESS),
            "keys" => keys::run(settings, matches)
                .await
                .map(|()| ExitCode::SUCCESS),
            _ => tenants::run(settings, matches)
                .await
                .map(|()| ExitCode::SUCCESS),
        }
    })
}

/// All layers of the configuration, and warnings about the environment.
fn layers(matches: &ArgMatches) -> Result<(Layers, Vec<String>)> {
    let mut flags = Vec::new();
    for setting in SETTINGS {
        if let Some(text) = deepest(matches, setting.name) {
            let flag = setting.flag();
            let text = if setting.secret {
                anyhow::ensure!(
                    text == "-",
                    "{flag} takes only '-', which reads the value from standard input: arguments can be read by others"
                );
                read_line()?
            } else {
                text
            };
            flags.push((setting.name, text, flag));
        }
    }

    // The data folder holds the file, so it is looked for in the other layers first.
    let mut layers = Layers::defaults()?;
    layers.add_environment(std::env::vars_os())?;
    if let Some((name, text, flag)) = flags.iter().find(|(name, ..)| *name == "data_dir") {
        layers.set(name, text.clone(), flag.clone())?;
    }
    let explicit = matches
        .get_one::<PathBuf>("config")
        .cloned()
        .or_else(|| std::env::var_os("GUISE_CONFIG").map(PathBuf::from))
        .filter(|file| !file.as_os_str().is_empty());
    let file = match explicit {
        Some(file) => Some(file),
        None => {
            Some(crate::config::data_dir(&layers).join("guise.toml")).filter(|file| file.exists())
        }
    };

    let mut layers = Layers::defaults()?;
    if let Some(file) = file {
        layers.add_file(&file)?;
    }
    let warnings = layers.add_environment(std::env::vars_os())?;
    for (name, text, flag) in flags {
        layers.set(name, text, flag)?;
    }
    Ok((layers, warnings))
}

/// A global argument's value, given before or after the subcommand's name.
fn deepest(matches: &ArgMatches, name: &str) -> Option<String> {
    let below = matches
        .subcommand()
        .and_then(|(_, below)| deepest(below, name));
    below.or_else(|| matches.get_one::<String>(name).cloned())
}

/// The argument that says for which tenant a command is.
fn tenant_argument(help: &'static str) -> Arg {
    Arg::new("tenant")
        .long("tenant")
        .value_name("NAME")
        .default_value("default")
        .help(help)
}

fn tenant_name(matches: &ArgMatches) -> Result<&str> {
    matches
        .get_one::<String>("tenant")
        .map(String::as_str)
        .context("--tenant is missing")
}

/// One line of standard input, without the white space around it.
fn read_line() -> Result<String> {
    /// Longer than any key, and soon read where the input never ends.
    const LONGEST: u64 = 4096;
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .take(LONGEST)
        .read_line(&mut line)
        .context("cannot read a line of text from standard input")?;
    anyhow::ensure!(
        line.ends_with('\n') || (line.len() as u64) < LONGEST,
        "the line on standard input is too long: expected less than {LONGEST} bytes"
    );
    Ok(line.trim().to_owned())
}

/// Prints to standard output, where a closed pipe is no reason to panic.
fn print(text: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot print")
        }
        _ => Ok(()),
    }
}
