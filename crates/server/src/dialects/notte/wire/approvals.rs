//! Approvals: an addition to the Notte API.

use guise_core::{Approval, ApprovalKind, ApprovalPolicy, ApprovalState, Page};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What waits for an approval before it is done.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApprovalPolicy)]
pub struct ApprovalPolicyBody {
    /// Filling in a part of a card, and pressing what buys something; false when absent.
    #[serde(default)]
    purchases: bool,
    /// Sending a form, or any other request with a body, to another site than that of the page that it is from; false when absent.
    #[serde(default)]
    posts_elsewhere: bool,
    /// Giving an uploaded file to a page; false when absent.
    #[serde(default)]
    uploads: bool,
}

impl From<ApprovalPolicyBody> for ApprovalPolicy {
    fn from(body: ApprovalPolicyBody) -> Self {
        Self {
            purchases: body.purchases,
            posts_elsewhere: body.posts_elsewhere,
            uploads: body.uploads,
        }
    }
}

impl From<ApprovalPolicy> for ApprovalPolicyBody {
    fn from(policy: ApprovalPolicy) -> Self {
        Self {
            purchases: policy.purchases,
            posts_elsewhere: policy.posts_elsewhere,
            uploads: policy.uploads,
        }
    }
}

/// What waits, or waited, for an approval: one deed in one session.
#[derive(Serialize, ToSchema)]
#[schema(as = Approval)]
pub struct ApprovalBody {
    /// Its identifier.
    approval_id: String,
    /// Where it is to be done.
    session_id: String,
    /// The agent that wants to do it; null for a call of `page/execute`.
    agent_id: Option<String>,
    /// What it is.
    kind: ApprovalKindBody,
    /// With what, such as the name of a file.
    subject: String,
    /// The site that gets it.
    site: String,
    /// How it stands.
    status: ApprovalStatusBody,
    /// When it was asked for, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// Until when it waits or the decision counts, RFC 3339; null once it has expired.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// When it was decided, RFC 3339.
    #[schema(format = DateTime)]
    decided_at: Option<String>,
    /// The id of the key of whoever decided.
    decided_by: Option<String>,
}

/// What is to be done: filling in a card, sending something to another site, giving a file to a page.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApprovalKind)]
enum ApprovalKindBody {
    Purchase,
    PostElsewhere,
    Upload,
}

/// How it stands. One that nobody decided about in time, or of which the session or the agent ended before, is `expired`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApprovalStatus)]
enum ApprovalStatusBody {
    Pending,
    Approved,
    Denied,
    Expired,
}

impl From<Approval> for ApprovalBody {
    fn from(approval: Approval) -> Self {
        let expires_at = approval.expires_at();
        let wish = approval.wish;
        Self {
            approval_id: approval.id.to_string(),
            session_id: wish.session.to_string(),
            agent_id: wish.run.map(|run| run.to_string()),
            kind: match wish.kind {
                ApprovalKind::Purchase => ApprovalKindBody::Purchase,
                ApprovalKind::PostElsewhere => ApprovalKindBody::PostElsewhere,
                ApprovalKind::Upload => ApprovalKindBody::Upload,
            },
            subject: wish.subject,
            site: wish.site,
            status: match approval.state {
                ApprovalState::Pending => ApprovalStatusBody::Pending,
                ApprovalState::Approved => ApprovalStatusBody::Approved,
                ApprovalState::Denied => ApprovalStatusBody::Denied,
                ApprovalState::Expired => ApprovalStatusBody::Expired,
            },
            created_at: approval.created_at.to_string(),
            expires_at: expires_at.map(|at| at.to_string()),
            decided_at: approval.decided_at.map(|at| at.to_string()),
            decided_by: approval.decided_by.map(|key| key.to_string()),
        }
    }
}

/// A page of approvals, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = PaginatedResponseApproval)]
pub struct ApprovalPage {
    items: Vec<ApprovalBody>,
    page: u32,
    page_size: u32,
    has_next: bool,
    has_previous: bool,
}

impl From<Page<Approval>> for ApprovalPage {
    fn from(page: Page<Approval>) -> Self {
        Self {
            page: page.request.page,
            page_size: page.request.size,
            has_next: page.has_next,
            has_previous: page.has_previous(),
            items: page.items.into_iter().map(Into::into).collect(),
        }
    }
}
