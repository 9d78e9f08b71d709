//! What happens to browsers when their server dies, and how the next one clears up.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use common::{Stage, Talk, eventually, is_root, soon, spec};
use guise_chromium::{Display, Engine, Error, Swept};
use serde_json::json;

/// The example program, which cargo builds along with the tests.
fn server(stage: &Stage, name: &str) -> (Child, Vec<u32>) {
    let program: PathBuf = std::env::current_exe()
        .unwrap()
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples/launch");
    assert!(
        program.exists(),
        "{} is missing; build it with `cargo build -p guise-chromium --examples`",
        program.display()
    );
    let data_folder = stage.folder.path().join(name);
    fs::create_dir_all(&data_folder).unwrap();
    let mut child = Command::new(program)
        .arg(&data_folder)
        .arg(stage.runtime_folder())
        .args(stage.uids.to_string().split('-'))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pids = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .take_while(|line| line != "ready")
        .map(|line| line.split(' ').nth(1).unwrap().parse().unwrap())
        .collect();
    (child, pids)
}

fn kill(mut server: Child) {
    server.kill().unwrap();
    server.wait().unwrap();
}

#[tokio::test]
async fn nothing_outlives_a_killed_server_and_the_next_one_clears_up() {
    let stage = Stage::new(20);
    let (child, pids) = server(&stage, "data");
    assert_eq!(pids.len(), 3);
    let running = stage.processes();
    for pid in pids {
        assert!(running.iter().any(|seen| seen.pid == pid), "{pid}");
    }
    kill(child);
    eventually(Duration::from_secs(5), "all processes are gone", || {
        stage.processes().is_empty()
    })
    .await;
    assert_eq!(stage.browser_folders().len(), 3);
    let launcher = stage.launcher().await;
    assert_eq!(
        launcher.swept(),
        Swept {
            processes: 0,
            folders: 3
        }
    );
    assert_eq!(stage.browser_folders().len(), 0);
}

/// A process that behaves as one that an earlier run left behind, by its uid and by where its TMPDIR is.
fn stray(uid: Option<u32>, folder: &std::path::Path) -> Child {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new("/usr/bin/sleep");
    command
        .arg("1000")
        .env_clear()
        .env("TMPDIR", folder.join("tmp"));
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
    command.spawn().unwrap()
}

#[tokio::test]
async fn strays_are_found_by_uid_and_by_mark_and_others_are_left_alone() {
    let stage = Stage::new(21);
    // Whose folder it is, and what it is called, are known from a browser that lived there.
    let launcher = stage.launcher().await;
    let browser = launcher
        .launch(spec(Engine::HeadlessShell, Display::None), soon())
        .await
        .unwrap();
    let uid = browser.confinement().uid;
    let folder = browser.folders().root().to_owned();
    browser.end(Duration::ZERO, soon()).await.unwrap();
    launcher.shutdown(soon()).await.unwrap();
    drop(launcher);
    let instance = folder.parent().unwrap();
    assert!(
        !instance.exists(),
        "an orderly end leaves the instance's folder"
    );

    let other = uid.map(|uid| uid + 1);
    fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::chown(&folder, None, uid).unwrap();
    let by_mark = stray(other, &instance.join("gone"));
    let mut unrelated = stray(other, &stage.runtime_folder().join("abcdefabcdef/00000000"));
    let mut strays = vec![stray(uid, &folder)];
    if is_root() {
        // Without root there is no telling whose this is, and it is not ours to kill.
        strays.push(stray(uid, std::path::Path::new("/nowhere")));
    }

    let launcher = stage.launcher().await;
    assert_eq!(
        launcher.swept(),
        Swept {
            processes: strays.len() + 1,
            folders: 1
        }
    );
    strays.push(by_mark);
    for mut stray in strays {
        // The sweep collects what has become its own child, and this test's strays are its children from the start.
        assert!(stray.try_wait().is_err(), "a stray is alive");
    }
    assert!(
        unrelated.try_wait().unwrap().is_none(),
        "another's process was killed"
    );
    assert!(!folder.exists());
    if is_root() {
        // A process of this uid is alive, so no browser may get it.
        for _ in 0..25 {
            let browser = launcher
                .launch(spec(Engine::HeadlessShell, Display::None), soon())
                .await
                .unwrap();
            assert_ne!(browser.confinement().uid, other);
            browser.end(Duration::ZERO, soon()).await.unwrap();
        }
    }
    unrelated.kill().unwrap();
    unrelated.wait().unwrap();
}

#[tokio::test]
async fn servers_on_one_machine_leave_each_other_alone() {
    let stage = Stage::new(22);
    let (child, pids) = server(&stage, "other");
    let others = stage.processes();

    // The same data folder twice is refused while the first lives.
    let refused = stage.options("other").await.open(soon()).await.unwrap_err();
    assert!(matches!(refused, Error::InUse { .. }), "{refused}");

    let launcher = stage.launcher().await;
    assert_eq!(launcher.swept(), Swept::default());
    let browser = launcher
        .launch(spec(Engine::HeadlessShell, Display::None), soon())
        .await
        .unwrap();
    Talk::to(&browser)
        .call(None, "Browser.getVersion", json!({}))
        .await;
    if let Some(uid) = browser.confinement().uid {
        assert!(others.iter().all(|seen| seen.uid != uid), "a uid is shared");
    }
    browser.end(Duration::ZERO, soon()).await.unwrap();
    let now = stage.processes();
    for pid in pids {
        assert!(now.iter().any(|seen| seen.pid == pid), "{pid} was killed");
    }

    // A folder of a dead server whose uid a live one holds by now: only the folder goes.
    if is_root() {
        let held = others
            .iter()
            .find(|seen| stage.uids.contains(seen.uid))
            .unwrap();
        let folder = browser.folders().root();
        launcher.shutdown(soon()).await.unwrap();
        drop(launcher);
        fs::create_dir_all(folder).unwrap();
        std::os::unix::fs::chown(folder, None, Some(held.uid)).unwrap();
        let launcher = stage.launcher().await;
        assert_eq!(
            launcher.swept(),
            Swept {
                processes: 0,
                folders: 1
            }
        );
        assert!(stage.processes().iter().any(|seen| seen.pid == held.pid));
    }
    kill(child);
    eventually(Duration::from_secs(5), "all processes are gone", || {
        stage.processes().is_empty()
    })
    .await;
}
