//! The configuration in force, checked.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use guise_chromium::{Tier, UidRange, UnknownTier};
use guise_core::{Country, SecretString};
use guise_egress::AllowList;
use guise_identity::{Locale, UnknownLocale};
use guise_secrets::ApiKeySecret;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::layers::{ConfigError, Layers, mask_password};
use super::root_spec::RootSpec;
use crate::root_sources::RootSecrets;

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Who phone numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneProviderName {
    /// Nobody: they are made up.
    Loopback,
    /// Twilio.
    Twilio,
}

/// What searches are answered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchEngineName {
    /// SearXNG, of the operator's.
    Searxng,
    /// Brave Search.
    Brave,
    /// Tavily.
    Tavily,
}

/// Everything that can be set, checked. Described in the default file.
#[derive(Debug)]
#[expect(missing_docs, reason = "described in the default file")]
pub struct Settings {
    pub listen: SocketAddr,
    pub public_url: Option<Url>,
    pub data_dir: PathBuf,
    pub database_url: Option<String>,
    pub api_key: Option<ApiKeySecret>,
    pub root_key_source: Vec<RootSpec>,
    pub start_sealed: bool,
    pub root_key: Option<SecretString>,
    pub root_passphrase: Option<SecretString>,
    pub transit_token: Option<SecretString>,
    pub audit_anchors: Option<PathBuf>,
    pub slots: Option<usize>,
    pub slots_waiting: usize,
    pub slots_wait: Duration,
    pub sessions_per_tenant: Option<u64>,
    pub slow_client: Duration,
    pub rate_limit_per_minute: Option<NonZeroU32>,
    pub allow_hosts: AllowList,
    pub fetch_user_agent: String,
    pub fetch_per_host_at_once: usize,
    pub fetch_per_host_per_second: Option<NonZeroU32>,
    pub crawl_max_days: u64,
    pub search_engine: Option<SearchEngineName>,
    pub searxng_url: Option<Url>,
    pub brave_api_key: Option<SecretString>,
    pub brave_url: Url,
    pub tavily_api_key: Option<SecretString>,
    pub tavily_url: Url,
    pub evalstudio_keyless: bool,
    pub smtp_listen: Option<SocketAddr>,
    pub smtp_certificate: Option<PathBuf>,
    pub smtp_certificate_key: Option<PathBuf>,
    pub mail_authentication: bool,
    pub mail_domain: String,
    pub persona_locale: Option<Locale>,
    pub mail_max_messages: u64,
    pub mail_max_megabytes: u64,
    pub mail_max_days: u64,
    pub vault_reveal: bool,
    pub phone_provider: Option<PhoneProviderName>,
    pub phone_country: Country,
    pub twilio_account_sid: String,
    pub twilio_auth_token: Option<SecretString>,
    pub twilio_url: Url,
    pub sms_webhook_secret: Option<SecretString>,
    pub model: String,
    pub agents_at_once: Option<usize>,
    pub model_prices: String,
    pub openai_api_key: Option<SecretString>,
    pub openai_base_url: String,
    pub anthropic_api_key: Option<SecretString>,
    pub gemini_api_key: Option<SecretString>,
    pub openrouter_api_key: Option<SecretString>,
    pub ollama_host: String,
    pub pool_headless_shell: usize,
    pub pool_chrome: usize,
    pub headless_shell: Option<PathBuf>,
    pub chrome: Option<PathBuf>,
    pub xvfb: Option<PathBuf>,
    pub uids: UidRange,
    pub require_isolation: Tier,
    pub log_format: LogFormat,
    pub log_level: String,
}

