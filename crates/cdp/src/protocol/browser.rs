//! The browser as a whole: version, end, downloads.

use super::Empty;
use super::macros::{commands, events, objects, words};
use crate::{BrowserContextId, FrameId};

objects! {
    /// What runs.
    GetVersionReturns {
        /// Always 1.3.
        protocol_version: String,
        /// Product and version, for example `Chrome/156.0.8078.79`.
        product: String,
        /// Source revision.
        revision: String,
        /// Its user agent.
        user_agent: String,
        /// Version of V8.
        js_version: String,
    };
}

words! {
    /// What happens with downloads.
    DownloadBehavior {
        /// What the browser does by itself.
        Default = "default",
        /// Nothing is downloaded.
        Deny = "deny",
        /// Files keep their names.
        Allow = "allow",
        /// Files are named by their download's guid.
        AllowAndName = "allowAndName",
    }
}

commands! {
    /// Tells what runs.
    GetVersion = "Browser.getVersion" {} -> GetVersionReturns;

    /// Ends the browser.
    Close = "Browser.close" {} -> Empty;

    /// Says what happens with downloads.
    SetDownloadBehavior = "Browser.setDownloadBehavior" {
        /// What happens.
        behavior: DownloadBehavior,
    } optional {
        /// The context; the default one when missing.
        browser_context_id: BrowserContextId,
        /// The folder; needed to allow.
        download_path: String,
        /// Whether to tell of them.
        events_enabled: bool,
    } -> Empty;

    /// Stops a download.
    CancelDownload = "Browser.cancelDownload" {
        /// The download.
        guid: String,
    } optional {
        /// Its context.
        browser_context_id: BrowserContextId,
    } -> Empty;
}

events! {
    /// A download begins. Pages with `Page.enable` are told the same as `Page.downloadWillBegin`.
    DownloadWillBegin = "Browser.downloadWillBegin" {
        /// The frame that caused it.
        frame_id: FrameId,
        /// Its id.
        guid: String,
        /// Address.
        url: String,
        /// The name that the site suggests.
        suggested_filename: String,
    };

    /// A download goes on. Pages with `Page.enable` are told the same as `Page.downloadProgress`.
    DownloadProgress = "Browser.downloadProgress" {
        /// Its id.
        guid: String,
        /// Bytes in all; 0 when unknown.
        total_bytes: f64,
        /// Bytes so far.
        received_bytes: f64,
        /// `inProgress`, `completed` or `canceled`.
        state: String,
    } optional {
        /// Where it was saved, once complete.
        file_path: String,
    };
}
