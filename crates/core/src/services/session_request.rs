//! From what a caller wishes a session to be to what it becomes: defaults, bounds, and wishes that cannot be granted.
//!
//! Every member of a start request acts, or is refused by name. None is silently ignored, and none that the official
//! clients send without being told to is refused.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::json;

use crate::{
    AssignmentId, BrowserSpec, BrowserType, Engine, Error, Proxy, Remote, RemoteAddress, Result,
    ScreenshotType, SessionOptions, Viewport, Violation,
};

/// A start request as a dialect read it: types are right, nothing else is checked (Notte API: `ApiSessionStartRequest`).
#[derive(Clone, Debug, Default)]
#[expect(
    missing_docs,
    reason = "named as on the wire, where they are described"
)]
pub struct SessionRequest {
    pub headless: Option<bool>,
    pub solve_captchas: Option<bool>,
    pub max_duration_minutes: Option<i64>,
    pub idle_timeout_minutes: Option<i64>,
    pub proxies: Vec<ProxyRequest>,
    pub browser_type: BrowserType,
    pub user_agent: Option<String>,
    pub chrome_args: Vec<String>,
    pub viewport_width: Option<i64>,
    pub viewport_height: Option<i64>,
    pub aspect_ratio: Option<String>,
    pub cdp_url: Option<String>,
    pub use_file_storage: Option<bool>,
    pub screenshot_type: ScreenshotType,
    pub profile: Option<serde_json::Value>,
    pub web_bot_auth: bool,
    pub block_ads: bool,
    pub advanced_stealth: bool,
    pub extra_http_headers: BTreeMap<String, String>,
    pub vault_id: Option<String>,
    pub auth_ids: Vec<String>,
    /// The assignment that it is started for; no caller names one.
    pub assignment: Option<AssignmentId>,
}

/// A proxy as it was wished for.
#[derive(Clone, Debug)]
pub enum ProxyRequest {
    /// "Some proxy of yours": `true`, or one of the operator's pool by country.
    Managed,
    /// One in a tailnet.
    Tailnet,
    /// One of the caller's.
    External {
        /// Its address.
        server: String,
        /// The user name it asks for.
        username: Option<String>,
        /// The password it asks for.
        password: Option<SecretString>,
        /// Hosts that are reached without it.
        bypass: Option<String>,
    },
}

const DEFAULT_MAX_DURATION_MINUTES: i64 = 15;
const DEFAULT_IDLE_TIMEOUT_MINUTES: i64 = 3;

impl SessionRequest {
    /// What the session becomes, and what its browser must be like. The vault that it names is looked up elsewhere.
    ///
    /// # Errors
    /// Kind `Invalid` with every member that is out of bounds, contradicts another or cannot be granted.
    pub fn resolve(self) -> Result<(SessionOptions, BrowserSpec)> {
        let mut wrong = Wrong::default();
        let max = self
            .max_duration_minutes
            .unwrap_or(DEFAULT_MAX_DURATION_MINUTES);
        let max_duration_minutes = wrong.bounded("max_duration_minutes", max, 1, 1440);
        // A caller who only shortens the whole means to shorten the idle time with it.
        let idle = self
            .idle_timeout_minutes
            .unwrap_or(DEFAULT_IDLE_TIMEOUT_MINUTES.min(max.max(1)));
        let idle_timeout_minutes = wrong.bounded("idle_timeout_minutes", idle, 1, 30);
        if idle > max {
            wrong.add(
                "idle_timeout_minutes",
                "less_than_equal",
                format!("Invalid idle_timeout_minutes {idle}: expected at most max_duration_minutes, which is {max}"),
                json!(idle),
            );
        }
        self.refuse_what_is_not_there(&mut wrong);
        let remote = self.remote(&mut wrong);
        let viewport = self.viewport(&mut wrong);
        let proxy = external_proxy(self.proxies, &mut wrong);
        check_headers(&self.extra_http_headers, &mut wrong);
        if let Some(agent) = &self.user_agent
            && (agent.is_empty() || agent.chars().any(char::is_control))
        {
            wrong.add(
                "user_agent",
                "string",
                "Invalid user_agent: expected printable text",
                json!(agent),
            );
        }
        wrong.into_result()?;

        let headless = self.headless.unwrap_or(true);
        let file_storage = self.use_file_storage.unwrap_or(true) && remote.is_none();
        let options = SessionOptions {
            headless,
            solve_captchas: false,
            max_duration_minutes,
            idle_timeout_minutes,
            proxies: proxy.is_some(),
            browser_type: self.browser_type,
            user_agent: self.user_agent.clone(),
            viewport,
            use_file_storage: file_storage,
            screenshot_type: self.screenshot_type,
            vault: None,
            remote_context: None,
            assignment: self.assignment,
        };
        let spec = BrowserSpec {
            engine: engine(self.browser_type, headless),
            user_agent: self.user_agent,
            viewport,
            extra_http_headers: self.extra_http_headers,
            chrome_args: self.chrome_args,
            proxy,
            file_storage,
            remote,
            shared_in: None,
        };
        Ok((options, spec))
    }

