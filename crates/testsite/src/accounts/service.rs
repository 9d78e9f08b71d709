//! What the account service knows, and its rules.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::one_time::{PERIOD, one_time_code};
use crate::shared::lock;

/// The shortest password that is taken, in characters.
const SHORTEST: usize = 8;

/// Wrong codes after which a visit must begin anew.
const WRONG_CODES: u32 = 5;

/// An account, as the service's database has it.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Its owner.
    pub name: String,
    /// The mail address or phone number that its owner signs in with.
    pub login: String,
    /// The SHA-256 of the password, in hexadecimal digits; the service keeps no password.
    pub password_sha256: Option<String>,
    /// The seed of the second factor, in base32.
    pub seed: Option<String>,
    /// Whether the owner showed to receive what is sent to the address or number.
    pub confirmed: bool,
    /// Only the owner's own page shows it.
    pub number: String,
    /// How somebody got in, oldest first, such as `password` or `password, code`.
    pub entries: Vec<String>,
    /// How often somebody was refused.
    pub refused: u32,
}

impl Account {
    /// Whether that is its password.
    #[must_use]
    pub fn has_password(&self, password: &str) -> bool {
        self.password_sha256.as_deref() == Some(sha256(password).as_str())
    }
}

/// Something that the service sends.
#[derive(Clone, Debug)]
pub enum Letter {
    /// A mail.
    Mail {
        /// The address.
        to: String,
        /// The subject.
        subject: String,
        /// The text.
        text: String,
    },
    /// A text message.
    Text {
        /// The phone number.
        to: String,
        /// What it says.
        text: String,
    },
}

/// The service.
pub(crate) struct Service {
    state: Mutex<State>,
    post: mpsc::UnboundedSender<Letter>,
    outbox: tokio::sync::Mutex<mpsc::UnboundedReceiver<Letter>>,
}

#[derive(Default)]
struct State {
    accounts: Vec<Account>,
    /// By the value of the cookie `member`.
    visits: HashMap<String, Visit>,
    /// Sign-in links that nobody used yet: whose they are.
    links: HashMap<String, usize>,
    /// Second-factor codes that were used: whose, and of which half minute.
    used: Vec<(usize, u64)>,
}

/// Somebody on the way in, or in.
struct Visit {
    account: usize,
    /// How they got as far as they are.
    by: Vec<&'static str>,
    stage: Stage,
    wrong: u32,
}

enum Stage {
    /// The code that was sent is asked for.
    Code(String),
    /// The password is asked for.
    Password,
    /// The code of the second factor is asked for.
    SecondFactor,
    In,
}

/// How far somebody got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Code,
    Password,
    SecondFactor,
    Home,
}

/// Somebody got further.
pub(super) struct Further {
    /// The new value of the cookie `member`.
    pub(super) cookie: String,
    pub(super) next: Next,
}

impl Default for Service {
    fn default() -> Self {
        let (post, outbox) = mpsc::unbounded_channel();
        Self {
            state: Mutex::default(),
            post,
            outbox: tokio::sync::Mutex::new(outbox),
        }
    }
}

