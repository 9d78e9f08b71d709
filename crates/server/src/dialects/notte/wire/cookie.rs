//! Cookies.

use guise_core::{Cookie, SameSite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Cookies to set (Notte API: `SetCookiesRequest`).
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SetCookiesRequest {
    /// The cookies.
    pub cookies: Vec<CookieBody>,
}

/// The session's cookies (Notte API: `GetCookiesResponse`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GetCookiesResponse {
    /// The cookies.
    pub cookies: Vec<CookieBody>,
}

/// How a call without data went (Notte API: `ExecutionResponse`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExecutionResponse {
    /// Whether it worked.
    pub success: bool,
    /// What was done.
    pub message: String,
}

/// A cookie (Notte API: `Cookie`).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Cookie)]
pub struct CookieBody {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its domain, unchanged: a leading dot matters.
    #[serde(default)]
    pub domain: String,
    /// Its path.
    #[serde(default = "root")]
    pub path: String,
    /// Hidden from scripts.
    #[serde(default)]
    pub http_only: bool,
    /// Unix seconds; -1 or absent for one that ends with the browser.
    pub expires: Option<f64>,
    /// Another name of `expires`.
    pub expiration_date: Option<f64>,
    /// Only for the very host.
    pub host_only: Option<bool>,
    /// Only over TLS.
    pub secure: Option<bool>,
    /// Ends with the browser.
    pub session: Option<bool>,
    /// When it goes to other sites.
    pub same_site: Option<SameSiteBody>,
    /// Kept by browsers' extensions; ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
    /// The top-level site that it is kept for.
    pub partition_key: Option<String>,
    /// The address it is set for, instead of a domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// When a cookie goes along to other sites.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SameSite)]
pub enum SameSiteBody {
    Lax,
    None,
    Strict,
}

fn root() -> String {
    "/".to_owned()
}

impl From<CookieBody> for Cookie {
    fn from(body: CookieBody) -> Self {
        let session = body.session.unwrap_or(false);
        let expires = body
            .expires
            .or(body.expiration_date)
            .filter(|at| *at >= 0.0 && !session);
        Self {
            name: body.name,
            value: body.value,
            domain: body.domain,
            path: body.path,
            http_only: body.http_only,
            secure: body.secure.unwrap_or(false),
            expires,
            same_site: body.same_site.map(|same_site| match same_site {
                SameSiteBody::Lax => SameSite::Lax,
                SameSiteBody::None => SameSite::None,
                SameSiteBody::Strict => SameSite::Strict,
            }),
            partition_key: body.partition_key,
            url: body.url,
        }
    }
}

impl From<Cookie> for CookieBody {
    fn from(cookie: Cookie) -> Self {
        let expires = cookie.expires.unwrap_or(-1.0);
        Self {
            host_only: Some(!cookie.domain.starts_with('.')),
            session: Some(cookie.expires.is_none()),
            name: cookie.name,
            value: cookie.value,
            domain: cookie.domain,
            path: cookie.path,
            http_only: cookie.http_only,
            expires: Some(expires),
            expiration_date: Some(expires),
            secure: Some(cookie.secure),
            same_site: cookie.same_site.map(|same_site| match same_site {
                SameSite::Lax => SameSiteBody::Lax,
                SameSite::None => SameSiteBody::None,
                SameSite::Strict => SameSiteBody::Strict,
            }),
            store_id: None,
            partition_key: cookie.partition_key,
            url: None,
        }
    }
}