impl Settings {
    /// Checks the layers.
    ///
    /// # Errors
    /// Names the first setting whose value cannot be, the value and what is allowed.
    pub fn from_layers(layers: &Layers) -> Result<Self, ConfigError> {
        let read = Reader(layers);
        Ok(Self {
            listen: read.parse("listen", "an address and a port, such as 127.0.0.1:3000")?,
            public_url: read.optional(
                "public_url",
                "http://… or https://… without a path",
                |text| {
                    let url = Url::parse(text).ok()?;
                    let fits = matches!(url.scheme(), "http" | "https")
                        && url.has_host()
                        && url.query().is_none();
                    fits.then_some(url)
                },
            )?,
            data_dir: data_dir(layers),
            database_url: read.optional(
                "database_url",
                "postgres://user:password@host:port/name",
                |text| {
                    let url = Url::parse(text).ok()?;
                    matches!(url.scheme(), "postgres" | "postgresql").then(|| text.to_owned())
                },
            )?,
            api_key: read.optional(
                "api_key",
                "16 or more ASCII characters without white space",
                |text| ApiKeySecret::own(text).ok(),
            )?,
            root_key_source: read.with("root_key_source", RootSpec::parse_list)?,
            start_sealed: read.parse("start_sealed", "true or false")?,
            root_key: read.secret("root_key")?,
            root_passphrase: read.secret("root_passphrase")?,
            transit_token: read.secret("transit_token")?,
            audit_anchors: read.optional("audit_anchors", "the path of a file", |text| {
                Some(PathBuf::from(text))
            })?,
            slots: read.positive("slots")?,
            slots_waiting: read.number("slots_waiting")?,
            slots_wait: Duration::from_secs(read.number("slots_wait_seconds")?),
            sessions_per_tenant: read.positive("sessions_per_tenant")?,
            slow_client: Duration::from_secs(read.with("slow_client_seconds", |text| {
                let seconds = text.trim().parse().ok();
                seconds
                    .filter(|seconds| (1..=3600).contains(seconds))
                    .ok_or_else(|| "a number from 1 to 3600".to_owned())
            })?),
            rate_limit_per_minute: NonZeroU32::new(read.number("rate_limit_per_minute")?),
            allow_hosts: read.with("allow_hosts", |text| {
                text.parse::<AllowList>().map_err(|error| error.to_string())
            })?,
            fetch_user_agent: read.with("fetch_user_agent", |text| {
                let fits = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
                fits.then(|| text.to_owned())
                    .ok_or("visible ASCII characters")
            })?,
            fetch_per_host_at_once: read.with("fetch_per_host_at_once", |text| {
                let number = text.parse().ok();
                let number = number.filter(|number| (1..=64).contains(number));
                number.ok_or("a number from 1 to 64")
            })?,
            fetch_per_host_per_second: NonZeroU32::new(read.number("fetch_per_host_per_second")?),
            crawl_max_days: read.at_least_one("crawl_max_days")?,
            search_engine: read.with("search_engine", |text| match text {
                "" => Ok(None),
                "searxng" => Ok(Some(SearchEngineName::Searxng)),
                "brave" => Ok(Some(SearchEngineName::Brave)),
                "tavily" => Ok(Some(SearchEngineName::Tavily)),
                _ => Err("searxng, brave, tavily, or nothing"),
            })?,
            searxng_url: read.optional("searxng_url", "http://… or https://…", |text| {
                text.parse().ok()
            })?,
            brave_api_key: read.secret("brave_api_key")?,
            brave_url: read.parse("brave_url", "https://…")?,
            tavily_api_key: read.secret("tavily_api_key")?,
            tavily_url: read.parse("tavily_url", "https://…")?,
            evalstudio_keyless: read.flag("evalstudio_keyless")?,
            smtp_listen: read.optional(
                "smtp_listen",
                "an address and a port, such as 127.0.0.1:2525, or nothing",
                |text| text.parse().ok(),
            )?,
            smtp_certificate: read.path("smtp_certificate")?,
            smtp_certificate_key: read.path("smtp_certificate_key")?,
            mail_authentication: read.flag("mail_authentication")?,
            mail_domain: read.with("mail_domain", |text| {
                mail_domain(text).ok_or("a domain such as mail.example.com")
            })?,
            persona_locale: read.with("persona_locale", |text| match text {
                "" => Ok(None),
                tag => tag
                    .parse()
                    .map(Some)
                    .map_err(|error: UnknownLocale| error.to_string()),
            })?,
            mail_max_messages: read.at_least_one("mail_max_messages")?,
            mail_max_megabytes: read.at_least_one("mail_max_megabytes")?,
            mail_max_days: read.at_least_one("mail_max_days")?,
            vault_reveal: read.with("vault_reveal", |text| match text {
                "scope" => Ok(true),
                "never" => Ok(false),
                _ => Err("scope or never"),
            })?,
            phone_provider: read.with("phone_provider", |text| match text {
                "" => Ok(None),
                "loopback" => Ok(Some(PhoneProviderName::Loopback)),
                "twilio" => Ok(Some(PhoneProviderName::Twilio)),
                _ => Err("loopback, twilio, or nothing"),
            })?,
            phone_country: read.parse("phone_country", "two letters, such as US")?,
            twilio_account_sid: read.text("twilio_account_sid")?,
            twilio_auth_token: read.secret("twilio_auth_token")?,
            twilio_url: read.parse("twilio_url", "https://…")?,
            sms_webhook_secret: read.secret("sms_webhook_secret")?,
            model: read.text("model")?,
            agents_at_once: read.positive("agents_at_once")?,
            model_prices: read.text("model_prices")?,
            openai_api_key: read.secret("openai_api_key")?,
            openai_base_url: read.text("openai_base_url")?,
            anthropic_api_key: read.secret("anthropic_api_key")?,
            gemini_api_key: read.secret("gemini_api_key")?,
            openrouter_api_key: read.secret("openrouter_api_key")?,
            ollama_host: read.text("ollama_host")?,
            pool_headless_shell: read.number("pool_headless_shell")?,
            pool_chrome: read.number("pool_chrome")?,
            headless_shell: read.path("headless_shell")?,
            chrome: read.path("chrome")?,
            xvfb: read.path("xvfb")?,
            uids: read.with("uids", |text| {
                let expected =
                    "two numbers from 1000 on with a hyphen between, such as 210000-210999";
                let (first, last) = text.split_once('-').ok_or(expected)?;
                let (first, last) = first
                    .trim()
                    .parse()
                    .ok()
                    .zip(last.trim().parse().ok())
                    .ok_or(expected)?;
                UidRange::new(first, last).map_err(|error| error.to_string())
            })?,
            require_isolation: read.with("require_isolation", |text| {
                text.parse().map_err(|error: UnknownTier| error.to_string())
            })?,
            log_format: read.with("log_format", |text| match text {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                _ => Err("text or json".to_owned()),
            })?,
            log_level: read.with("log_level", |text| match EnvFilter::try_new(text) {
                Ok(_) if !text.trim().is_empty() => Ok(text.to_owned()),
                _ => Err("error, warn, info, debug, trace, or target=level,…".to_owned()),
            })?,
        })
    }
}

