//! Browsers are held in: by the kernel's word, not by ours.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;

use guise_chromium::Isolation;
use guise_testsite::Site;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Home, KEY, Process, Server, listening_ports, within};

#[rstest]
#[case::headless_shell(json!({}))]
#[case::chrome(json!({"browser_type": "chrome"}))]
#[case::window(json!({"headless": false}))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_renderer_is_sandboxed(#[case] options: Value) {
    let site = Site::start().await.unwrap();
    let home = Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_ALLOW_HOSTS", "localhost,127.0.0.1");
    let server = Server::start(&home);
    let client = server.client();
    let id = client.start(options).await;
    // Frames of another site run in a process of their own.
    client.visit(&id, &site.url("/frames")).await;

    let renderers = || {
        home.processes()
            .into_iter()
            .filter(Process::is_renderer)
            .collect::<Vec<_>>()
    };
    // Every process is behind our filter; a renderer puts up its own on top, a moment after its start.
    let ours = u32::from(Isolation::of_this_machine().seccomp);
    within(
        Duration::from_secs(10),
        "every renderer is behind filters of its own",
        async || {
            let renderers = renderers();
            renderers.len() >= 2 && renderers.iter().all(|renderer| renderer.filters > ours)
        },
    )
    .await;
    let own_namespace = fs::read_link("/proc/self/ns/user").unwrap();
    for renderer in renderers() {
        assert_ne!(
            renderer.user_namespace.as_ref(),
            Some(&own_namespace),
            "{renderer:?}"
        );
        assert_ne!(renderer.uid, 0, "{renderer:?}");
        assert_eq!(renderer.no_new_privileges, "1", "{renderer:?}");
    }
    // One that the server has just made is its image until it becomes a program of its own.
    let mut all = home.processes();
    all.retain(|process| !process.command.contains("\nserve\n"));
    assert!(all.iter().any(Process::is_browser), "{all:?}");
    for process in &all {
        assert_ne!(process.uid, 0, "{process:?}");
        assert!(process.filters >= ours, "{process:?}");
        assert!(!process.command.contains("--no-sandbox"), "{process:?}");
        assert!(
            !process.command.contains("--remote-debugging-port"),
            "{process:?}"
        );
        assert!(!process.command.contains(KEY), "{process:?}");
        assert!(!process.environment.contains("GUISE_"), "{process:?}");
        assert!(!process.environment.contains(KEY), "{process:?}");
        assert_eq!(process.listens_on(), Vec::<u16>::new(), "{process:?}");
    }
    assert_eq!(listening_ports(&home), Vec::<u16>::new());
    assert!(
        all.iter()
            .any(|process| process.environment.contains("TMPDIR=")),
        "no environment was seen"
    );
    site.stop().await;
}

#[tokio::test]
async fn sessions_have_uids_of_their_own_and_no_way_to_the_data() {
    let home = Home::new().set("GUISE_API_KEY", KEY);
    let server = Server::start(&home);
    for _ in 0..2 {
        server.client().start(json!({})).await;
    }
    let browsers: Vec<_> = home
        .processes()
        .into_iter()
        .filter(Process::is_browser)
        .collect();
    let mut uids: Vec<_> = browsers.iter().map(|browser| browser.uid).collect();
    if !rustix::process::geteuid().is_root() {
        // An ordinary user has one uid to give; its browsers are kept apart by Landlock and the sandbox.
        let own = rustix::process::geteuid().as_raw();
        assert!(uids.iter().all(|uid| *uid == own), "{uids:?}");
        return;
    }
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), browsers.len(), "a uid is shared");
    let can = |uid: u32, program: &str, path: &std::path::Path| {
        let mut command = Command::new(program);
        command.arg(path).uid(uid).gid(uid);
        command.output().unwrap().status.success()
    };
    for uid in uids {
        for path in [
            home.data(),
            home.data().join("guise.db"),
            home.data().join("instance.key"),
        ] {
            assert!(
                !can(uid, "/bin/cat", &path) && !can(uid, "/bin/ls", &path),
                "{}",
                path.display()
            );
        }
        let others = home.browser_folders().into_iter().filter(|folder| {
            let browser = browsers.iter().find(|browser| browser.uid == uid);
            !browser.unwrap().command.contains(folder.to_str().unwrap())
        });
        for folder in others {
            assert!(
                !can(uid, "/bin/ls", &folder),
                "{} is open to {uid}",
                folder.display()
            );
        }
        assert!(
            can(uid, "/bin/ls", std::path::Path::new("/usr")),
            "the check itself works"
        );
    }
}
