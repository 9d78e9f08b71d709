//! Which model answers.

use std::sync::Arc;

use async_trait::async_trait;
use guise_core::ports::{ChosenModel, Model, Models, TenantModelKeys};
use guise_core::{Error, Result, Secret, TenantId};
use reqwest::Client;
use url::Url;

use crate::provider::{self, Provider};
use crate::remote::RemoteModel;
use crate::settings::check_key;
use crate::{ModelName, ModelSettings, SettingsError, http};

/// What requests call a wished model (Notte API, `ApiAgentStartRequest`).
const MEMBER: &str = "reasoning_model";

/// The models of all providers that are set up.
pub struct ModelDirectory {
    http: Client,
    settings: ModelSettings,
    tenant_keys: Option<Arc<dyn TenantModelKeys>>,
}

/// What was found for a name.
enum Found {
    Model(Arc<dyn Model>),
    /// Its provider is known, but nothing is there to reach it with.
    NoKey(&'static Provider),
    /// There is no provider of that name.
    Unknown,
}

impl ModelDirectory {
    /// Prepares to ask; nothing is sent yet. Keys of tenants come before the operator's.
    ///
    /// # Errors
    /// [`SettingsError`] with what to set.
    pub fn new(
        settings: ModelSettings,
        tenant_keys: Option<Arc<dyn TenantModelKeys>>,
    ) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self {
            http: http::client()?,
            settings,
            tenant_keys,
        })
    }

    async fn find(&self, tenant: TenantId, name: &ModelName) -> Result<Found> {
        let Some(provider) = Provider::find(&name.provider) else {
            return Ok(Found::Unknown);
        };
        let settings = self.settings.providers.get(provider.name);
        let base_url = settings.and_then(|it| it.base_url.as_ref());
        let own = self
            .settings
            .model
            .as_ref()
            .and_then(|own| Provider::find(&own.provider));
        let named_by_operator = own.is_some_and(|own| own.name == provider.name);
        // Only the operator may say that a program on this machine is asked.
        if provider.keyless && base_url.is_none() && !named_by_operator {
            return Ok(Found::NoKey(provider));
        }
        let key = match self.tenant_key(tenant, provider).await? {
            Some(key) => Some(key),
            None => settings.and_then(|it| it.key.clone()),
        };
        if key.is_none() && base_url.is_none() && !provider.keyless {
            return Ok(Found::NoKey(provider));
        }
        let base_url = match base_url {
            Some(url) => url.clone(),
            None => Url::parse(provider.base_url)
                .map_err(|error| Error::internal("reading the address of a provider", error))?,
        };
        let headers = provider
            .protocol
            .headers(key.as_deref())
            .map_err(|error| Error::internal("preparing the key of a provider", error))?;
        let full_name = format!("{}/{}", provider.name, name.model);
        Ok(Found::Model(Arc::new(RemoteModel {
            http: self.http.clone(),
            price: self.settings.prices.of(&full_name).copied(),
            name: full_name,
            model: name.model.clone(),
            protocol: provider.protocol,
            base_url,
            key,
            headers,
            asks_for_cost: provider.name == "openrouter",
        })))
    }

    async fn tenant_key(
        &self,
        tenant: TenantId,
        provider: &Provider,
    ) -> Result<Option<Arc<Secret>>> {
        let Some(keys) = &self.tenant_keys else {
            return Ok(None);
        };
        let Some(key) = keys.key(tenant, provider.name).await? else {
            return Ok(None);
        };
        check_key(&key).map_err(|problem| {
            let name = provider.name;
            Error::refused(format!("your own key for {name} cannot be used: {problem}"))
        })?;
        Ok(Some(Arc::new(key)))
    }

    /// The operator's own model, after `instead_of` could not answer.
    async fn own(&self, tenant: TenantId, instead_of: Option<&str>) -> Result<Arc<dyn Model>> {
        let because = instead_of
            .map(|why| format!("{why}, and "))
            .unwrap_or_default();
        let Some(own) = &self.settings.model else {
            return Err(Error::refused(format!(
                "{because}no language model is set up: set GUISE_MODEL to provider/model, such as openai/gpt-4o, and that \
                 provider's key, such as OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own"
            )));
        };
        match self.find(tenant, own).await? {
            Found::Model(model) => Ok(model),
            Found::NoKey(provider) => {
                let remedy = provider.remedy();
                Err(Error::refused(format!(
                    "{because}GUISE_MODEL is {own}, for which there is no key: set {remedy}"
                )))
            }
            // Settings with such a name are not taken.
            Found::Unknown => Err(Error::refused(format!(
                "{because}GUISE_MODEL is {own}, whose provider is not known"
            ))),
        }
    }
}

#[async_trait]
impl Models for ModelDirectory {
    async fn choose(&self, tenant: TenantId, wish: Option<&str>) -> Result<ChosenModel> {
        let Some(wish) = wish else {
            let model = self.own(tenant, None).await?;
            return Ok(ChosenModel { model, note: None });
        };
        let wished: ModelName = wish.parse().map_err(|error| {
            let message = format!("the wished model is wrong: {error}");
            Error::invalid_member(&[MEMBER], "model_name", message)
        })?;
        let (why, remedy) = match self.find(tenant, &wished).await? {
            Found::Model(model) => return Ok(ChosenModel { model, note: None }),
            Found::NoKey(provider) => (
                format!("the wished model {wished} has no key here"),
                format!("set {} to use it", provider.remedy()),
            ),
            Found::Unknown => (
                format!("the wished model {wished} is of no provider that is known here"),
                format!("known are {}", provider::known()),
            ),
        };
        let model = self.own(tenant, Some(&format!("{why} ({remedy})"))).await?;
        let note = format!("{why}; {} answers instead; {remedy}", model.name());
        Ok(ChosenModel {
            model,
            note: Some(note),
        })
    }
}
