//! Opening a tree of keys, and making a new one.

use std::sync::{Arc, PoisonError};

use guise_core::ports::{Clock, InstanceKeyRow, KeyRows, RootWrap};
use guise_core::{Error, Result};
use uuid::Uuid;

use super::purposes::check_of_key_file;
use super::wrapping::{is_key, unwrap_pepper, wrap_pepper};
use super::{InstanceKey, KeyTree, Open, OpenError};
use crate::key::Key;
use crate::root::{KeyFile, RootError, RootSource};

/// What a database of the time before there was a keyring knows: its key file was the one that API keys were hashed with.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// The key file.
    pub file: KeyFile,
    /// What the database keeps to recognise it.
    pub check: String,
}

impl KeyTree {
    /// Opens the keys of a database with the first of `sources` that does. A database that has no keys and nothing made
    /// with any gets new ones, which every one of `sources` wraps.
    ///
    /// # Errors
    /// When none of the sources opens it. Nothing was changed then; above all, no new key is made over existing data.
    pub async fn open_or_found(
        rows: Arc<dyn KeyRows>,
        clock: Arc<dyn Clock>,
        sources: &[Arc<dyn RootSource>],
        earlier: Option<&Earlier>,
    ) -> Result<Self, OpenError> {
        let row = match rows.instance_key().await? {
            Some(row) => row,
            None => found(&*rows, &*clock, sources, earlier).await?,
        };
        let open = open(&*rows, row, sources).await?;
        Ok(Self::new(rows, clock, Some(open)))
    }

    /// Opens the keys of a database as [`KeyTree::open_or_found`] does, but makes none: `None` where they are to be made.
    ///
    /// # Errors
    /// When none of the sources opens it.
    pub async fn open_existing(
        rows: Arc<dyn KeyRows>,
        clock: Arc<dyn Clock>,
        sources: &[Arc<dyn RootSource>],
        earlier: Option<&Earlier>,
    ) -> Result<Option<Self>, OpenError> {
        match rows.instance_key().await? {
            Some(row) => {
                let open = open(&*rows, row, sources).await?;
                Ok(Some(Self::new(rows, clock, Some(open))))
            }
            None => {
                pepper(&*rows, earlier).await?;
                Ok(None)
            }
        }
    }

    /// A tree that waits for [`KeyTree::unseal`].
    pub fn sealed(rows: Arc<dyn KeyRows>, clock: Arc<dyn Clock>) -> Self {
        Self::new(rows, clock, None)
    }

    /// Opens a sealed tree with the first of `sources` that does. One that is open already stays as it is; the sources are
    /// tried all the same. [`crate::AuditTrail::unseal`] writes it down, too.
    ///
    /// # Errors
    /// When no source opens it, or when that was tried ten times in vain within the last quarter of an hour.
    pub async fn unseal(&self, sources: &[Arc<dyn RootSource>]) -> Result<(), OpenError> {
        let opened = self.unlock(sources).await?;
        self.install(opened);
        Ok(())
    }

    /// The keys that `sources` open, not in use yet; else as [`KeyTree::unseal`].
    pub(crate) async fn unlock(&self, sources: &[Arc<dyn RootSource>]) -> Result<Open, OpenError> {
        let lockout = || self.lockout.lock().unwrap_or_else(PoisonError::into_inner);
        // Counted before it is known to be bad: many at once are many tries.
        lockout()
            .admit(self.clock.now())
            .map_err(OpenError::Locked)?;
        let row = match self.rows.instance_key().await {
            Ok(Some(row)) => row,
            missing => {
                lockout().forgive();
                missing?;
                return Err(OpenError::KeysAreGone);
            }
        };
        match open(&*self.rows, row, sources).await {
            Ok(opened) => {
                lockout().good();
                Ok(opened)
            }
            Err(error) => {
                if error.is_for_want_of_a_source() {
                    lockout().forgive();
                }
                Err(error)
            }
        }
    }

    /// Takes keys into use, unless there are some.
    pub(crate) fn install(&self, opened: Open) {
        let mut state = self.open.write().unwrap_or_else(PoisonError::into_inner);
        state.get_or_insert_with(|| Arc::new(opened));
    }
}

impl Open {
    /// Reads the instance key anew, because it was replaced since.
    pub(crate) async fn reload(&self, rows: &dyn KeyRows) -> Result<Arc<InstanceKey>> {
        let failed = |why: String| Error::internal("cannot read the instance key anew", why);
        let mut row = rows
            .instance_key()
            .await?
            .ok_or_else(|| failed("its row is gone".to_owned()))?;
        let instance = loop {
            match unwrap_instance(&row, &*self.source).await {
                Ok(instance) => break Arc::new(instance),
                Err(error) => {
                    let newer = replaced(rows, &row).await?;
                    row = newer.ok_or_else(|| failed(error.to_string()))?;
                }
            }
        };
        self.set_instance(Arc::clone(&instance));
        Ok(instance)
    }
}

