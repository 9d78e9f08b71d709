//! Where journeys are kept.

use async_trait::async_trait;

use crate::{Journey, JourneyChange, JourneyFilter, JourneyId, Result, TenantId, Timestamp};

/// Journeys. What a journey names must have been there once; whatever of it is gone, it is not said to name.
#[async_trait]
pub trait JourneyStore: Send + Sync {
    /// Adds a journey.
    async fn add_journey(&self, journey: &Journey) -> Result<()>;

    /// A tenant's journey.
    async fn journey(&self, tenant: TenantId, id: JourneyId) -> Result<Option<Journey>>;

    /// Up to `limit` journeys that are older than `after`, newest first.
    async fn journeys_after(
        &self,
        tenant: TenantId,
        filter: JourneyFilter,
        after: Option<JourneyId>,
        limit: u32,
    ) -> Result<Vec<Journey>>;

    /// Changes a journey. `None` when there is none.
    async fn change_journey(
        &self,
        tenant: TenantId,
        id: JourneyId,
        change: &JourneyChange,
        at: Timestamp,
    ) -> Result<Option<Journey>>;

    /// Removes a journey. `false` when there is none.
    async fn close_journey(&self, tenant: TenantId, id: JourneyId, at: Timestamp) -> Result<bool>;
}
