//! What an outside client may ask of the browser.
//!
//! A client owns its session's pages, and nothing of the machine. Only what is named here passes: a domain that a
//! later Chromium adds is refused until somebody has looked at it.
//!
//! | Method or domain | What happens | Why |
//! |---|---|---|
//! | `Browser.close` | answered; only this client goes | the browser belongs to its session, not to one client |
//! | `Browser.setDownloadBehavior`, `Page.setDownloadBehavior` | answered, not passed on | downloads go to the session's own folder; stock clients send this on connect |
//! | `Browser.grantPermissions`, `setPermission`, `resetPermissions` | answered, not passed on | permissions belong to the session |
//! | `Browser.crash`, `crashGpuProcess` | refused | would take every client's pages down |
//! | `Browser.executeBrowserCommand`, `getBrowserCommandLine`, `setDockTile`, others of `Browser` | refused | browser windows and the machine's own paths and arguments |
//! | `DOM.setFileInputFiles` | only files for which [`Rules::may_upload`] says yes | reads any file that the browser's user can read |
//! | `Input.dispatchDragEvent` | the same for dragged files | the same by another door |
//! | `DOM.getFileInfo` | refused | tells local paths |
//! | `Page.navigate`, `Target.createTarget`, `Fetch.continueRequest`, `Network.loadNetworkResource` | web, `data:`, `blob:`, `javascript:` and blank addresses only | `file:` reads the disk, `chrome:` and `devtools:` pages control the browser, other schemes start programs |
//! | `Target.createBrowserContext` with a proxy or universal access | refused | would go round the session's own proxy, or across origins |
//! | `Target.attachToTarget`, `setAutoAttach` without `flatten` | refused | the old nested form would hide commands from these rules (`autoAttachRelated` is always flat) |
//! | `Target.sendMessageToTarget` | refused | carries a command as text, past these rules |
//! | `Target.exposeDevToolsProtocol` | refused | gives a page the whole protocol, past these rules |
//! | `Target.setRemoteLocations` | refused | makes the browser process connect anywhere, past the proxy |
//! | `Target.openDevTools`, `getDevToolsTarget`, others of `Target` | refused | a `devtools:` page controls the browser |
//! | `Tracing.start` with `perfettoConfig` or a chosen backend | refused | can write files and record the whole system; ordinary traces come back as events or a stream |
//! | `SystemInfo` | refused | tells the machine's hardware and the browser's arguments |
//! | `Tethering` | refused | opens ports |
//! | `Extensions`, `PWA` | refused | load code from local folders; install programs |
//! | `DeviceAccess`, `Cast`, `SmartCardEmulation`, `BluetoothEmulation` | refused | devices and the local network |
//! | `Memory.getBrowserSamplingProfile`, `Memory.getAllTimeSamplingProfile` | refused | tell of the browser process itself |
//! | everything in [`PASSED`] | passed on | acts on pages and their storage only |
//!
//! Reading streams (`IO`), replacing documents (`Page.setDocumentContent`), accepting certificates (`Security`) and
//! the like concern only the session's own pages and pass.

use std::path::{Component, Path};

use serde_json::{Map, Value};

/// What the owner of a session decides for its clients.
pub trait Rules: Send + Sync {
    /// Whether a client may give the file at `path` to a page. The path is absolute and has no `..`; links in it are
    /// not resolved yet.
    fn may_upload(&self, path: &Path) -> bool;
}

/// Domains that act on pages and their storage only.
pub const PASSED: &[&str] = &[
    "Accessibility",
    "Animation",
    "Audits",
    "Autofill",
    "BackgroundService",
    "CSS",
    "CacheStorage",
    "Console",
    "DOM",
    "DOMDebugger",
    "DOMSnapshot",
    "DOMStorage",
    "Debugger",
    "DeviceOrientation",
    "Emulation",
    "EventBreakpoints",
    "FedCm",
    "Fetch",
    "HeadlessExperimental",
    "HeapProfiler",
    "IO",
    "IndexedDB",
    "Input",
    "Inspector",
    "LayerTree",
    "Log",
    "Media",
    "Memory",
    "Network",
    "Overlay",
    "Page",
    "Performance",
    "PerformanceTimeline",
    "Preload",
    "Profiler",
    "Runtime",
    "Schema",
    "Security",
    "ServiceWorker",
    "Storage",
    "Tracing",
    "WebAudio",
    "WebAuthn",
];

