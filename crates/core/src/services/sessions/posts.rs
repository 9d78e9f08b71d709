//! What pages send to other sites by themselves, where a tenant wants to be asked about it: it is held until somebody decides.

use async_trait::async_trait;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::consent::{Consent, against, deciding, sending};
use crate::ports::{Post, PostGate};
use crate::{ApprovalId, ApprovalKind, ApprovalState, Outcome, Result, site_elsewhere};

/// How many of them an answer tells of.
const TOLD: usize = 5;

/// What is held in one session.
#[derive(Default)]
pub(super) struct Held(watch::Sender<State>);

#[derive(Default)]
struct State {
    /// How many are just being asked about.
    asking: usize,
    /// What waits, and to which site it is to go, as long as nobody was told.
    untold: Vec<(ApprovalId, String)>,
}

impl Held {
    fn asks(&self) -> Asking<'_> {
        self.0.send_modify(|state| state.asking += 1);
        Asking(self)
    }

    /// What waits and nobody was told of, once it is known of all that was begun to be asked about.
    async fn take(&self, deadline: Instant) -> Vec<(ApprovalId, String)> {
        let mut changes = self.0.subscribe();
        // Whatever cannot be told in time is told with the next action.
        let _ = timeout_at(deadline, changes.wait_for(|state| state.asking == 0)).await;
        let mut taken = Vec::new();
        self.0.send_if_modified(|state| {
            taken = std::mem::take(&mut state.untold);
            false
        });
        taken
    }
}

/// Something is being asked about.
struct Asking<'h>(&'h Held);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| state.asking -= 1);
    }
}

impl Consent {
    /// Adds to an action's outcome what pages sent meanwhile and waits now.
    pub(super) async fn tell_held(&self, outcome: &mut Outcome, deadline: Instant) {
        let held = self.held.take(deadline).await;
        let Some((first, _)) = held.first() else {
            return;
        };
        let listed = held.iter().take(TOLD);
        let listed: Vec<_> = listed
            .map(|(id, site)| format!("what a page sends to {site} waits for the approval {id}"))
            .collect();
        let more = match held.len().checked_sub(TOLD) {
            None | Some(0) => String::new(),
            Some(more) => format!(", and {more} more wait"),
        };
        outcome.message += &format!(
            "; {}{more}. {} It is sent then, without doing anything again",
            listed.join(", "),
            deciding(*first)
        );
        if let Some(exception) = &mut outcome.exception {
            exception.clone_from(&outcome.message);
        }
        outcome.held_for = held.into_iter().map(|(id, _)| id).collect();
    }

    /// Asks about it and waits for the decision; what that says against it, if anything.
    async fn decided(
        &self,
        post: &Post,
        waits: &(dyn Fn() + Send + Sync),
    ) -> Result<Option<String>> {
        let Some(site) = site_elsewhere(&post.from, &post.to) else {
            return Ok(None);
        };
        let kind = ApprovalKind::PostElsewhere;
        let asking = self.held.asks();
        if !self.needed(kind).await? {
            return Ok(None);
        }
        let what = if post.form { "form" } else { "request" };
        let subject = sending(what, &post.from, &post.to);
        let mut approval = self.approval(kind, subject, site.as_str()).await?;
        if approval.state == ApprovalState::Pending {
            // Nobody waits for what comes of a beacon.
            if !post.beacon {
                self.held.0.send_modify(|state| {
                    let known = state.untold.iter().any(|(id, _)| *id == approval.id);
                    if !known {
                        state.untold.push((approval.id, approval.wish.site.clone()));
                    }
                });
            }
            waits();
            drop(asking);
            let decided = self
                .approvals
                .until_decided(self.tenant, approval.id, || {});
            approval = decided.await?;
        }
        Ok(against(&approval))
    }
}

#[async_trait]
impl PostGate for Consent {
    async fn admits(&self, post: Post, waits: &(dyn Fn() + Send + Sync)) -> bool {
        match self.decided(&post, waits).await {
            Ok(None) => true,
            Ok(Some(reason)) => {
                tracing::debug!(reason, "a page does not send something to another site");
                false
            }
            Err(error) => {
                tracing::warn!(error = ?error, "nobody could be asked about what a page sends; it is not sent");
                false
            }
        }
    }
}
