//! Memory for mails, shared by all connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes of mails there may be at a time.
#[derive(Clone, Debug)]
pub struct Memory {
    free: Arc<AtomicUsize>,
}

impl Memory {
    /// Room for so many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self {
            free: Arc::new(AtomicUsize::new(bytes)),
        }
    }

    /// A part of it that can grow.
    pub(super) fn room(&self) -> Room {
        Room {
            memory: self.clone(),
            taken: 0,
        }
    }
}

/// What one mail has taken. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Room {
    memory: Memory,
    taken: usize,
}

impl Room {
    /// Takes so many bytes more, or nothing if there are not as many.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        let taken = self
            .memory
            .free
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| {
                free.checked_sub(bytes)
            })
            .is_ok();
        if taken {
            self.taken += bytes;
        }
        taken
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.memory.free.fetch_add(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back() {
        let memory = Memory::new(10);
        let (mut one, mut two) = (memory.room(), memory.room());
        assert!(one.grow(6) && two.grow(4));
        assert!(!two.grow(1));
        drop(one);
        assert!(two.grow(6) && !two.grow(1));
    }
}
