//! Sessions: how to start one, and how it stands.

use std::collections::BTreeMap;

use guise_core::services::{ProxyRequest, SessionRequest};
use guise_core::{BrowserType, Page, ScreenshotType, Session, Status, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, Object, OneOfBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::step::TrajectoryStep;

/// How a session is to be (Notte API: `ApiSessionStartRequest`). All members may be left out.
///
/// It knows the members of older and newer clients, too; those that ask for what this server has not are refused by name.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiSessionStartRequest {
    /// No window; true when absent.
    pub headless: Option<bool>,
    /// Solve captchas. Accepted without a captcha service, and answered as false then.
    pub solve_captchas: Option<bool>,
    /// Longest lifetime; 15 when absent.
    #[schema(minimum = 1, maximum = 1440)]
    pub max_duration_minutes: Option<i64>,
    /// Longest time without use; 3 when absent.
    #[schema(minimum = 1, maximum = 30)]
    pub idle_timeout_minutes: Option<i64>,
    /// Older name of `idle_timeout_minutes`.
    pub timeout_minutes: Option<i64>,
    /// A proxy of the caller's; `true` asks for one of the server's.
    pub proxies: Option<Proxies>,
    /// The browser; `chromium` when absent.
    pub browser_type: Option<BrowserTypeBody>,
    /// What pages see as the browser's name.
    pub user_agent: Option<String>,
    /// Chromium's own arguments, from a list of harmless ones.
    pub chrome_args: Option<Vec<String>>,
    /// Width of the page's visible part; together with the height.
    pub viewport_width: Option<i64>,
    /// Height of the page's visible part; together with the width.
    pub viewport_height: Option<i64>,
    /// `5:4` or `16:9`, instead of width and height.
    pub aspect_ratio: Option<String>,
    /// The address of a browser elsewhere, which is driven instead of one of ours: a WebSocket, or the HTTP address whose
    /// `/json/version` tells it. It carries its own authorisation and is kept sealed. `headless` stays true then, and `user_agent`,
    /// `chrome_args`, the viewport and `proxies` are left out.
    #[schema(format = "uri")]
    pub cdp_url: Option<String>,
    /// Keep downloads and take uploads; true when absent.
    pub use_file_storage: Option<bool>,
    /// What is drawn on screenshots; `last_action` when absent.
    pub screenshot_type: Option<ScreenshotTypeBody>,
    /// A kept browser state.
    #[schema(value_type = Option<Object>)]
    pub profile: Option<Value>,
    /// Sign requests.
    pub web_bot_auth: Option<bool>,
    /// Headers added to every request.
    pub extra_http_headers: Option<BTreeMap<String, String>>,
    /// A vault for placeholders.
    pub vault_id: Option<String>,
    /// Managed sign-ins.
    pub auth_ids: Option<Vec<String>>,
    /// Whether to wait for managed sign-ins; without any there is nothing to wait for.
    #[expect(dead_code, reason = "read so that its type is checked")]
    pub wait_for_authentication: Option<bool>,
    /// How often to retry managed sign-ins; without any there is nothing to retry.
    #[expect(dead_code, reason = "read so that its type is checked")]
    pub auth_retry: Option<i64>,
    /// Block advertisements.
    pub block_ads: Option<bool>,
    /// Hide that the browser is automated.
    pub advanced_stealth: Option<bool>,
}

/// The browsers that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = BrowserType)]
pub enum BrowserTypeBody {
    /// Chromium.
    Chromium,
    /// The full browser.
    Chrome,
    /// Older name of `chrome`.
    ChromeNightly,
    /// Older name of `chrome`.
    ChromeTurbo,
}

/// What can be drawn on screenshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ScreenshotType)]
pub enum ScreenshotTypeBody {
    /// Nothing.
    Raw,
    /// The boxes of all elements.
    Full,
    /// The box of the last action's element.
    LastAction,
}

/// A switch, or a list of proxies.
#[derive(Clone, Debug)]
pub enum Proxies {
    /// Whether to use a proxy of the server's.
    Switch(bool),
    /// Proxies; at most one.
    List(Vec<ProxyBody>),
}

impl PartialSchema for Proxies {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .item(Object::with_type(Type::Boolean))
            .item(ArrayBuilder::new().items(ProxyBody::schema()))
            .description(Some("A switch, or a list of proxies."))
            .into()
    }
}

impl ToSchema for Proxies {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ProxyBody::schemas(schemas);
    }
}

impl<'de> Deserialize<'de> for Proxies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(switch) => Ok(Self::Switch(switch)),
            list @ Value::Array(_) => serde_json::from_value(list)
                .map(Self::List)
                .map_err(serde::de::Error::custom),
            _ => Err(serde::de::Error::custom(
                "expected a boolean or a list of proxies",
            )),
        }
    }
}

