//! What was done in a session, in order.

use crate::services::Sessions;
use crate::{Caller, Decision, Result, RunId, Session, Step, StepRecord};

impl Sessions {
    /// The finished steps of a session from `offset` on, in order, pictures included. Works on ended sessions too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn steps(&self, session: &Session, offset: u64) -> Result<Vec<StepRecord>> {
        let records = self.shared.store.steps(session.id, offset).await?;
        self.with_pictures(records).await
    }

    /// The finished steps of a run, in order, pictures included.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn steps_of_run(&self, run: RunId) -> Result<Vec<StepRecord>> {
        let records = self.shared.store.steps_of_run(run).await?;
        self.with_pictures(records).await
    }

    /// What a run's model decided, in order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn decisions(&self, run: RunId) -> Result<Vec<Decision>> {
        let records = self.shared.store.steps_of_run(run).await?;
        let steps = records.into_iter().filter_map(|record| record.step);
        Ok(steps
            .filter_map(|step| match step {
                Step::Decision(decision) => Some(*decision),
                _ => None,
            })
            .collect())
    }

    async fn with_pictures(&self, mut records: Vec<StepRecord>) -> Result<Vec<StepRecord>> {
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
