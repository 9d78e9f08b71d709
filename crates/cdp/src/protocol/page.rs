//! Pages: navigation, frames, dialogs, pictures.

use std::borrow::Cow;

use super::Empty;
use super::macros::{commands, events, objects, words};
use crate::{BackendNodeId, ExecutionContextId, FrameId, LoaderId, ScriptId};

objects! {
    /// A frame and the document in it.
    Frame {
        /// Its id, stable across processes.
        id: FrameId,
        /// The load that its document came with.
        loader_id: LoaderId,
        /// Address of its document without fragment.
        url: String,
        /// Media type of its document.
        #[serde(default)]
        mime_type: String,
        /// Origin of its document, serialised.
        #[serde(default)]
        security_origin: String,
    } optional {
        /// The frame around it.
        parent_id: FrameId,
        /// `name` or `id` of the element that holds it.
        name: String,
        /// Fragment of the address, with its `#`.
        url_fragment: String,
        /// The address that could not be loaded, when an error page is shown.
        unreachable_url: String,
    };

    /// A frame with the frames in it, as far as they share its session.
    FrameTree {
        /// The frame.
        frame: Frame,
    } optional {
        /// The frames in it.
        child_frames: Vec<FrameTree>,
    };

    /// The frame tree.
    GetFrameTreeReturns {
        /// From the session's top frame down.
        frame_tree: FrameTree,
    };

    /// How a navigation began.
    NavigateReturns {
        /// The frame that navigates.
        frame_id: FrameId,
    } optional {
        /// The new load; missing for a navigation within the document.
        loader_id: LoaderId,
        /// Why it failed, for example `net::ERR_NAME_NOT_RESOLVED`.
        error_text: String,
        /// Whether it turned into a download.
        is_download: bool,
    };

    /// One step of the history.
    NavigationEntry {
        /// For `NavigateToHistoryEntry`.
        id: i64,
        /// Address.
        url: String,
        /// Title.
        title: String,
    };

    /// The history.
    GetNavigationHistoryReturns {
        /// Position of the current entry in `entries`.
        current_index: i64,
        /// Oldest first.
        entries: Vec<NavigationEntry>,
    };

    /// A JavaScript world.
    CreateIsolatedWorldReturns {
        /// Its context.
        execution_context_id: ExecutionContextId,
    };

    /// A script that was added.
    AddScriptReturns {
        /// For taking it away again.
        identifier: ScriptId,
    };

    /// A part of the page, in CSS pixels from its top left corner.
    Viewport {
        /// Left.
        x: f64,
        /// Top.
        y: f64,
        /// Width.
        width: f64,
        /// Height.
        height: f64,
        /// Factor from CSS pixels to picture pixels.
        scale: f64,
    };

    /// A picture.
    CaptureScreenshotReturns {
        /// Base64.
        data: String,
    };

    /// Size and position of the layout viewport in CSS pixels.
    LayoutViewport {
        /// Scrolled from the left.
        page_x: i64,
        /// Scrolled from the top.
        page_y: i64,
        /// Width without scroll bar.
        client_width: i64,
        /// Height without scroll bar.
        client_height: i64,
    };

    /// A rectangle in CSS pixels.
    Rect {
        /// Left.
        x: f64,
        /// Top.
        y: f64,
        /// Width.
        width: f64,
        /// Height.
        height: f64,
    };

    /// Sizes of the page in CSS pixels.
    GetLayoutMetricsReturns {
        /// What is laid out against.
        css_layout_viewport: LayoutViewport,
        /// All that can be scrolled to.
        css_content_size: Rect,
    };

    /// What was true when a screencast frame was drawn.
    ScreencastFrameMetadata {
        /// Shift by browser controls at the top, in DIP.
        offset_top: f64,
        /// Page scale.
        page_scale_factor: f64,
        /// Width of the screen in DIP.
        device_width: f64,
        /// Height of the screen in DIP.
        device_height: f64,
        /// Scrolled from the left, in CSS pixels.
        scroll_offset_x: f64,
        /// Scrolled from the top, in CSS pixels.
        scroll_offset_y: f64,
    } optional {
        /// Seconds since 1970.
        timestamp: f64,
    };
}

words! {
    /// How a picture is packed.
    ImageFormat {
        /// PNG.
        Png = "png",
        /// JPEG.
        Jpeg = "jpeg",
        /// WebP (not for screencasts).
        Webp = "webp",
    }
}

