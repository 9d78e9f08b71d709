//! Trajectories.

use async_trait::async_trait;
use guise_core::ports::StepStore;
use guise_core::{Result, RunId, SessionId, Step, StepPlace, StepRecord, Timestamp};

use crate::Database;
use crate::row::Row;
use crate::statement::Statement;
use crate::value::Value;

const ADD: Statement = Statement::new(
    "add a step",
    "INSERT INTO steps (session_id, sequence, run_id, started_at, intent, result, picture)
     VALUES ($1, $2, $3, $4, $5, $6, $7)",
);

const FINISH: Statement = Statement::new(
    "finish a step",
    "UPDATE steps SET result = $3, picture = $4
     WHERE session_id = $1 AND sequence = $2 AND result IS NULL",
);

// SQLite knows no OFFSET without LIMIT, so the limit is the largest number.
const FINISHED: Statement = Statement::new(
    "list the steps",
    "SELECT sequence, started_at, result, picture FROM steps
     WHERE session_id = $1 AND result IS NOT NULL
     ORDER BY sequence LIMIT 9223372036854775807 OFFSET $2",
);

const FINISHED_OF_RUN: Statement = Statement::new(
    "list the steps of a run",
    "SELECT sequence, started_at, result, picture FROM steps
     WHERE run_id = $1 AND result IS NOT NULL ORDER BY sequence",
);

const COUNT_FINISHED: Statement = Statement::new(
    "count the steps",
    "SELECT COUNT(*) AS finished FROM steps WHERE session_id = $1 AND result IS NOT NULL",
);

const NEXT: Statement = Statement::new(
    "find the end of a trajectory",
    "SELECT COALESCE(MAX(sequence) + 1, 0) AS next FROM steps WHERE session_id = $1",
);

const UNFINISHED_OF_RUN: Statement = Statement::new(
    "look up what a run tried last",
    "SELECT intent FROM steps
     WHERE run_id = $1 AND result IS NULL AND intent IS NOT NULL AND sequence >
         COALESCE((SELECT MAX(finished.sequence) FROM steps AS finished
                   WHERE finished.run_id = $1 AND finished.result IS NOT NULL), -1)
     ORDER BY sequence DESC LIMIT 1",
);

#[async_trait]
impl StepStore for Database {
    async fn begin_step(&self, place: StepPlace, intent: &Step, at: Timestamp) -> Result<()> {
        let values = begun(place, intent, at)?;
        self.touch(ADD, &values).await.map(drop)
    }

    async fn begin_step_in_haste(
        &self,
        place: StepPlace,
        intent: &Step,
        at: Timestamp,
    ) -> Result<()> {
        let values = begun(place, intent, at)?;
        self.touch_in_haste(ADD, &values).await.map(drop)
    }

    async fn finish_step(
        &self,
        session: SessionId,
        sequence: u64,
        step: &Step,
        picture: Option<&str>,
    ) -> Result<()> {
        let values = [
            session.into(),
            sequence.into(),
            Value::json(step)?,
            picture.into(),
        ];
        // That it was tried is known whatever happens, if it needs to be: the intent was waited for.
        match self.touch_in_haste(FINISH, &values).await? {
            0 => Err(FINISH.failed(format!(
                "step {sequence} of session {session} is not under way"
            ))),
            _ => Ok(()),
        }
    }

    async fn add_step(
        &self,
        place: StepPlace,
        step: &Step,
        picture: Option<&str>,
        at: Timestamp,
    ) -> Result<()> {
        let values = [Value::Json(None), Value::json(step)?, picture.into()];
        let values = appended(place, at, values);
        self.touch_in_haste(ADD, &values).await.map(drop)
    }

    async fn steps(&self, session: SessionId, offset: u64) -> Result<Vec<StepRecord>> {
        let rows = self
            .rows(FINISHED, &[session.into(), offset.into()])
            .await?;
        rows.iter().map(record).collect()
    }

    async fn steps_of_run(&self, run: RunId) -> Result<Vec<StepRecord>> {
        let rows = self.rows(FINISHED_OF_RUN, &[run.into()]).await?;
        rows.iter().map(record).collect()
    }

    async fn next_sequence(&self, session: SessionId) -> Result<u64> {
        let row = self.row(NEXT, &[session.into()]).await?;
        row.map_or(Ok(0), |row| row.count("next"))
    }

    async fn unfinished_step_of_run(&self, run: RunId) -> Result<Option<Step>> {
        let row = self.row(UNFINISHED_OF_RUN, &[run.into()]).await?;
        row.map(|row| row.json("intent")).transpose()
    }

    async fn count_steps(&self, session: SessionId) -> Result<u64> {
        let row = self.row(COUNT_FINISHED, &[session.into()]).await?;
        row.map_or(Ok(0), |row| row.count("finished"))
    }
}

/// The values of [`ADD`] for a step that has no result yet.
fn begun(place: StepPlace, intent: &Step, at: Timestamp) -> Result<[Value<'static>; 7]> {
    let values = [Value::json(intent)?, Value::Json(None), None::<&str>.into()];
    Ok(appended(place, at, values))
}

/// The values of [`ADD`].
fn appended(
    place: StepPlace,
    at: Timestamp,
    [intent, result, picture]: [Value<'_>; 3],
) -> [Value<'_>; 7] {
    [
        place.session.into(),
        place.sequence.into(),
        place.run.into(),
        at.into(),
        intent,
        result,
        picture,
    ]
}

fn record(row: &Row) -> Result<StepRecord> {
    Ok(StepRecord {
        sequence: row.count("sequence")?,
        started_at: row.time("started_at")?,
        step: Some(row.json("result")?),
        picture: row.optional_text("picture")?,
    })
}
