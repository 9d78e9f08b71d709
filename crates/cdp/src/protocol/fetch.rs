//! Stopping requests on their way.

use super::Empty;
use super::macros::{commands, events, objects};
use super::network::Request;
use crate::{FrameId, RequestId};

objects! {
    /// Which requests stop.
    RequestPattern {} optional {
        /// Address with `*` and `?`; `*` when missing.
        url_pattern: String,
        /// `Document`, `Script`, `Fetch` …
        resource_type: String,
        /// `Request` or `Response`.
        request_stage: String,
    };

    /// A header.
    HeaderEntry {
        /// Name.
        name: String,
        /// Value.
        value: String,
    };

    /// What a server or proxy asks for.
    AuthChallenge {
        /// Who asks, as an origin.
        origin: String,
        /// `basic`, `digest` …
        scheme: String,
        /// The realm.
        realm: String,
    } optional {
        /// `Server` or `Proxy`.
        source: String,
    };

    /// The answer to it.
    AuthChallengeResponse {
        /// `Default`, `CancelAuth` or `ProvideCredentials`.
        response: String,
    } optional {
        /// User.
        username: String,
        /// Password.
        password: String,
    };
}

commands! {
    /// Starts stopping requests.
    Enable = "Fetch.enable" {} optional {
        /// Which; all when missing.
        patterns: Vec<RequestPattern>,
        /// Whether to ask for credentials too.
        handle_auth_requests: bool,
    } -> Empty;

    /// Lets all go, from now on and those that wait.
    Disable = "Fetch.disable" {} -> Empty;

    /// Lets a request go on, changed or not.
    ContinueRequest = "Fetch.continueRequest" {
        /// The request.
        request_id: RequestId,
    } optional {
        /// Another address; the page does not notice.
        url: String,
        /// Another method.
        method: String,
        /// Another body, base64.
        post_data: String,
        /// Other headers, all of them.
        headers: Vec<HeaderEntry>,
        /// Whether the answer to this request stops, too, whatever the patterns say.
        intercept_response: bool,
    } -> Empty;

    /// Fails a request.
    FailRequest = "Fetch.failRequest" {
        /// The request.
        request_id: RequestId,
        /// `Failed`, `Aborted`, `BlockedByClient`, `AddressUnreachable` …
        error_reason: String,
    } -> Empty;

    /// Answers a challenge.
    ContinueWithAuth = "Fetch.continueWithAuth" {
        /// The request.
        request_id: RequestId,
        /// The answer.
        auth_challenge_response: AuthChallengeResponse,
    } -> Empty;
}

events! {
    /// A request stopped and waits.
    RequestPaused = "Fetch.requestPaused" {
        /// For letting it go.
        request_id: RequestId,
        /// The request.
        request: Request,
        /// The frame.
        frame_id: FrameId,
        /// `Document`, `Script`, `Fetch` …
        resource_type: String,
    } optional {
        /// Set when the request failed.
        response_error_reason: String,
        /// Set when the answer's head is there.
        response_status_code: i64,
        /// The answer's headers.
        response_headers: Vec<HeaderEntry>,
        /// The id in `Network` events.
        network_id: RequestId,
        /// The request that was redirected here.
        redirected_request_id: RequestId,
    };

    /// A request needs credentials and waits.
    AuthRequired = "Fetch.authRequired" {
        /// For answering.
        request_id: RequestId,
        /// The request.
        request: Request,
        /// The frame.
        frame_id: FrameId,
        /// `Document`, `Script`, `Fetch` …
        resource_type: String,
        /// What is asked for.
        auth_challenge: AuthChallenge,
    };
}
