//! The database as the commands use it, whether a server runs beside them or not.

use std::sync::Arc;

use anyhow::Result;
use guise_core::ports::{Audit, Clock, Store, SystemClock};
use guise_core::services::Access;
use guise_secrets::{AuditTrail, KeyTree};
use guise_store::Database;

use crate::config::{RootSpec, Settings};
use crate::data_folder::DataFolder;
use crate::root_sources::{RootSecrets, sources};

/// What commands on tenants and keys need.
pub(super) struct Opened {
    pub(super) access: Access,
    pub(super) keys: Arc<KeyTree>,
    pub(super) audit: Arc<dyn Audit>,
    pub(super) trail: Arc<AuditTrail>,
    pub(super) database: Arc<Database>,
}

/// Does something with the data folder, the database and its keys, and closes the database afterwards: then all that was
/// written is in one file.
pub(super) async fn opened<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Opened) -> Result<T>,
) -> Result<T> {
    let secrets = settings.root_secrets();
    opened_with(settings, &settings.root_key_source, &secrets, work).await
}

/// The same, with other root sources than those that are configured.
pub(super) async fn opened_with<T>(
    settings: &Settings,
    specs: &[RootSpec],
    secrets: &RootSecrets,
    work: impl AsyncFnOnce(&Opened) -> Result<T>,
) -> Result<T> {
    let opened = open(settings, specs, secrets).await?;
    let result = work(&opened).await;
    opened.database.close().await;
    result
}

async fn open(settings: &Settings, specs: &[RootSpec], secrets: &RootSecrets) -> Result<Opened> {
    let folder = DataFolder::open(&settings.data_dir)?;
    let sources = sources(specs, secrets, &folder.key_file())?;
    let database = Arc::new(Database::connect(&folder.database_url(settings)).await?);
    let keys = match folder.keys(&database, &sources).await {
        Ok(keys) => Arc::new(keys),
        Err(error) => {
            // As it was found: closing folds the log into the file.
            database.close().await;
            return Err(error);
        }
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let trail = Arc::new(AuditTrail::new(
        Arc::clone(&keys),
        Arc::clone(&database) as _,
        Arc::clone(&clock),
    ));
    let audit = Arc::clone(&trail) as Arc<dyn Audit>;
    let store = Arc::clone(&database) as Arc<dyn Store>;
    Ok(Opened {
        access: Access::new(store, Arc::clone(&audit), clock),
        keys,
        audit,
        trail,
        database,
    })
}
