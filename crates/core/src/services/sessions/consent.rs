//! What an action needs somebody's approval for before it is done.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::call::Call;
use super::gate::Gate;
use super::posts::Held;
use crate::approval::web_site;
use crate::buying::buys;
use crate::ports::{Foreseen, PostGate, PurchaseGate};
use crate::services::Approvals;
use crate::{
    Action, Approval, ApprovalId, ApprovalKind, ApprovalState, ApprovalWish, Field, Kind, Outcome,
    Result, RunId, SessionId, Site, TenantId, Vault, site_elsewhere,
};

/// Addresses and names are shown up to so many characters.
const SHOWN: usize = 200;

/// Asks about what one action does.
pub(super) struct Consent {
    pub(super) approvals: Arc<Approvals>,
    gate: Arc<Gate>,
    /// What pages of the session send by themselves.
    pub(super) held: Arc<Held>,
    pub(super) tenant: TenantId,
    session: SessionId,
    run: Option<RunId>,
    /// The approval that waits, once there is one.
    waits_for: Mutex<Option<ApprovalId>>,
}

impl Call {
    /// For what one action of this call does.
    pub(super) fn consent(&self) -> Arc<Consent> {
        Arc::new(Consent {
            approvals: Arc::clone(&self.shared.approvals),
            gate: Arc::clone(&self.live.gate),
            held: Arc::clone(&self.live.held),
            tenant: self.live.tenant,
            session: self.live.id,
            run: self.actor.as_ref().map(|actor| actor.run),
            waits_for: Mutex::default(),
        })
    }

    /// Looks at what an action would do, before it does anything. The inner error is what became of the action, if nothing can.
    async fn foresee(&self, action: &Action) -> Result<Result<Foreseen, Outcome>> {
        match self.live.browser.foresee(action, self.deadline).await {
            Ok(foreseen) => Ok(Ok(foreseen)),
            Err(error) if error.kind() == Kind::Refused => {
                Ok(Err(Outcome::failed(error.message())))
            }
            Err(error) if error.kind() == Kind::Timeout => Ok(Err(Outcome::failed(format!(
                "Nothing was done, because the page did not answer in time what the action {} would do",
                action.name()
            )))),
            Err(error) => Err(error),
        }
    }
}

impl Consent {
    /// What becomes of an upload that may not be done now.
    ///
    /// # Errors
    /// When it cannot be told: then nothing is uploaded.
    pub(super) async fn to_upload(
        &self,
        call: &Call,
        action: &Action,
        file: &str,
    ) -> Result<Option<Outcome>> {
        if !self.needed(ApprovalKind::Upload).await? {
            return Ok(None);
        }
        let foreseen = match call.foresee(action).await? {
            Ok(foreseen) => foreseen,
            Err(outcome) => return Ok(Some(outcome)),
        };
        let site = called(&foreseen.document);
        let subject = format!("file '{file}'{}", around(&site, &foreseen.page));
        let refusal = self.ask(ApprovalKind::Upload, subject, &site).await?;
        Ok(refusal.map(|reason| {
            let message = format!("The file '{file}' was not uploaded to {site}, because {reason}");
            self.told(Outcome::failed(message))
        }))
    }

    /// What becomes of an action that may not be done now, since it would send a form to another site than that of the
    /// document that the form is in, or press what buys something. What a page sends by itself is held from now on, where that is
    /// asked about.
    ///
    /// # Errors
    /// When it cannot be told: then nothing is done.
    pub(super) async fn to_commit(
        self: &Arc<Self>,
        call: &Call,
        action: &Action,
    ) -> Result<Option<Outcome>> {
        let policy = self.approvals.policy_of(self.tenant).await?;
        let posts = policy.asks_for(ApprovalKind::PostElsewhere);
        let purchases = policy.asks_for(ApprovalKind::Purchase);
        if posts {
            let gate: Arc<dyn PostGate> = Arc::clone(self) as _;
            let browser = &call.live.browser;
            browser.hold_posts(gate, call.deadline).await?;
        }
        if purchases && self.run.is_some() && matches!(action, Action::EvaluateJs { .. }) {
            // What a script presses cannot be told before.
            return Ok(Some(Outcome::failed(
                "The script was not run, because it may buy something, and purchases wait for approval here: press what the page \
                 has instead",
            )));
        }
        if !(posts || purchases) || !may_commit(action) {
            return Ok(None);
        }
        let foreseen = match call.foresee(action).await? {
            Ok(foreseen) => foreseen,
            Err(outcome) => return Ok(Some(outcome)),
        };
        if posts && let Some(outcome) = self.to_send(&foreseen).await? {
            return Ok(Some(outcome));
        }
        match purchases {
            true => self.to_buy(&foreseen).await,
            false => Ok(None),
        }
    }

    async fn to_send(&self, foreseen: &Foreseen) -> Result<Option<Outcome>> {
        let page = called(&foreseen.document);
        for address in &foreseen.sends_to {
            let Some(to) = site_elsewhere(&foreseen.document, address) else {
                continue;
            };
            let subject = sending("form", &foreseen.document, address);
            let kind = ApprovalKind::PostElsewhere;
            if let Some(reason) = self.ask(kind, subject, to.as_str()).await? {
                let message = format!(
                    "Nothing was done, because it sends a form of {page} to {to}: {reason}"
                );
                return Ok(Some(self.told(Outcome::failed(message))));
            }
        }
        Ok(None)
    }

