//! Where each setting comes from: layers of texts by name, later ones win.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The lowest layer, and the reference.
pub const DEFAULTS: &str = include_str!("default.toml");

/// A setting that can be set.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in files.
    pub name: &'static str,
    /// What the command line's help says.
    pub help: &'static str,
    /// Never shown.
    pub secret: bool,
}

impl Setting {
    /// Its flag on the command line.
    pub fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }

    /// Its environment variable.
    pub fn variable(&self) -> String {
        format!("GUISE_{}", self.name.to_ascii_uppercase())
    }
}

macro_rules! settings {
    ($($name:literal $($secret:ident)?: $help:literal),* $(,)?) => {
        /// All settings, in the order of the default file.
        pub const SETTINGS: &[Setting] = &[
            $(Setting { name: $name, help: $help, secret: settings!(@ $($secret)?) },)*
        ];
    };
    (@ secret) => { true };
    (@) => { false };
}

settings! {
    "listen": "Address to listen on",
    "public_url": "Address under which clients reach this server",
    "data_dir": "Folder of all state",
    "database_url": "postgres://… instead of SQLite in the data folder",
    "api_key" secret: "An API key of your own; '-' reads it from standard input",
    "root_key_source": "What opens the keys: file, env, credential:NAME, passphrase, transit:URL, separated by commas",
    "start_sealed": "true: start without keys when no root source is at hand, and wait for 'guise keys unseal'",
    "root_key" secret: "The key for the source env; '-' reads it from standard input",
    "root_passphrase" secret: "The passphrase for the source passphrase; '-' reads it from standard input",
    "transit_token" secret: "The token for the source transit; '-' reads it from standard input",
    "audit_anchors": "File in which 'guise audit verify' notes the ends of the audit",
    "slots": "How many browsers may run at once; 0 means one per 300 MiB of memory",
    "slots_waiting": "How many session starts may wait for a slot",
    "slots_wait_seconds": "How long a session start waits for a slot",
    "sessions_per_tenant": "How many active sessions a tenant may have; 0 means no limit",
    "slow_client_seconds": "How long a client may be silent in the middle of a request or before its next one, or take nothing of an answer",
    "rate_limit_per_minute": "Calls a minute with one key; 0 means no limit",
    "allow_hosts": "Private hosts that pages may reach, such as localhost,127.0.0.1",
    "fetch_user_agent": "What the server calls itself where it reads pages without a browser",
    "fetch_per_host_at_once": "How many pages one host is asked for at once, without a browser",
    "fetch_per_host_per_second": "How many pages one host is asked for a second, without a browser; 0 means no limit",
    "crawl_max_days": "How many days what a crawl read is kept",
    "search_engine": "What POST /search asks: searxng, brave, tavily, or nobody",
    "searxng_url": "Where SearXNG is",
    "brave_api_key" secret: "Key of Brave Search",
    "brave_url": "Where Brave Search is",
    "tavily_api_key" secret: "Key of Tavily",
    "tavily_url": "Where Tavily is",
    "smtp_listen": "Address to receive mail on, by SMTP; none when empty",
    "smtp_certificate": "Certificate chain for STARTTLS, in PEM; self-made when empty",
    "smtp_certificate_key": "Its private key, in PEM",
    "mail_authentication": "Whether SPF, DKIM and DMARC are looked up in the DNS: true or false",
    "mail_domain": "What stands behind the @ of personas' addresses",
    "persona_locale": "Where personas are from, such as de-DE; anywhere when empty",
    "mail_max_messages": "How many mails a mailbox keeps",
    "mail_max_megabytes": "How many megabytes of mail a mailbox keeps",
    "mail_max_days": "How many days a mail is kept",
    "vault_reveal": "Who may read secrets in the clear: scope (keys with vault:reveal) or never",
    "phone_provider": "Who phone numbers come from: loopback (made up), twilio, or nobody",
    "phone_country": "Where phone numbers are from",
    "twilio_account_sid": "Twilio account that buys phone numbers",
    "twilio_auth_token" secret: "Its auth token",
    "twilio_url": "Where Twilio's API is",
    "sms_webhook_secret" secret: "whsec_… that a gateway signs text messages with",
    "evalstudio_keyless": "Lets programs on this machine use the EvalStudio API without a key: true or false",
    "model": "The language model of agents, such as openai/gpt-4o; none when empty",
    "agents_at_once": "How many agents with a browser of their own work at once; 0 means half the slots",
    "model_prices": "What models cost: name=input/cached/output in US dollars per million tokens, separated by commas",
    "openai_api_key" secret: "Key of OpenAI, or of whoever answers at openai_base_url",
    "openai_base_url": "Where OpenAI's API is, or one that speaks as it does",
    "anthropic_api_key" secret: "Key of Anthropic",
    "gemini_api_key" secret: "Key of Gemini",
    "openrouter_api_key" secret: "Key of OpenRouter",
    "ollama_host": "Where Ollama listens",
    "pool_headless_shell": "Warm browsers of the small headless build",
    "pool_chrome": "Warm full browsers, once one was used",
    "headless_shell": "Path of chromium-headless-shell",
    "chrome": "Path of chromium",
    "xvfb": "Path of Xvfb",
    "uids": "As root: uids that browsers run under",
    "require_isolation": "What the kernel must at least hold browsers in with: A or B",
    "log_format": "text or json",
    "log_level": "error, warn, info, debug, trace, or target=level,…",
}

