//! Opening a SQLite file.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Executor as _, SqliteConnection, SqlitePool};
use tokio::time::{Instant, sleep};

use crate::{ConnectError, migrations};

/// How long a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(10);

/// How long another process may take to set the file up.
const SET_UP: Duration = Duration::from_secs(30);

/// Reads go on beside each other and beside a write.
const READERS: u32 = 4;

/// The connections to one file.
pub(crate) struct Sqlite {
    /// The only connection that writes: SQLite has one writer at a time, and queueing here is fair.
    pub(crate) writer: SqlitePool,
    /// The connections that read.
    pub(crate) readers: SqlitePool,
    /// The writer does not wait for the disk at present.
    hasty: Arc<AtomicBool>,
}

impl Sqlite {
    /// Opens the file, making it where there is none, and brings its tables up to date.
    pub(crate) async fn open(path: &Path) -> Result<Self, ConnectError> {
        let address = format!("sqlite:{}", path.display());
        let unreachable = |error| ConnectError::unreachable(address.as_str(), error);

        // Two processes that make one file a database at once would fail: SQLite does not wait there.
        let lock = lock(path).await?;
        keep_from_others(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .synchronous(SqliteSynchronous::Full);
        let writing = options.clone().journal_mode(SqliteJournalMode::Wal);

        let mut connection = SqliteConnection::connect_with(&writing)
            .await
            .map_err(unreachable)?;
        migrations::run(migrations::SQLITE, &mut connection, &address).await?;
        connection.close().await.map_err(unreachable)?;

        let hasty = Arc::new(AtomicBool::new(false));
        let writer = writer(Arc::clone(&hasty));
        let writer = writer.connect_with(writing).await.map_err(unreachable)?;
        let readers = pool(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(unreachable)?;
        drop(lock);
        Ok(Self {
            writer,
            readers,
            hasty,
        })
    }

    /// The writer, which does not wait for the disk until it is given back.
    pub(crate) async fn in_haste(&self) -> Result<PoolConnection<sqlx::Sqlite>, sqlx::Error> {
        let mut writer = self.writer.acquire().await?;
        self.hasty.store(true, Ordering::Relaxed);
        writer.execute("PRAGMA synchronous = NORMAL").await?;
        Ok(writer)
    }

    /// Ends all connections; the last process to do so folds the log into the file.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// The pool of the one connection that writes. However it comes back, it waits for the disk again.
fn writer(hasty: Arc<AtomicBool>) -> SqlitePoolOptions {
    pool(1).after_release(move |connection, _| {
        let hasty = Arc::clone(&hasty);
        Box::pin(async move {
            if hasty.swap(false, Ordering::Relaxed) {
                connection.execute("PRAGMA synchronous = FULL").await?;
            }
            Ok(true)
        })
    })
}

/// Connections to a file do not go stale: they are kept, and not tried before use.
fn pool(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// Waits until no other process sets the file up. The lock ends with the returned handle.
async fn lock(path: &Path) -> Result<File, ConnectError> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let lock_path = PathBuf::from(name);
    let failed = |source| ConnectError::File {
        doing: "make the file",
        path: lock_path.clone(),
        source,
    };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&lock_path)
        .map_err(failed)?;
    let deadline = Instant::now() + SET_UP;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                return Err(ConnectError::Busy {
                    path: path.to_owned(),
                });
            }
            // The system tells nobody that a lock became free, except a thread that it blocks without end.
            Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Makes the file where there is none; in any case only this user may read it. SQLite gives its log the same rights.
fn keep_from_others(path: &Path) -> Result<(), ConnectError> {
    let failed = |doing| {
        move |source| ConnectError::File {
            doing,
            path: path.to_owned(),
            source,
        }
    };
    if path.exists() {
        // Never opened here: closing it would end the locks that SQLite holds on it in this process.
        let mode = fs::metadata(path)
            .map_err(failed("look at"))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(path, Permissions::from_mode(0o600))
                .map_err(failed("keep from other users"))?;
        }
        return Ok(());
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(failed("make the database"))
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;

    async fn synchronous(sqlite: &Sqlite) -> i64 {
        let asked = sqlx::query_scalar("PRAGMA synchronous");
        asked.fetch_one(&sqlite.writer).await.unwrap()
    }

    #[tokio::test]
    async fn a_writer_that_was_in_haste_waits_for_the_disk_again() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(&folder.path().join("guise.db")).await.unwrap();
        let (normal, full) = (1, 2);
        assert_eq!(synchronous(&sqlite).await, full);

        let mut writer = sqlite.in_haste().await.unwrap();
        let asked = sqlx::query_scalar("PRAGMA synchronous");
        let in_haste: i64 = asked.fetch_one(&mut *writer).await.unwrap();
        assert_eq!(in_haste, normal);
        drop(writer);
        assert_eq!(synchronous(&sqlite).await, full);

        // Whoever asked for it may go away meanwhile.
        let mut asking = Box::pin(sqlite.in_haste());
        poll_fn(|context| {
            let ready = asking.as_mut().poll(context).is_ready();
            match ready || sqlite.hasty.load(Ordering::Relaxed) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
        drop(asking);
        assert_eq!(synchronous(&sqlite).await, full);
    }
}
