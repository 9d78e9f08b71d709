//! What all handlers share.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::accounts::Service;
use crate::log::Log;
use crate::sign_in::Take;

/// The addresses under which the same pages are served.
#[derive(Clone, Debug, Serialize)]
pub struct Origins {
    /// The main origin: `http://127.0.0.1:PORT`.
    pub origin: String,
    /// Another origin of the same site: the same host on another port.
    pub other: String,
    /// Another site: `http://localhost:PORT`.
    pub cross_site: String,
}

impl Origins {
    pub(crate) fn of_ports([main, other, cross_site]: [u16; 3]) -> Self {
        Self {
            origin: format!("http://127.0.0.1:{main}"),
            other: format!("http://127.0.0.1:{other}"),
            cross_site: format!("http://localhost:{cross_site}"),
        }
    }

    /// Puts the origins into a page: `{{origin}}`, `{{other}}` and `{{cross_site}}`.
    pub(crate) fn fill(&self, page: &str) -> String {
        page.replace("{{origin}}", &self.origin)
            .replace("{{other}}", &self.other)
            .replace("{{cross_site}}", &self.cross_site)
    }
}

/// The state behind every handler.
pub(crate) struct Shared {
    pub(crate) origins: Origins,
    pub(crate) log: Log,
    pub(crate) accounts: Service,
    /// Shopping carts by the value of the cookie `cart`: article number to quantity.
    pub(crate) carts: Mutex<HashMap<String, Vec<(String, u32)>>>,
    /// Names of the people logged in, by the value of the cookie `session`.
    pub(crate) logins: Mutex<HashMap<String, String>>,
    /// What reached the sink of the sign-in pages, oldest first.
    pub(crate) takes: Mutex<Vec<Take>>,
    /// Cancelled when the site ends: answers that never come must not keep it alive.
    pub(crate) ended: CancellationToken,
}

impl Shared {
    pub(crate) fn new(origins: Origins) -> Self {
        Self {
            origins,
            log: Log::default(),
            accounts: Service::default(),
            carts: Mutex::default(),
            logins: Mutex::default(),
            takes: Mutex::default(),
            ended: CancellationToken::new(),
        }
    }
}

/// Locks without regard to poisoning: nothing here is left half-changed by a panic.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The value of one request cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}
