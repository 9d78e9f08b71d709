//! Browsers in which a tenant's pages are read at the same time.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use guise_browser::{Driver, DriverOptions, PoolSizes, ReaderLimits};
use guise_chromium::{Installation, Options, Paths, UidRange};
use guise_core::ports::{Browsers as _, Started};
use guise_core::{Action, BrowserSpec, Engine, TenantId, Viewport};
use guise_egress::AllowList;
use guise_testsite::Site;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::pool::spec;
use crate::stage::{PATIENCE, soon};

/// Browsers are started where they are needed only.
async fn driver(folder: &Path, allow: &str, readers: ReaderLimits) -> Driver {
    let programs = Installation::find(&Paths::default(), soon()).await.unwrap();
    // Browsers run as somebody else.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let mut options = Options::new(programs, folder);
    options.runtime_folder = Some(folder.join("run"));
    // Servers know of each other's uids by their common runtime folder, which this one has for itself.
    let first = 1_000_000 + 20 * std::process::id();
    options.uids = UidRange::new(first, first + 19).unwrap();
    let launcher = options.open(soon()).await;
    Driver::new(DriverOptions {
        launcher: launcher.unwrap(),
        doors: guise_egress::Options::default(),
        allow: allow.parse::<AllowList>().unwrap(),
        pool: PoolSizes {
            headless_shell: 0,
            full: 0,
        },
        readers,
    })
}

fn reads_for(tenant: TenantId) -> BrowserSpec {
    BrowserSpec {
        shared_in: Some(tenant),
        ..spec(Engine::HeadlessShell)
    }
}

async fn open(driver: &Driver, spec: &BrowserSpec) -> Started {
    driver.start(spec, soon()).await.unwrap()
}

/// How many browsers have a folder.
fn browsers(folder: &Path) -> usize {
    let profiles = |instance: &Path| {
        let browsers = fs::read_dir(instance).into_iter().flatten();
        browsers
            .filter(|browser| browser.as_ref().unwrap().path().join("profile").exists())
            .count()
    };
    let instances = fs::read_dir(folder.join("run")).unwrap();
    instances
        .map(|instance| profiles(&instance.unwrap().path()))
        .sum()
}

async fn until_there_are(folder: &Path, count: usize) {
    let there = async {
        while browsers(folder) != count {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let there = timeout(PATIENCE, there).await;
    there.unwrap_or_else(|_| panic!("{} browsers and not {count}", browsers(folder)));
}

async fn goto(page: &Started, url: String) -> guise_core::Outcome {
    let goto = Action::Goto { url };
    let done = page.browser.perform(&goto, None, None, soon()).await;
    done.unwrap().outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn only_plain_pages_of_one_tenant_share_a_browser() {
    let folder = TempDir::with_prefix("guise.").unwrap();
    let driver = driver(folder.path(), "", ReaderLimits::default()).await;
    let (one, other) = (TenantId::new(), TenantId::new());
    let mut pages = Vec::new();
    for _ in 0..3 {
        pages.push(open(&driver, &reads_for(one)).await);
    }
    assert_eq!(browsers(folder.path()), 1);
    pages.push(open(&driver, &reads_for(other)).await);
    assert_eq!(browsers(folder.path()), 2);
    let sized = BrowserSpec {
        viewport: Some(Viewport {
            width: 800,
            height: 600,
        }),
        ..reads_for(one)
    };
    let named = BrowserSpec {
        user_agent: Some("Reader/3".to_owned()),
        ..reads_for(one)
    };
    for (count, spec) in [(3, sized), (4, named), (5, spec(Engine::HeadlessShell))] {
        pages.push(open(&driver, &spec).await);
        assert_eq!(browsers(folder.path()), count);
    }
    for page in pages {
        page.browser.end(soon()).await;
    }
    until_there_are(folder.path(), 2).await;
    driver.shutdown(soon()).await;
    assert_eq!(browsers(folder.path()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_goes_through_a_door_of_its_own() {
    let site = Site::start().await.unwrap();
    let folder = TempDir::with_prefix("guise.").unwrap();
    let driver = driver(folder.path(), "localhost", ReaderLimits::default()).await;
    let tenant = TenantId::new();
    let first = open(&driver, &reads_for(tenant)).await;
    let second = open(&driver, &reads_for(tenant)).await;
    let outcome = goto(&first, site.url("/article")).await;
    assert!(outcome.success, "{outcome:?}");
    assert!(first.browser.traffic().response_bytes > 1000);
    assert_eq!(second.browser.traffic().response_bytes, 0);
    let refused = goto(&second, "http://10.1.2.3/".to_owned()).await;
    assert!(!refused.success, "{refused:?}");
    for says in ["10.1.2.3", "private", "--allow-hosts"] {
        assert!(refused.message.contains(says), "{says}: {refused:?}");
    }
    // The one goes on when the other has ended.
    first.browser.end(soon()).await;
    assert!(goto(&second, site.url("/article")).await.success);
    second.browser.end(soon()).await;
    driver.shutdown(soon()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_used_up_is_replaced_and_one_that_is_idle_ends() {
    let folder = TempDir::with_prefix("guise.").unwrap();
    let limits = ReaderLimits {
        pages: 3,
        at_once: 3,
        idle: Duration::from_millis(300),
    };
    let driver = driver(folder.path(), "", limits).await;
    let tenant = TenantId::new();
    let mut pages = Vec::new();
    for _ in 0..4 {
        pages.push(open(&driver, &reads_for(tenant)).await);
    }
    assert_eq!(browsers(folder.path()), 2);
    for page in pages.drain(..3) {
        page.browser.end(soon()).await;
    }
    // Whichever had three pages is done; the other one reads still, however long that takes.
    until_there_are(folder.path(), 1).await;
    sleep(2 * limits.idle).await;
    assert_eq!(browsers(folder.path()), 1);
    pages.pop().unwrap().browser.end(soon()).await;
    until_there_are(folder.path(), 0).await;
    let again = open(&driver, &reads_for(tenant)).await;
    again.browser.end(soon()).await;
    driver.shutdown(soon()).await;
    assert_eq!(browsers(folder.path()), 0);
}