/// A configuration that cannot be used. The start stops with it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is no TOML.
    #[error("{} is not valid TOML: {message}", path.display())]
    NotToml {
        /// Which.
        path: PathBuf,
        /// Where and why.
        message: String,
    },
    /// A variable whose value is no text.
    #[error("invalid value of {variable}: expected UTF-8 text")]
    NotText {
        /// Which.
        variable: String,
    },
    /// A name that no setting has.
    #[error("unknown setting '{name}' in {origin}: allowed are {}", names())]
    Unknown {
        /// The name.
        name: String,
        /// Where it stands.
        origin: String,
    },
    /// A value that the setting cannot have.
    #[error("invalid value '{value}' for {name} (from {origin}): expected {expected}")]
    Invalid {
        /// The setting.
        name: &'static str,
        /// The value; masked for secrets.
        value: String,
        /// Where it stands.
        origin: String,
        /// What would be right.
        expected: String,
    },
}

fn names() -> String {
    SETTINGS
        .iter()
        .map(|setting| setting.name)
        .collect::<Vec<_>>()
        .join(", ")
}

/// A text with where it comes from.
#[derive(Clone)]
pub struct Given {
    /// The text.
    pub text: String,
    /// `the default`, a file, a variable or a flag.
    pub origin: String,
}

/// Settings as texts, layer upon layer.
#[derive(Clone, Default)]
pub struct Layers(BTreeMap<&'static str, Given>);

impl Layers {
    /// The default file.
    ///
    /// # Errors
    /// Never for the file that ships.
    pub fn defaults() -> Result<Self, ConfigError> {
        let mut layers = Self::default();
        layers.add_toml(DEFAULTS, Path::new("the default"))?;
        Ok(layers)
    }

    /// Adds a file.
    ///
    /// # Errors
    /// When it cannot be read, is no TOML, or sets what does not exist.
    pub fn add_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        self.add_toml(&text, path)
    }

    fn add_toml(&mut self, text: &str, path: &Path) -> Result<(), ConfigError> {
        let table: toml::Table =
            text.parse()
                .map_err(|error: toml::de::Error| ConfigError::NotToml {
                    path: path.to_owned(),
                    message: in_words(text, &error),
                })?;
        let origin = path.display().to_string();
        for (name, value) in table {
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Array(items) => items
                    .iter()
                    .map(|item| {
                        item.as_str()
                            .map_or_else(|| item.to_string(), str::to_owned)
                    })
                    .collect::<Vec<_>>()
                    .join(","),
                other => other.to_string(),
            };
            self.set(&name, text, origin.clone())?;
        }
        Ok(())
    }

    /// Adds the environment. Returns a warning for each variable that looks like a setting and is none.
    ///
    /// # Errors
    /// For a setting whose value is not UTF-8.
    pub fn add_environment(
        &mut self,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Vec<String>, ConfigError> {
        let mut warnings = Vec::new();
        for (variable, text) in variables {
            let variable = variable.to_string_lossy().into_owned();
            let Some(name) = variable.strip_prefix("GUISE_") else {
                continue;
            };
            // The suites of tests use their own variables beside the server's.
            if name.starts_with("TEST_") || name == "CONFIG" {
                continue;
            }
            let Some(setting) = SETTINGS
                .iter()
                .find(|setting| setting.variable() == variable)
            else {
                warnings.push(format!("unknown variable {variable}: it has no effect; 'guise config' shows all settings"));
                continue;
            };
            let Ok(text) = text.into_string() else {
                return Err(ConfigError::NotText { variable });
            };
            self.set(setting.name, text, variable)?;
        }
        Ok(warnings)
    }

    /// Sets one value.
    ///
    /// # Errors
    /// For a name that no setting has.
    pub fn set(&mut self, name: &str, text: String, origin: String) -> Result<(), ConfigError> {
        match SETTINGS.iter().find(|setting| setting.name == name) {
            Some(setting) => {
                self.0.insert(setting.name, Given { text, origin });
                Ok(())
            }
            None => Err(ConfigError::Unknown {
                name: name.to_owned(),
                origin,
            }),
        }
    }

    /// The value of a setting.
    pub fn get(&self, name: &'static str) -> Given {
        self.0.get(name).cloned().unwrap_or_else(|| Given {
            text: String::new(),
            origin: "the default".to_owned(),
        })
    }

    /// What is in force, with secrets masked, as a file that could be read again.
    pub fn render(&self) -> String {
        let mut text = String::new();
        for setting in SETTINGS {
            let given = self.get(setting.name);
            let value = if setting.secret && !given.text.is_empty() {
                MASK.to_owned()
            } else {
                mask_password(&given.text)
            };
            let value = toml::Value::String(value);
            text.push_str(&format!(
                "{} = {value} # from {}\n",
                setting.name, given.origin
            ));
        }
        text
    }
}

