//! Targets: pages, frames in a process of their own, workers, and sessions attached to them.

use super::Empty;
use super::macros::{commands, events, objects};
use crate::{BrowserContextId, FrameId, SessionId, TargetId};

objects! {
    /// What is known about a target.
    TargetInfo {
        /// Its id.
        target_id: TargetId,
        /// `page`, `iframe`, `worker`, `service_worker`, `shared_worker`, `browser`, `tab`, `webview`, `other` …
        r#type: String,
        /// Title of its document.
        #[serde(default)]
        title: String,
        /// Address of its document.
        #[serde(default)]
        url: String,
        /// Whether any client is attached to it.
        #[serde(default)]
        attached: bool,
        /// Whether it may script the page that opened it.
        #[serde(default)]
        can_access_opener: bool,
    } optional {
        /// The target that opened it.
        opener_id: TargetId,
        /// The frame that opened it.
        opener_frame_id: FrameId,
        /// For frames: the frame around it.
        parent_frame_id: FrameId,
        /// The context that it lives in.
        browser_context_id: BrowserContextId,
        /// Finer kind, for example `prerender`.
        subtype: String,
    };

    /// One entry of a target filter; the first that matches decides.
    FilterEntry {} optional {
        /// Whether matching targets are left out.
        exclude: bool,
        /// The type that matches; every type when missing.
        r#type: String,
    };

    /// The session that was attached.
    AttachReturns {
        /// Its id.
        session_id: SessionId,
    };

    /// The target that was created.
    CreateTargetReturns {
        /// Its id.
        target_id: TargetId,
    };

    /// The context that was created.
    CreateBrowserContextReturns {
        /// Its id.
        browser_context_id: BrowserContextId,
    };

    /// All targets.
    GetTargetsReturns {
        /// In no particular order.
        target_infos: Vec<TargetInfo>,
    };

    /// One target.
    GetTargetInfoReturns {
        /// The target that was asked for, or the session's own.
        target_info: TargetInfo,
    };
}

commands! {
    /// Attaches to related targets as they come; must be repeated in every attached page and frame, not in workers.
    SetAutoAttach = "Target.setAutoAttach" {
        /// Whether to attach.
        auto_attach: bool,
        /// Whether new targets wait for `Runtime.runIfWaitingForDebugger`.
        wait_for_debugger_on_start: bool,
        /// Always true: sessions by `sessionId` on the message.
        flatten: bool,
    } optional {
        /// Which targets.
        filter: Vec<FilterEntry>,
    } -> Empty;

    /// Attaches to one target.
    AttachToTarget = "Target.attachToTarget" {
        /// The target.
        target_id: TargetId,
        /// Always true.
        flatten: bool,
    } -> AttachReturns;

    /// Attaches to the browser once more, for a client of its own.
    AttachToBrowserTarget = "Target.attachToBrowserTarget" {} -> AttachReturns;

    /// Ends a session that was attached from this one.
    DetachFromTarget = "Target.detachFromTarget" {
        /// The session to end.
        session_id: SessionId,
    } -> Empty;

    /// Opens a page.
    CreateTarget = "Target.createTarget" {
        /// Its first address; empty is `about:blank`.
        url: String,
    } optional {
        /// Width of its window in CSS pixels.
        width: i64,
        /// Height of its window in CSS pixels.
        height: i64,
        /// Context to open it in.
        browser_context_id: BrowserContextId,
        /// Whether it gets a window of its own (not in headless-shell).
        new_window: bool,
        /// Whether it opens behind the others (not in headless-shell).
        background: bool,
    } -> CreateTargetReturns;

    /// Closes a target; its `beforeunload` handlers do not run.
    CloseTarget = "Target.closeTarget" {
        /// The target.
        target_id: TargetId,
    } -> Empty;

    /// Brings a target to the front.
    ActivateTarget = "Target.activateTarget" {
        /// The target.
        target_id: TargetId,
    } -> Empty;

    /// Lists targets.
    GetTargets = "Target.getTargets" {} optional {
        /// Which targets.
        filter: Vec<FilterEntry>,
    } -> GetTargetsReturns;

    /// Tells about one target.
    GetTargetInfo = "Target.getTargetInfo" {} optional {
        /// The target; the session's own when missing.
        target_id: TargetId,
    } -> GetTargetInfoReturns;

    /// Turns `targetCreated`, `targetInfoChanged` and `targetDestroyed` on or off.
    SetDiscoverTargets = "Target.setDiscoverTargets" {
        /// Whether to tell.
        discover: bool,
    } optional {
        /// Which targets.
        filter: Vec<FilterEntry>,
    } -> Empty;

    /// Makes an incognito-like context.
    CreateBrowserContext = "Target.createBrowserContext" {} optional {
        /// Whether it goes with this session.
        dispose_on_detach: bool,
        /// A proxy of its own.
        proxy_server: String,
        /// Hosts that do not use it, comma-separated.
        proxy_bypass_list: String,
    } -> CreateBrowserContextReturns;

    /// Closes a context with all its pages.
    DisposeBrowserContext = "Target.disposeBrowserContext" {
        /// The context.
        browser_context_id: BrowserContextId,
    } -> Empty;
}

events! {
    /// A session was attached below this one.
    AttachedToTarget = "Target.attachedToTarget" {
        /// The new session.
        session_id: SessionId,
        /// Its target.
        target_info: TargetInfo,
        /// Whether the target waits for `Runtime.runIfWaitingForDebugger`.
        waiting_for_debugger: bool,
    };

    /// A session below this one has ended.
    DetachedFromTarget = "Target.detachedFromTarget" {
        /// The session.
        session_id: SessionId,
    };

    /// A target came up (needs `SetDiscoverTargets`).
    TargetCreated = "Target.targetCreated" {
        /// The target.
        target_info: TargetInfo,
    };

    /// A target's title, address or attachment changed.
    TargetInfoChanged = "Target.targetInfoChanged" {
        /// The target as it is now.
        target_info: TargetInfo,
    };

    /// A target is gone.
    TargetDestroyed = "Target.targetDestroyed" {
        /// The target.
        target_id: TargetId,
    };

    /// A target's renderer crashed.
    TargetCrashed = "Target.targetCrashed" {
        /// The target.
        target_id: TargetId,
        /// How it ended, for example `crashed` or `killed`.
        status: String,
        /// Exit code or signal.
        error_code: i64,
    };
}