/// Methods of other domains that pass, too.
const PASSED_METHODS: &[&str] = &[
    "Browser.cancelDownload",
    "Browser.getHistogram",
    "Browser.getHistograms",
    "Browser.getVersion",
    "Browser.getWindowBounds",
    "Browser.getWindowForTarget",
    "Browser.setContentsSize",
    "Browser.setWindowBounds",
    "Target.activateTarget",
    "Target.attachToBrowserTarget",
    "Target.closeTarget",
    "Target.detachFromTarget",
    "Target.disposeBrowserContext",
    "Target.getBrowserContexts",
    "Target.getTargetInfo",
    "Target.getTargets",
    "Target.setDiscoverTargets",
];

/// What is to be done with a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Pass it on as it is.
    Pass,
    /// Pass it on with these parameters, which mean the same and can be read in one way only.
    PassAs(String),
    /// Answer `{}` and do nothing.
    Ignore,
    /// Answer `{}` and let the client go.
    Leave,
    /// Answer with an error that says this.
    Refuse(String),
}

/// Judges a command. `params` is one valid JSON object.
pub(super) fn judge(rules: &dyn Rules, method: &str, params: &str) -> Verdict {
    match method {
        "Browser.close" => Verdict::Leave,
        "Browser.setDownloadBehavior"
        | "Page.setDownloadBehavior"
        | "Browser.grantPermissions"
        | "Browser.setPermission"
        | "Browser.resetPermissions" => Verdict::Ignore,
        "DOM.getFileInfo"
        | "Memory.getBrowserSamplingProfile"
        | "Memory.getAllTimeSamplingProfile" => refuse(
            method,
            "it tells about the machine that the browser runs on",
        ),
        "DOM.setFileInputFiles" => inspect(params, |params| files(rules, params.get("files"))),
        "Input.dispatchDragEvent" => inspect(params, |params| {
            files(rules, params.get("data").and_then(|data| data.get("files")))
        }),
        "Page.navigate" | "Network.loadNetworkResource" => {
            inspect(params, |params| address(params.get("url"), false))
        }
        "Target.createTarget" => inspect(params, |params| address(params.get("url"), true)),
        "Fetch.continueRequest" => inspect(params, |params| address(params.get("url"), true)),
        "Target.createBrowserContext" => inspect(params, |params| {
            without(
                params,
                "proxyServer",
                "the session's own proxy carries all traffic",
            )?;
            without(
                params,
                "proxyBypassList",
                "the session's own proxy carries all traffic",
            )?;
            without(
                params,
                "originsWithUniversalNetworkAccess",
                "pages stay within their origins",
            )
        }),
        "Target.attachToTarget" | "Target.setAutoAttach" => inspect(params, flat),
        "Target.autoAttachRelated" => Verdict::Pass,
        "Tracing.start" => inspect(params, |params| {
            without(params, "perfettoConfig", "it can write files")?;
            without(params, "tracingBackend", "it can record the whole system")
        }),
        _ if PASSED_METHODS.contains(&method) => Verdict::Pass,
        _ => match method.split_once('.') {
            Some((domain, _)) if PASSED.contains(&domain) => Verdict::Pass,
            _ => refuse(method, "it reaches beyond the pages of this session"),
        },
    }
}

fn refuse(method: &str, reason: &str) -> Verdict {
    Verdict::Refuse(format!("{method} is not allowed here: {reason}"))
}

/// Reads the parameters, asks `check`, and writes anew what was read.
fn inspect(params: &str, check: impl Fn(&Map<String, Value>) -> Result<(), String>) -> Verdict {
    match serde_json::from_str::<Map<String, Value>>(params) {
        Ok(members) => match check(&members) {
            Ok(()) => Verdict::PassAs(Value::Object(members).to_string()),
            Err(reason) => Verdict::Refuse(reason),
        },
        Err(error) => Verdict::Refuse(format!("'params' cannot be read: {error}")),
    }
}

fn without(params: &Map<String, Value>, member: &str, reason: &str) -> Result<(), String> {
    match params.get(member) {
        None | Some(Value::Null) => Ok(()),
        Some(_) => Err(format!("'{member}' is not allowed here: {reason}")),
    }
}

fn flat(params: &Map<String, Value>) -> Result<(), String> {
    let detaching = params.get("autoAttach") == Some(&Value::Bool(false));
    if detaching || params.get("flatten") == Some(&Value::Bool(true)) {
        Ok(())
    } else {
        Err("only flat sessions are supported: set 'flatten' to true".to_owned())
    }
}

