//! The checks for people, and the probe.

mod common;

use common::{KINDS, Stage, soon, spec};
use guise_chromium::{
    Paths,
    doctor::{Status, checks, recommended_slots},
    probe,
};

#[tokio::test]
async fn a_probe_of_every_kind_answers() {
    let stage = Stage::new(60);
    let launcher = stage.launcher().await;
    for (engine, display) in KINDS {
        let found = probe(&launcher, spec(engine, display), soon())
            .await
            .unwrap();
        let version = &launcher.installation().engine(engine).unwrap().version;
        assert!(found.answer.contains(version), "{}", found.answer);
        assert!(found.renderers > 0);
        println!(
            "{engine:?} {display:?}: first answer after {:?}",
            found.first_answer
        );
    }
    assert_eq!(stage.processes().len(), 0);
    assert_eq!(stage.browser_folders().len(), 0);
}

#[tokio::test]
async fn checks_say_what_is_there_and_what_to_do() {
    let stage = Stage::new(61);
    let runtime_folder = stage.runtime_folder();
    let look = async |paths: Paths| {
        checks(
            &paths,
            stage.folder.path(),
            Some(&runtime_folder),
            stage.uids,
            soon(),
        )
        .await
    };
    let found = look(Paths::default()).await;
    let names: Vec<&str> = found.iter().map(|check| check.name).collect();
    assert_eq!(
        names,
        [
            "headless-shell",
            "chromium",
            "xvfb",
            "runtime folder",
            "user",
            "sandbox",
            "landlock",
            "seccomp",
            "memory"
        ]
    );
    for check in &found {
        assert_ne!(check.status, Status::Fail, "{check:?}");
        assert_eq!(check.fix.is_none(), check.status == Status::Ok, "{check:?}");
    }
    let wrong = Paths {
        headless_shell: Some("/nowhere/browser".into()),
        ..Paths::default()
    };
    let found = look(wrong).await;
    assert_eq!(found[0].status, Status::Fail);
    assert!(
        found[0].detail.contains("/nowhere/browser"),
        "{:?}",
        found[0]
    );
    assert!(recommended_slots().unwrap() >= 1);
}
