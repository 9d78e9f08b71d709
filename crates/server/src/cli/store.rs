//! The database as the commands use it, whether a server runs beside them or not.

use std::sync::Arc;

use anyhow::Result;
use guise_core::ports::{Audit, Clock, Store, SystemClock};
use guise_core::services::Access;
use guise_secrets::{AuditTrail, KeyTree};
use guise_store::Database;

use crate::config::Settings;
use crate::data_folder::DataFolder;

/// What commands on tenants and keys need.
pub(super) struct Opened {
    pub(super) access: Access,
    pub(super) keys: Arc<KeyTree>,
}

/// Opens the data folder, the database and its keys.
pub(super) async fn open(settings: &Settings) -> Result<Opened> {
    let folder = DataFolder::open(&settings.data_dir)?;
    let (database, keys) = database_and_keys(settings, &folder).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let audit: Arc<dyn Audit> = Arc::new(AuditTrail::new(
        Arc::clone(&keys),
        Arc::clone(&database) as _,
        Arc::clone(&clock),
    ));
    Ok(Opened {
        access: Access::new(database as Arc<dyn Store>, audit, clock),
        keys,
    })
}

/// The database and its keys. Where the keys do not open, the database is left as it was found.
pub(super) async fn database_and_keys(
    settings: &Settings,
    folder: &DataFolder,
) -> Result<(Arc<Database>, Arc<KeyTree>)> {
    let database = Arc::new(Database::connect(&folder.database_url(settings)).await?);
    match folder.keys(&database, settings).await {
        Ok(keys) => Ok((database, Arc::new(keys))),
        Err(error) => {
            database.close().await;
            Err(error)
        }
    }
}