commands! {
    /// Turns the page's events on.
    Enable = "Page.enable" {} -> Empty;

    /// Goes to an address. Answers when the navigation is committed or has failed.
    Navigate = "Page.navigate" {
        /// The address.
        url: String,
    } optional {
        /// Referrer.
        referrer: String,
        /// The frame; the main frame when missing.
        frame_id: FrameId,
    } -> NavigateReturns;

    /// Loads the page again.
    Reload = "Page.reload" {} optional {
        /// Past the cache.
        ignore_cache: bool,
        /// Only if this load is still the current one.
        loader_id: LoaderId,
    } -> Empty;

    /// Stops loading.
    StopLoading = "Page.stopLoading" {} -> Empty;

    /// Lists the history.
    GetNavigationHistory = "Page.getNavigationHistory" {} -> GetNavigationHistoryReturns;

    /// Goes to an entry of the history.
    NavigateToHistoryEntry = "Page.navigateToHistoryEntry" {
        /// The entry.
        entry_id: i64,
    } -> Empty;

    /// Turns `lifecycleEvent` on or off; when turned on, what has already happened is told again.
    SetLifecycleEventsEnabled = "Page.setLifecycleEventsEnabled" {
        /// Whether to tell.
        enabled: bool,
    } -> Empty;

    /// Tells the frames of this session.
    GetFrameTree = "Page.getFrameTree" {} -> GetFrameTreeReturns;

    /// Makes, or finds, a JavaScript world that the page cannot reach. It dies with the document.
    CreateIsolatedWorld = "Page.createIsolatedWorld" {
        /// The frame.
        frame_id: FrameId,
    } optional {
        /// Name of the world; the same name gives the same world.
        world_name: String,
        /// Whether it may reach other origins. The protocol's own spelling.
        #[serde(rename = "grantUniveralAccess")]
        grant_universal_access: bool,
    } -> CreateIsolatedWorldReturns;

    /// Runs a script in every new document before its own.
    AddScriptToEvaluateOnNewDocument = "Page.addScriptToEvaluateOnNewDocument" {
        /// The script.
        source: Cow<'static, str>,
    } optional {
        /// The world that it runs in; the page's own when missing.
        world_name: String,
        /// Also in documents that are there already.
        run_immediately: bool,
    } -> AddScriptReturns;

    /// Takes such a script away.
    RemoveScriptToEvaluateOnNewDocument = "Page.removeScriptToEvaluateOnNewDocument" {
        /// The script.
        identifier: ScriptId,
    } -> Empty;

    /// Takes a picture.
    CaptureScreenshot = "Page.captureScreenshot" {} optional {
        /// PNG when missing.
        format: ImageFormat,
        /// 0 to 100, not for PNG.
        quality: i64,
        /// The part to take; what is in view when missing.
        clip: Viewport,
        /// From the surface rather than the view; true when missing.
        from_surface: bool,
        /// Also what is out of view.
        capture_beyond_viewport: bool,
        /// Quick rather than small.
        optimize_for_speed: bool,
    } -> CaptureScreenshotReturns;

    /// Starts sending a picture for every change; each must be acknowledged before the next but one comes.
    StartScreencast = "Page.startScreencast" {} optional {
        /// PNG or JPEG.
        format: ImageFormat,
        /// 0 to 100, not for PNG.
        quality: i64,
        /// Largest width in pixels.
        max_width: i64,
        /// Largest height in pixels.
        max_height: i64,
        /// Only every so many frames.
        every_nth_frame: i64,
    } -> Empty;

    /// Stops sending pictures.
    StopScreencast = "Page.stopScreencast" {} -> Empty;

    /// Acknowledges a picture.
    ScreencastFrameAck = "Page.screencastFrameAck" {
        /// The number that the picture carried (it is not a protocol session).
        session_id: i64,
    } -> Empty;

    /// Answers a dialog.
    HandleJavaScriptDialog = "Page.handleJavaScriptDialog" {
        /// OK rather than Cancel.
        accept: bool,
    } optional {
        /// What is typed into a prompt.
        prompt_text: String,
    } -> Empty;

    /// Turns file choosers into `fileChooserOpened`.
    SetInterceptFileChooserDialog = "Page.setInterceptFileChooserDialog" {
        /// Whether to intercept.
        enabled: bool,
    } optional {
        /// Whether the page sees the chooser as cancelled.
        cancel: bool,
    } -> Empty;

    /// Brings the page to the front.
    BringToFront = "Page.bringToFront" {} -> Empty;

    /// Closes the page; its `beforeunload` handlers run.
    Close = "Page.close" {} -> Empty;

    /// Tells sizes.
    GetLayoutMetrics = "Page.getLayoutMetrics" {} -> GetLayoutMetricsReturns;
}

