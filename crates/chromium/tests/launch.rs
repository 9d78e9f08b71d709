//! Starting browsers of every kind, what holds them in, and how they end.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use std::{collections::HashSet, fs, os::unix::fs::MetadataExt, time::Duration};

use common::{KINDS, Stage, Talk, eventually, is_root, soon, spec};
use guise_chromium::{Display, Engine, Error, Installation, Options, Paths};
use serde_json::json;

#[tokio::test]
async fn every_kind_starts_confined_and_ends_without_a_trace() {
    let stage = Stage::new(0);
    let launcher = stage.launcher().await;
    for (engine, display) in KINDS {
        let browser = launcher
            .launch(spec(engine, display), soon())
            .await
            .unwrap();
        let mut talk = Talk::to(&browser);
        let version = talk.call(None, "Browser.getVersion", json!({})).await;
        let installed = &launcher.installation().engine(engine).unwrap().version;
        assert!(
            version["product"].as_str().unwrap().ends_with(installed),
            "{version}"
        );
        let page = talk.page("data:text/html,<p>Guise</p>").await;
        let width = talk
            .evaluate(
                &page,
                "(() => { const c = document.createElement('canvas').getContext('2d'); \
                 c.font = '20px serif'; const a = c.measureText('iiiiWWWW').width; \
                 c.font = '20px monospace'; return [a, c.measureText('iiiiWWWW').width] })()",
            )
            .await;
        assert_ne!(width[0], width[1], "fonts are found: {width}");
        assert_eq!(talk.evaluate(&page, "navigator.onLine").await, true);
        let outer = talk.evaluate(&page, "[outerWidth, outerHeight]").await;
        assert_eq!(outer, json!([1280, 1024]), "{engine:?} {display:?}");

        // A new renderer needs a moment for the filters of its own.
        let ours = usize::from(browser.confinement().seccomp);
        eventually(Duration::from_secs(5), "all renderers are filtered", || {
            let processes = stage.processes();
            let mut renderers = processes
                .iter()
                .filter(|seen| seen.command.contains("--type=renderer"))
                .peekable();
            renderers.peek().is_some() && renderers.all(|seen| seen.filters > ours)
        })
        .await;
        let processes = stage.processes();
        let is = |kind: &str| {
            processes
                .iter()
                .filter(|seen| seen.command.lines().any(|line| line.contains(kind)))
                .count()
        };
        assert_eq!(is("/Xvfb"), usize::from(display == Display::Xvfb));
        assert!(is("--type=renderer") > 0, "{processes:?}");
        let own = fs::read_link("/proc/self/ns/user").unwrap();
        for seen in processes
            .iter()
            .filter(|seen| seen.command.contains("--type=renderer"))
        {
            assert_ne!(seen.user_namespace.as_ref(), Some(&own), "{seen:?}");
        }
        for seen in &processes {
            assert_eq!(seen.no_new_privileges, "1", "{seen:?}");
            assert!(seen.filters >= ours, "{seen:?}");
            assert!(!seen.command.contains("no-sandbox\n"), "{seen:?}");
            assert!(!seen.command.contains("remote-debugging-port"), "{seen:?}");
            if is_root() {
                assert_eq!(Some(seen.uid), browser.confinement().uid, "{seen:?}");
            }
        }
        assert_environment(&processes, display);
        let ids: HashSet<u32> = processes.iter().map(|seen| seen.pid).collect();
        assert_eq!(listening(&ids), Vec::<String>::new());

        let folder = browser.folders().root().to_owned();
        assert_folders(&browser);
        browser.end(Duration::ZERO, soon()).await.unwrap();
        assert_eq!(stage.processes().len(), 0);
        assert!(!folder.exists());
    }
}

/// A process that rewrites its title overwrites its environment; the browser and Xvfb do not.
fn assert_environment(processes: &[common::Seen], display: Display) {
    let mut expected = vec!["HOME", "LANG", "PATH", "TMPDIR"];
    for seen in processes.iter().filter(|seen| seen.pid == seen.session) {
        let mut names: Vec<&str> = seen
            .environment
            .lines()
            .map(|line| line.split_once('=').unwrap().0)
            .collect();
        names.sort_unstable();
        if display == Display::Xvfb && !seen.command.contains("/Xvfb") {
            expected = vec!["DISPLAY", "HOME", "LANG", "PATH", "TMPDIR", "XAUTHORITY"];
        }
        assert_eq!(names, expected, "{seen:?}");
    }
}

