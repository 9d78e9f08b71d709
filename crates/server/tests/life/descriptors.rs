//! A server that has no file descriptors left.

use std::fs;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use tokio::net::TcpStream;

use crate::support::{Home, KEY, Server, within};

/// The lowest descriptor that the server does not use.
fn lowest_free(server: &Server) -> u64 {
    let used: Vec<u64> = fs::read_dir(format!("/proc/{}/fd", server.pid()))
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok())
        .collect();
    (0..).find(|number| !used.contains(number)).unwrap()
}

#[tokio::test]
async fn it_tells_of_the_connections_that_it_cannot_accept_but_not_of_each() {
    let home = Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_POOL_HEADLESS_SHELL", "0");
    let server = Server::start(&home);
    let pid = Pid::from_raw(server.pid().cast_signed()).unwrap();
    let limits = |current| Rlimit {
        current: Some(current),
        maximum: getrlimit(Resource::Nofile).maximum,
    };
    let before = prlimit(Some(pid), Resource::Nofile, limits(lowest_free(&server))).unwrap();
    let _waiting = TcpStream::connect(server.address).await.unwrap();
    let told = || {
        let log = server.log();
        let lines = log.lines().filter(|line| line.contains("be accepted"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    within(Duration::from_secs(30), "it is told twice", async || {
        told().len() > 1
    })
    .await;
    let told = told();
    assert_eq!(told.len(), 2, "{told:?}");
    let times = |line: &str| -> u32 {
        let (_, times) = line.split_once("times=").unwrap();
        let digits = times.split(|letter: char| !letter.is_ascii_digit());
        digits.into_iter().next().unwrap().parse().unwrap()
    };
    assert_eq!(times(&told[0]), 1, "{told:?}");
    assert!(times(&told[1]) > 1, "{told:?}");

    prlimit(Some(pid), Resource::Nofile, before).unwrap();
    within(Duration::from_secs(10), "it answers again", async || {
        server.client().get("/health").await.status == 200
    })
    .await;
}
