//! How often somebody may try to open the keyring.

use std::time::Duration;

use guise_core::Timestamp;

/// So many bad tries in a row close it.
const TRIES: u32 = 10;

/// For so long.
const CLOSED: Duration = Duration::from_mins(15);

/// Counts bad tries.
#[derive(Debug, Default)]
pub(super) struct Lockout {
    bad: u32,
    until: Option<Timestamp>,
}

impl Lockout {
    /// How long nobody may try; none when they may.
    pub(super) fn closed(&mut self, now: Timestamp) -> Option<Duration> {
        let until = self.until?;
        if now >= until {
            *self = Self::default();
            return None;
        }
        Some(until.since(now))
    }

    /// Notes a bad try.
    pub(super) fn bad(&mut self, now: Timestamp) {
        self.bad += 1;
        if self.bad >= TRIES {
            self.until = Some(now.plus(CLOSED));
        }
    }

    /// Takes a bad try back that was none: the source could not be asked.
    pub(super) fn forgive(&mut self) {
        self.bad = self.bad.saturating_sub(1);
        self.until = None;
    }

    /// Notes a good one.
    pub(super) fn good(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_bad_tries_close_it_for_a_quarter_of_an_hour() {
        let mut lockout = Lockout::default();
        let start = Timestamp::from_micros(0);
        for _ in 0..9 {
            assert!(lockout.closed(start).is_none());
            lockout.bad(start);
        }
        lockout.good();
        for _ in 0..10 {
            assert!(lockout.closed(start).is_none());
            lockout.bad(start);
        }
        assert_eq!(lockout.closed(start), Some(CLOSED));
        assert!(lockout.closed(start.plus(CLOSED / 2)).is_some());
        assert!(lockout.closed(start.plus(CLOSED)).is_none());
        lockout.bad(start.plus(CLOSED));
        assert!(lockout.closed(start.plus(CLOSED)).is_none());
    }
}