fn files(rules: &dyn Rules, files: Option<&Value>) -> Result<(), String> {
    let files = match files {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Array(files)) => files,
        Some(_) => return Err("'files' must be a list of paths".to_owned()),
    };
    for file in files {
        let Some(text) = file.as_str() else {
            return Err("'files' must be a list of paths".to_owned());
        };
        let path = Path::new(text);
        let plain =
            path.is_absolute() && !path.components().any(|part| part == Component::ParentDir);
        if !plain || text.contains('\0') || !rules.may_upload(path) {
            return Err(format!(
                "'{text}' is not one of this session's uploaded files"
            ));
        }
    }
    Ok(())
}

/// Checks an address; `optional` ones may be missing or empty.
fn address(url: Option<&Value>, optional: bool) -> Result<(), String> {
    let url = match url {
        None | Some(Value::Null) if optional => return Ok(()),
        Some(Value::String(url)) => url,
        _ => return Err("'url' must be a string".to_owned()),
    };
    if (optional && url.is_empty()) || is_web(url) {
        Ok(())
    } else {
        Err(format!(
            "'{url}' cannot be opened here: only web addresses, data:, blob:, javascript: and about:blank can"
        ))
    }
}

/// Whether an address, read as browsers do, stays on the web.
fn is_web(url: &str) -> bool {
    // URL Standard, basic URL parser: control characters and spaces around it, tabs and line breaks in it do not count.
    let trimmed = url.trim_matches(|c: char| c <= ' ');
    let clean: String = trimmed
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let Some((scheme, rest)) = clean.split_once(':') else {
        return false;
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" | "data" | "javascript" => true,
        "blob" => rest.get(..4).is_some_and(|inner| {
            inner.eq_ignore_ascii_case("http") || inner.eq_ignore_ascii_case("null")
        }),
        "about" => {
            let page = rest.split(['?', '#']).next().unwrap_or_default();
            page.eq_ignore_ascii_case("blank") || page.eq_ignore_ascii_case("srcdoc")
        }
        "view-source" => {
            let inner = rest.trim_start().to_ascii_lowercase();
            inner.starts_with("http://") || inner.starts_with("https://")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Uploads;

    impl Rules for Uploads {
        fn may_upload(&self, path: &Path) -> bool {
            path.starts_with("/uploads")
        }
    }

    fn verdict(method: &str, params: &str) -> Verdict {
        judge(&Uploads, method, params)
    }

    #[track_caller]
    fn refused(method: &str, params: &str) {
        let verdict = verdict(method, params);
        assert!(
            matches!(verdict, Verdict::Refuse(_)),
            "{method} {params}: {verdict:?}"
        );
    }

    #[track_caller]
    fn passed(method: &str, params: &str) {
        let verdict = verdict(method, params);
        assert!(
            matches!(verdict, Verdict::Pass | Verdict::PassAs(_)),
            "{method} {params}: {verdict:?}"
        );
    }

    #[test]
    fn what_belongs_to_the_session_is_answered_and_not_done() {
        assert_eq!(verdict("Browser.close", "{}"), Verdict::Leave);
        for method in [
            "Browser.setDownloadBehavior",
            "Page.setDownloadBehavior",
            "Browser.grantPermissions",
            "Browser.setPermission",
            "Browser.resetPermissions",
        ] {
            assert_eq!(
                verdict(method, r#"{"behavior":"allow","downloadPath":"/"}"#),
                Verdict::Ignore
            );
        }
    }

    #[test]
    fn what_reaches_beyond_pages_is_refused() {
        for method in [
            "Browser.crash",
            "Browser.crashGpuProcess",
            "Browser.executeBrowserCommand",
            "Browser.getBrowserCommandLine",
            "Target.sendMessageToTarget",
            "Target.exposeDevToolsProtocol",
            "Target.setRemoteLocations",
            "Target.openDevTools",
            "SystemInfo.getInfo",
            "Tethering.bind",
            "Extensions.loadUnpacked",
            "PWA.launchFilesInApp",
            "DeviceAccess.enable",
            "Cast.startDesktopMirroring",
            "DOM.getFileInfo",
            "Invented.method",
            "Invented",
            "browser.close",
        ] {
            refused(method, "{}");
        }
        for method in [
            "Runtime.evaluate",
            "IO.read",
            "Target.getTargets",
            "Browser.getVersion",
            "Page.crash",
        ] {
            assert_eq!(verdict(method, "{}"), Verdict::Pass);
        }
    }

    #[test]
    fn only_the_sessions_files_can_be_uploaded() {
        passed(
            "DOM.setFileInputFiles",
            r#"{"files":["/uploads/a"],"backendNodeId":1}"#,
        );
        passed("DOM.setFileInputFiles", r#"{"files":[]}"#);
        passed(
            "Input.dispatchDragEvent",
            r#"{"type":"drop","x":1.5,"data":{"items":[]}}"#,
        );
        passed(
            "Input.dispatchDragEvent",
            r#"{"data":{"files":["/uploads/a"]}}"#,
        );
        for files in [
            r#"["/etc/passwd"]"#,
            r#"["/uploads/a","/etc/passwd"]"#,
            r#"["/uploads/../etc/passwd"]"#,
            r#"["uploads/a"]"#,
            r#"["/uploads/a\u0000b"]"#,
            r#""/uploads/a""#,
            "[7]",
        ] {
            refused("DOM.setFileInputFiles", &format!(r#"{{"files":{files}}}"#));
            refused(
                "Input.dispatchDragEvent",
                &format!(r#"{{"data":{{"files":{files}}}}}"#),
            );
        }
    }

    #[test]
    fn a_member_that_comes_twice_is_passed_on_once() {
        let twice = r#"{"files":["/etc/passwd"],"files":["/uploads/a"]}"#;
        assert_eq!(
            verdict("DOM.setFileInputFiles", twice),
            Verdict::PassAs(r#"{"files":["/uploads/a"]}"#.to_owned())
        );
        refused(
            "DOM.setFileInputFiles",
            r#"{"files":["/uploads/a"],"fil\u0065s":["/etc/passwd"]}"#,
        );
    }

    #[test]
    fn pages_stay_on_the_web() {
        for url in [
            "http://example.com/",
            "HTTPS://example.com",
            "about:blank",
            "about:blank#x",
            "data:text/html,x",
            "javascript:1",
            "blob:https://a/1",
            "view-source:https://a/",
        ] {
            let params = serde_json::json!({ "url": url }).to_string();
            passed("Page.navigate", &params);
            passed("Target.createTarget", &params);
        }
        for url in [
            "file:///etc/passwd",
            "FILE:///etc/passwd",
            " \u{1}fi\tle:///etc/passwd",
            "view-source:file:///etc/passwd",
            "view-source:view-source:http://a",
            "chrome://settings",
            "chrome://newtab/",
            "chrome-untrusted://x",
            "chrome-extension://x",
            "devtools://devtools/bundled/inspector.html",
            "about:version",
            "about:blankx",
            "filesystem:file:///",
            "blob:file:///x",
            "mailto:x@y",
            "ssh://host",
            "/etc/passwd",
            "example.com",
        ] {
            let params = serde_json::json!({ "url": url }).to_string();
            refused("Page.navigate", &params);
            refused("Target.createTarget", &params);
            refused("Fetch.continueRequest", &params);
            refused("Network.loadNetworkResource", &params);
        }
        passed("Target.createTarget", r#"{"url":""}"#);
        passed("Fetch.continueRequest", r#"{"requestId":"1"}"#);
        refused("Page.navigate", "{}");
    }

    #[test]
    fn contexts_and_sessions_keep_to_the_rules() {
        passed("Target.createBrowserContext", r#"{"disposeOnDetach":true}"#);
        refused(
            "Target.createBrowserContext",
            r#"{"proxyServer":"direct://"}"#,
        );
        refused("Target.createBrowserContext", r#"{"proxyBypassList":"*"}"#);
        refused(
            "Target.createBrowserContext",
            r#"{"originsWithUniversalNetworkAccess":["http://a"]}"#,
        );
        passed(
            "Target.setAutoAttach",
            r#"{"autoAttach":true,"waitForDebuggerOnStart":true,"flatten":true}"#,
        );
        passed(
            "Target.setAutoAttach",
            r#"{"autoAttach":false,"waitForDebuggerOnStart":false}"#,
        );
        refused(
            "Target.setAutoAttach",
            r#"{"autoAttach":true,"waitForDebuggerOnStart":true}"#,
        );
        refused("Target.attachToTarget", r#"{"targetId":"T"}"#);
        passed("Tracing.start", r#"{"transferMode":"ReturnAsStream"}"#);
        refused("Tracing.start", r#"{"perfettoConfig":"AA=="}"#);
    }
}
