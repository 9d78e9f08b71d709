//! Which reply comes next.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{RecordedRequest, Reply};

type Answerer = Box<dyn Fn(&RecordedRequest) -> Reply + Send + Sync>;

/// Replies in a queue, and after them whatever a closure says.
#[derive(Default)]
pub(crate) struct Script {
    queue: Mutex<VecDeque<Reply>>,
    answerer: Mutex<Option<Answerer>>,
}

impl Script {
    pub(crate) fn push(&self, reply: Reply) {
        lock(&self.queue).push_back(reply);
    }

    pub(crate) fn answer_with(&self, answerer: Answerer) {
        *lock(&self.answerer) = Some(answerer);
    }

    pub(crate) fn next(&self, request: &RecordedRequest) -> Option<Reply> {
        if let Some(reply) = lock(&self.queue).pop_front() {
            return Some(reply);
        }
        lock(&self.answerer).as_ref().map(|answer| answer(request))
    }

    pub(crate) fn clear(&self) {
        lock(&self.queue).clear();
    }
}

/// A panic in a test's closure is that test's end already.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
