//! The database as the commands use it, whether a server runs beside them or not.

use std::sync::Arc;

use anyhow::Result;
use guise_core::ports::{Clock, Store, SystemClock};
use guise_core::services::Access;
use guise_secrets::InstanceKey;
use guise_store::Database;

use crate::config::Settings;
use crate::data_folder::DataFolder;

/// What commands on tenants and keys need.
pub(super) struct Opened {
    pub(super) access: Access,
    pub(super) key: InstanceKey,
}

/// Opens the data folder and the database.
pub(super) async fn open(settings: &Settings) -> Result<Opened> {
    let folder = DataFolder::open(&settings.data_dir)?;
    let database = Database::connect(&folder.database_url(settings)).await?;
    let key = folder.instance_key(&database).await?;
    let store: Arc<dyn Store> = Arc::new(database);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(Opened {
        access: Access::new(store, clock),
        key,
    })
}
