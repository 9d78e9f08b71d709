//! Language models: from the settings, else from the variables that people have for them anyway.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use guise_core::ExposeSecret as _;
use guise_core::ports::TenantModelKeys;
use guise_models::{ModelDirectory, ModelSettings, Provider};

use crate::config::Settings;

/// The providers that a tenant can bring a key for.
pub fn providers_with_keys() -> Vec<&'static str> {
    let providers = Provider::all().iter();
    providers
        .filter(|provider| !provider.keyless)
        .map(|provider| provider.name)
        .collect()
}

/// The models that are set up. Tenants' own keys come before the operator's.
///
/// # Errors
/// When a setting or a variable is wrong; the message names it.
pub fn configured(
    settings: &Settings,
    tenant_keys: Arc<dyn TenantModelKeys>,
) -> Result<ModelDirectory> {
    let read = ModelSettings::from_variables(|variable| value(settings, variable));
    let models = read.context("a setting of a language model cannot be used")?;
    ModelDirectory::new(models, Some(tenant_keys)).context("language models cannot be asked")
}

/// What a variable of a provider is set to: by the setting of its name, or by itself.
fn value(settings: &Settings, variable: &str) -> Option<String> {
    let secret = |secret: &Option<guise_core::SecretString>| {
        secret
            .as_ref()
            .map(|secret| secret.expose_secret().to_owned())
    };
    let set = match variable {
        "GUISE_MODEL" => return Some(settings.model.clone()),
        "GUISE_MODEL_PRICES" => return Some(settings.model_prices.clone()),
        "OPENAI_API_KEY" => secret(&settings.openai_api_key),
        "OPENAI_BASE_URL" => Some(settings.openai_base_url.clone()),
        "ANTHROPIC_API_KEY" => secret(&settings.anthropic_api_key),
        "GEMINI_API_KEY" => secret(&settings.gemini_api_key),
        "OPENROUTER_API_KEY" => secret(&settings.openrouter_api_key),
        "OLLAMA_HOST" => Some(settings.ollama_host.clone()),
        _ => None,
    };
    set.filter(|text| !text.is_empty())
        .or_else(|| std::env::var(variable).ok())
}