/// A proxy.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ProxyBody {
    /// One of the server's.
    #[serde(alias = "managed")]
    Notte(NotteProxy),
    /// One of the caller's.
    External(ExternalProxy),
    /// One in a tailnet.
    Tailnet(TailnetProxy),
}

/// One of the server's.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NotteProxy {
    /// Which one.
    pub id: Option<String>,
    /// In which country, as two lower-case letters.
    pub country: Option<String>,
    /// In which city.
    pub city: Option<String>,
    /// Older form of country and city.
    #[schema(value_type = Option<Object>)]
    pub geolocation: Option<Value>,
}

/// One of the caller's.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ExternalProxy {
    /// `http://host:port` or `socks5://host:port`.
    pub server: String,
    /// The user name it asks for.
    pub username: Option<String>,
    /// The password it asks for.
    pub password: Option<String>,
    /// Hosts that are reached without it, separated by commas.
    pub bypass: Option<String>,
}

/// One in a tailnet.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct TailnetProxy {
    /// The client.
    pub oauth_client_id: String,
    /// Its secret.
    pub oauth_client_secret: Option<String>,
}

impl ApiSessionStartRequest {
    /// The request in the domain.
    pub fn into_domain(self) -> SessionRequest {
        let proxies = match self.proxies {
            None | Some(Proxies::Switch(false)) => Vec::new(),
            Some(Proxies::Switch(true)) => vec![ProxyRequest::Managed],
            Some(Proxies::List(list)) => list.into_iter().map(ProxyRequest::from).collect(),
        };
        SessionRequest {
            headless: self.headless,
            solve_captchas: self.solve_captchas,
            max_duration_minutes: self.max_duration_minutes,
            idle_timeout_minutes: self.idle_timeout_minutes.or(self.timeout_minutes),
            proxies,
            browser_type: match self.browser_type {
                None | Some(BrowserTypeBody::Chromium) => BrowserType::Chromium,
                Some(BrowserTypeBody::Chrome) => BrowserType::Chrome,
                Some(BrowserTypeBody::ChromeNightly) => BrowserType::ChromeNightly,
                Some(BrowserTypeBody::ChromeTurbo) => BrowserType::ChromeTurbo,
            },
            user_agent: self.user_agent,
            chrome_args: self.chrome_args.unwrap_or_default(),
            viewport_width: self.viewport_width,
            viewport_height: self.viewport_height,
            aspect_ratio: self.aspect_ratio,
            cdp_url: self.cdp_url,
            use_file_storage: self.use_file_storage,
            screenshot_type: match self.screenshot_type {
                None | Some(ScreenshotTypeBody::LastAction) => ScreenshotType::LastAction,
                Some(ScreenshotTypeBody::Raw) => ScreenshotType::Raw,
                Some(ScreenshotTypeBody::Full) => ScreenshotType::Full,
            },
            profile: self.profile,
            web_bot_auth: self.web_bot_auth.unwrap_or(false),
            block_ads: self.block_ads.unwrap_or(false),
            advanced_stealth: self.advanced_stealth.unwrap_or(false),
            extra_http_headers: self.extra_http_headers.unwrap_or_default(),
            vault_id: self.vault_id,
            auth_ids: self.auth_ids.unwrap_or_default(),
            assignment: None,
        }
    }
}

impl From<ProxyBody> for ProxyRequest {
    fn from(body: ProxyBody) -> Self {
        match body {
            ProxyBody::Notte(_) => Self::Managed,
            ProxyBody::Tailnet(_) => Self::Tailnet,
            ProxyBody::External(proxy) => Self::External {
                server: proxy.server,
                username: proxy.username,
                password: proxy.password.map(Into::into),
                bypass: proxy.bypass,
            },
        }
    }
}

