//! Browsers that wait, when something is wrong with them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::Duration;

use guise_browser::{Driver, DriverOptions, PoolSizes, ReaderLimits};
use guise_chromium::{Installation, Options, Paths};
use guise_core::ports::Browsers as _;
use guise_core::{BrowserSpec, Engine};
use guise_egress::AllowList;
use rstest::rstest;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::stage::{PATIENCE, soon};

async fn installed(paths: &Paths) -> Installation {
    Installation::find(paths, soon()).await.unwrap()
}

/// A driver that keeps one browser of each program ready, the full one from its first use on.
async fn driver(folder: &Path, programs: Installation, doors: guise_egress::Options) -> Driver {
    let launcher = Options::new(programs, folder).open(soon()).await;
    Driver::new(DriverOptions {
        launcher: launcher.unwrap(),
        doors,
        allow: AllowList::default(),
        pool: PoolSizes {
            headless_shell: 1,
            full: 1,
        },
        readers: ReaderLimits::default(),
    })
}

async fn one_waits(driver: &Driver) {
    let waits = async {
        while driver.pool_figures().0 != 1 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, waits).await.expect("a browser waits");
}

pub(crate) fn spec(engine: Engine) -> BrowserSpec {
    BrowserSpec {
        engine,
        user_agent: None,
        viewport: None,
        extra_http_headers: BTreeMap::new(),
        chrome_args: Vec::new(),
        proxy: None,
        file_storage: false,
        remote: None,
        shared_in: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_be_warmed_up_is_kept_without_a_trace_of_it() {
    let folder = TempDir::with_prefix("guise.").unwrap();
    // What it opens never gets an answer.
    let doors = guise_egress::Options {
        max_connections: 0,
        ..Default::default()
    };
    let programs = installed(&Paths::default()).await;
    let driver = driver(folder.path(), programs, doors).await;
    one_waits(&driver).await;
    let started = driver.start(&spec(Engine::HeadlessShell), soon()).await;
    let started = started.unwrap();
    assert_eq!(driver.pool_figures().1, 1, "it is the one that waited");
    let (tabs, _) = started.browser.tabs().await.unwrap();
    let urls: Vec<_> = tabs.iter().map(|tab| tab.url.as_str()).collect();
    assert_eq!(urls, ["about:blank"]);
    started.browser.end(soon()).await;
    driver.shutdown(soon()).await;
}

#[rstest]
#[case::headless_shell(Engine::HeadlessShell, Engine::FullHeadless)]
#[case::full(Engine::FullHeadless, Engine::HeadlessShell)]
#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_start_keeps_no_other_from_waiting(
    #[case] broken: Engine,
    #[case] whole: Engine,
) {
    let folder = TempDir::with_prefix("guise.").unwrap();
    // Browsers run as somebody else.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("program");
    let programs = installed(&Paths::default()).await;
    let mut paths = Paths::default();
    let good = match broken {
        Engine::HeadlessShell => {
            paths.headless_shell = Some(program.clone());
            programs.engine(guise_chromium::Engine::HeadlessShell)
        }
        _ => {
            paths.full = Some(program.clone());
            programs.engine(guise_chromium::Engine::Full)
        }
    };
    let good = good.unwrap().path.clone();
    // Which program a pool looks at first is chance.
    for _ in 0..3 {
        symlink(&good, &program).unwrap();
        let programs = installed(&paths).await;
        // It was in order when it was looked for.
        fs::remove_file(&program).unwrap();
        symlink("/bin/false", &program).unwrap();
        let doors = guise_egress::Options::default();
        let driver = driver(folder.path(), programs, doors).await;
        if broken == Engine::FullHeadless {
            one_waits(&driver).await;
            // From now on one of these is to wait, too.
            assert!(driver.start(&spec(broken), soon()).await.is_err());
        }
        let started = driver.start(&spec(whole), soon()).await.unwrap();
        one_waits(&driver).await;
        started.browser.end(soon()).await;
        driver.shutdown(soon()).await;
        fs::remove_file(&program).unwrap();
    }
}
