//! Many short lives, with the server killed in between.

use std::time::Duration;

use guise_testsite::Site;
use hyper::Method;
use serde_json::{Value, json};

use crate::support::{Client, Home, KEY, Server, within};

/// Nothing of a killed server lives on for longer.
const GONE: Duration = Duration::from_secs(5);

/// All of it, and the part that runs unless `GUISE_TEST_SOAK` is set. Every kind and every moment is in both.
const CYCLES: usize = 200;
const TENTH: usize = 20;

/// When the server is killed in a cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Moment {
    Never,
    Starting,
    Visiting,
    Used,
    Stopping,
}

fn kind(cycle: usize) -> Value {
    match cycle % 10 {
        3 | 8 => json!({"browser_type": "chrome"}),
        4 | 7 => json!({"headless": false}),
        _ => json!({}),
    }
}

/// Every fifth time, each moment in turn: with ten kinds in a row no moment sticks to one kind.
fn moment(cycle: usize) -> Moment {
    let moments = [
        Moment::Used,
        Moment::Starting,
        Moment::Visiting,
        Moment::Stopping,
    ];
    match cycle % 5 {
        4 => moments[cycle / 5 % moments.len()],
        _ => Moment::Never,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn create_visit_release_and_kill() {
    let site = Site::start().await.unwrap();
    let home = Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_ALLOW_HOSTS", "127.0.0.1");
    let mut server = Server::start(&home);
    let whole = std::env::var_os("GUISE_TEST_SOAK").is_some();
    let cycles = if whole { CYCLES } else { TENTH };
    let (mut kills, mut slowest) = (0, Duration::ZERO);
    for cycle in 0..cycles {
        let moment = moment(cycle);
        live(&mut server, &site.url("/article"), kind(cycle), moment).await;
        if moment == Moment::Never {
            continue;
        }
        kills += 1;
        let killed = std::time::Instant::now();
        within(GONE, "all processes are gone", async || {
            home.processes().is_empty()
        })
        .await;
        slowest = slowest.max(killed.elapsed());
        let left = home.browser_folders();
        server = Server::start(&home);
        assert!(
            left.iter().all(|folder| !folder.exists()),
            "cycle {cycle}: {left:?}"
        );
    }
    let client = server.client();
    let active = client.get("/sessions").await.body;
    assert_eq!(
        active["items"],
        json!([]),
        "a session that nobody runs is active"
    );
    tokio::task::block_in_place(|| server.term());
    assert_eq!(home.processes().len(), 0);
    assert_eq!(home.browser_folders().len(), 0);
    println!("{cycles} cycles, {kills} kills, the last process gone after {slowest:?} at most");
    site.stop().await;
}

/// One session from start to stop, or to the server's death.
async fn live(server: &mut Server, page: &str, kind: Value, moment: Moment) {
    let client = server.client();
    if moment == Moment::Starting {
        return kill_during(server, client, Method::POST, "/sessions/start".into(), kind).await;
    }
    let id = client.start(kind).await;
    if moment == Moment::Visiting {
        let path = format!("/sessions/{id}/page/execute");
        let visit = json!({"type": "goto", "url": page});
        return kill_during(server, client, Method::POST, path, visit).await;
    }
    client.visit(&id, page).await;
    match moment {
        Moment::Used => {
            server.kill();
        }
        Moment::Stopping => {
            let path = format!("/sessions/{id}/stop");
            kill_during(server, client, Method::DELETE, path, Value::Null).await;
        }
        _ => assert_eq!(client.stop(&id).await.status, 200),
    }
}

/// Kills the server once a call is on its way. Whether it is answered before that is up to chance.
async fn kill_during(
    server: &mut Server,
    client: Client,
    method: Method,
    path: String,
    body: Value,
) {
    let call = tokio::spawn(async move { client.try_call(method, &path, &body).await.is_ok() });
    tokio::time::sleep(Duration::from_millis(30)).await;
    server.kill();
    call.await.unwrap();
}