impl Settings {
    /// The secrets of root sources.
    pub fn root_secrets(&self) -> RootSecrets {
        RootSecrets {
            key: self.root_key.clone(),
            passphrase: self.root_passphrase.clone(),
            token: self.transit_token.clone(),
        }
    }
}

/// The folder of all state that the layers name.
pub fn data_dir(layers: &Layers) -> PathBuf {
    match layers.get("data_dir").text.trim() {
        "" => default_data_dir(),
        path => PathBuf::from(path),
    }
}

/// `/var/lib/guise` for root, otherwise below the user's data folder (XDG Base Directory).
fn default_data_dir() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/guise");
    }
    let below = |variable: &str, rest: &str| {
        std::env::var_os(variable)
            .filter(|value| !value.is_empty())
            .map(|value| PathBuf::from(value).join(rest))
    };
    below("XDG_DATA_HOME", "guise")
        .or_else(|| below("HOME", ".local/share/guise"))
        .unwrap_or_else(|| PathBuf::from("guise-data"))
}

/// A domain in lower case: labels of letters, digits and hyphens (RFC 1123 §2.1), at least two of them, because many forms
/// refuse addresses with a domain of one.
fn mail_domain(text: &str) -> Option<String> {
    let domain = text.trim_end_matches('.').to_ascii_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A whole address has 254 octets at most, of which the local part may take 64.
    let fits = domain.len() <= 189 && domain.contains('.') && domain.split('.').all(label);
    fits.then_some(domain)
}

struct Reader<'l>(&'l Layers);

