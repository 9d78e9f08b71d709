//! Work that is not to stop half-way.

use crate::{Error, Result};

/// Does several things one after the other to their end, also when whoever asked for them goes away in between.
pub(super) async fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(work)
        .await
        .map_err(|error| Error::internal("a task failed", error))?
}
