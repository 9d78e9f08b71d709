//! What was done in a session, in order.

use crate::services::Sessions;
use crate::{Caller, Result, Session, Step, StepRecord};

impl Sessions {
    /// The finished steps of a session from `offset` on, in order, pictures included. Works on ended sessions too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn steps(&self, session: &Session, offset: u64) -> Result<Vec<StepRecord>> {
        let mut records = self.shared.store.steps(session.id, offset).await?;
        for record in &mut records {
            if let (Some(Step::Observation(observation)), Some(key)) =
                (&mut record.step, &record.picture)
            {
                observation.screenshot.jpeg = self.shared.blobs.get(key).await?.unwrap_or_default();
            }
        }
        Ok(records)
    }

    /// How many finished steps a session has.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn offset(&self, caller: &Caller, id: &str) -> Result<u64> {
        let session = self.get(caller, id).await?;
        self.shared.store.count_steps(session.id).await
    }
}