    /// The browser of somebody else's, and what cannot be wished of one (Notte API: `cdp_url`).
    fn remote(&self, wrong: &mut Wrong) -> Option<Remote> {
        let address = self.cdp_url.as_deref()?;
        let of_ours = [
            ("headless", self.headless == Some(false)),
            ("user_agent", self.user_agent.is_some()),
            ("chrome_args", !self.chrome_args.is_empty()),
            ("viewport_width", self.viewport_width.is_some()),
            ("viewport_height", self.viewport_height.is_some()),
            ("aspect_ratio", self.aspect_ratio.is_some()),
            ("proxies", !self.proxies.is_empty()),
        ];
        for (member, _) in of_ours.into_iter().filter(|(_, set)| *set) {
            let message = format!(
                "Invalid {member}: a browser that is reached by cdp_url is as it was started; leave {member} out"
            );
            wrong.add(member, "exclusive", message, json!(null));
        }
        match RemoteAddress::parse(address) {
            Ok(address) => Some(Remote {
                address,
                context: None,
            }),
            Err(error) => {
                wrong.add("cdp_url", "url", error.message(), json!(null));
                None
            }
        }
    }

    fn refuse_what_is_not_there(&self, wrong: &mut Wrong) {
        let missing = [
            (
                self.profile.is_some(),
                "profile",
                "browser profiles are not kept; leave it out and set cookies on the session instead",
            ),
            (
                !self.auth_ids.is_empty(),
                "auth_ids",
                "there are no managed sign-ins; send an empty list",
            ),
            (
                self.web_bot_auth,
                "web_bot_auth",
                "requests cannot be signed; send false",
            ),
            (
                self.block_ads,
                "block_ads",
                "there is no advertisement blocker; send false",
            ),
            (
                self.advanced_stealth,
                "advanced_stealth",
                "there is no stealth mode; send false",
            ),
        ];
        for (asked, member, why) in missing {
            if asked {
                wrong.add(
                    member,
                    "unsupported",
                    format!("Unsupported option {member}: {why}"),
                    json!(null),
                );
            }
        }
    }

    fn viewport(&self, wrong: &mut Wrong) -> Option<Viewport> {
        if let Some(ratio) = &self.aspect_ratio {
            if self.viewport_width.is_some() || self.viewport_height.is_some() {
                wrong.add(
                    "aspect_ratio",
                    "exclusive",
                    "Invalid aspect_ratio: expected either it or viewport_width and viewport_height, not both",
                    json!(ratio),
                );
            }
            return match ratio.as_str() {
                "5:4" => Some(Viewport {
                    width: 1280,
                    height: 1024,
                }),
                "16:9" => Some(Viewport {
                    width: 1280,
                    height: 720,
                }),
                _ => {
                    wrong.add(
                        "aspect_ratio",
                        "literal_error",
                        format!(
                            "Invalid value '{ratio}' for aspect_ratio: expected one of 5:4, 16:9"
                        ),
                        json!(ratio),
                    );
                    None
                }
            };
        }
        match (self.viewport_width, self.viewport_height) {
            (None, None) => None,
            (Some(width), Some(height)) => Some(Viewport {
                width: wrong.bounded("viewport_width", width, 100, 7680),
                height: wrong.bounded("viewport_height", height, 100, 4320),
            }),
            (width, _) => {
                let absent = if width.is_some() {
                    "viewport_height"
                } else {
                    "viewport_width"
                };
                wrong.add(
                    absent,
                    "missing",
                    "Invalid viewport: expected both viewport_width and viewport_height, or neither",
                    json!(null),
                );
                None
            }
        }
    }
}

fn engine(browser: BrowserType, headless: bool) -> Engine {
    match (browser, headless) {
        (_, false) => Engine::FullWindow,
        (BrowserType::Chromium, true) => Engine::HeadlessShell,
        (_, true) => Engine::FullHeadless,
    }
}