/// The SHA-256 of a text in hexadecimal digits.
pub(super) fn sha256(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Six digits.
fn digits() -> String {
    format!("{:06}", Uuid::new_v4().as_u128() % 1_000_000)
}

impl Service {
    /// The next thing that the service sends, once there is one.
    pub(crate) async fn letter(&self) -> Option<Letter> {
        self.outbox.lock().await.recv().await
    }

    pub(crate) fn account(&self, login: &str) -> Option<Account> {
        let state = lock(&self.state);
        let mut accounts = state.accounts.iter();
        accounts.find(|account| account.login == login).cloned()
    }

    /// Opens a confirmed account, in place of one of that login.
    pub(crate) fn open(&self, name: &str, login: &str, password: &str, seed: Option<&str>) {
        let mut state = lock(&self.state);
        state.accounts.retain(|account| account.login != login);
        state.accounts.push(Account {
            name: name.to_owned(),
            login: login.to_owned(),
            password_sha256: Some(sha256(password)),
            seed: seed.map(str::to_owned),
            confirmed: true,
            number: Uuid::new_v4().simple().to_string(),
            ..Account::default()
        });
    }

    /// Makes an account and sends a code to its mail address or phone number.
    ///
    /// # Errors
    /// What is wrong with what was filled in.
    pub(super) fn sign_up(
        &self,
        name: &str,
        login: &str,
        password: &str,
        again: &str,
    ) -> Result<Further, &'static str> {
        if name.trim().is_empty() || login.trim().is_empty() {
            return Err("Fill in everything.");
        }
        if password.chars().count() < SHORTEST {
            return Err("The password is too short: eight characters at least.");
        }
        if password != again {
            return Err("The two passwords differ.");
        }
        let mut state = lock(&self.state);
        if state.accounts.iter().any(|account| account.login == login) {
            return Err("There is an account already. Sign in instead.");
        }
        state.accounts.push(Account {
            name: name.to_owned(),
            login: login.to_owned(),
            password_sha256: Some(sha256(password)),
            number: Uuid::new_v4().simple().to_string(),
            ..Account::default()
        });
        let account = state.accounts.len() - 1;
        let code = digits();
        self.send_code(login, &code);
        Ok(state.visit(account, Vec::new(), Stage::Code(code)))
    }

    fn send_code(&self, login: &str, code: &str) {
        let text = format!("Your verification code is {code}. It is valid for ten minutes.");
        let letter = if login.contains('@') {
            Letter::Mail {
                to: login.to_owned(),
                subject: "Confirm your mail address".to_owned(),
                text: format!("Hello,\n\n{text}\n\nIf that was not you, ignore this mail.\n"),
            }
        } else {
            Letter::Text {
                to: login.to_owned(),
                text,
            }
        };
        // Whoever does not collect what is sent does not want it.
        drop(self.post.send(letter));
    }

    /// Sends a link to sign in with, if there is such an account; nobody is told whether there is.
    pub(super) fn send_link(&self, login: &str, origin: &str) {
        let mut state = lock(&self.state);
        let found = state.accounts.iter().position(|it| it.login == login);
        let Some(account) = found else { return };
        let token = Uuid::new_v4().simple().to_string();
        let text = format!(
            "Hello,\n\nfollow this link to sign in:\n\n{origin}/accounts/link/{token}\n\nIt works once.\n"
        );
        state.links.insert(token, account);
        drop(self.post.send(Letter::Mail {
            to: login.to_owned(),
            subject: "Your sign-in link".to_owned(),
            text,
        }));
    }

    /// Somebody follows a link.
    pub(super) fn follow(&self, token: &str) -> Option<Further> {
        let mut state = lock(&self.state);
        let account = state.links.remove(token)?;
        Some(state.enter(account, vec!["link"]))
    }

    /// Somebody says who they are, and is asked for the password then.
    pub(super) fn identify(&self, login: &str) -> Option<Further> {
        let mut state = lock(&self.state);
        let account = state.accounts.iter().position(|it| it.login == login)?;
        Some(state.visit(account, Vec::new(), Stage::Password))
    }

    /// Somebody gives login and password, or the password's hash, which `right` judges.
    pub(super) fn sign_in(&self, login: &str, right: impl Fn(&str) -> bool) -> Option<Further> {
        let mut state = lock(&self.state);
        let account = state.accounts.iter().position(|it| it.login == login)?;
        state.by_password(account, right)
    }

    /// Somebody who said who they are gives the password.
    pub(super) fn password(&self, cookie: &str, password: &str) -> Option<Further> {
        let mut state = lock(&self.state);
        let visit = state.visits.get(cookie)?;
        let Stage::Password = visit.stage else {
            return None;
        };
        let account = visit.account;
        state.by_password(account, |hash| hash == sha256(password))
    }

    /// Somebody gives the code that is asked for.
    pub(super) fn code(&self, cookie: &str, code: &str) -> Option<Further> {
        let mut state = lock(&self.state);
        let state = &mut *state;
        let visit = state.visits.get_mut(cookie)?;
        let account = state.accounts.get_mut(visit.account)?;
        let right = match &visit.stage {
            Stage::Code(sent) => sent == code,
            Stage::SecondFactor => {
                let moment = now();
                let times = [moment, moment.saturating_sub(PERIOD), moment + PERIOD];
                let at = times.into_iter().find(|at| {
                    let seed = account.seed.as_deref();
                    seed.and_then(|seed| one_time_code(seed, *at)).as_deref() == Some(code)
                });
                // A code is good once (RFC 6238 §5.2).
                let use_of = at.map(|at| (visit.account, at / PERIOD));
                match use_of.filter(|one| !state.used.contains(one)) {
                    Some(one) => {
                        state.used.push(one);
                        true
                    }
                    None => false,
                }
            }
            Stage::Password | Stage::In => false,
        };
        if !right {
            account.refused += 1;
            visit.wrong += 1;
            if visit.wrong == WRONG_CODES {
                state.visits.remove(cookie);
            }
            return None;
        }
        account.confirmed = true;
        let mut visit = state.visits.remove(cookie)?;
        visit.by.push("code");
        Some(state.enter_at_last(visit.account, visit.by))
    }

    /// The account of whoever is in.
    pub(super) fn member(&self, cookie: &str) -> Option<Account> {
        let state = lock(&self.state);
        let visit = state.visits.get(cookie)?;
        let Stage::In = visit.stage else { return None };
        state.accounts.get(visit.account).cloned()
    }

    /// Somebody who is in wants to sign in with another address, and gives the password for that.
    pub(super) fn change_login(&self, cookie: &str, login: &str, password: &str) -> bool {
        let mut state = lock(&self.state);
        let account = match state.visits.get(cookie) {
            Some(visit) if matches!(visit.stage, Stage::In) => visit.account,
            _ => return false,
        };
        let Some(account) = state.accounts.get_mut(account) else {
            return false;
        };
        let right = account.has_password(password);
        if right {
            login.clone_into(&mut account.login);
        } else {
            account.refused += 1;
        }
        right
    }

    pub(super) fn sign_out(&self, cookie: &str) {
        lock(&self.state).visits.remove(cookie);
    }
}