    async fn to_buy(&self, foreseen: &Foreseen) -> Result<Option<Outcome>> {
        let site = called(&foreseen.document);
        for name in foreseen.presses.iter().filter(|name| buys(name)) {
            let subject = format!("'{name}'{}", around(&site, &foreseen.page));
            if let Some(reason) = self.ask(ApprovalKind::Purchase, subject, &site).await? {
                let message = format!(
                    "'{name}' was not pressed, because it may buy something at {site}: {reason}"
                );
                return Ok(Some(self.told(Outcome::failed(message))));
            }
        }
        Ok(None)
    }

    /// The outcome of an action of which something waits: it has failed, and says what to do.
    pub(super) fn told(&self, mut outcome: Outcome) -> Outcome {
        let waits_for = *self.waits_for();
        let Some(id) = waits_for else {
            return outcome;
        };
        outcome.message += &format!(". {} Do the action again then", deciding(id));
        outcome.success = false;
        outcome.exception = Some(outcome.message.clone());
        outcome.waits_for = Some(id);
        outcome
    }

    pub(super) async fn needed(&self, kind: ApprovalKind) -> Result<bool> {
        let policy = self.approvals.policy_of(self.tenant).await?;
        Ok(policy.asks_for(kind))
    }

    /// The approval that is asked for, or was.
    pub(super) async fn approval(
        &self,
        kind: ApprovalKind,
        subject: String,
        site: &str,
    ) -> Result<Approval> {
        let wish = ApprovalWish {
            tenant: self.tenant,
            session: self.session,
            run: self.run,
            kind,
            subject: self.gate.clean(subject),
            site: self.gate.clean(site.to_owned()),
        };
        self.approvals.ask(&wish).await
    }

    /// Why a deed may not be done now, to stand after "because"; nothing when it may.
    async fn ask(&self, kind: ApprovalKind, subject: String, site: &str) -> Result<Option<String>> {
        let approval = self.approval(kind, subject, site).await?;
        if approval.state == ApprovalState::Pending {
            self.waits_for().get_or_insert(approval.id);
        }
        Ok(against(&approval))
    }

    fn waits_for(&self) -> std::sync::MutexGuard<'_, Option<ApprovalId>> {
        self.waits_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl PurchaseGate for Consent {
    async fn against(&self, vault: &Vault, site: &Site, field: &Field) -> Result<Option<String>> {
        if !self.needed(ApprovalKind::Purchase).await? {
            return Ok(None);
        }
        let page = field.around.last().unwrap_or(&field.document);
        let subject = format!(
            "card of vault '{}' ({}){}",
            cut(&vault.name),
            vault.id,
            around(site.as_str(), page)
        );
        let kind = ApprovalKind::Purchase;
        self.ask(kind, subject, site.as_str()).await
    }
}

/// What an approval says against what it is for, to stand after "because"; nothing where it allows it.
pub(super) fn against(approval: &Approval) -> Option<String> {
    let id = approval.id;
    match approval.state {
        ApprovalState::Approved => None,
        ApprovalState::Pending => Some(format!("it waits for the approval {id}")),
        ApprovalState::Denied => Some(format!("it was denied (approval {id})")),
        ApprovalState::Expired => Some(format!("nobody allowed it in time (approval {id})")),
    }
}

/// Whether an action could send a form or buy something: by a press, or by the Enter key.
fn may_commit(action: &Action) -> bool {
    match action {
        Action::Interact {
            target,
            interaction,
        } => interaction.presses(target).any(),
        action => matches!(action, Action::PressKey { .. }),
    }
}

/// How whoever may decide does.
pub(super) fn deciding(id: ApprovalId) -> String {
    format!(
        "Whoever has an API key with the scope 'approve' can decide: POST /approvals/{id}/approve or /approvals/{id}/deny."
    )
}

/// What is sent from where to where, in the words that an approval is for.
pub(super) fn sending(what: &str, from: &str, to: &str) -> String {
    let from = match from {
        "" => "a page".to_owned(),
        from => called(from),
    };
    format!("{what} of {from} to {}", without_query(to))
}

/// A document's site; where it has none, its address without what it may be asked with.
fn called(address: &str) -> String {
    match web_site(address) {
        Some(site) => site.to_string(),
        None => without_query(address),
    }
}

/// In which page something is, where that is of another site.
fn around(site: &str, page: &str) -> String {
    let page = called(page);
    match page == site {
        true => String::new(),
        false => format!(", in a page of {page}"),
    }
}

/// What is asked for may hold anything, and so may an address that is a whole document.
fn without_query(address: &str) -> String {
    if !address.starts_with("http") && !address.starts_with("about:") {
        let scheme = address.split(':').next().unwrap_or_default();
        return format!("{}:…", cut(scheme));
    }
    cut(address.split(['?', '#']).next().unwrap_or_default())
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_without_what_they_may_hide() {
        for (address, told) in [
            ("https://pay.shop.example/x?card=1", "shop.example"),
            ("http://127.0.0.1:4000/", "127.0.0.1"),
            ("about:srcdoc", "about:srcdoc"),
            ("data:text/html,secret", "data:…"),
            ("blob:https://a.example/1", "blob:…"),
            ("", ":…"),
        ] {
            assert_eq!(called(address), told, "{address}");
        }
        assert_eq!(
            without_query("https://a.example/b?c#d"),
            "https://a.example/b"
        );
    }
}
