//! Keys that were unwrapped a moment ago.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::key::Key;

/// How long an unwrapped key is kept.
const KEPT: Duration = Duration::from_mins(5);

/// How many unwrapped keys are kept.
const MOST: usize = 10_000;

/// Unwrapped keys by their ids. What is too old, or too much, is wiped at the next use; the rest when this is dropped.
pub(super) struct Cache {
    keys: Mutex<Keys>,
    kept: Duration,
    most: usize,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<Uuid, Arc<Key>>,
    /// In the order in which they came, which is that in which they go.
    ages: VecDeque<(Instant, Uuid)>,
}

impl Cache {
    pub(super) fn new() -> Self {
        Self::with(KEPT, MOST)
    }

    fn with(kept: Duration, most: usize) -> Self {
        Self {
            keys: Mutex::default(),
            kept,
            most,
        }
    }

    /// The key with that id, if it is kept.
    pub(super) fn get(&self, id: Uuid) -> Option<Arc<Key>> {
        self.at(Instant::now(), |keys, _| {
            keys.by_id.get(&id).map(Arc::clone)
        })
    }

    /// Keeps a key.
    pub(super) fn put(&self, id: Uuid, key: &Arc<Key>) {
        self.at(Instant::now(), |keys, now| {
            if keys.by_id.insert(id, Arc::clone(key)).is_none() {
                keys.ages.push_back((now, id));
            }
        });
    }

    fn at<T>(&self, now: Instant, work: impl FnOnce(&mut Keys, Instant) -> T) -> T {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut keys, now);
        while let Some((came, id)) = keys.ages.front().copied()
            && (keys.ages.len() > self.most || now.duration_since(came) >= self.kept)
        {
            keys.ages.pop_front();
            keys.by_id.remove(&id);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Arc<Key> {
        Arc::new(Key::from_slice(&[byte; 32]).unwrap())
    }

    #[test]
    fn the_oldest_goes_when_there_are_too_many() {
        let cache = Cache::with(KEPT, 2);
        let ids = [1, 2, 3].map(Uuid::from_u128);
        for id in ids {
            cache.put(id, &key(1));
            cache.put(id, &key(1));
        }
        assert!(cache.get(ids[0]).is_none());
        assert!(cache.get(ids[1]).is_some() && cache.get(ids[2]).is_some());
    }

    #[test]
    fn what_is_too_old_is_dropped_by_the_next_use_of_another() {
        let cache = Cache::with(KEPT, 2);
        let old = key(1);
        cache.put(Uuid::from_u128(1), &old);
        assert_eq!(Arc::strong_count(&old), 2);
        let later = Instant::now() + KEPT;
        cache.at(later, |_, _| ());
        assert_eq!(Arc::strong_count(&old), 1);
    }
}
