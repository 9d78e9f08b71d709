//! Replacing keys while values are read and written.

use std::collections::HashMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use guise_core::ports::{Audit, Deed, KeyRows as _, Keyring as _, Place, RotationRows as _};
use guise_core::{Kind, Secret};
use guise_secrets::{
    AuditTrail, Key, KeyTree, Passphrase, Progress, RootError, RootSource, Rotation, RotationError,
};
use guise_store::Database;
use rstest::rstest;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{House, clock};

const OWNERS: u128 = 7;
const VALUES: u128 = 60;

/// A replacement of keys of a tree, as the command line has it: with a tree of its own.
async fn rotation(house: &House) -> Rotation {
    let tree = house.open().await;
    let rows = Arc::clone(&house.database);
    let audit = AuditTrail::new(Arc::clone(&tree), Arc::clone(&rows) as _, clock());
    let audit: Arc<dyn Audit> = Arc::new(audit);
    Rotation::new(tree, rows, audit).with_grace(Duration::from_millis(300))
}

fn text(row: u128, version: u64) -> Vec<u8> {
    format!("the secret of row {row}, version {version}").into_bytes()
}

/// Values of several owners, all readable by the servers that run.
struct Values {
    tree: Arc<KeyTree>,
    database: Arc<Database>,
    versions: Mutex<HashMap<u128, u64>>,
    place: Place,
}

impl Values {
    async fn fill(house: &House) -> Arc<Self> {
        let values = Self {
            tree: house.open().await,
            database: Arc::clone(&house.database),
            versions: Mutex::default(),
            place: house.place(0, 0),
        };
        for row in 0..VALUES {
            values.write(row).await;
        }
        Arc::new(values)
    }

    fn place(&self, row: u128, version: u64) -> Place {
        Place {
            owner: Uuid::from_u128(row % OWNERS),
            row: Uuid::from_u128(row),
            version,
            ..self.place
        }
    }

    /// Writes the next version.
    async fn write(&self, row: u128) {
        let version = 1 + self
            .versions
            .lock()
            .unwrap()
            .get(&row)
            .copied()
            .unwrap_or(0);
        let place = self.place(row, version);
        let sealed = self.tree.seal(&place, &text(row, version)).await.unwrap();
        self.database
            .put_sealed_value(&place, &sealed)
            .await
            .unwrap();
        self.versions.lock().unwrap().insert(row, version);
    }

    async fn read(&self, tree: &Arc<KeyTree>, row: u128) {
        let found =
            self.database
                .sealed_value(self.place.tenant, Uuid::from_u128(row), "credential");
        let (place, sealed) = found.await.unwrap().unwrap();
        let plain = tree.open(&place, &sealed).await.unwrap();
        assert_eq!(**plain, *text(row, place.version));
    }

    async fn read_all(&self, tree: &Arc<KeyTree>) {
        for row in 0..VALUES {
            self.read(tree, row).await;
        }
    }
}

/// A server that reads and writes until it is told to stop. It answers how often it read.
struct Server {
    stop: Arc<AtomicBool>,
    task: JoinHandle<usize>,
}

impl Server {
    /// Its cache is emptied now and then, as the time does it in real ones.
    async fn start(house: &House, values: &Arc<Values>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, values) = (Arc::clone(&stop), Arc::clone(values));
        let (tree, source) = (house.open().await, house.file("instance.key"));
        let task = tokio::spawn(async move {
            let mut reads = 0;
            while !stopped.load(Ordering::Relaxed) || reads < 20 {
                values.read(&tree, reads as u128 % VALUES).await;
                if reads % 5 == 0 {
                    values.write(reads as u128 % 3).await;
                }
                if reads % 7 == 0 {
                    tree.wipe();
                    tree.unseal(&[Arc::clone(&source)]).await.unwrap();
                }
                reads += 1;
            }
            reads
        });
        Self { stop, task }
    }

    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        assert!(self.task.await.unwrap() >= 20);
    }
}

fn nobody() -> impl FnMut(Progress) + Send {
    |_| ()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_keys_are_replaced_under_readers_and_writers(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let values = Values::fill(house).await;
            let before = current_keys(house).await;
            let server = Server::start(house, &values).await;
            let mut told = Vec::new();
            let rotated = rotation(house)
                .await
                .data(&mut |progress| told.push(progress))
                .await
                .unwrap();
            server.end().await;
            assert_eq!(rotated.unreadable, 0);
            // Three of them are written anew all the time.
            assert!(rotated.values >= VALUES as u64 - 3, "{rotated:?}");
            let keys = told.iter().find(|progress| progress.what == "data keys");
            assert_eq!(keys.unwrap().done, OWNERS as u64);
            let values_told = told.iter().filter(|progress| progress.what == "values");
            assert!(
                values_told.clone().count() > 0 && values_told.clone().all(|it| it.total.is_some())
            );

            let after = current_keys(house).await;
            assert!(before.iter().all(|key| !after.contains(key)));
            for key in before {
                assert!(house.database.data_key(key).await.unwrap().is_none());
            }
            values.read_all(&house.open().await).await;
            assert_eq!(house.database.count_under_retired().await.unwrap(), 0);
        })
        .await;
}

