//! How well this machine's kernel can hold browsers in.

use std::{fmt, fs, path::Path, str::FromStr};

use crate::{Error, fence, seccomp};

/// The first version of Landlock that confines TCP (Linux 6.7).
const TCP: u32 = 4;

/// A step of isolation. Each has what the one before it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Chromium's own sandbox, a uid of its own for each browser (as root), a pipe in place of a port, and a proxy that
    /// all traffic is told to take.
    A,
    /// The kernel lets nothing through but TCP to that proxy: Landlock's rules for TCP, and a filter of system calls
    /// that leaves no other sockets.
    B,
}

impl fmt::Display for Tier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::A => "A",
            Self::B => "B",
        })
    }
}

/// A text that names no tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A or B")]
pub struct UnknownTier;

impl FromStr for Tier {
    type Err = UnknownTier;

    fn from_str(text: &str) -> Result<Self, UnknownTier> {
        match text {
            "A" | "a" => Ok(Self::A),
            "B" | "b" => Ok(Self::B),
            _ => Err(UnknownTier),
        }
    }
}

/// What the kernel has to hold browsers in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isolation {
    /// What keeps Chromium's own sandbox from working, if something does.
    pub obstacle: Option<Obstacle>,
    /// The version of Landlock that it speaks; `None` where it has none or it is switched off at boot.
    pub landlock: Option<u32>,
    /// Whether it filters system calls.
    pub seccomp: bool,
}

/// Something in the way of Chromium's sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// What is in the way.
    pub detail: String,
    /// What to do about it.
    pub fix: String,
}

impl Isolation {
    /// Looks at this machine.
    #[must_use]
    pub fn of_this_machine() -> Self {
        Self {
            obstacle: namespaces(),
            landlock: fence::abi(),
            seccomp: seccomp::is_available(),
        }
    }

    /// The highest tier that there is everything for; `None` where Chromium's sandbox does not work.
    #[must_use]
    pub fn tier(&self) -> Option<Tier> {
        [Tier::B, Tier::A]
            .into_iter()
            .find(|tier| self.missing(*tier).is_empty())
    }

    /// What a tier needs that is not there.
    #[must_use]
    pub fn missing(&self, tier: Tier) -> Vec<String> {
        let mut missing: Vec<String> = self
            .obstacle
            .iter()
            .map(|obstacle| obstacle.detail.clone())
            .collect();
        if tier < Tier::B {
            return missing;
        }
        match self.landlock {
            Some(TCP..) => {}
            Some(version) => missing.push(format!(
                "its Landlock, version {version}, does not confine TCP (Linux 6.7 and newer)"
            )),
            None => missing.push(
                "it has no Landlock (Linux 6.7 and newer, with `landlock` in the `lsm=` list)"
                    .to_owned(),
            ),
        }
        if !self.seccomp {
            missing.push("it does not filter system calls (CONFIG_SECCOMP_FILTER)".to_owned());
        }
        missing
    }

    /// Refuses a machine that has not everything for `tier`.
    ///
    /// # Errors
    /// [`Error::Isolation`], with what is missing.
    pub fn require(&self, tier: Tier) -> Result<(), Error> {
        let missing = self.missing(tier);
        if missing.is_empty() {
            return Ok(());
        }
        Err(Error::Isolation {
            tier,
            missing: missing.join("; "),
        })
    }
}

/// Chromium's sandbox stands on user namespaces that everyone may make.
fn namespaces() -> Option<Obstacle> {
    if !Path::new("/proc/self/ns/user").exists() {
        return Some(Obstacle {
            detail: "it has no user namespaces, without which Chromium's sandbox does not work"
                .to_owned(),
            fix: "use a kernel with CONFIG_USER_NS".to_owned(),
        });
    }
    [
        ("kernel/unprivileged_userns_clone", 0, "1"),
        ("user/max_user_namespaces", 0, "10000"),
    ]
    .into_iter()
    .find_map(|(name, blocks, needed)| obstacle(name, blocks, needed))
}

/// `AppArmor` may keep programs from making user namespaces that have no profile for it. Whether the browser has one only
/// a start can tell, so this is no part of [`Isolation`].
pub(crate) fn app_armor() -> Option<Obstacle> {
    obstacle("kernel/apparmor_restrict_unprivileged_userns", 1, "0")
}

/// A setting of the kernel whose value is in the way.
fn obstacle(name: &str, blocks: i64, needed: &str) -> Option<Obstacle> {
    let value = fs::read_to_string(format!("/proc/sys/{name}")).ok()?;
    if value.trim().parse() != Ok(blocks) {
        return None;
    }
    let key = name.replace('/', ".");
    Some(Obstacle {
        detail: format!(
            "{key} is {blocks}: Chromium may not make the user namespaces of its sandbox"
        ),
        fix: format!("sysctl -w {key}={needed}"),
    })
}
