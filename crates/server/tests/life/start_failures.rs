//! Starts that cannot be: one clear line each, and nothing changed.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::support::{Home, KEY, Server};

fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}

#[test]
fn a_busy_port() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = home.run(["serve", "--listen", &address]).refused(1);
    assert!(
        line.contains(&address) && line.contains("in use") && line.contains("--listen"),
        "{line}"
    );
    assert!(!home.data().join("guise.db").exists(), "nothing is made");
}

#[test]
fn a_data_folder_that_cannot_be() {
    let home = Home::new();
    fs::write(home.beside("file"), "").unwrap();
    for path in [
        home.beside("file"),
        home.beside("file/below"),
        "/proc/guise".into(),
    ] {
        let path = path.to_str().unwrap();
        let line = home
            .run(["serve", "--listen", "127.0.0.1:0", "--data-dir", path])
            .refused(1);
        assert!(line.contains(path) && line.contains("--data-dir"), "{line}");
    }
    // Made private, a folder of others would no longer be what they use it for.
    let others = home.beside("others");
    fs::create_dir(&others).unwrap();
    fs::set_permissions(&others, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(others.join("theirs"), "").unwrap();
    let line = home
        .run(["serve", "--data-dir", others.to_str().unwrap()])
        .refused(1);
    assert!(line.contains("other things"), "{line}");
    assert_eq!(
        fs::metadata(&others).unwrap().permissions().mode() & 0o777,
        0o755
    );
}

#[test]
fn no_chromium() {
    let home = Home::new();
    fs::write(home.beside("script"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(home.beside("script"), fs::Permissions::from_mode(0o755)).unwrap();
    for path in [
        "/nonexistent/shell".to_owned(),
        home.beside("script").display().to_string(),
    ] {
        let flags = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--headless-shell",
            &path,
        ];
        let line = home.run(flags).refused(1);
        assert!(
            line.contains(&path) && line.contains("headless_shell"),
            "{line}"
        );
    }
}

#[test]
fn a_key_file_that_is_missing_or_anothers() {
    let home = Home::new();
    home.run(["keys", "create"]).ok();
    let key = home.data().join("instance.key");
    let right = bytes(&key);
    let before = home.run(["keys", "list"]).ok();
    fs::remove_file(&key).unwrap();
    for command in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["keys", "create"],
        &["keys", "list"],
    ] {
        let line = crate::support::Ran::of(&mut home.command(command), "").refused(1);
        assert!(
            line.contains("instance.key") && line.contains("is missing"),
            "{line}"
        );
        assert!(line.contains("nothing was changed"), "{line}");
        assert!(!key.exists(), "a new key over existing data");
    }

    let other = Home::new();
    other.run(["keys", "create"]).ok();
    fs::copy(other.data().join("instance.key"), &key).unwrap();
    let wrong = bytes(&key);
    let line = home.run(["serve", "--listen", "127.0.0.1:0"]).refused(1);
    assert!(
        line.contains("does not belong") && line.contains("nothing was changed"),
        "{line}"
    );
    assert_eq!(bytes(&key), wrong);

    fs::write(&key, &right).unwrap();
    assert_eq!(home.run(["keys", "list"]).ok(), before);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let line = home.run(["keys", "list"]).refused(1);
    assert!(line.contains("chmod 600"), "{line}");
}

#[test]
fn a_database_that_does_not_answer_postgres() {
    let home = Home::new();
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for address in [
        format!("postgres://me:geheim@{closed}/guise"),
        "postgres://me:geheim@nowhere.invalid/guise".to_owned(),
        format!("postgres://me@{closed}/guise?password=geheim"),
    ] {
        let home = Home::new().set("GUISE_DATABASE_URL", &address);
        let line = home.run(["serve", "--listen", "127.0.0.1:0"]).refused(1);
        assert!(
            line.contains("database") && line.contains("me@") | line.contains("me:***@"),
            "{line}"
        );
        assert!(!line.contains("geheim"), "{line}");
        let said = line.matches("error communicating").count();
        assert!(said <= 1, "said {said} times: {line}");
    }
    fs::create_dir(home.data()).unwrap();
    fs::set_permissions(home.data(), fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(
        home.data().join("guise.db"),
        "this is no database, whatever its name says",
    )
    .unwrap();
    let line = home.run(["serve", "--listen", "127.0.0.1:0"]).refused(1);
    assert!(line.contains("guise.db"), "{line}");
}

#[tokio::test]
async fn a_second_server_on_the_same_data_folder() {
    let home = Home::new().set("GUISE_API_KEY", KEY);
    let server = Server::start(&home);
    let id = server.client().start(serde_json::json!({})).await;
    let line = home.run(["serve", "--listen", "127.0.0.1:0"]).refused(1);
    assert!(line.contains("still running"), "{line}");
    assert_eq!(server.client().evaluate(&id, "6 * 7").await.trim(), "42");
}
