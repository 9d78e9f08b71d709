//! Starts one browser of every kind and keeps them until standard input closes.
//!
//! `cargo run --example launch -- DATA_FOLDER RUNTIME_FOLDER [FIRST_UID LAST_UID]` prints a line `kind pid uid folder` for each.
#![expect(clippy::print_stdout, reason = "an example")]

use std::{path::PathBuf, time::Duration};

use guise_chromium::{Display, Engine, Installation, Options, Paths, Spec, UidRange};
use tokio::{io::AsyncReadExt, time::Instant};

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(data_folder), Some(runtime_folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: launch DATA_FOLDER RUNTIME_FOLDER [FIRST_UID LAST_UID]".into());
    };
    let number = |text: PathBuf| text.to_string_lossy().parse::<u32>();
    let uids = match (arguments.next(), arguments.next()) {
        (Some(first), Some(last)) => UidRange::new(number(first)?, number(last)?)?,
        _ => UidRange::default(),
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    let installation = Installation::find(&Paths::default(), deadline).await?;
    let options = Options {
        runtime_folder: Some(runtime_folder),
        uids,
        ..Options::new(installation, data_folder)
    };
    let launcher = options.open(deadline).await?;
    let mut browsers = Vec::new();
    for (engine, display) in [
        (Engine::HeadlessShell, Display::None),
        (Engine::Full, Display::None),
        (Engine::Full, Display::Xvfb),
    ] {
        let browser = launcher
            .launch(Spec::new(engine, display), deadline)
            .await?;
        println!(
            "{engine:?}/{display:?} {} {:?} {}",
            browser.pid(),
            browser.confinement().uid,
            browser.folders().root().display()
        );
        browsers.push(browser);
    }
    println!("ready");
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    launcher
        .shutdown(Instant::now() + Duration::from_secs(10))
        .await?;
    Ok(())
}