/// How a session stands (Notte API: `SessionResponse`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionResponse {
    /// Its identifier.
    pub session_id: String,
    /// Longest time without use.
    pub idle_timeout_minutes: u32,
    /// Older name of `idle_timeout_minutes`.
    #[schema(deprecated)]
    pub timeout_minutes: u32,
    /// Longest lifetime.
    pub max_duration_minutes: u32,
    /// When it began, RFC 3339.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was last used, RFC 3339.
    #[schema(format = DateTime)]
    pub last_accessed_at: String,
    /// When it ended, RFC 3339.
    #[schema(format = DateTime)]
    pub closed_at: Option<String>,
    /// How long it lasted so far, ISO 8601.
    #[schema(format = "duration")]
    pub duration: String,
    /// How it stands.
    pub status: StatusBody,
    /// Why it ended.
    pub close_reason: Option<String>,
    /// Its trajectory; empty in lists.
    pub steps: Vec<TrajectoryStep>,
    /// What went wrong.
    pub error: Option<String>,
    /// A proxy is used.
    pub proxies: bool,
    /// The browser that was asked for.
    pub browser_type: BrowserTypeBody,
    /// Files are kept.
    pub use_file_storage: bool,
    /// Bytes sent.
    pub network_request_bytes: u64,
    /// Bytes received.
    pub network_response_bytes: u64,
    /// What pages see as the browser's name, if it was set.
    pub user_agent: Option<String>,
    /// Width of the visible part, if it was set.
    pub viewport_width: Option<u32>,
    /// Height of the visible part, if it was set.
    pub viewport_height: Option<u32>,
    /// No window was asked for.
    pub headless: bool,
    /// Captchas are solved.
    pub solve_captchas: bool,
    /// The Chrome DevTools Protocol of an active session.
    pub cdp_url: Option<String>,
    /// A page that shows an active session.
    pub viewer_url: Option<String>,
    /// Requests are signed.
    pub web_bot_auth: bool,
    /// Managed sign-ins.
    pub auth_ids: Vec<String>,
    /// Hidden from lists.
    pub system_hidden: bool,
}

/// How a session stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SessionStatus)]
pub enum StatusBody {
    /// Its browser runs.
    Active,
    /// It was stopped.
    Closed,
    /// Its browser died.
    Error,
    /// Its time was up.
    TimedOut,
}

/// Addresses that go into the answer for an active session.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// The Chrome DevTools Protocol.
    pub cdp_url: Option<String>,
    /// The page that shows it.
    pub viewer_url: Option<String>,
}

impl SessionResponse {
    /// The wire form at the moment `now`.
    pub fn new(session: Session, links: Links, steps: Vec<TrajectoryStep>, now: Timestamp) -> Self {
        let lasted = session.closed_at.unwrap_or(now).since(session.created_at);
        let options = session.options;
        Self {
            session_id: session.id.to_string(),
            idle_timeout_minutes: options.idle_timeout_minutes,
            timeout_minutes: options.idle_timeout_minutes,
            max_duration_minutes: options.max_duration_minutes,
            created_at: session.created_at.to_string(),
            last_accessed_at: session.last_accessed_at.to_string(),
            closed_at: session.closed_at.map(|at| at.to_string()),
            duration: format!("PT{}.{:06}S", lasted.as_secs(), lasted.subsec_micros()),
            status: match session.status {
                Status::Active => StatusBody::Active,
                Status::Closed => StatusBody::Closed,
                Status::Error => StatusBody::Error,
                Status::TimedOut => StatusBody::TimedOut,
            },
            close_reason: session
                .close_reason
                .map(|reason| reason.as_str().to_owned()),
            steps,
            error: session.error,
            proxies: options.proxies,
            browser_type: match options.browser_type {
                BrowserType::Chromium => BrowserTypeBody::Chromium,
                BrowserType::Chrome => BrowserTypeBody::Chrome,
                BrowserType::ChromeNightly => BrowserTypeBody::ChromeNightly,
                BrowserType::ChromeTurbo => BrowserTypeBody::ChromeTurbo,
            },
            use_file_storage: options.use_file_storage,
            network_request_bytes: session.traffic.request_bytes,
            network_response_bytes: session.traffic.response_bytes,
            user_agent: options.user_agent,
            viewport_width: options.viewport.map(|viewport| viewport.width),
            viewport_height: options.viewport.map(|viewport| viewport.height),
            headless: options.headless,
            solve_captchas: options.solve_captchas,
            cdp_url: links.cdp_url,
            viewer_url: links.viewer_url,
            web_bot_auth: false,
            auth_ids: Vec::new(),
            system_hidden: false,
        }
    }
}

/// A page of a list of sessions, newest first (Notte API: `PaginatedResponse[SessionResponse]`).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PaginatedResponse_SessionResponse_)]
pub struct SessionPage {
    /// What is on it.
    pub items: Vec<SessionResponse>,
    /// Which page it is.
    pub page: u32,
    /// How many items a page holds.
    pub page_size: u32,
    /// There is a further page.
    pub has_next: bool,
    /// There is an earlier page.
    pub has_previous: bool,
}

impl SessionPage {
    /// The wire form; `links` gives the addresses of active sessions.
    pub fn new(page: Page<Session>, links: impl Fn(&Session) -> Links, now: Timestamp) -> Self {
        Self {
            page: page.request.page,
            page_size: page.request.size,
            has_next: page.has_next,
            has_previous: page.has_previous(),
            items: page
                .items
                .into_iter()
                .map(|session| {
                    let links = links(&session);
                    SessionResponse::new(session, links, Vec::new(), now)
                })
                .collect(),
        }
    }
}