/// Where and why a file is no TOML, in one line.
fn in_words(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = 1 + text
        .bytes()
        .take(start)
        .filter(|byte| *byte == b'\n')
        .count();
    format!("line {line}: {}", error.message())
}

const MASK: &str = "********";

/// `postgres://user:secret@host/name` without the secret, wherever such an address holds it.
pub fn mask_password(text: &str) -> String {
    let Ok(mut url) = url::Url::parse(text) else {
        // What is no address may have been meant as one: a password with a character that ought to be escaped.
        return match (text.find("://"), text.rfind('@')) {
            (Some(scheme), Some(at)) if scheme < at => {
                format!("{}://{MASK}{}", &text[..scheme], &text[at..])
            }
            _ => text.to_owned(),
        };
    };
    let in_query = |(name, _): &(_, _)| *name == *"password";
    if url.password().is_none() && !url.query_pairs().any(|pair| in_query(&pair)) {
        return text.to_owned();
    }
    if url.password().is_some() {
        // Only an address without a host has no place for one, and that has no password either.
        let _ = url.set_password(Some(MASK));
    }
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    if !pairs.is_empty() {
        let masked = pairs.into_iter().map(|(name, value)| {
            let value = if name == "password" {
                MASK.to_owned()
            } else {
                value
            };
            (name, value)
        });
        url.query_pairs_mut().clear().extend_pairs(masked);
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_sets_everything_there_is() {
        let layers = Layers::defaults().unwrap();
        for setting in SETTINGS {
            assert!(
                layers.0.contains_key(setting.name),
                "{} has no default",
                setting.name
            );
        }
    }

    #[test]
    fn later_layers_win_and_unknown_names_are_told() {
        let mut layers = Layers::defaults().unwrap();
        let variables = [
            ("GUISE_LISTEN", "1.2.3.4:5"),
            ("GUISE_NONSENSE", "1"),
            ("PATH", "/bin"),
        ];
        let warnings = layers
            .add_environment(
                variables
                    .into_iter()
                    .map(|(name, text)| (name.into(), text.into())),
            )
            .unwrap();
        assert_eq!(layers.get("listen").text, "1.2.3.4:5");
        assert_eq!(warnings.len(), 1);
        assert!(
            layers
                .add_toml("nonsense = 1", Path::new("x.toml"))
                .is_err()
        );
    }

    #[test]
    fn secrets_are_masked() {
        let mut layers = Layers::defaults().unwrap();
        layers
            .set("api_key", "very-secret-indeed".into(), "test".into())
            .unwrap();
        layers
            .set(
                "database_url",
                "postgres://me:hidden@db/guise".into(),
                "test".into(),
            )
            .unwrap();
        let text = layers.render();
        assert!(
            !text.contains("very-secret") && !text.contains("hidden"),
            "{text}"
        );
    }

    #[rstest::rstest]
    #[case("postgres://me:hidden@db/guise")]
    #[case("postgres://me:hid#den/@db/guise")]
    #[case("postgres://me@db/guise?sslmode=require&password=hidden")]
    #[case("mysql://me:hidden@db/guise")]
    fn no_password_is_shown(#[case] address: &str) {
        let shown = mask_password(address);
        assert!(
            shown.contains(MASK) && shown.contains("db/guise") && !shown.contains("hid"),
            "{shown}"
        );
    }

    #[test]
    fn addresses_without_a_password_stay_as_they_are() {
        for text in [
            "postgres://guise@localhost/db?host=/run/x",
            "127.0.0.1:3000",
            "me@example",
            "",
        ] {
            assert_eq!(mask_password(text), text);
        }
    }

    #[test]
    fn what_is_no_toml_is_told_in_one_line() {
        let error = Layers::default()
            .add_toml("slots = 1\nlisten = here\n", Path::new("x.toml"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("x.toml") && error.contains("line 2") && !error.contains('\n'),
            "{error}"
        );
    }
}
