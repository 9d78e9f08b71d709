//! Secrets that nobody may see.

use std::time::{SystemTime, UNIX_EPOCH};

use guise_testsite::{one_time_code, spelling_in};

/// How long a code is good, in seconds (RFC 6238).
const PERIOD: u64 = 30;

/// What a vault has, from a moment on.
pub struct Secrets {
    pub password: String,
    pub seed: Option<String>,
    since: u64,
}

impl Secrets {
    pub fn new(password: String, seed: Option<&str>) -> Self {
        Self {
            password,
            seed: seed.map(str::to_owned),
            since: now(),
        }
    }

    /// All of them: the password, the seed, and every code that it gave since then.
    fn all(&self) -> Vec<String> {
        let mut all = vec![self.password.clone()];
        if let Some(seed) = &self.seed {
            let last = now() + PERIOD;
            let mut at = self.since.saturating_sub(PERIOD);
            while at <= last {
                all.push(one_time_code(seed, at).unwrap());
                at += PERIOD;
            }
            all.push(seed.clone());
        }
        all
    }

    /// Fails when a text from somewhere holds one of them, in any spelling.
    pub fn are_not_in(&self, place: &str, text: &str) {
        for secret in self.all() {
            if let Some(spelling) = spelling_in(text, &secret) {
                let at = text.find(&spelling).unwrap_or_default();
                let from = text.floor_char_boundary(at.saturating_sub(300));
                panic!(
                    "{place} holds a secret as {spelling}: …{:.700}",
                    &text[from..]
                );
            }
        }
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}