impl State {
    fn visit(&mut self, account: usize, by: Vec<&'static str>, stage: Stage) -> Further {
        let next = match stage {
            Stage::Code(_) => Next::Code,
            Stage::Password => Next::Password,
            Stage::SecondFactor => Next::SecondFactor,
            Stage::In => Next::Home,
        };
        // A new cookie at each step, so that one that was planted is worth nothing.
        let cookie = Uuid::new_v4().to_string();
        let visit = Visit {
            account,
            by,
            stage,
            wrong: 0,
        };
        self.visits.insert(cookie.clone(), visit);
        Further { cookie, next }
    }

    fn by_password(&mut self, at: usize, right: impl Fn(&str) -> bool) -> Option<Further> {
        let account = self.accounts.get_mut(at)?;
        let kept = account.password_sha256.as_deref();
        if !account.confirmed || !kept.is_some_and(right) {
            account.refused += 1;
            return None;
        }
        Some(self.enter(at, vec!["password"]))
    }

    /// In, or to the second factor where there is one.
    fn enter(&mut self, account: usize, by: Vec<&'static str>) -> Further {
        let guarded = self
            .accounts
            .get(account)
            .is_some_and(|it| it.seed.is_some());
        match guarded {
            true => self.visit(account, by, Stage::SecondFactor),
            false => self.enter_at_last(account, by),
        }
    }

    fn enter_at_last(&mut self, account: usize, by: Vec<&'static str>) -> Further {
        if let Some(account) = self.accounts.get_mut(account) {
            account.entries.push(by.join(", "));
        }
        self.visit(account, by, Stage::In)
    }
}
