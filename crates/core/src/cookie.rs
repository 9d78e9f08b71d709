//! Cookies as callers set and read them.

use serde::{Deserialize, Serialize};

/// A cookie (Notte API: `Cookie`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its domain, unchanged: a leading dot matters.
    pub domain: String,
    /// Its path.
    pub path: String,
    /// Hidden from scripts.
    pub http_only: bool,
    /// Only over TLS.
    pub secure: bool,
    /// Unix seconds; absent for a cookie that ends with the browser.
    pub expires: Option<f64>,
    /// When it goes to other sites.
    pub same_site: Option<SameSite>,
    /// The top-level site that it is kept for.
    pub partition_key: Option<String>,
    /// The address it is set for, instead of a domain.
    pub url: Option<String>,
}

/// When a cookie goes along to other sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words of RFC 6265bis")]
pub enum SameSite {
    Lax,
    None,
    Strict,
}
