//! The argument list of a Chromium.

use std::ffi::OsString;

use crate::{Display, Engine, Folders, Spec};

/// Features that phone home, look for devices, change addresses, start renderers for nobody, or make input wait.
const DISABLED_FEATURES: &[&str] = &[
    "AutofillServerCommunication",
    // It holds back a page's tasks from each input to the next frame: so long would every click wait for what it causes.
    "DeferRendererTasksAfterInput",
    "DialMediaRouteProvider",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "OptimizationTargetPrediction",
    "PreloadTopChromeWebUI",
    "SegmentationPlatform",
    "Translate",
];

const ALWAYS: &[&str] = &[
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--mute-audio",
    "--password-store=basic",
    // Nothing leaves by a way that the proxy does not see.
    "--disable-quic",
    // Without datagrams the list of interfaces is empty, and WebRTC would wait for an entry of it for ever. Which of them a
    // page is told is the policy's matter, below.
    "--allow-loopback-in-peer-connection",
    // Nothing is fetched or sent on the browser's own account; what slips through is refused by the proxy.
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-domain-reliability",
    "--disable-default-apps",
    "--disable-component-extensions-with-background-pages",
    "--disable-field-trial-config",
    "--disable-breakpad",
    "--metrics-recording-only",
    "--no-pings",
    // A page that is not in front, or does not answer, is still worked on.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-hang-monitor",
    "--disable-prompt-on-repost",
    "--disable-search-engine-choice-screen",
    // The runtime folder may be memory.
    "--disk-cache-size=67108864",
];

/// The full browser asks its vendor for signed-in accounts and updates whatever the other switches say. Port 1 is one
/// that Chromium itself refuses, so that not even the proxy hears of it.
const FULL: &[&str] = &[
    "--gaia-url=http://127.0.0.1:1/",
    "--component-updater=url-source=http://127.0.0.1:1/",
];

/// Every argument after the program's name. No secret is among them, and nothing that opens a port.
pub(crate) fn arguments(spec: &Spec, folders: &Folders) -> Vec<OsString> {
    let mut list: Vec<OsString> = ALWAYS.iter().map(OsString::from).collect();
    let mut user_data = OsString::from("--user-data-dir=");
    user_data.push(folders.profile());
    list.push(user_data);

    // Each engine knows only one of the two spellings.
    list.push(match spec.engine {
        Engine::HeadlessShell => "--force-webrtc-ip-handling-policy=disable_non_proxied_udp".into(),
        Engine::Full => "--webrtc-ip-handling-policy=disable_non_proxied_udp".into(),
    });
    if spec.engine == Engine::Full {
        list.extend(FULL.iter().map(OsString::from));
    }
    match (spec.engine, spec.display) {
        (Engine::HeadlessShell, _) => {}
        (Engine::Full, Display::None) => list.push("--headless=new".into()),
        (Engine::Full, Display::Xvfb) => {
            list.push("--ozone-platform=x11".into());
            list.push("--window-position=0,0".into());
        }
    }
    list.push(format!("--window-size={},{}", spec.window.width, spec.window.height).into());
    if let Some(port) = spec.proxy_port {
        list.push(format!("--proxy-server=127.0.0.1:{port}").into());
        list.push("--proxy-bypass-list=<-loopback>".into());
    }
    if let Some(rules) = &spec.host_resolver_rules {
        list.push(format!("--host-resolver-rules={rules}").into());
    } else if spec.proxy_port.is_none() {
        list.push("--host-resolver-rules=MAP * ~NOTFOUND".into());
    }

    // Chromium takes the last of two equal switches: features asked for by the caller join ours instead.
    let disabled = DISABLED_FEATURES.iter().copied().chain(
        spec.arguments
            .iter()
            .filter_map(|argument| argument.value_of("disable-features")),
    );
    list.push(
        format!(
            "--disable-features={}",
            disabled.collect::<Vec<_>>().join(",")
        )
        .into(),
    );
    list.extend(
        spec.arguments
            .iter()
            .filter(|argument| argument.value_of("disable-features").is_none())
            .map(|argument| argument.as_str().into()),
    );
    // Without it the full browser opens its own start page.
    list.push("about:blank".into());
    list
}