async fn current_keys(house: &House) -> Vec<Uuid> {
    let mut keys = Vec::new();
    for owner in 0..OWNERS {
        let owner = Uuid::from_u128(owner);
        let key = house.database.current_data_key(house.tenant, owner).await;
        keys.push(key.unwrap().unwrap().id);
    }
    keys
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replacement_of_data_keys_goes_on_where_it_stopped(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let values = Values::fill(house).await;
            let rotation = rotation(house).await;
            // Dropped after its first batch of values, as a process that dies.
            let reached = Notify::new();
            let mut watcher = |progress: Progress| {
                if progress.what == "values" {
                    reached.notify_one();
                }
            };
            tokio::select! {
                biased;
                () = reached.notified() => {}
                _ = rotation.data(&mut watcher) => panic!("it was not stopped"),
            }
            values.read_all(&house.open().await).await;
            let between = current_keys(house).await;
            let rotated = rotation.data(&mut nobody()).await.unwrap();
            assert_eq!(rotated.unreadable, 0);
            assert_eq!(
                current_keys(house).await,
                between,
                "the first one was finished, and no second one begun"
            );
            values.read_all(&house.open().await).await;
            rotation.data(&mut nobody()).await.unwrap();
            assert_ne!(current_keys(house).await, between);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_value_that_does_not_open_is_left_and_counted(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let values = Values::fill(house).await;
            let odd = values.place(1, 1).row;
            house
                .meddle(format!(
                    "UPDATE sealed_values SET version = 77 WHERE id = '{odd}'"
                ))
                .await;
            let rotation = rotation(house).await;
            let rotated = rotation.data(&mut nobody()).await.unwrap();
            assert_eq!((rotated.values, rotated.unreadable), (VALUES as u64 - 1, 1));
            house
                .meddle(format!(
                    "UPDATE sealed_values SET version = 1 WHERE id = '{odd}'"
                ))
                .await;
            values.read_all(&house.open().await).await;
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenants_key_is_replaced_under_readers_and_writers(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let values = Values::fill(house).await;
            let server = Server::start(house, &values).await;
            let old = house.database.current_tenant_key(house.tenant).await;
            let old = old.unwrap().unwrap().id;
            let rotation = rotation(house).await;
            for _ in 0..3 {
                rotation.tenant(house.tenant, &mut nobody()).await.unwrap();
            }
            server.end().await;
            assert!(house.database.tenant_key(old).await.unwrap().is_none());
            assert_eq!(house.database.tenant_keys().await.unwrap().len(), 1);
            values.read_all(&house.open().await).await;
            // One that has no key yet.
            let other = house.new_tenant("other").await;
            rotation.tenant(other, &mut nobody()).await.unwrap();
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_instance_key_is_replaced_under_servers_that_go_on(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let values = Values::fill(house).await;
            let server = Server::start(house, &values).await;
            let running = house.open().await;
            let digest = running.digest("an API key").unwrap();
            let old = house.database.instance_key().await.unwrap().unwrap();
            let rotation = rotation(house).await;
            for _ in 0..3 {
                let wrapped = rotation.instance(&[house.file("instance.key")]).await;
                assert_eq!(wrapped.unwrap(), 1);
            }
            let new = house.database.instance_key().await.unwrap().unwrap();
            assert_ne!(new.id, old.id);
            assert_eq!(new.wraps.len(), 1);
            server.end().await;

            // One that had everything in its memory, one that starts, and a tenant that comes later.
            values.read_all(&running).await;
            assert_eq!(running.digest("an API key").unwrap(), digest);
            let fresh = house.open().await;
            values.read_all(&fresh).await;
            assert_eq!(fresh.digest("an API key").unwrap(), digest);
            let place = Place {
                tenant: house.new_tenant("later").await,
                ..house.place(1, 1)
            };
            let sealed = running.seal(&place, b"x").await.unwrap();
            assert_eq!(**fresh.open(&place, &sealed).await.unwrap(), *b"x");
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_root_is_replaced_by_one_row_for_each_source(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let values = Values::fill(house).await;
            let server = Server::start(house, &values).await;
            let instance = async || house.database.instance_key().await.unwrap().unwrap();
            let old = instance().await;
            let old_file = fs::read(house.path("instance.key")).unwrap();
            let recovery: Arc<dyn RootSource> = Arc::new(Passphrase::new(Some(Secret::new(
                "correct horse battery".to_owned(),
            ))));
            let rotation = rotation(house).await;
            let both = [house.file("instance.key"), Arc::clone(&recovery)];
            assert_eq!(rotation.root(&both).await.unwrap().len(), 2);
            server.end().await;

            let new = instance().await;
            assert_eq!((new.id, &new.pepper), (old.id, &old.pepper));
            assert_eq!(new.wraps.len(), 2);
            assert_ne!(fs::read(house.path("instance.key")).unwrap(), old_file);
            assert!(!house.path("instance.key.new").exists());
            for source in both {
                values
                    .read_all(&house.try_open(&[source]).await.unwrap())
                    .await;
            }
            fs::write(house.path("instance.key"), old_file).unwrap();
            assert!(house.try_open(&[house.file("instance.key")]).await.is_err());

            // A source that is no longer named is forgotten; one that does not open may not be lost by the way.
            let uncovered = rotation.instance(std::slice::from_ref(&recovery)).await;
            assert!(
                matches!(uncovered, Err(RotationError::Uncovered { kind, .. }) if kind == "file")
            );
            rotation.root(&[recovery]).await.unwrap();
            assert_eq!(instance().await.wraps.len(), 1);
        })
        .await;
}

/// A key file that is replaced just before it is asked for `before`, once.
struct ReplacedBefore {
    file: Arc<dyn RootSource>,
    before: Asked,
    by: Mutex<Option<Rotation>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Id,
    Unwrap,
}

impl ReplacedBefore {
    async fn asked(&self, asked: Asked) {
        let due = || self.by.lock().unwrap().take_if(|_| asked == self.before);
        if let Some(rotation) = due() {
            rotation.root(&[Arc::clone(&self.file)]).await.unwrap();
        }
    }
}

#[async_trait]
impl RootSource for ReplacedBefore {
    fn kind(&self) -> &'static str {
        self.file.kind()
    }

    fn name(&self) -> String {
        self.file.name()
    }

    async fn id(&self) -> Result<String, RootError> {
        self.asked(Asked::Id).await;
        self.file.id().await
    }

    async fn wrap(&self, instance: Uuid, key: &Key) -> Result<Vec<u8>, RootError> {
        self.file.wrap(instance, key).await
    }

    async fn unwrap(&self, instance: Uuid, wrapped: &[u8]) -> Result<Key, RootError> {
        self.asked(Asked::Unwrap).await;
        self.file.unwrap(instance, wrapped).await
    }
}

#[rstest]
#[tokio::test]
async fn a_root_that_is_replaced_while_it_opens_opens_all_the_same(
    #[values(Sqlite, Postgres)] backend: Backend,
    #[values(Asked::Id, Asked::Unwrap)] before: Asked,
) {
    backend
        .run(async |house| {
            let values = Values::fill(house).await;
            let source = Arc::new(ReplacedBefore {
                file: house.file("instance.key"),
                before,
                by: Mutex::new(Some(rotation(house).await)),
            });
            let opened = house.try_open(&[Arc::clone(&source) as _]).await.unwrap();
            assert!(source.by.lock().unwrap().is_none(), "it was not replaced");
            values.read_all(&opened).await;
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_replacement_of_the_root_that_stopped_is_finished(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let values = Values::fill(house).await;
            let rotation = rotation(house).await;
            // As it is after the new file was made: the old one opens.
            let source = house.file("instance.key");
            source.successor().await.unwrap().unwrap();
            let made = fs::read(house.path("instance.key.new")).unwrap();
            values.read_all(&house.open().await).await;
            rotation.root(&[house.file("instance.key")]).await.unwrap();
            assert_eq!(fs::read(house.path("instance.key")).unwrap(), made);
            values.read_all(&house.open().await).await;
            let row = house.database.instance_key().await.unwrap().unwrap();
            assert_eq!(row.wraps.len(), 1);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn nothing_is_replaced_that_cannot_be_written_down(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            Values::fill(house).await;
            let rotation = rotation(house).await;
            let before = (
                house.database.instance_key().await.unwrap(),
                current_keys(house).await,
            );
            house.meddle("ALTER TABLE audit RENAME TO elsewhere").await;
            let sources = [house.file("instance.key")];
            for refused in [
                rotation.root(&sources).await.err(),
                rotation.instance(&sources).await.err(),
                rotation.tenant(house.tenant, &mut nobody()).await.err(),
                rotation.data(&mut nobody()).await.err(),
            ] {
                let Some(RotationError::Failed(error)) = refused else {
                    panic!("{refused:?}");
                };
                assert_eq!(error.kind(), Kind::Internal, "{error:?}");
            }
            let after = (
                house.database.instance_key().await.unwrap(),
                current_keys(house).await,
            );
            assert_eq!(before, after);
            house.meddle("ALTER TABLE elsewhere RENAME TO audit").await;
            rotation.data(&mut nobody()).await.unwrap();
            let rows = guise_core::ports::AuditRows::rows(&*house.database, Uuid::nil(), 0, 9);
            let deeds: Vec<_> = rows
                .await
                .unwrap()
                .into_iter()
                .map(|row| row.deed)
                .collect();
            assert_eq!(deeds, [Deed::Rotate.as_str()]);
        })
        .await;
}
