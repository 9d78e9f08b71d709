//! Requests, answers, headers.

use std::collections::BTreeMap;

use super::Empty;
use super::macros::{commands, events, objects};
use super::storage::{Cookie, CookieParam};
use crate::{FrameId, LoaderId, RequestId};

/// Header names and values.
pub type Headers = BTreeMap<String, String>;

objects! {
    /// A request.
    Request {
        /// Address without fragment.
        url: String,
        /// HTTP method.
        method: String,
        /// Headers as far as known.
        headers: Headers,
    } optional {
        /// Fragment with its `#`.
        url_fragment: String,
        /// Whether it has a body.
        has_post_data: bool,
        /// The body, when it is text and short enough.
        post_data: String,
        /// The body piece by piece.
        post_data_entries: Vec<PostDataEntry>,
    };

    /// A piece of a request's body.
    PostDataEntry {} optional {
        /// Its bytes, base64; missing for what lies in a file or comes as a stream.
        bytes: String,
    };

    /// The head of an answer.
    Response {
        /// Address.
        url: String,
        /// HTTP status.
        status: i64,
        /// Its words.
        status_text: String,
        /// Headers.
        headers: Headers,
        /// Media type.
        mime_type: String,
        /// Bytes received so far.
        #[serde(default)]
        encoded_data_length: f64,
    } optional {
        /// Address of the peer (the proxy, behind one).
        #[serde(rename = "remoteIPAddress")]
        remote_ip_address: String,
        /// Whether it came from the disk cache.
        from_disk_cache: bool,
        /// Whether it came from a service worker.
        from_service_worker: bool,
    };

    /// Cookies.
    GetCookiesReturns {
        /// The cookies.
        cookies: Vec<Cookie>,
    };

    /// A frame of a WebSocket.
    WebSocketFrame {
        /// 1 text, 2 binary.
        opcode: f64,
        /// Whether it was masked.
        mask: bool,
        /// Text, or base64 when binary.
        payload_data: String,
    };
}

commands! {
    /// Turns events on.
    Enable = "Network.enable" {} optional {
        /// Bytes of bodies kept in all.
        max_total_buffer_size: i64,
        /// Bytes of bodies kept per resource.
        max_resource_buffer_size: i64,
        /// Bytes of request bodies that events may carry.
        max_post_data_size: i64,
    } -> Empty;

    /// Turns events off.
    Disable = "Network.disable" {} -> Empty;

    /// Adds headers to every request of the target.
    SetExtraHttpHeaders = "Network.setExtraHTTPHeaders" {
        /// The headers; an empty list takes them away.
        headers: Headers,
    } -> Empty;

    /// Lists cookies.
    GetCookies = "Network.getCookies" {} optional {
        /// Those that go to these addresses; the page's own when missing.
        urls: Vec<String>,
    } -> GetCookiesReturns;

    /// Sets cookies.
    SetCookies = "Network.setCookies" {
        /// The cookies.
        cookies: Vec<CookieParam>,
    } -> Empty;
}

events! {
    /// A request goes out.
    RequestWillBeSent = "Network.requestWillBeSent" {
        /// The request's id; the same again after a redirect.
        request_id: RequestId,
        /// The load that it belongs to; equal to the request's id for a document.
        loader_id: LoaderId,
        /// The request.
        request: Request,
        /// Seconds on the browser's own clock.
        timestamp: f64,
        /// Seconds since 1970.
        wall_time: f64,
    } optional {
        /// `Document`, `Script`, `Fetch` …
        r#type: String,
        /// The frame.
        frame_id: FrameId,
        /// The answer that sent it here.
        redirect_response: Response,
    };

    /// The head of an answer came.
    ResponseReceived = "Network.responseReceived" {
        /// The request.
        request_id: RequestId,
        /// The load.
        loader_id: LoaderId,
        /// Seconds on the browser's own clock.
        timestamp: f64,
        /// `Document`, `Script`, `Fetch` …
        r#type: String,
        /// The answer.
        response: Response,
    } optional {
        /// The frame.
        frame_id: FrameId,
    };

    /// A part of a body came.
    DataReceived = "Network.dataReceived" {
        /// The request.
        request_id: RequestId,
        /// Seconds on the browser's own clock.
        timestamp: f64,
        /// Bytes after decompression.
        data_length: i64,
        /// Bytes on the wire; 0 when not known yet.
        encoded_data_length: i64,
    };

    /// A body is complete.
    LoadingFinished = "Network.loadingFinished" {
        /// The request.
        request_id: RequestId,
        /// Seconds on the browser's own clock.
        timestamp: f64,
        /// Bytes on the wire, head and body.
        encoded_data_length: f64,
    };

    /// A request failed.
    LoadingFailed = "Network.loadingFailed" {
        /// The request.
        request_id: RequestId,
        /// Seconds on the browser's own clock.
        timestamp: f64,
        /// `Document`, `Script`, `Fetch` …
        r#type: String,
        /// Why, for example `net::ERR_ABORTED`.
        error_text: String,
    } optional {
        /// Whether it was cancelled.
        canceled: bool,
        /// Who blocked it.
        blocked_reason: String,
    };

    /// The page sent over a WebSocket.
    WebSocketFrameSent = "Network.webSocketFrameSent" {
        /// The socket.
        request_id: RequestId,
        /// Seconds on the browser's own clock.
        timestamp: f64,
        /// What it sent.
        response: WebSocketFrame,
    };

    /// The page received over a WebSocket.
    WebSocketFrameReceived = "Network.webSocketFrameReceived" {
        /// The socket.
        request_id: RequestId,
        /// Seconds on the browser's own clock.
        timestamp: f64,
        /// What it received.
        response: WebSocketFrame,
    };
}
