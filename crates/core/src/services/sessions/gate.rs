//! What everything passes that leaves a session's browser or comes from a run's tools: without the secrets of the session.
//!
//! The rules for fills keep secrets from pages; this is the net below them, for sites that send back what they were sent and
//! mails that repeat it. Pictures are not read; what is in them the browser paints over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::Sessions;
use super::kept::Lasting;
use super::leaves::Leaves;
use crate::ports::{Release, Scrub, ScrubChunks, SecretFill, SecretSource, SecretSources};
use crate::{Error, Field, Placeholder, Placeholders, Result, SecretPart, TenantId, VaultId};

/// A one-time code is searched for so long after it was released: longer than any site takes it.
const CODE: Duration = Duration::from_mins(3);

/// The secrets of one session.
pub(super) struct Gate {
    scrub: Arc<dyn Scrub>,
    /// The labels of one-time codes, and when the last code of that label was released.
    codes: Mutex<HashMap<String, Instant>>,
}

impl Gate {
    pub(super) fn new(scrub: Arc<dyn Scrub>) -> Self {
        Self {
            scrub,
            codes: Mutex::default(),
        }
    }

    /// Searches for everything that is in a vault now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn watch(
        &self,
        secrets: &dyn SecretSources,
        tenant: TenantId,
        vault: VaultId,
    ) -> Result<()> {
        for (secret, label) in secrets.searched(tenant, vault).await? {
            self.scrub.add(&secret, &label);
        }
        Ok(())
    }

    /// A value as it may leave.
    pub(super) fn clean<T: Leaves>(&self, mut value: T) -> T {
        self.forget_old_codes();
        value.scrub(&*self.scrub);
        value
    }

    /// A value as it may be kept: what stands for a secret in one run only becomes what stands for it at any time.
    pub(super) fn keep<T: Leaves>(&self, mut value: T, words: Option<&Placeholders>) -> T {
        self.forget_old_codes();
        match words {
            Some(words) => value.scrub(&Lasting {
                words,
                scrub: &*self.scrub,
            }),
            None => value.scrub(&*self.scrub),
        }
        value
    }

    /// An error as it may leave.
    pub(super) fn clean_error(&self, error: Error) -> Error {
        self.forget_old_codes();
        error.reworded(|message| self.scrub.text(message).into_owned())
    }

    /// For bytes that come in chunks.
    pub(super) fn chunks(&self) -> Box<dyn ScrubChunks> {
        self.forget_old_codes();
        self.scrub.chunks()
    }

    fn release(&self, fill: &SecretFill) {
        let SecretFill {
            part,
            secret,
            destination,
            ..
        } = fill;
        let label = format!("[{} of {}]", part.name(), destination.site());
        match part {
            SecretPart::Password | SecretPart::CardNumber => self.scrub.add(secret, &label),
            SecretPart::Code => {
                self.scrub.add(secret, &label);
                self.codes().insert(label, Instant::now());
            }
            // Not to be told from chance, or no secret.
            SecretPart::CardHolder
            | SecretPart::CardCode
            | SecretPart::CardExpiry
            | SecretPart::Email
            | SecretPart::Username => {}
        }
    }

    fn forget_old_codes(&self) {
        self.codes().retain(|label, released| {
            let young = released.elapsed() < CODE;
            if !young {
                self.scrub.remove(label);
            }
            young
        });
    }

    fn codes(&self) -> std::sync::MutexGuard<'_, HashMap<String, Instant>> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    /// A text without the secrets of a vault: for what is asked about a run when its session has long ended.
    ///
    /// # Errors
    /// When the vault cannot be read.
    pub async fn without_secrets(
        &self,
        tenant: TenantId,
        vault: VaultId,
        text: String,
    ) -> Result<String> {
        let gate = Gate::new(self.shared.scrubs.scrub());
        gate.watch(&*self.shared.secrets, tenant, vault).await?;
        Ok(gate.clean(text))
    }
}

/// The secrets of the vault that whoever acts has at hand, if any. What they release is searched for from then on.
pub(super) struct InHand {
    pub(super) held: Option<Arc<dyn SecretSource>>,
    pub(super) gate: Arc<Gate>,
    /// A run's model gets to see no secret, whatever its key may; and what one run's vault has put into a page is a secret for
    /// whoever acts without a vault, too.
    pub(super) reveals: bool,
}

#[async_trait]
impl SecretSource for InHand {
    fn read(&self, value: &str) -> Option<Placeholder> {
        self.held.as_ref()?.read(value)
    }

    async fn release(&self, placeholder: &Placeholder, field: &Field) -> Result<Release> {
        let Some(held) = &self.held else {
            return Ok(Release::Unchanged);
        };
        let release = held.release(placeholder, field).await?;
        if let Release::Secret(fill) = &release {
            self.gate.release(fill);
        }
        Ok(release)
    }

    fn reveals(&self) -> bool {
        self.reveals
    }
}
