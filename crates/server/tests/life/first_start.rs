//! The first start, and what may be read by whom afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::support::{Home, KEY, Process, Server};

/// The key that a start has printed.
fn printed_key(server: &Server) -> Option<String> {
    let out = server.out();
    let line = out.lines().find(|line| line.contains("API key"))?;
    line.split_whitespace().nth(2).map(str::to_owned)
}

#[tokio::test]
async fn the_first_start_shows_a_key_once_and_keeps_it_private() {
    let home = Home::new();
    let mut server = Server::start(&home);
    // The address is told first, the rest in the same breath.
    let id = {
        let kept = fs::read_to_string(home.data().join("api_key")).unwrap();
        let client = server.client_with(kept.trim_end());
        assert_eq!(client.get("/sessions").await.status, 200);
        assert_eq!(printed_key(&server), Some(kept.trim_end().to_owned()));
        client.start(json!({})).await
    };
    let mode = fs::metadata(home.data().join("api_key"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o600);
    let key = printed_key(&server).unwrap();
    assert!(!server.log().contains(&key), "{}", server.log());
    assert_eq!(home.files_with(&key), [home.data().join("api_key")]);
    server.term();

    let server = Server::start(&home);
    let client = server.client_with(&key);
    assert_eq!(client.session(&id).await["status"], "closed");
    assert_eq!(printed_key(&server), None, "{}", server.out());
}

#[tokio::test]
async fn a_configured_key_is_found_nowhere() {
    let home = Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_LOG_LEVEL", "trace");
    let mut server = Server::start(&home);
    let id = server.client().start(json!({})).await;
    server.client().goto(&id, "http://127.0.0.1:1/").await;
    assert!(printed_key(&server).is_none());
    let everyone = fs::read_dir("/proc").unwrap().flatten();
    for process in
        everyone.filter_map(|entry| Process::find(entry.file_name().to_str()?.parse().ok()?))
    {
        assert!(!process.command.contains(KEY), "{process:?}");
    }
    for process in home.processes() {
        assert!(!process.environment.contains("GUISE_"), "{process:?}");
    }
    for command in [["config"], ["doctor"], ["--help"]] {
        let ran = home.run(command);
        assert!(!ran.out.contains(KEY) && !ran.err.contains(KEY), "{ran:?}");
    }
    server.client().stop(&id).await;
    let log = server.term();
    assert!(!log.contains(KEY) && !server.out().contains(KEY));
    assert_eq!(home.files_with(KEY), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn nothing_in_the_data_folder_is_open_to_others() {
    let home = Home::new().set("GUISE_API_KEY", KEY);
    // As a folder that somebody made by hand, with their configuration in it.
    fs::create_dir(home.data()).unwrap();
    fs::set_permissions(home.data(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(home.data().join("guise.toml"), "slots = 3\n").unwrap();
    fs::set_permissions(
        home.data().join("guise.toml"),
        fs::Permissions::from_mode(0o600),
    )
    .unwrap();
    home.run(["keys", "create"]).ok();
    let mut server = Server::start(&home);
    let client = server.client();
    let id = client.start(json!({})).await;
    client.evaluate(&id, "1 + 1").await;
    let look = || {
        let modes = home.modes();
        assert!(modes.len() > 4, "{modes:?}");
        for (path, mode) in modes {
            assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
        }
    };
    look();
    client.stop(&id).await;
    server.term();
    look();
}