/// Opens the instance key with the first source that does.
async fn open(
    rows: &dyn KeyRows,
    mut row: InstanceKeyRow,
    sources: &[Arc<dyn RootSource>],
) -> Result<Open, OpenError> {
    loop {
        match open_row(&row, sources).await {
            Err(error) => row = replaced(rows, &row).await?.ok_or(error)?,
            opened => return opened,
        }
    }
}

/// The row that has taken the place of `row`: none while it is still the same.
///
/// A row and the secret of a source are read one after the other. When they do not fit each other, that may be because
/// the root or the instance key was replaced in between.
async fn replaced(rows: &dyn KeyRows, row: &InstanceKeyRow) -> Result<Option<InstanceKeyRow>> {
    Ok(rows.instance_key().await?.filter(|now| now != row))
}

async fn open_row(
    row: &InstanceKeyRow,
    sources: &[Arc<dyn RootSource>],
) -> Result<Open, OpenError> {
    let mut problems = Vec::new();
    for source in sources {
        match unwrap_instance(row, &**source).await {
            Ok(instance) => {
                let pepper = unwrap_pepper(&instance, &row.pepper)?;
                return Ok(Open::new(instance, pepper, Arc::clone(source)));
            }
            Err(problem) => problems.push(problem),
        }
    }
    Err(OpenError::NoSource(problems))
}

/// The instance key, by the wrap of one source.
pub(crate) async fn unwrap_instance(
    row: &InstanceKeyRow,
    source: &dyn RootSource,
) -> Result<InstanceKey, RootError> {
    let wrong = || RootError::Wrong {
        name: source.name(),
    };
    let mut source_id = source.id().await?;
    let key = loop {
        // By the id alone: a key that moves from a file into a variable stays the same key.
        let wrap = row.wraps.iter().find(|wrap| wrap.source_id == source_id);
        let unwrapped = source.unwrap(row.id, &wrap.ok_or_else(wrong)?.wrapped);
        match unwrapped.await {
            Ok(key) => break key,
            Err(error) => {
                // The secret of the source may have been replaced after its id was read.
                let id_now = source.id().await?;
                if id_now == source_id {
                    return Err(error);
                }
                source_id = id_now;
            }
        }
    };
    if !is_key(&key, row.id, &row.check) {
        return Err(wrong());
    }
    Ok(InstanceKey { id: row.id, key })
}

/// The instance key, wrapped by every one of `sources`.
pub(crate) async fn wrap_instance(
    instance: &InstanceKey,
    sources: &[Arc<dyn RootSource>],
) -> Result<Vec<RootWrap>, RootError> {
    let mut wraps: Vec<RootWrap> = Vec::with_capacity(sources.len());
    for source in sources {
        let wrap = RootWrap {
            source_kind: source.kind().to_owned(),
            source_id: source.id().await?,
            wrapped: source.wrap(instance.id, &instance.key).await?,
        };
        if wraps.iter().any(|other| other.source_id == wrap.source_id) {
            return Err(RootError::Unusable {
                name: source.name(),
                problem: "another source holds the same key: name it once".to_owned(),
            });
        }
        wraps.push(wrap);
    }
    Ok(wraps)
}

/// Makes the first keys of a database. When several do that at once, all get the same.
async fn found(
    rows: &dyn KeyRows,
    clock: &dyn Clock,
    sources: &[Arc<dyn RootSource>],
    earlier: Option<&Earlier>,
) -> Result<InstanceKeyRow, OpenError> {
    if sources.is_empty() {
        return Err(OpenError::NoSource(Vec::new()));
    }
    let pepper = match pepper(rows, earlier).await? {
        Some(pepper) => pepper,
        None => Key::random()?,
    };
    let instance = InstanceKey {
        id: Uuid::now_v7(),
        key: Key::random()?,
    };
    for source in sources {
        source.prepare().await.map_err(OpenError::NotFounded)?;
    }
    let row = InstanceKeyRow {
        id: instance.id,
        check: instance.key.check_value(instance.id),
        pepper: wrap_pepper(&instance, &pepper)?,
        made_at: clock.now(),
        wraps: wrap_instance(&instance, sources)
            .await
            .map_err(OpenError::NotFounded)?,
    };
    if rows.found(&row).await? {
        return Ok(row);
    }
    rows.instance_key().await?.ok_or(OpenError::KeysAreGone)
}

/// The pepper that a database without a keyring has already: none for an empty one.
async fn pepper(rows: &dyn KeyRows, earlier: Option<&Earlier>) -> Result<Option<Key>, OpenError> {
    let Some(earlier) = earlier else {
        return match rows.has_keyed_data().await? {
            true => Err(OpenError::KeysAreGone),
            false => Ok(None),
        };
    };
    let refused = |problem| OpenError::NoSource(vec![problem]);
    let key = earlier.file.read().map_err(refused)?;
    if check_of_key_file(&key) != earlier.check {
        return Err(refused(RootError::Wrong {
            name: earlier.file.name(),
        }));
    }
    Ok(Some(key))
}
