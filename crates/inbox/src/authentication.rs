//! What the DNS says about where a mail comes from: SPF, DKIM, DMARC. Data for whoever reads the mail; nothing is refused
//! because of it.

mod dns;
mod public;

pub use dns::{DnsChecks, DnsError};
pub(crate) use public::is_public;

use async_trait::async_trait;

use crate::Incoming;

/// Who finds out where mails come from. Implemented by [`DnsChecks`]; a test may answer without the DNS.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// Checks a mail. It takes a bounded time, and what could not be found out is in the answer.
    async fn authenticate(&self, mail: &Incoming) -> Authentication;
}

/// What was found out about where a mail comes from. All [`Outcome::Unchecked`] unless somebody looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    /// May this peer send for the envelope's sender (or, if there is none, for the name in EHLO)? RFC 7208.
    pub spf: Outcome,
    /// The best outcome of all signatures. RFC 6376.
    pub dkim: Outcome,
    /// The domains whose signature is good, each once, in the mail's order.
    pub dkim_domains: Vec<String>,
    /// Does the address in `From` belong to what SPF or DKIM confirmed? RFC 7489. [`Outcome::None`] where the domain has
    /// no policy.
    pub dmarc: Outcome,
}

/// The result of one check, in the words of RFC 8601, 2.7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody looked.
    #[default]
    Unchecked,
    /// It is confirmed.
    Pass,
    /// It is refuted.
    Fail,
    /// Probably refuted; the domain's owner does not want to say for sure. SPF only.
    SoftFail,
    /// Nothing can be said, by the owner's wish or because a signature is of no use.
    Neutral,
    /// There is nothing to check.
    None,
    /// It could not be found out now.
    TempError,
    /// It can never be found out: what the owner published is wrong.
    PermError,
}

impl Outcome {
    /// The word of RFC 8601, 2.7 (`pass`, `softfail`, `temperror` …); none while nobody looked.
    #[must_use]
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Unchecked => None,
            Self::Pass => Some("pass"),
            Self::Fail => Some("fail"),
            Self::SoftFail => Some("softfail"),
            Self::Neutral => Some("neutral"),
            Self::None => Some("none"),
            Self::TempError => Some("temperror"),
            Self::PermError => Some("permerror"),
        }
    }
}
