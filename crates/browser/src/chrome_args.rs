//! Which of Chromium's own arguments a caller may set.
//!
//! A list of what is harmless, because Chromium has more than a thousand switches and gains some with every version.

use guise_chromium::Argument;
use guise_core::{Error, Result, Violation};

/// Switches that change how pages look or behave and touch neither the sandbox, nor the network door, nor the folders.
const ALLOWED: &[&str] = &[
    "accept-lang",
    "autoplay-policy",
    "blink-settings",
    "disable-audio-output",
    "disable-background-timer-throttling",
    "disable-backgrounding-occluded-windows",
    "disable-blink-features",
    "disable-default-apps",
    "disable-dev-shm-usage",
    "disable-extensions",
    "disable-gpu",
    "disable-hang-monitor",
    "disable-infobars",
    "disable-ipc-flooding-protection",
    "disable-notifications",
    "disable-popup-blocking",
    "disable-prompt-on-repost",
    "disable-renderer-backgrounding",
    "disable-smooth-scrolling",
    "disable-software-rasterizer",
    "disable-translate",
    "enable-automation",
    "enable-blink-features",
    "font-render-hinting",
    "force-color-profile",
    "force-dark-mode",
    "force-device-scale-factor",
    "force-prefers-reduced-motion",
    "hide-scrollbars",
    "high-dpi-support",
    "lang",
    "metrics-recording-only",
    "mute-audio",
    "no-default-browser-check",
    "no-first-run",
    "password-store",
    "start-maximized",
    "use-fake-device-for-media-stream",
    "use-fake-ui-for-media-stream",
    "use-mock-keychain",
    "window-position",
    "window-size",
];

/// Switches that callers often copy from elsewhere, with why they are refused.
const DANGEROUS: &[(&str, &str)] = &[
    (
        "no-sandbox",
        "it would turn Chromium's sandbox off, which stays on here",
    ),
    (
        "disable-setuid-sandbox",
        "it would weaken Chromium's sandbox; leave it out, nothing here needs it",
    ),
    (
        "disable-web-security",
        "it would let every page read every other site with the session's cookies",
    ),
    (
        "ignore-certificate-errors",
        "it would let anybody between here and a site read what is filled in",
    ),
    (
        "allow-running-insecure-content",
        "it would mix unprotected content into protected pages",
    ),
    (
        "disable-site-isolation-trials",
        "it would let one site's page share a process with another's",
    ),
    (
        "disable-features",
        "it can turn protections off; only --disable-blink-features is allowed",
    ),
    (
        "enable-features",
        "it can turn protections off; only --enable-blink-features is allowed",
    ),
    ("proxy-server", "proxies are set with the option proxies"),
    (
        "user-agent",
        "the user agent is set with the option user_agent",
    ),
    (
        "remote-debugging-port",
        "no debugging port is ever opened; use the session's cdp_url",
    ),
    ("user-data-dir", "every session has a folder of its own"),
    (
        "load-extension",
        "extensions could read and change every page",
    ),
    ("headless", "it is set with the option headless"),
];

/// Checks a caller's arguments.
///
/// # Errors
/// Kind `Invalid` with every argument that is refused, by name, and why.
pub(crate) fn check(arguments: &[String]) -> Result<Vec<Argument>> {
    let mut accepted = Vec::new();
    let mut violations = Vec::new();
    for (index, text) in arguments.iter().enumerate() {
        match check_one(text) {
            Ok(argument) => accepted.push(argument),
            Err(why) => violations.push(Violation {
                path: vec!["chrome_args".to_owned(), index.to_string()],
                code: "chrome_argument",
                message: format!("Refused Chromium argument '{text}': {why}"),
                input: Some(text.clone().into()),
            }),
        }
    }
    if !violations.is_empty() {
        return Err(Error::invalid(violations));
    }
    accepted.extend(languages(arguments));
    Ok(accepted)
}

/// `--lang` as callers mean it: on Linux Chromium takes its own words from there at most, and what pages and servers are
/// told from `--accept-lang` alone.
fn languages(arguments: &[String]) -> Option<Argument> {
    let value = |name| {
        arguments
            .iter()
            .rev()
            .find_map(|text| text.strip_prefix(name))
    };
    match (value("--lang="), value("--accept-lang=")) {
        (Some(language), None) => Argument::parse(&format!("--accept-lang={language}")).ok(),
        _ => None,
    }
}

fn check_one(text: &str) -> Result<Argument, String> {
    let switch = text.strip_prefix("--").unwrap_or(text);
    let name = switch
        .split_once('=')
        .map_or(switch, |(name, _)| name)
        .to_ascii_lowercase();
    if let Some((_, why)) = DANGEROUS.iter().find(|(dangerous, _)| *dangerous == name) {
        return Err((*why).to_owned());
    }
    if !ALLOWED.contains(&name.as_str()) {
        return Err(format!(
            "it is not among the harmless ones, which are --{}",
            ALLOWED.join(", --")
        ));
    }
    Argument::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_arguments_pass() {
        let given = ["--mute-audio".to_owned(), "--disable-gpu".to_owned()];
        assert_eq!(check(&given).unwrap().len(), 2);
    }

    #[test]
    fn a_language_is_told_to_pages_unless_another_is_named() {
        let arguments = |given: &[&str]| {
            let given: Vec<_> = given.iter().map(|text| (*text).to_owned()).collect();
            check(&given).unwrap()
        };
        let told = Argument::parse("--accept-lang=de").unwrap();
        assert_eq!(arguments(&["--lang=fr", "--lang=de"])[2..], [told]);
        assert_eq!(arguments(&["--lang=de", "--accept-lang=fr"]).len(), 2);
    }

    #[test]
    fn dangerous_and_unknown_arguments_are_refused_by_name() {
        let given = [
            "--no-sandbox",
            "--No-Sandbox=1",
            "--made-up",
            "no-sandbox",
            "--lang=de\n--no-sandbox",
        ];
        let given: Vec<_> = given.into_iter().map(str::to_owned).collect();
        let error = check(&given).unwrap_err();
        assert_eq!(error.violations().len(), 5, "{error}");
        assert!(error.message().contains("'--no-sandbox': it would turn"));
    }

    #[test]
    fn what_is_allowed_here_is_allowed_below() {
        for name in ALLOWED {
            Argument::parse(&format!("--{name}")).unwrap();
        }
    }
}
