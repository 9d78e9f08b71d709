//! The card of a vault.

use super::checks::check_card;
use super::{TRIES, Vaults, busy};
use crate::ports::{Actor, AuditEvent, Deed, Place};
use crate::services::secrets_wire;
use crate::{Caller, Card, Error, Kind, Result, Vault};

/// What a card is sealed as.
pub(super) const CARD: &str = "card";

impl Vaults {
    /// Keeps a vault's card, in place of one that was there.
    ///
    /// # Errors
    /// Kind `Invalid` for members that are empty or too long.
    pub async fn put_card(&self, vault: &Vault, card: &Card) -> Result<()> {
        let names = [
            "card_holder_name",
            "card_number",
            "card_cvv",
            "card_full_expiration",
        ];
        check_card(card, names.map(|name| ["credit_card", name]))?;
        let plain = secrets_wire::card(card)?;
        for _ in 0..TRIES {
            let before = self.store.card_version(vault.tenant, vault.id).await?;
            let version = before.map_or(1, |version| version + 1);
            let place = card_place(vault, version);
            let sealed = self.keyring.seal(&place, &plain).await?;
            if self.store.put_card(vault, version, &sealed).await? {
                return Ok(());
            }
            self.still_there(vault).await?;
        }
        Err(busy())
    }

    /// A vault's card in the clear.
    ///
    /// # Errors
    /// Kind `Denied` without the scope `vault:reveal` or where the operator forbids it, `NotFound` when there is none.
    pub async fn reveal_card(&self, caller: &Caller, vault: &Vault) -> Result<Card> {
        self.may_reveal(caller)?;
        let id = vault.id.as_uuid();
        let kept = self.store.sealed(vault.tenant, CARD, id).await?;
        let (place, sealed) = kept.ok_or_else(|| no_card(vault))?;
        self.audit
            .record(&AuditEvent {
                tenant: Some(caller.tenant),
                actor: Actor::Key(caller.key),
                deed: Deed::Reveal,
                subject: format!("card of vault {}", vault.id),
                details: Vec::new(),
            })
            .await?;
        let plain = self.keyring.open(&place, &sealed).await?;
        secrets_wire::read_card(&plain)
    }

    /// Deletes a vault's card.
    ///
    /// # Errors
    /// Kind `NotFound` when there is none.
    pub async fn delete_card(&self, vault: &Vault) -> Result<()> {
        if self.store.delete_card(vault.tenant, vault.id).await? {
            Ok(())
        } else {
            Err(no_card(vault))
        }
    }

    /// A vault's card, for those who do not show it.
    pub(super) async fn card(&self, vault: &Vault) -> Result<Option<Card>> {
        let id = vault.id.as_uuid();
        let Some((place, sealed)) = self.store.sealed(vault.tenant, CARD, id).await? else {
            return Ok(None);
        };
        let plain = self.keyring.open(&place, &sealed).await?;
        secrets_wire::read_card(&plain).map(Some)
    }
}

fn card_place(vault: &Vault, version: u64) -> Place {
    Place {
        tenant: vault.tenant,
        owner: vault.id.as_uuid(),
        kind: CARD,
        row: vault.id.as_uuid(),
        version,
    }
}

pub(super) fn no_card(vault: &Vault) -> Error {
    Error::new(
        Kind::NotFound,
        format!("Vault {} has no credit card", vault.id),
    )
}