fn assert_folders(browser: &guise_chromium::Browser) {
    let facts = |path: &std::path::Path| {
        let metadata = fs::metadata(path).unwrap();
        (metadata.uid(), metadata.gid(), metadata.mode() & 0o7777)
    };
    let folders = browser.folders();
    let Some(uid) = browser.confinement().uid else {
        assert_eq!(facts(folders.root()).2, 0o700);
        return;
    };
    assert_eq!(facts(folders.root()), (0, uid, 0o710));
    assert_eq!(facts(&folders.uploads()), (0, uid, 0o2750));
    for path in [folders.profile(), folders.temporary(), folders.downloads()] {
        assert_eq!(facts(&path), (uid, uid, 0o700), "{}", path.display());
    }
}

/// Listening TCP sockets among the descriptors of these processes.
fn listening(pids: &HashSet<u32>) -> Vec<String> {
    let tables: String = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let inodes: HashSet<&str> = tables
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|fields| fields.get(3) == Some(&"0A"))
        .map(|fields| fields[9])
        .collect();
    pids.iter()
        .filter_map(|pid| fs::read_dir(format!("/proc/{pid}/fd")).ok())
        .flatten()
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .map(|link| link.to_string_lossy().into_owned())
        .filter(|link| {
            link.strip_prefix("socket:[")
                .and_then(|rest| rest.strip_suffix(']'))
                .is_some_and(|inode| inodes.contains(inode))
        })
        .collect()
}

#[test]
fn a_browser_outlives_the_thread_and_runtime_that_asked_for_it() {
    let stage = Stage::new(1);
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let (launcher, browser) = std::thread::scope(|scope| {
        scope
            .spawn(|| {
                runtime().block_on(async {
                    let launcher = stage.launcher().await;
                    let spec = spec(Engine::HeadlessShell, Display::None);
                    let browser = launcher.launch(spec, soon()).await.unwrap();
                    (launcher, browser)
                })
            })
            .join()
            .unwrap()
    });
    std::thread::sleep(Duration::from_secs(15));
    runtime().block_on(async {
        let version = Talk::to(&browser)
            .call(None, "Browser.getVersion", json!({}))
            .await;
        assert!(version["product"].is_string(), "{version}");
        browser.end(Duration::from_secs(5), soon()).await.unwrap();
        launcher.shutdown(soon()).await.unwrap();
    });
    assert_eq!(stage.browser_folders().len(), 0);
}

#[tokio::test]
async fn a_crash_is_told_at_once_and_leaves_no_process() {
    let stage = Stage::new(2);
    let launcher = stage.launcher().await;
    let browser = launcher
        .launch(spec(Engine::Full, Display::Xvfb), soon())
        .await
        .unwrap();
    Talk::to(&browser)
        .call(None, "Browser.getVersion", json!({}))
        .await;
    kill(browser.pid(), rustix::process::Signal::SEGV);
    let exit = browser.exited().await.unwrap();
    assert_eq!((exit.code, exit.signal), (None, Some(11)), "{exit:?}");
    assert_eq!(exit.to_string(), "the browser was killed by signal 11");
    eventually(Duration::from_secs(5), "all processes are gone", || {
        stage.processes().is_empty()
    })
    .await;
    assert!(browser.folders().downloads().exists(), "kept for its user");
    browser.end(Duration::ZERO, soon()).await.unwrap();
    assert!(!browser.folders().root().exists());
    browser.end(Duration::ZERO, soon()).await.unwrap();
}

