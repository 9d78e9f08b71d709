//! Where phone numbers come from.

use std::collections::HashSet;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::{Country, PhoneNumber, Result};

/// Gives out phone numbers that text messages can be sent to, and takes them back.
#[async_trait]
pub trait PhoneProvider: Send + Sync {
    /// Its name, kept with each number: only the provider that gave a number can take it back.
    fn name(&self) -> &'static str;

    /// Gets a number. It may cost money, and is ours until it is released.
    ///
    /// # Errors
    /// Kind `Unconfigured` with what to set, `Refused` when there is no such number or the provider does not want to or
    /// cannot be reached, `Quota` with a time when there were too many requests, `Timeout` when `deadline` has passed.
    /// Where it cannot be known whether a number was bought, the message says so and names it.
    async fn buy(&self, wish: &PhoneWish, deadline: Instant) -> Result<BoughtNumber>;

    /// Gives a number back. One that is gone already is fine.
    ///
    /// # Errors
    /// As [`PhoneProvider::buy`]; the number is then still ours.
    async fn release(&self, number: &BoughtNumber, deadline: Instant) -> Result<()>;
}

/// Which number one would like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneWish {
    /// In which country.
    pub country: Country,
    /// With which area code, where the country has them: three digits in the United States and Canada.
    pub area_code: Option<String>,
    /// Numbers that are in use. A provider that makes numbers up gives none of these.
    pub taken: HashSet<PhoneNumber>,
}

/// A number that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoughtNumber {
    /// The number.
    pub number: PhoneNumber,
    /// What the provider calls it; needed to give it back.
    pub provider_id: String,
}
