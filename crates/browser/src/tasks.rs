//! What runs in the background on behalf of one browser, and ends with it.

use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;

/// Background tasks with one owner.
#[derive(Default)]
pub(crate) struct Tasks(Mutex<Running>);

#[derive(Default)]
struct Running {
    tasks: JoinSet<()>,
    ended: bool,
}

impl Tasks {
    /// Runs `task` until it ends or the browser does.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while running.tasks.try_join_next().is_some() {}
        if !running.ended {
            running.tasks.spawn(task);
        }
    }

    /// Ends all of them; none starts any more.
    pub(crate) fn end(&self) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.ended = true;
        running.tasks.abort_all();
    }
}
