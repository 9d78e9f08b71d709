//! Addresses for looking into a session.

use serde::Serialize;
use utoipa::ToSchema;

use super::observation::TabsData;

/// Where to watch and drive a session (Notte API: `SessionDebugResponse`).
///
/// `ws_url`, `cdp_url` and `viewer_url` are for clients of the older form; `notes` says what differs from what was asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionDebugResponse {
    /// A page that shows the session.
    pub debug_url: String,
    /// Sockets.
    pub ws: WebSocketUrls,
    /// Its tabs.
    pub tabs: Vec<TabSessionDebugResponse>,
    /// The same as `ws.cdp`.
    pub ws_url: String,
    /// The same as `ws.cdp`.
    pub cdp_url: String,
    /// The same as `debug_url`.
    pub viewer_url: String,
    /// What differs from what was asked for, in words.
    pub notes: Vec<String>,
}

/// Sockets of a session. Clients accept no further member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WebSocketUrls {
    /// The Chrome DevTools Protocol.
    pub cdp: String,
    /// JPEG pictures as the page changes.
    pub recording: String,
    /// What happens, as JSON.
    pub logs: String,
}

/// Where to watch and drive one tab.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TabSessionDebugResponse {
    /// The tab.
    pub metadata: TabsData,
    /// A page that shows the session.
    pub debug_url: String,
    /// The Chrome DevTools Protocol.
    pub ws_url: String,
}

/// How far a session's trajectory has come (Notte API: `SessionOffsetResponse`).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SessionOffsetResponse {
    /// The number of its steps.
    pub offset: u64,
}