impl Reader<'_> {
    fn with<T, E: Into<String>>(
        &self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, ConfigError> {
        let given = self.0.get(name);
        let secret = super::SETTINGS
            .iter()
            .any(|setting| setting.name == name && setting.secret);
        read(given.text.trim()).map_err(|expected| ConfigError::Invalid {
            name,
            value: if secret {
                "********".to_owned()
            } else {
                mask_password(&given.text)
            },
            origin: given.origin,
            expected: expected.into(),
        })
    }

    fn parse<T: FromStr>(&self, name: &'static str, expected: &str) -> Result<T, ConfigError> {
        self.with(name, |text| text.parse().map_err(|_| expected))
    }

    fn number<T: FromStr>(&self, name: &'static str) -> Result<T, ConfigError> {
        self.parse(name, "a whole number, 0 or more")
    }

    fn positive<T: FromStr + PartialEq + Default>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, ConfigError> {
        self.number(name)
            .map(|value: T| (value != T::default()).then_some(value))
    }

    fn at_least_one(&self, name: &'static str) -> Result<u64, ConfigError> {
        self.with(name, |text| {
            let number = text.parse().ok().filter(|number| *number > 0);
            number.ok_or("a whole number, 1 or more")
        })
    }

    fn flag(&self, name: &'static str) -> Result<bool, ConfigError> {
        self.with(name, |text| match text {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err("true or false"),
        })
    }

    /// `None` when the text is empty.
    fn optional<T>(
        &self,
        name: &'static str,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        self.with(name, |text| {
            if text.is_empty() {
                Ok(None)
            } else {
                read(text).map(Some).ok_or(expected)
            }
        })
    }

    fn text(&self, name: &'static str) -> Result<String, ConfigError> {
        self.with(name, |text| Ok::<_, String>(text.to_owned()))
    }

    fn secret(&self, name: &'static str) -> Result<Option<SecretString>, ConfigError> {
        self.optional(name, "a text", |text| Some(text.to_owned().into()))
    }

    fn path(&self, name: &'static str) -> Result<Option<PathBuf>, ConfigError> {
        self.optional(name, "a path", |text| Some(PathBuf::from(text)))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn with(name: &str, text: &str) -> Result<Settings, ConfigError> {
        let mut layers = Layers::defaults().unwrap();
        layers.set(name, text.into(), "a test".into()).unwrap();
        Settings::from_layers(&layers)
    }

    #[test]
    fn the_defaults_are_valid() {
        let settings = Settings::from_layers(&Layers::defaults().unwrap()).unwrap();
        assert_eq!(settings.listen.port(), 3000);
        assert!(settings.slots.is_none() && settings.api_key.is_none());
    }

    #[rstest]
    #[case("listen", "here")]
    #[case("public_url", "ftp://x")]
    #[case("database_url", "mysql://x")]
    #[case("root_key_source", "nowhere")]
    #[case("root_key_source", "transit:bao")]
    #[case("start_sealed", "maybe")]
    #[case("slots", "-1")]
    #[case("slots", "many")]
    #[case("agents_at_once", "some")]
    #[case("slow_client_seconds", "0")]
    #[case("rate_limit_per_minute", "99999999999")]
    #[case("uids", "5")]
    #[case("require_isolation", "C")]
    #[case("evalstudio_keyless", "maybe")]
    #[case("crawl_max_days", "0")]
    #[case("search_engine", "altavista")]
    #[case("searxng_url", "here")]
    #[case("fetch_user_agent", "a\u{7}b")]
    #[case("fetch_per_host_at_once", "0")]
    #[case("fetch_per_host_per_second", "often")]
    #[case("mail_domain", "localhost")]
    #[case("smtp_listen", "here")]
    #[case("mail_domain", "-a.example")]
    #[case("mail_max_messages", "0")]
    #[case("vault_reveal", "always")]
    #[case("phone_provider", "pigeons")]
    #[case("phone_country", "USA")]
    #[case("log_format", "xml")]
    #[case("log_level", "")]
    fn a_bad_value_is_named(#[case] name: &str, #[case] text: &str) {
        let message = with(name, text).unwrap_err().to_string();
        assert!(
            message.contains(name) && message.contains(text) && message.contains("expected"),
            "{message}"
        );
    }

    #[test]
    fn a_bad_key_is_not_shown() {
        let message = with("api_key", "too-short").unwrap_err().to_string();
        assert!(!message.contains("too-short"), "{message}");
    }
}