fn kill(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid.cast_signed()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

#[tokio::test]
async fn the_ladder_ends_a_browser_by_each_of_its_steps() {
    let stage = Stage::new(3);
    let launcher = stage.launcher().await;
    let launch = || launcher.launch(spec(Engine::HeadlessShell, Display::None), soon());

    let asked = launch().await.unwrap();
    let mut talk = Talk::to(&asked);
    talk.call(None, "Browser.close", json!({})).await;
    asked.end(Duration::from_secs(30), soon()).await.unwrap();
    assert_eq!(asked.exited().await.unwrap().code, Some(0));

    let terminated = launch().await.unwrap();
    Talk::to(&terminated)
        .call(None, "Browser.getVersion", json!({}))
        .await;
    terminated
        .end(Duration::from_millis(1), soon())
        .await
        .unwrap();
    let exit = terminated.exited().await.unwrap();
    assert!(exit.code.is_some() || exit.signal == Some(15), "{exit:?}");

    let stopped = launch().await.unwrap();
    // Before it has a handler of its own, SIGTERM would end even a stopped process.
    let mut talk = Talk::to(&stopped);
    talk.call(None, "Browser.getVersion", json!({})).await;
    kill(stopped.pid(), rustix::process::Signal::STOP);
    stopped.end(Duration::from_millis(1), soon()).await.unwrap();
    assert_eq!(stopped.exited().await.unwrap().signal, Some(9));

    let dropped = launch().await.unwrap();
    drop(dropped);
    eventually(Duration::from_secs(5), "a dropped browser is gone", || {
        stage.processes().is_empty() && stage.browser_folders().is_empty()
    })
    .await;

    let last = launch().await.unwrap();
    launcher.shutdown(soon()).await.unwrap();
    assert_eq!(stage.processes().len(), 0);
    assert!(!last.folders().root().exists());
    assert!(matches!(launch().await, Err(Error::Closed)));
}

#[tokio::test]
async fn the_end_reaches_processes_that_left_the_group() {
    use std::os::unix::process::CommandExt;
    let stage = Stage::new(7);
    let launcher = stage.launcher().await;
    let browser = launcher
        .launch(spec(Engine::HeadlessShell, Display::None), soon())
        .await
        .unwrap();
    let mut command = std::process::Command::new("/usr/bin/sleep");
    command
        .arg("1000")
        .env_clear()
        .env("TMPDIR", browser.folders().temporary())
        .process_group(0);
    if let Some(uid) = browser.confinement().uid {
        command.uid(uid).gid(uid);
    }
    let mut left = command.spawn().unwrap();
    browser.end(Duration::ZERO, soon()).await.unwrap();
    // Ended and collected by the launcher, since it happens to be this program's child.
    assert!(left.try_wait().is_err(), "it is still alive");
    assert_eq!(stage.processes().len(), 0);
}

#[tokio::test]
async fn twenty_lives_leave_no_descriptor_thread_or_uid() {
    let stage = Stage::new(4);
    let launcher = stage.launcher().await;
    let count = |what: &str| fs::read_dir(format!("/proc/self/{what}")).unwrap().count();
    let mut uids = HashSet::new();
    let mut before = None;
    for _ in 0..=20 {
        let browser = launcher
            .launch(spec(Engine::HeadlessShell, Display::None), soon())
            .await
            .unwrap();
        Talk::to(&browser)
            .call(None, "Browser.getVersion", json!({}))
            .await;
        uids.insert(browser.confinement().uid);
        browser.end(Duration::ZERO, soon()).await.unwrap();
        drop(browser);
        // The first life also pays for what lives on, such as the keeper.
        before.get_or_insert_with(|| count("fd"));
    }
    assert_eq!(Some(count("fd")), before);
    assert_eq!(stage.processes().len(), 0);
    assert_eq!(zombies(), 0);
    if is_root() {
        assert_eq!(
            uids.len(),
            20,
            "the whole range was used before the first came again"
        );
    }
}

/// Our own children that were not collected.
fn zombies() -> usize {
    let parent = format!("PPid:\t{}", std::process::id());
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("status")).ok())
        .filter(|status| status.contains(&parent) && status.contains("State:\tZ"))
        .count()
}

#[tokio::test]
async fn what_cannot_work_is_refused_with_the_reason_and_leaves_nothing() {
    let stage = Stage::new(5);
    let launcher = stage.launcher().await;
    let refused = launcher
        .launch(spec(Engine::HeadlessShell, Display::Xvfb), soon())
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("full engine"), "{refused}");

    let named = Paths {
        full: Some("/usr/bin/chromium".into()),
        ..Paths::default()
    };
    let refused = Installation::find(&named, soon()).await.unwrap_err();
    assert!(refused.to_string().contains("script"), "{refused}");

    // A program that says a version, and nothing else that a browser should.
    let broken = stage.folder.path().join("broken");
    fs::copy("/usr/bin/true", &broken).unwrap();
    let named = Paths {
        full: Some(broken),
        ..Paths::default()
    };
    let refused = Installation::find(&named, soon()).await.unwrap_err();
    assert!(refused.to_string().contains("--version"), "{refused}");

    let closed = stage.folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    if is_root() {
        fs::set_permissions(&closed, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let options = Options {
            runtime_folder: Some(closed.join("run")),
            ..stage.options("other").await
        };
        let refused = options.open(soon()).await.unwrap_err();
        assert!(refused.to_string().contains("chmod o+x"), "{refused}");
    }
    let options = Options {
        runtime_folder: Some(stage.folder.path().join("long".repeat(20))),
        ..stage.options("other").await
    };
    let refused = options.open(soon()).await.unwrap_err();
    assert!(refused.to_string().contains("too long"), "{refused}");
    assert_eq!(stage.browser_folders().len(), 0);
}

#[tokio::test]
async fn pipes_are_given_out_once() {
    let stage = Stage::new(6);
    let launcher = stage.launcher().await;
    let browser = launcher
        .launch(spec(Engine::HeadlessShell, Display::None), soon())
        .await
        .unwrap();
    let pipes = browser.take_pipes().unwrap();
    assert!(browser.take_pipes().is_err());
    // Closing the pipe is the end of a browser, as nobody could reach it any more.
    drop(pipes);
    browser.exited().await.unwrap();
    browser.end(Duration::ZERO, soon()).await.unwrap();
}
