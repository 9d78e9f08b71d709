//! Approvals: what is done in a session only after somebody has allowed it.

use std::time::Duration;

use crate::{ApprovalId, KeyId, RunId, SessionId, Site, TenantId, Timestamp};

/// What a tenant wants to be asked about first. Nothing, unless it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ApprovalPolicy {
    /// Filling in a part of a card, and pressing what buys something.
    pub purchases: bool,
    /// Sending a form, or any other request with a body, to another site than that of the page that it is from.
    pub posts_elsewhere: bool,
    /// Giving an uploaded file to a page.
    pub uploads: bool,
}

impl ApprovalPolicy {
    /// Whether deeds of that kind need an approval.
    pub fn asks_for(self, kind: ApprovalKind) -> bool {
        match kind {
            ApprovalKind::Purchase => self.purchases,
            ApprovalKind::PostElsewhere => self.posts_elsewhere,
            ApprovalKind::Upload => self.uploads,
        }
    }
}

/// A kind of deed that may need an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalKind {
    /// Filling in a part of a card, or pressing what buys something.
    Purchase,
    /// Sending a form, or any other request with a body, to another site.
    PostElsewhere,
    /// Giving an uploaded file to a page.
    Upload,
}

impl ApprovalKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Purchase, Self::PostElsewhere, Self::Upload];

    /// Its name as it is kept and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::PostElsewhere => "post_elsewhere",
            Self::Upload => "upload",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// How an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalState {
    /// Nobody has decided yet.
    Pending,
    /// It was allowed.
    Approved,
    /// It was refused.
    Denied,
    /// Nobody decided in time, or its session or run ended before.
    Expired,
}

impl ApprovalState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Denied, Self::Expired];

    /// Its name as it is kept and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Expired => "expired",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// What needs an approval: one deed in one session. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalWish {
    /// Whose session it is.
    pub tenant: TenantId,
    /// The session.
    pub session: SessionId,
    /// The run that wants to do it, where it is not a caller's own call.
    pub run: Option<RunId>,
    /// What kind of deed it is.
    pub kind: ApprovalKind,
    /// With what, such as the name of a file.
    pub subject: String,
    /// The site that gets it; or an address, where that has no site.
    pub site: String,
}

/// An approval: asked for, and perhaps decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: ApprovalId,
    /// What it is for. It holds for this session, kind, subject and site, and for nothing else.
    pub wish: ApprovalWish,
    /// How it stands.
    pub state: ApprovalState,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// The key of whoever decided.
    pub decided_by: Option<KeyId>,
}

impl Approval {
    /// It is given up when nobody has decided after so long.
    pub const WAITS: Duration = Duration::from_hours(1);

    /// A decision counts for so long. After that the same deed is asked about again.
    pub const COUNTS: Duration = Duration::from_mins(10);

    /// Until when it waits, or counts; absent when it does neither.
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self.state {
            ApprovalState::Pending => Some(self.created_at.plus(Self::WAITS)),
            ApprovalState::Approved | ApprovalState::Denied => {
                self.decided_at.map(|at| at.plus(Self::COUNTS))
            }
            ApprovalState::Expired => None,
        }
    }
}

/// What somebody decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApprovalDecision {
    /// It may be done.
    pub allowed: bool,
    /// The key of whoever decided.
    pub by: KeyId,
    /// When.
    pub at: Timestamp,
}

/// Which approvals a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApprovalFilter {
    /// Whose.
    pub tenant: TenantId,
    /// Only those that nobody has decided yet.
    pub only_pending: bool,
}

/// The site that gets what a document of one address sends to another, where that is not the document's own.
///
/// A document without a site is of another one than every other; addresses that are not the web's have none that could get anything.
pub fn site_elsewhere(from: &str, to: &str) -> Option<Site> {
    let to = web_site(to)?;
    (web_site(from).as_ref() != Some(&to)).then_some(to)
}

/// The site of an address of the web.
pub(crate) fn web_site(address: &str) -> Option<Site> {
    let web = address.starts_with("http://") || address.starts_with("https://");
    Site::of(address).ok().filter(|_| web)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_states_are_told_by_their_names() {
        for kind in ApprovalKind::ALL {
            assert_eq!(ApprovalKind::from_name(kind.as_str()), Some(kind));
        }
        for state in ApprovalState::ALL {
            assert_eq!(ApprovalState::from_name(state.as_str()), Some(state));
        }
        assert_eq!(ApprovalKind::from_name("pending"), None);
        assert_eq!(ApprovalState::from_name(""), None);
    }

    #[test]
    fn a_site_is_elsewhere_unless_it_is_the_documents_own() {
        let elsewhere = |from, to| site_elsewhere(from, to).map(|site| site.to_string());
        let own = "https://www.shop.example/basket";
        assert_eq!(elsewhere(own, "https://pay.shop.example/x"), None);
        let other = elsewhere(own, "https://evil.example/x");
        assert_eq!(other.as_deref(), Some("evil.example"));
        for none in ["", "about:srcdoc", "data:text/html,", "file:///etc/hosts"] {
            let site = elsewhere(none, "https://evil.example/x");
            assert_eq!(site.as_deref(), Some("evil.example"), "{none}");
            assert_eq!(elsewhere(own, none), None, "{none}");
        }
    }

    #[test]
    fn a_policy_asks_for_what_it_names_only() {
        for kind in ApprovalKind::ALL {
            let policy = ApprovalPolicy {
                purchases: kind == ApprovalKind::Purchase,
                posts_elsewhere: kind == ApprovalKind::PostElsewhere,
                uploads: kind == ApprovalKind::Upload,
            };
            for other in ApprovalKind::ALL {
                assert_eq!(policy.asks_for(other), other == kind);
                assert!(!ApprovalPolicy::default().asks_for(other));
            }
        }
    }
}
