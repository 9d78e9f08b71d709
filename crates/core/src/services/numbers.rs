//! Phone numbers of personas.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::ports::{
    Added, BoughtNumber, Clock, IdentityStore, PersonaNumber, PhoneProvider, PhoneWish,
};
use crate::services::whole::whole;
use crate::{Country, Error, Kind, Persona, PersonaId, Result};

/// What clients look for where no number is left.
const NONE_LEFT: &str = "No more phone numbers available";

/// How often another number is asked for when somebody else got the one that a provider gave.
const TRIES: u32 = 8;

/// How long a provider may take.
const PATIENCE: Duration = Duration::from_secs(25);

/// Gives personas phone numbers and takes them away.
pub struct Numbers {
    store: Arc<dyn IdentityStore>,
    clock: Arc<dyn Clock>,
    provider: Option<Arc<dyn PhoneProvider>>,
    country: Country,
}

impl Numbers {
    /// A service on `store`; without a provider it refuses.
    pub fn new(
        store: Arc<dyn IdentityStore>,
        clock: Arc<dyn Clock>,
        provider: Option<Arc<dyn PhoneProvider>>,
        country: Country,
    ) -> Self {
        Self {
            store,
            clock,
            provider,
            country,
        }
    }

    /// Whether numbers can be had.
    ///
    /// # Errors
    /// Kind `Unconfigured`, saying what to set.
    pub fn provider(&self) -> Result<&Arc<dyn PhoneProvider>> {
        self.provider.as_ref().ok_or_else(|| {
            Error::new(
                Kind::Unconfigured,
                "No phone provider is configured: set phone_provider (GUISE_PHONE_PROVIDER) to loopback or twilio",
            )
        })
    }

    /// Gives a persona a number of its own.
    ///
    /// # Errors
    /// Kind `Unconfigured` without a provider, `Conflict` when the persona has a number, `Refused` when there is none left.
    pub async fn give(self: &Arc<Self>, persona: &Persona) -> Result<PersonaNumber> {
        let (this, persona) = (Arc::clone(self), persona.clone());
        // What is bought is paid for, whether the caller waits for it or not.
        whole(async move { this.buy_and_keep(&persona).await }).await
    }

    async fn buy_and_keep(&self, persona: &Persona) -> Result<PersonaNumber> {
        let provider = self.provider()?;
        if let Some(number) = &persona.phone {
            return Err(has_one(persona, number));
        }
        let deadline = Instant::now() + PATIENCE;
        for _ in 0..TRIES {
            let wish = PhoneWish {
                country: self.country,
                area_code: None,
                taken: self.store.numbers().await?,
            };
            let bought = provider.buy(&wish, deadline).await.map_err(none_left)?;
            let number = PersonaNumber {
                tenant: persona.tenant,
                persona: persona.id,
                number: bought.number.clone(),
                provider: provider.name().to_owned(),
                provider_id: bought.provider_id.clone(),
                created_at: self.clock.now(),
            };
            match self.store.add_number(&number).await {
                Ok(Added::Added) => return Ok(number),
                // Somebody else asked at the same time.
                Ok(Added::AddressTaken) => {}
                Ok(Added::NoParent) => {
                    provider.release(&bought, deadline).await?;
                    return Err(Error::not_found("Persona", persona.id));
                }
                Ok(Added::NameTaken | Added::HandleTaken) => {
                    provider.release(&bought, deadline).await?;
                    return Err(has_one(persona, "another call gave it one"));
                }
                Err(error) => {
                    provider.release(&bought, deadline).await?;
                    return Err(error);
                }
            }
        }
        Err(Error::refused(NONE_LEFT))
    }

    /// Takes a persona's number away, and gives it back to its provider.
    ///
    /// # Errors
    /// Kind `NotFound` when it has none.
    pub async fn take(&self, persona: &Persona) -> Result<PersonaNumber> {
        let none = || {
            let message = format!("Persona {} has no phone number", persona.id);
            Error::new(Kind::NotFound, message)
        };
        let number = self.store.number_of(persona.tenant, persona.id).await?;
        let number = number.ok_or_else(none)?;
        let now = self.clock.now();
        let removed = self
            .store
            .remove_number(persona.tenant, persona.id, now)
            .await?;
        if !removed {
            return Err(none());
        }
        self.settle(Some(persona.id)).await?;
        Ok(number)
    }

    /// Gives back what nobody has any more, or only what `persona` had. What a provider does not take now is tried again when
    /// this is called for all.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn settle(&self, persona: Option<PersonaId>) -> Result<()> {
        let mut pending = self.store.pending_numbers().await?;
        pending.retain(|number| persona.is_none_or(|id| number.persona == id));
        for number in pending {
            match self.give_back(&number).await {
                Ok(()) => {
                    let now = self.clock.now();
                    self.store.number_given_back(&number, now).await?;
                }
                Err(error) => {
                    tracing::warn!(number = %number.number, error = ?error, "a phone number could not be given back yet");
                }
            }
        }
        Ok(())
    }

    async fn give_back(&self, number: &PersonaNumber) -> Result<()> {
        let provider = self.provider()?;
        if provider.name() != number.provider {
            let message = format!(
                "The number {} comes from the provider '{}', but '{}' is configured: set phone_provider to give it back",
                number.number,
                number.provider,
                provider.name()
            );
            return Err(Error::new(Kind::Unconfigured, message));
        }
        let bought = BoughtNumber {
            number: number.number.clone(),
            provider_id: number.provider_id.clone(),
        };
        let deadline = Instant::now() + PATIENCE;
        provider.release(&bought, deadline).await
    }
}

/// Says it in the words that clients look for (Notte contract §1.9), and then why.
fn none_left(error: Error) -> Error {
    match error.kind() {
        Kind::Refused => Error::refused(format!("{NONE_LEFT}: {}", error.message())),
        _ => error,
    }
}

fn has_one(persona: &Persona, number: &str) -> Error {
    let message = format!(
        "Persona {} has a phone number already: {number}",
        persona.id
    );
    Error::new(Kind::Conflict, message)
}