fn external_proxy(requests: Vec<ProxyRequest>, wrong: &mut Wrong) -> Option<Proxy> {
    if requests.len() > 1 {
        wrong.add(
            "proxies",
            "too_long",
            format!(
                "Invalid proxies: expected at most one, got {}",
                requests.len()
            ),
            json!(requests.len()),
        );
    }
    match requests.into_iter().next()? {
        ProxyRequest::Managed => {
            wrong.add(
                "proxies",
                "unsupported",
                "Unsupported option proxies: this server has no proxies of its own; send false, or one of yours as \
                 {\"type\": \"external\", \"server\": \"http://host:port\"}",
                json!(true),
            );
            None
        }
        ProxyRequest::Tailnet => {
            wrong.add(
                "proxies",
                "unsupported",
                "Unsupported option proxies: tailnets cannot be joined; send one of type external instead",
                json!("tailnet"),
            );
            None
        }
        ProxyRequest::External {
            server,
            username,
            password,
            bypass,
        } => {
            let scheme_fits = url::Url::parse(&server).is_ok_and(|url| {
                matches!(url.scheme(), "http" | "socks5")
                    && url.has_host()
                    && url.path().trim_matches('/').is_empty()
            });
            if !scheme_fits {
                wrong.add(
                    "proxies",
                    "url",
                    "Invalid proxy server: expected http://host:port or socks5://host:port",
                    json!(null),
                );
            }
            Some(Proxy {
                server,
                username,
                password,
                bypass,
            })
        }
    }
}

fn check_headers(headers: &BTreeMap<String, String>, wrong: &mut Wrong) {
    // RFC 9110 §5.6.2: a field name is a token; §5.5: a value has no control characters.
    let is_token = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    for (name, value) in headers {
        if !is_token(name) || value.chars().any(|c| c.is_control() && c != '\t') {
            wrong.add(
                "extra_http_headers",
                "header",
                format!("Invalid header '{name}' in extra_http_headers: expected a token as name and a value without control characters"),
                json!(name),
            );
        }
    }
}

#[derive(Default)]
struct Wrong(Vec<Violation>);

impl Wrong {
    fn add(
        &mut self,
        member: &str,
        code: &'static str,
        message: impl Into<String>,
        input: serde_json::Value,
    ) {
        self.0.push(Violation {
            path: vec![member.to_owned()],
            code,
            message: message.into(),
            input: Some(input),
        });
    }

    /// `value` when it lies between `low` and `high`; otherwise notes the violation and gives `low`.
    fn bounded(&mut self, member: &str, value: i64, low: u32, high: u32) -> u32 {
        match u32::try_from(value) {
            Ok(value) if (low..=high).contains(&value) => value,
            _ => {
                self.add(
                    member,
                    if value < i64::from(low) {
                        "greater_than_equal"
                    } else {
                        "less_than_equal"
                    },
                    format!("Invalid {member} {value}: expected {low} to {high}"),
                    json!(value),
                );
                low
            }
        }
    }

    fn into_result(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid(self.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members_of(error: &Error) -> Vec<&str> {
        error
            .violations()
            .iter()
            .map(|violation| violation.path[0].as_str())
            .collect()
    }

    #[test]
    fn nothing_asked_means_a_small_headless_browser() {
        let (options, spec) = SessionRequest::default().resolve().unwrap();
        assert_eq!(spec.engine, Engine::HeadlessShell);
        assert_eq!(
            (options.max_duration_minutes, options.idle_timeout_minutes),
            (15, 3)
        );
        assert!(options.headless && options.use_file_storage && !options.solve_captchas);
    }

    #[test]
    fn every_wrong_member_is_named_at_once() {
        let request = SessionRequest {
            max_duration_minutes: Some(0),
            idle_timeout_minutes: Some(31),
            viewport_width: Some(800),
            web_bot_auth: true,
            proxies: vec![ProxyRequest::Managed],
            ..SessionRequest::default()
        };
        let error = request.resolve().unwrap_err();
        assert_eq!(
            members_of(&error),
            [
                "max_duration_minutes",
                "idle_timeout_minutes",
                "idle_timeout_minutes",
                "web_bot_auth",
                "viewport_height",
                "proxies"
            ]
        );
    }

    #[test]
    fn a_short_session_gets_a_short_idle_time() {
        let request = SessionRequest {
            max_duration_minutes: Some(2),
            ..SessionRequest::default()
        };
        assert_eq!(request.resolve().unwrap().0.idle_timeout_minutes, 2);
    }

    #[test]
    fn a_window_needs_the_full_browser() {
        let request = SessionRequest {
            headless: Some(false),
            ..SessionRequest::default()
        };
        assert_eq!(request.resolve().unwrap().1.engine, Engine::FullWindow);
    }
}
