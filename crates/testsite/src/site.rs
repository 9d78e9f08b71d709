//! Starting and stopping the site.

use std::io;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::serve::ListenerExt as _;
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::accounts::{Account, Letter};
use crate::log::{Event, Hit};
use crate::shared::{Origins, Shared, lock};
use crate::sign_in::Take;
use crate::{
    accounts, download, echo, engines, frames, gallery, headers, heavy, images, injected, library,
    log, login, network, news, pages, pdf, perceive, reach, shop, sign_in, socket, table, upload,
};

/// The largest upload that is taken, in bytes.
const LARGEST_BODY: usize = 256 * 1024 * 1024;

/// A running test site on three ports of its own. Dropping it ends it.
pub struct Site {
    shared: Arc<Shared>,
    servers: JoinSet<io::Result<()>>,
}

impl Site {
    /// Listens on three free ports of 127.0.0.1 and serves until [`Site::stop`] or drop.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be bound.
    pub async fn start() -> io::Result<Self> {
        let mut listeners = Vec::with_capacity(3);
        for _ in 0..3 {
            listeners.push(TcpListener::bind(("127.0.0.1", 0)).await?);
        }
        let mut ports = [0; 3];
        for (port, listener) in ports.iter_mut().zip(&listeners) {
            *port = listener.local_addr()?.port();
        }
        let shared = Arc::new(Shared::new(Origins::of_ports(ports)));
        let router = router(&shared);
        let mut servers = JoinSet::new();
        for listener in listeners {
            // Small answers must not wait for Nagle's algorithm: pages would load 40 ms late.
            let listener = listener.tap_io(|stream| {
                // A connection that is already gone fails here and, with the reason, at its first read.
                drop(stream.set_nodelay(true));
            });
            let ended = shared.ended.clone();
            let server = axum::serve(listener, router.clone())
                .with_graceful_shutdown(async move { ended.cancelled().await });
            servers.spawn(server.into_future());
        }
        Ok(Self { shared, servers })
    }

    /// The three origins.
    #[must_use]
    pub fn origins(&self) -> &Origins {
        &self.shared.origins
    }

    /// The main origin, for example `http://127.0.0.1:40001`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.shared.origins.origin
    }

    /// Another port of the same host: another origin of the same site.
    #[must_use]
    pub fn other_origin(&self) -> &str {
        &self.shared.origins.other
    }

    /// Another host name, `localhost`: another site, in a renderer process of its own.
    #[must_use]
    pub fn cross_site(&self) -> &str {
        &self.shared.origins.cross_site
    }

    /// The address of a page on the main origin; `path` starts with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Every request so far except those to `/log…`, oldest first (the last 20,000).
    #[must_use]
    pub fn hits(&self) -> Vec<Hit> {
        self.shared.log.hits()
    }

    /// The requests for one path, oldest first.
    #[must_use]
    pub fn hits_of(&self, path: &str) -> Vec<Hit> {
        let mut hits = self.hits();
        hits.retain(|hit| hit.path == path);
        hits
    }

    /// What pages have reported to the server, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.shared.log.events()
    }

    /// What reached the sink of the sign-in pages, oldest first.
    #[must_use]
    pub fn takes(&self) -> Vec<Take> {
        lock(&self.shared.takes).clone()
    }

    /// Opens an account of the account service, as if somebody had signed up there before, in place of one of that login. `seed`
    /// is that of its second factor, in base32.
    pub fn open_account(&self, name: &str, login: &str, password: &str, seed: Option<&str>) {
        self.shared.accounts.open(name, login, password, seed);
    }

    /// The account of that mail address or phone number, as the account service has it.
    #[must_use]
    pub fn account(&self, login: &str) -> Option<Account> {
        self.shared.accounts.account(login)
    }

    /// Waits for the next thing that the account service sends, and takes it for delivery.
    pub async fn letter(&self) -> Option<Letter> {
        self.shared.accounts.letter().await
    }

    /// Forgets hits, events and what reached the sink.
    pub fn reset(&self) {
        self.shared.log.reset();
        lock(&self.shared.takes).clear();
    }

    /// Ends every listener and every answer still under way, and waits for them.
    pub async fn stop(mut self) {
        self.shared.ended.cancel();
        while self.servers.join_next().await.is_some() {}
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.shared.ended.cancel();
    }
}

fn router(shared: &Arc<Shared>) -> Router {
    Router::new()
        .merge(pages::routes())
        .merge(shop::routes())
        .merge(login::routes())
        .merge(news::routes())
        .merge(table::routes())
        .merge(frames::routes())
        .merge(gallery::routes())
        .merge(upload::routes())
        .merge(download::routes())
        .merge(headers::routes())
        .merge(heavy::routes())
        .merge(network::routes())
        .merge(reach::routes())
        .merge(images::routes())
        .merge(socket::routes())
        .merge(sign_in::routes())
        .merge(echo::routes())
        .merge(accounts::routes())
        .merge(injected::routes())
        .merge(library::routes())
        .merge(engines::routes())
        .merge(pdf::routes())
        .merge(perceive::routes())
        .merge(log::routes())
        .layer(middleware::from_fn_with_state(
            Arc::clone(shared),
            log::record,
        ))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::clone(shared))
}
