//! What the operator sets.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use guise_core::{Error, Kind, Secret};
use url::Url;

use crate::address;
use crate::provider::{self, Provider};
use crate::{ModelName, Prices};

/// The variable that names the operator's own model.
const MODEL: &str = "GUISE_MODEL";
/// The variable with prices.
const PRICES: &str = "GUISE_MODEL_PRICES";

/// Models and what they are reached with.
#[derive(Debug, Default)]
pub struct ModelSettings {
    /// The model that answers when no other one is wished for or there is no key for that.
    pub model: Option<ModelName>,
    /// By [`Provider::name`]. A provider that has a key or an address answers.
    pub providers: BTreeMap<&'static str, ProviderSettings>,
    /// What models cost whose providers do not say.
    pub prices: Prices,
}

/// What one provider is reached with.
#[derive(Default)]
pub struct ProviderSettings {
    /// The key.
    pub key: Option<Arc<Secret>>,
    /// Where its API is, when not at [`Provider::base_url`]: `http` or `https`, without a name or a password.
    pub base_url: Option<Url>,
}

/// A setting that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// One of them is wrong.
    #[error("{setting} is wrong: {problem}")]
    Setting {
        /// The variable that it comes from.
        setting: &'static str,
        /// What is wrong, and what would be right. No key is in it.
        problem: String,
    },
    /// Nothing can be sent at all.
    #[error("cannot set TLS up")]
    Tls(#[source] reqwest::Error),
}

impl ModelSettings {
    /// Reads `GUISE_MODEL`, `GUISE_MODEL_PRICES` (the form is that of [`Prices`]) and each provider's variables, such as
    /// `OPENAI_API_KEY` and `OPENAI_BASE_URL`. A variable that is blank counts as not set.
    ///
    /// # Errors
    /// [`SettingsError::Setting`] for a value that cannot be read.
    pub fn from_variables(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|name| {
                let value = variable(name)?;
                let value = value.trim();
                (!value.is_empty()).then(|| (*name, value.to_owned()))
            })
        };
        let mut settings = Self::default();
        if let Some((setting, text)) = first(&[MODEL]) {
            let model = text.parse::<ModelName>();
            settings.model = Some(model.map_err(|error| wrong(setting, error))?);
        }
        if let Some((setting, text)) = first(&[PRICES]) {
            settings.prices = text
                .parse()
                .map_err(|problem: String| wrong(setting, problem))?;
        }
        for provider in Provider::all() {
            let key = first(provider.key_variables);
            let base_url = match first(provider.base_url_variables) {
                Some((setting, text)) => {
                    let url = address::read(&text, provider);
                    Some(url.map_err(|problem| wrong(setting, problem))?)
                }
                None => None,
            };
            if key.is_some() || base_url.is_some() {
                let key = key.map(|(_, key)| Arc::new(Secret::new(key)));
                settings
                    .providers
                    .insert(provider.name, ProviderSettings { key, base_url });
            }
        }
        settings.check()?;
        Ok(settings)
    }

    /// Whether all of it can work.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        if let Some(model) = &self.model
            && Provider::find(&model.provider).is_none()
        {
            let known = provider::known();
            let problem = format!("{model} is of no known provider: known are {known}");
            return Err(wrong(MODEL, problem));
        }
        for (name, settings) in &self.providers {
            let Some(provider) = Provider::find(name) else {
                continue;
            };
            if let Some(url) = &settings.base_url {
                let setting = provider.base_url_variables.first().copied();
                address::check(url).map_err(|it| wrong(setting.unwrap_or_default(), it))?;
            }
            if let Some(key) = &settings.key {
                let setting = provider.key_variables.first().copied();
                check_key(key).map_err(|it| wrong(setting.unwrap_or_default(), it))?;
            }
        }
        Ok(())
    }
}

/// Whether a key can be sent; what is wrong, without the key, when not.
pub(crate) fn check_key(key: &Secret) -> Result<(), &'static str> {
    let text = key.expose();
    if text.is_empty() || !text.bytes().all(|c| c.is_ascii_graphic()) {
        return Err(
            "the key is empty or has other than visible ASCII characters: expected it as the provider shows it",
        );
    }
    Ok(())
}

fn wrong(setting: &'static str, problem: impl fmt::Display) -> SettingsError {
    SettingsError::Setting {
        setting,
        problem: problem.to_string(),
    }
}

impl fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderSettings")
            .field("key", &self.key.as_ref().map(|_| "…"))
            .field("base_url", &self.base_url.as_ref().map(address::origin))
            .finish()
    }
}

impl From<SettingsError> for Error {
    fn from(error: SettingsError) -> Self {
        let kind = match error {
            SettingsError::Setting { .. } => Kind::Unconfigured,
            SettingsError::Tls(_) => Kind::Internal,
        };
        Self::new(kind, error.to_string()).with_source(error)
    }
}
