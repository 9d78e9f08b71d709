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
    /// Takes a try, which counts as a bad one until more is known; or says how long nobody may try.
    pub(super) fn admit(&mut self, now: Timestamp) -> Result<(), Duration> {
        if let Some(left) = self.closed(now) {
            return Err(left);
        }
        self.bad(now);
        Ok(())
    }

    fn closed(&mut self, now: Timestamp) -> Option<Duration> {
        let until = self.until?;
        if now >= until {
            *self = Self::default();
            return None;
        }
        Some(until.since(now))
    }

    fn bad(&mut self, now: Timestamp) {
        self.bad += 1;
        if self.bad >= TRIES {
            self.until = Some(now.plus(CLOSED));
        }
    }

    /// Takes a bad try back that was none: the source could not be asked.
    pub(super) fn forgive(&mut self) {
        self.bad = self.bad.saturating_sub(1);
        if self.bad < TRIES {
            self.until = None;
        }
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
            assert_eq!(lockout.admit(start), Ok(()));
        }
        lockout.good();
        for _ in 0..10 {
            assert_eq!(lockout.admit(start), Ok(()));
        }
        assert_eq!(lockout.admit(start), Err(CLOSED));
        assert_eq!(lockout.admit(start.plus(CLOSED / 2)), Err(CLOSED / 2));
        for _ in 0..10 {
            assert_eq!(lockout.admit(start.plus(CLOSED)), Ok(()));
        }
        // One of the ten was none.
        lockout.forgive();
        assert_eq!(lockout.admit(start.plus(CLOSED)), Ok(()));
        assert!(lockout.admit(start.plus(CLOSED)).is_err());
    }
}
