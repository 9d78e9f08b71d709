//! Buying numbers and giving them back.

use std::fmt;

use async_trait::async_trait;
use guise_core::ports::{BoughtNumber, PhoneProvider, PhoneWish};
use guise_core::{Error, PhoneNumber, Result};
use tokio::time::Instant;

use super::client::{Client, Own};
use super::settings::is_sid;
use super::{Params, TwilioError, TwilioSettings, verify};
use crate::Refusal;

/// Twilio's number for "somebody else has bought it meanwhile".
const GONE: u32 = 21422;

/// A Twilio account.
pub struct Twilio {
    client: Client,
}

impl Twilio {
    /// Prepares to use an account; nothing is sent yet.
    ///
    /// # Errors
    /// [`TwilioError::Setting`] with what to set.
    pub fn new(settings: TwilioSettings) -> Result<Self, TwilioError> {
        Ok(Self {
            client: Client::new(settings)?,
        })
    }

    /// Checks a webhook of this account: see [`verify`].
    ///
    /// # Errors
    /// [`Refusal::Signature`].
    pub fn verify(&self, url: &str, params: &Params, signature: &str) -> Result<(), Refusal> {
        verify(self.client.auth_token(), url, params, signature)
    }

    async fn first_to_be_had(
        &self,
        wish: &PhoneWish,
        deadline: Instant,
    ) -> Result<Own, TwilioError> {
        // Where only mobile numbers take text messages, there are no local ones in the answer.
        for kind in ["Local", "Mobile"] {
            let area_code = wish.area_code.as_deref();
            let offers = self
                .client
                .offers(wish.country, kind, area_code, deadline)
                .await?;
            for number in offers {
                match self.buy_surely(&number, deadline).await {
                    Err(TwilioError::Refused { code: GONE, .. }) => {}
                    other => return other,
                }
            }
        }
        Err(TwilioError::NoNumber {
            place: match &wish.area_code {
                Some(code) => format!("{}, area code {code}", wish.country),
                None => wish.country.to_string(),
            },
        })
    }

    /// Buys `number`. When the answer is lost, looks whether it is ours: it is paid for by the month.
    async fn buy_surely(
        &self,
        number: &PhoneNumber,
        deadline: Instant,
    ) -> Result<Own, TwilioError> {
        let lost = match self.client.buy(number, deadline).await {
            Err(error) if error.leaves_doubt() => error,
            other => return other,
        };
        match self.client.find(number, deadline).await {
            Ok(Some(own)) => Ok(own),
            // Not there: it may still be on its way.
            Ok(None) | Err(_) => {
                let doubt = TwilioError::Doubt {
                    number: number.clone(),
                    cause: Box::new(lost),
                };
                // Whoever asked may not be who pays.
                tracing::warn!(%number, "{doubt}");
                Err(doubt)
            }
        }
    }
}

#[async_trait]
impl PhoneProvider for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    async fn buy(&self, wish: &PhoneWish, deadline: Instant) -> Result<BoughtNumber> {
        let own = self.first_to_be_had(wish, deadline).await?;
        Ok(BoughtNumber {
            number: own.phone_number,
            provider_id: own.sid,
        })
    }

    async fn release(&self, number: &BoughtNumber, deadline: Instant) -> Result<()> {
        if !is_sid("PN", &number.provider_id) {
            return Err(Error::refused(format!(
                "{} is no number of Twilio's: expected an id of PN and 32 hexadecimal digits",
                number.number
            )));
        }
        Ok(self.client.release(&number.provider_id, deadline).await?)
    }
}

impl fmt::Debug for Twilio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Twilio(…)")
    }
}