events! {
    /// A frame was put into another.
    FrameAttached = "Page.frameAttached" {
        /// The frame.
        frame_id: FrameId,
        /// The one around it.
        parent_frame_id: FrameId,
    };

    /// A frame left this session.
    FrameDetached = "Page.frameDetached" {
        /// The frame.
        frame_id: FrameId,
    } optional {
        /// `remove` (gone) or `swap` (moved to another process and session).
        reason: String,
    };

    /// A frame has a new document.
    FrameNavigated = "Page.frameNavigated" {
        /// The frame with its new document.
        frame: Frame,
    } optional {
        /// `Navigation` or `BackForwardCacheRestore`.
        r#type: String,
    };

    /// A frame's address changed within its document (fragment, history API).
    NavigatedWithinDocument = "Page.navigatedWithinDocument" {
        /// The frame.
        frame_id: FrameId,
        /// The new address.
        url: String,
    };

    /// A frame began to load.
    FrameStartedLoading = "Page.frameStartedLoading" {
        /// The frame.
        frame_id: FrameId,
    };

    /// A frame stopped loading.
    FrameStoppedLoading = "Page.frameStoppedLoading" {
        /// The frame.
        frame_id: FrameId,
    };

    /// A navigation began; its load is known before it is committed.
    FrameStartedNavigating = "Page.frameStartedNavigating" {
        /// The frame.
        frame_id: FrameId,
        /// The address.
        url: String,
        /// The load; equal to the current one for a navigation within the document.
        loader_id: LoaderId,
        /// `reload`, `sameDocument`, `differentDocument`, `historySameDocument` …
        navigation_type: String,
    };

    /// The page asked for a navigation of a frame.
    FrameRequestedNavigation = "Page.frameRequestedNavigation" {
        /// The frame.
        frame_id: FrameId,
        /// Why, for example `anchorClick` or `formSubmissionPost`.
        reason: String,
        /// The address.
        url: String,
        /// `currentTab`, `newTab`, `newWindow` or `download`.
        disposition: String,
    };

    /// A document reached a stage.
    LifecycleEvent = "Page.lifecycleEvent" {
        /// The frame.
        frame_id: FrameId,
        /// The load.
        loader_id: LoaderId,
        /// `init`, `commit`, `DOMContentLoaded`, `load`, `firstContentfulPaint`, `networkIdle` …
        name: String,
        /// Seconds on the browser's own clock.
        timestamp: f64,
    };

    /// The main frame's `load`.
    LoadEventFired = "Page.loadEventFired" {
        /// Seconds on the browser's own clock.
        timestamp: f64,
    };

    /// The main frame's `DOMContentLoaded`.
    DomContentEventFired = "Page.domContentEventFired" {
        /// Seconds on the browser's own clock.
        timestamp: f64,
    };

    /// A dialog opened; the page stands still until it is answered.
    JavascriptDialogOpening = "Page.javascriptDialogOpening" {
        /// Address of the frame that opened it.
        url: String,
        /// Its text.
        message: String,
        /// `alert`, `confirm`, `prompt` or `beforeunload`.
        r#type: String,
        /// Whether the browser shows one itself.
        has_browser_handler: bool,
    } optional {
        /// What a prompt is filled with.
        default_prompt: String,
    };

    /// A dialog was answered.
    JavascriptDialogClosed = "Page.javascriptDialogClosed" {
        /// OK rather than Cancel.
        result: bool,
        /// What was typed.
        user_input: String,
    };

    /// The page opens another one.
    WindowOpen = "Page.windowOpen" {
        /// The address.
        url: String,
        /// The name.
        window_name: String,
        /// Whether the user asked for it.
        user_gesture: bool,
    };

    /// A file chooser was intercepted.
    FileChooserOpened = "Page.fileChooserOpened" {
        /// The frame.
        frame_id: FrameId,
        /// `selectSingle` or `selectMultiple`.
        mode: String,
    } optional {
        /// The input element, when there is one.
        backend_node_id: BackendNodeId,
    };

    /// A picture of the screencast.
    ScreencastFrame = "Page.screencastFrame" {
        /// Base64.
        data: String,
        /// What was true then.
        metadata: ScreencastFrameMetadata,
        /// For `ScreencastFrameAck` (it is not a protocol session).
        session_id: i64,
    };
}
