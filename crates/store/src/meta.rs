//! Facts about the installation itself: its id, the check value of its keys.

use guise_core::Result;

use crate::Database;
use crate::statement::Statement;

const GET: Statement = Statement::new(
    "read a fact about the installation",
    "SELECT value FROM meta WHERE key = $1",
);

// The update changes nothing; it makes the row that is there come back.
const PUT_IF_ABSENT: Statement = Statement::new(
    "keep a fact about the installation",
    "INSERT INTO meta (key, value) VALUES ($1, $2)
     ON CONFLICT (key) DO UPDATE SET value = meta.value
     RETURNING value",
);

impl Database {
    /// The fact kept under `key`.
    ///
    /// # Errors
    /// Kind `Internal` when the database fails.
    pub async fn get_meta(&self, key: &str) -> Result<Option<String>> {
        let row = self.row(GET, &[key.into()]).await?;
        row.map(|row| row.text("value")).transpose()
    }

    /// Keeps `value` under `key` unless something is there already. Returns what is there now: when several processes do
    /// this at once, all of them get the same.
    ///
    /// # Errors
    /// Kind `Internal` when the database fails.
    pub async fn put_meta_if_absent(&self, key: &str, value: &str) -> Result<String> {
        let row = self
            .write(PUT_IF_ABSENT, &[key.into(), value.into()])
            .await?;
        row.ok_or_else(|| PUT_IF_ABSENT.failed("no row came back"))?
            .text("value")
    }
}
