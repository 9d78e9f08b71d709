//! Keys and tenants: on an empty data folder, beside a stopped and beside a running server.

use std::time::Duration;

use crate::support::{Client, Home, KEY, Server, within};

const OWN: &str = "my-own-key-of-enough-length";

/// What a call with the key is answered.
async fn status(client: &Client) -> u16 {
    client.get("/sessions").await.status
}

/// The id in the line of `keys list` that holds `text`.
fn id_of(list: &str, text: &str) -> String {
    let line = list.lines().find(|line| line.contains(text));
    let line = line.unwrap_or_else(|| panic!("no line with '{text}' in:\n{list}"));
    line.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn keys_are_made_and_revoked_without_beside_a_stopped_and_a_running_server() {
    let home = Home::new();
    let first = home.run(["keys", "create"]).ok();
    let first = first.trim_end();
    assert_eq!(first.lines().count(), 1, "only the key is printed: {first}");

    let mut server = Server::start(&home);
    assert!(
        !server.out().contains("API key"),
        "there is a key already: {}",
        server.out()
    );
    assert_eq!(status(&server.client_with(first)).await, 200);
    let second = home.run(["keys", "create", "--expires", "30d"]).ok();
    let second = second.trim_end();
    assert_eq!(status(&server.client_with(second)).await, 200);

    let list = home.run(["keys", "list"]).ok();
    assert_eq!(list.lines().count(), 3, "{list}");
    assert!(!list.contains(first) && !list.contains(second), "{list}");
    let hint = &first[..9];
    home.run(["keys", "revoke", &id_of(&list, hint)]).ok();
    assert_eq!(status(&server.client_with(first)).await, 401);
    assert_eq!(status(&server.client_with(second)).await, 200);
    let again = home.run(["keys", "revoke", &id_of(&list, hint)]).refused(1);
    assert!(again.contains("revoked already"), "{again}");
    server.term();

    home.run(["keys", "revoke", &id_of(&list, &second[..9])])
        .ok();
    let third = home.run(["keys", "create"]).ok();
    let server = Server::start(&home);
    assert_eq!(status(&server.client_with(second)).await, 401);
    assert_eq!(status(&server.client_with(third.trim_end())).await, 200);
}

#[tokio::test]
async fn a_key_stops_when_its_time_is_over() {
    let home = Home::new();
    let server = Server::start(&home);
    let key = home.run(["keys", "create", "--expires", "1s"]).ok();
    let client = server.client_with(key.trim_end());
    within(Duration::from_secs(10), "the key stops", async || {
        status(&client).await == 401
    })
    .await;
    let answer = client.get("/sessions").await;
    assert!(
        answer.body["message"].as_str().unwrap().contains("expired"),
        "{answer:?}"
    );
    for wrong in ["soon", "0s", "-1d", "2001-01-01T00:00:00Z"] {
        let expires = format!("--expires={wrong}");
        let refused = home.run(["keys", "create", &expires]).refused(1);
        assert!(refused.contains("expire"), "{refused}");
    }
    let later = home
        .run(["keys", "create", "--expires", "2999-12-31T00:00:00Z"])
        .ok();
    assert_eq!(status(&server.client_with(later.trim_end())).await, 200);
}

#[tokio::test]
async fn scopes_limit_a_key_and_unknown_ones_are_refused() {
    let home = Home::new();
    let server = Server::start(&home);
    let key = home.run(["keys", "create", "--scopes", "metrics"]).ok();
    let answer = server.client_with(key.trim_end()).get("/sessions").await;
    assert!(matches!(answer.status, 401 | 403), "{answer:?}");
    assert!(
        answer.body["message"].as_str().unwrap().contains("scope"),
        "{answer:?}"
    );
    let key = home
        .run(["keys", "create", "--scopes", "sessions, metrics"])
        .ok();
    assert_eq!(status(&server.client_with(key.trim_end())).await, 200);
    for wrong in ["everything", "", "sessions,,metrics"] {
        let refused = home
            .run(["keys", "create", &format!("--scopes={wrong}")])
            .refused(1);
        assert!(refused.contains("scope"), "{refused}");
    }
}

#[tokio::test]
async fn a_key_of_ones_own_is_read_never_printed_and_may_be_said_twice() {
    let home = Home::new();
    let server = Server::start(&home);
    home.run(["tenants", "create", "other"]).ok();
    for _ in 0..2 {
        let ran = home.run_reading(["keys", "create", "--key", "-"], &format!("{OWN}\n"));
        assert!(!ran.err.contains(OWN), "{ran:?}");
        assert_eq!(ran.ok(), "");
        assert_eq!(status(&server.client_with(OWN)).await, 200);
    }
    let list = home.run(["keys", "list"]).ok();
    assert!(!list.contains(OWN), "{list}");
    assert_eq!(home.files_with(OWN), Vec::<std::path::PathBuf>::new());

    let other = ["keys", "create", "--key", "-", "--tenant", "other"];
    let refused = home.run_reading(other, OWN).refused(1);
    assert!(
        refused.contains("another tenant") && !refused.contains(OWN),
        "{refused}"
    );
    for (wrong, why) in [
        ("fifteen-letters", "16"),
        ("", "16"),
        ("white space in between", "white space"),
        ("umlaute-nicht-möglich", "ASCII"),
    ] {
        let refused = home
            .run_reading(["keys", "create", "--key", "-"], wrong)
            .refused(1);
        assert!(wrong.is_empty() || !refused.contains(wrong), "{refused}");
        assert!(refused.contains(why), "{refused}");
    }
    let shown = home.run(["keys", "create", "--key", OWN]).refused(1);
    assert!(
        shown.contains("standard input") && !shown.contains(OWN),
        "{shown}"
    );
}

#[tokio::test]
async fn the_configured_key_works_beside_others_and_only_while_it_is_configured() {
    let home = Home::new();
    let other = home.run(["keys", "create"]).ok();
    let configured = |value: &str| {
        let mut command = home.command(["serve", "--listen", "127.0.0.1:0"]);
        command.env("GUISE_API_KEY", value);
        Server::of(&home, command)
    };
    for key in [KEY, OWN] {
        let mut server = configured(key);
        assert_eq!(status(&server.client_with(key)).await, 200);
        assert_eq!(status(&server.client_with(other.trim_end())).await, 200);
        server.term();
    }
    let server = configured("");
    assert_eq!(status(&server.client_with(KEY)).await, 401);
    assert_eq!(status(&server.client_with(OWN)).await, 401);
    assert_eq!(status(&server.client_with(other.trim_end())).await, 200);
}

#[tokio::test]
async fn tenants_see_only_their_own() {
    let home = Home::new();
    assert_eq!(
        home.run(["tenants", "list"]).ok().lines().count(),
        2,
        "titles and the default one"
    );
    home.run(["tenants", "create", "acme"]).ok();
    let server = Server::start(&home);
    home.run(["tenants", "create", "second"]).ok();
    let list = home.run(["tenants", "list"]).ok();
    for name in ["default", "acme", "second"] {
        assert!(list.contains(name), "{list}");
    }
    let acme = home.run(["keys", "create", "--tenant", "acme"]).ok();
    let second = home.run(["keys", "create", "--tenant", "second"]).ok();
    let (acme, second) = (
        server.client_with(acme.trim_end()),
        server.client_with(second.trim_end()),
    );
    let id = acme.start(serde_json::json!({})).await;
    assert_eq!(
        acme.get("/sessions").await.body["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        second.get("/sessions").await.body["items"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    assert_eq!(second.get(&format!("/sessions/{id}")).await.status, 404);
    assert_eq!(
        home.run(["keys", "list", "--tenant", "acme"])
            .ok()
            .lines()
            .count(),
        2
    );

    for (arguments, what) in [
        (["tenants", "create", "acme"], "there already"),
        (["tenants", "create", "No Such"], "lower-case"),
        (["keys", "list", "--tenant=nobody"], "'nobody' not found"),
        (["keys", "create", "--tenant=nobody"], "'nobody' not found"),
        (["keys", "revoke", "none"], "invalid key id 'none'"),
    ] {
        let refused = home.run(arguments).refused(1);
        assert!(refused.contains(what), "{refused}");
    }
}

#[test]
fn commands_may_come_all_at_once_on_an_empty_data_folder() {
    let home = Home::new();
    let running: Vec<_> = (0..6)
        .map(|_| {
            home.command(["keys", "create"])
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in running {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    assert_eq!(home.run(["keys", "list"]).ok().lines().count(), 7);
}
