//! Where phone numbers come from, as the configuration says.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use guise_core::ports::PhoneProvider;
use guise_core::{ExposeSecret as _, Secret};
use guise_phone::{Loopback, Twilio, TwilioSettings};

use crate::config::{PhoneProviderName, Settings};

/// The provider, and the account behind it where webhooks are signed with it.
pub struct Phones {
    /// Gives numbers; none where there are none to be had.
    pub provider: Option<Arc<dyn PhoneProvider>>,
    /// Twilio's account.
    pub twilio: Option<Arc<Twilio>>,
}

impl Phones {
    /// What the configuration asks for.
    ///
    /// # Errors
    /// Says what is missing for Twilio.
    pub fn configured(settings: &Settings) -> Result<Self> {
        match settings.phone_provider {
            None => Ok(Self {
                provider: None,
                twilio: None,
            }),
            Some(PhoneProviderName::Loopback) => Ok(Self {
                provider: Some(Arc::new(Loopback)),
                twilio: None,
            }),
            Some(PhoneProviderName::Twilio) => {
                let twilio = Arc::new(twilio(settings)?);
                Ok(Self {
                    provider: Some(Arc::clone(&twilio) as Arc<dyn PhoneProvider>),
                    twilio: Some(twilio),
                })
            }
        }
    }
}

fn twilio(settings: &Settings) -> Result<Twilio> {
    let Some(token) = &settings.twilio_auth_token else {
        bail!(
            "phone_provider is twilio, but twilio_auth_token is not set (GUISE_TWILIO_AUTH_TOKEN)"
        );
    };
    let Some(public) = &settings.public_url else {
        bail!(
            "phone_provider is twilio, but public_url is not set: Twilio must reach this server to hand messages over"
        );
    };
    let sms_url = public
        .join("webhooks/sms/twilio")
        .context("public_url cannot be the beginning of an address")?;
    Twilio::new(TwilioSettings {
        account_sid: settings.twilio_account_sid.clone(),
        auth_token: Secret::new(token.expose_secret().to_owned()),
        sms_url,
        base_url: settings.twilio_url.clone(),
    })
    .context("phone_provider is twilio, but it cannot be used")
}
