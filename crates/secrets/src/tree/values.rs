//! Sealing and opening values.

use async_trait::async_trait;
use guise_core::ports::{Keyring, Place, Sealed};
use guise_core::{Error, Result};
use secrecy::zeroize::Zeroizing;

use super::KeyTree;
use crate::context::Context;
use crate::envelope;

#[async_trait]
impl Keyring for KeyTree {
    async fn seal(&self, place: &Place, plain: &[u8]) -> Result<Sealed> {
        let open = self.opened()?;
        let (data_key, key) = self
            .current_data_key(&open, place.tenant, place.owner)
            .await?;
        let envelope = envelope::seal(&key, data_key, &Context::from(place), plain)?;
        Ok(Sealed { data_key, envelope })
    }

    async fn open(&self, place: &Place, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>> {
        let open = self.opened()?;
        let key = self.data_key(&open, sealed.data_key).await?;
        let opened = envelope::open(
            &key,
            sealed.data_key,
            &Context::from(place),
            &sealed.envelope,
        );
        opened.map_err(|error| {
            let what = format!("cannot open the {} {}", place.kind, place.row);
            Error::internal(what, error)
        })
    }
}
