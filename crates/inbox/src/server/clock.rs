//! How long a client is waited for.

use std::time::Duration;

use tokio::time::Instant;

use crate::Limits;

/// Until when the next bytes of a client must be there.
#[derive(Debug)]
pub(super) struct Clock {
    /// When the connection ends whatever happens.
    end: Instant,
    patience: Duration,
    slowest: u32,
    /// Since when a command is waited for.
    asked: Instant,
    mail: Option<Mail>,
}

/// A mail that is coming in.
#[derive(Debug)]
struct Mail {
    began: Instant,
    bytes: u64,
    last: Instant,
}

impl Clock {
    pub(super) fn new(limits: &Limits) -> Self {
        let now = Instant::now();
        Self {
            end: now + limits.session,
            patience: limits.patience,
            slowest: limits.slowest_mail.max(1),
            asked: now,
            mail: None,
        }
    }

    /// Whether the connection has lasted as long as it may.
    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.end
    }

    /// The end of the wait that begins now.
    pub(super) fn deadline(&self) -> Instant {
        let phase = match &self.mail {
            // A command has to be whole by then: single bytes of it buy no time.
            None => self.asked + self.patience,
            Some(mail) => {
                let paid = Duration::from_secs(mail.bytes / u64::from(self.slowest));
                (mail.began + self.patience + paid).min(mail.last + self.patience)
            }
        };
        phase.min(self.end)
    }

    /// The end of a wait that has nothing to do with what the client sends.
    pub(super) fn patience(&self) -> Instant {
        (Instant::now() + self.patience).min(self.end)
    }

    /// Notes that so many bytes came. `answered` says whether a command among them was answered, `receiving` whether a
    /// mail is coming in now.
    pub(super) fn read(&mut self, bytes: usize, answered: bool, receiving: bool) {
        let now = Instant::now();
        if answered {
            self.asked = now;
        }
        match &mut self.mail {
            _ if !receiving => self.mail = None,
            // Answered inside a mail means that it is the next one.
            Some(mail) if !answered => {
                mail.bytes += bytes as u64;
                mail.last = now;
            }
            _ => {
                self.mail = Some(Mail {
                    began: now,
                    bytes: 0,
                    last: now,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock::new(&Limits {
            session: Duration::from_secs(600),
            patience: Duration::from_secs(30),
            slowest_mail: 100,
            ..Limits::default()
        })
    }

    async fn pass(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    fn left(clock: &Clock) -> u64 {
        (clock.deadline() - Instant::now()).as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn single_bytes_of_a_command_buy_no_time() {
        let mut clock = clock();
        pass(20).await;
        clock.read(1, false, false);
        assert_eq!(left(&clock), 10);
        clock.read(1, true, false);
        assert_eq!(left(&clock), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_of_a_mail_buy_time_at_their_price() {
        let mut clock = clock();
        clock.read(6, true, true);
        for _ in 0..29 {
            pass(1).await;
            clock.read(10, false, true);
        }
        assert_eq!(left(&clock), 3, "30 seconds, and 290 bytes are two more");
        clock.read(1_000_000, false, true);
        assert_eq!(
            left(&clock),
            30,
            "nobody may pause for longer, however fast it was before"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_connection_ends_at_last() {
        let mut clock = clock();
        pass(590).await;
        clock.read(6, true, false);
        assert_eq!(left(&clock), 10);
    }
}
