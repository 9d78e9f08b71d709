//! What the tests share.

mod client;
mod home;
mod kernel;
mod processes;
mod server;

use std::time::Duration;

use tokio::time::{Instant, sleep};

pub(crate) use self::client::Client;
pub(crate) use self::home::{Home, Ran};
pub(crate) use self::kernel::on_a_weaker_kernel;
pub(crate) use self::processes::{Process, listening_ports};
pub(crate) use self::server::{KEY, Server};

/// Asks again until `condition` holds; `limit` is part of what is promised.
pub(crate) async fn within(limit: Duration, what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !condition().await {
        assert!(Instant::now() < deadline, "not within {limit:?}: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}
