//! Cookies of a browser context.

use super::Empty;
use super::macros::{commands, objects};
use crate::BrowserContextId;

objects! {
    /// A cookie as it is kept.
    Cookie {
        /// Name.
        name: String,
        /// Value.
        value: String,
        /// Domain, with a dot in front when subdomains get it too.
        domain: String,
        /// Path.
        path: String,
        /// Seconds since 1970; -1 for a session cookie.
        expires: f64,
        /// Bytes.
        size: i64,
        /// Hidden from scripts.
        http_only: bool,
        /// Only over HTTPS.
        secure: bool,
        /// Goes when the browser does.
        session: bool,
    } optional {
        /// `Strict`, `Lax` or `None`.
        same_site: String,
        /// `Low`, `Medium` or `High`.
        priority: String,
        /// Port that it was set from; -1 is unknown.
        source_port: i64,
        /// `Unset`, `NonSecure` or `Secure`.
        source_scheme: String,
        /// The site that it is partitioned by.
        partition_key: CookiePartitionKey,
    };

    /// The site that a cookie is partitioned by.
    CookiePartitionKey {
        /// The top-level site.
        top_level_site: String,
        /// Whether a frame of another site is in between.
        has_cross_site_ancestor: bool,
    };

    /// A cookie to set. Needs `url` or `domain`.
    CookieParam {
        /// Name.
        name: String,
        /// Value.
        value: String,
    } optional {
        /// Address that domain, path and scheme are taken from.
        url: String,
        /// Domain.
        domain: String,
        /// Path.
        path: String,
        /// Only over HTTPS.
        secure: bool,
        /// Hidden from scripts.
        http_only: bool,
        /// `Strict`, `Lax` or `None`.
        same_site: String,
        /// Seconds since 1970; a session cookie when missing.
        expires: f64,
        /// The site that it is partitioned by.
        partition_key: CookiePartitionKey,
    };

    /// Cookies.
    GetCookiesReturns {
        /// The cookies.
        cookies: Vec<Cookie>,
    };
}

commands! {
    /// Lists all cookies.
    GetCookies = "Storage.getCookies" {} optional {
        /// The context; the default one when missing.
        browser_context_id: BrowserContextId,
    } -> GetCookiesReturns;

    /// Sets cookies: all or, when one is refused, none.
    SetCookies = "Storage.setCookies" {
        /// The cookies.
        cookies: Vec<CookieParam>,
    } optional {
        /// The context; the default one when missing.
        browser_context_id: BrowserContextId,
    } -> Empty;

    /// Removes all cookies.
    ClearCookies = "Storage.clearCookies" {} optional {
        /// The context; the default one when missing.
        browser_context_id: BrowserContextId,
    } -> Empty;
}
