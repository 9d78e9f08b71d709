//! Who gets which message: commands in flight, attached sessions and their owners.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use tokio::sync::{oneshot, watch};

use crate::events::{Queue, RawEvent, Subscribers, closed_queue};
use crate::outgoing::Outgoing;
use crate::relay::link::Link;
use crate::wire::compose;
use crate::wire::envelope::Envelope;
use crate::{Error, SessionId, TargetId};

/// Command numbers always have ten digits, so that any number of an outside client fits in their place.
const FIRST_ID: u32 = 1_000_000_000;
/// The browser reads numbers as signed 32-bit integers.
const LAST_ID: u32 = i32::MAX as u32;
/// What the browser answers for a session that is no longer attached.
const SESSION_NOT_FOUND: i64 = -32001;

/// Locks, also after a panic elsewhere: every critical section here leaves its data whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who waits for the answer to a command.
pub(crate) enum Waiter {
    /// A call of ours: gets the result's bytes.
    Own {
        method: Cow<'static, str>,
        answer: oneshot::Sender<Result<Bytes, Error>>,
    },
    /// An outside client: gets the whole message under its own number.
    Client {
        link: Arc<Link>,
        id: i32,
        method: Cow<'static, str>,
    },
    /// Nobody.
    Nobody,
}

struct Pending {
    session: Option<SessionId>,
    waiter: Waiter,
}

enum Owner {
    Own(Subscribers),
    Client(Arc<Link>),
    /// A target that no client may see; its events go nowhere.
    Hidden,
}

struct Attached {
    parent: Option<SessionId>,
    target: TargetId,
    crashed: bool,
    owner: Owner,
}

#[derive(Default)]
struct State {
    last_id: u32,
    /// So many events came for subscribers.
    events: u64,
    pending: HashMap<u32, Pending>,
    root: Subscribers,
    sessions: HashMap<SessionId, Attached>,
    closed: Option<Error>,
}

/// The switchboard of one connection.
pub(crate) struct Router {
    state: Mutex<State>,
    pub(crate) outgoing: Outgoing,
    closed: watch::Sender<Option<Error>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttachedToTarget {
    session_id: SessionId,
    target_info: TargetKind,
    #[serde(default)]
    waiting_for_debugger: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetKind {
    target_id: TargetId,
    r#type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetachedFromTarget {
    session_id: SessionId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetCrashed {
    target_id: TargetId,
}

#[derive(Deserialize)]
struct Refusal {
    code: i64,
    message: String,
    #[serde(default)]
    data: Option<String>,
}

impl Router {
    pub(crate) fn new(outgoing: Outgoing) -> Self {
        Self {
            state: Mutex::default(),
            outgoing,
            closed: watch::Sender::new(None),
        }
    }

    /// Resolves with the reason once the connection is gone.
    pub(crate) async fn closed(&self) -> Error {
        let mut closed = self.closed.subscribe();
        match closed.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(reason)) => reason.clone(),
            _ => Error::disconnected("the connection was dropped"),
        }
    }

    /// Registers a command and gives it a number. Fails at once when nobody could answer.
    pub(crate) fn register(
        &self,
        session: Option<&SessionId>,
        method: &str,
        waiter: Waiter,
    ) -> Result<u32, Error> {
        let mut state = lock(&self.state);
        if let Some(reason) = &state.closed {
            return Err(reason.clone());
        }
        if let Some(session) = session {
            match state.sessions.get(session) {
                None => return Err(Error::TargetClosed),
                Some(attached) if attached.crashed && !survives_crash(method) => {
                    return Err(Error::Crashed);
                }
                Some(_) => {}
            }
        }
        loop {
            state.last_id = if (FIRST_ID..LAST_ID).contains(&state.last_id) {
                state.last_id + 1
            } else {
                FIRST_ID
            };
            let id = state.last_id;
            if let Entry::Vacant(place) = state.pending.entry(id) {
                place.insert(Pending {
                    session: session.cloned(),
                    waiter,
                });
                return Ok(id);
            }
        }
    }

    /// Forgets a command whose caller no longer waits.
    pub(crate) fn forget(&self, id: u32) {
        lock(&self.state).pending.remove(&id);
    }

    /// Sends a command whose answer matters to nobody.
    pub(crate) fn send_unanswered(
        &self,
        session: Option<&SessionId>,
        method: &'static str,
        params: &[u8],
    ) {
        if let Ok(id) = self.register(session, method, Waiter::Nobody) {
            self.outgoing.push_now(compose::command(
                id,
                session.map(SessionId::as_str),
                method,
                params,
            ));
        }
    }

    pub(crate) fn subscribe(
        &self,
        session: Option<&SessionId>,
        methods: &'static [&'static str],
    ) -> Arc<Queue> {
        let mut state = lock(&self.state);
        if let Some(reason) = &state.closed {
            return closed_queue(reason.clone());
        }
        match session {
            None => state.root.add(methods),
            Some(session) => match state.sessions.get_mut(session) {
                Some(Attached {
                    owner: Owner::Own(subscribers),
                    ..
                }) => subscribers.add(methods),
                _ => closed_queue(Error::TargetClosed),
            },
        }
    }

    pub(crate) fn unsubscribe(&self, session: Option<&SessionId>, queue: &Arc<Queue>) {
        let mut state = lock(&self.state);
        match session {
            None => state.root.remove(queue),
            Some(session) => {
                if let Some(Attached {
                    owner: Owner::Own(subscribers),
                    ..
                }) = state.sessions.get_mut(session)
                {
                    subscribers.remove(queue);
                }
            }
        }
    }

    /// Gives a session of ours, and all that it attaches from now on, to an outside client.
    pub(crate) fn hand_over(&self, session: &SessionId, link: &Arc<Link>) -> Result<(), Error> {
        match lock(&self.state).sessions.get_mut(session) {
            Some(attached) => {
                attached.owner = Owner::Client(Arc::clone(link));
                Ok(())
            }
            None => Err(Error::TargetClosed),
        }
    }

    /// Whether `session` belongs to `link`.
    pub(crate) fn owns(&self, link: &Arc<Link>, session: &str) -> bool {
        matches!(
            lock(&self.state).sessions.get(session),
            Some(Attached { owner: Owner::Client(owner), .. }) if Arc::ptr_eq(owner, link)
        )
    }

    /// Takes everything away from a client that has left: its commands are forgotten and its sessions end.
    pub(crate) fn take_back(&self, root: &SessionId) {
        {
            let mut state = lock(&self.state);
            if state.sessions.contains_key(root) {
                state.detach(root, false);
            }
        }
        let params = format!(r#"{{"sessionId":"{root}"}}"#);
        self.send_unanswered(None, "Target.detachFromTarget", params.as_bytes());
    }

    /// Ends everything; the first reason counts.
    pub(crate) fn close(&self, reason: Error) {
        let (pending, sessions, root) = {
            let mut state = lock(&self.state);
            if state.closed.is_some() {
                return;
            }
            state.closed = Some(reason.clone());
            (
                std::mem::take(&mut state.pending),
                std::mem::take(&mut state.sessions),
                std::mem::take(&mut state.root),
            )
        };
        for pending in pending.into_values() {
            pending.fail(&reason);
        }
        root.close(&reason);
        for attached in sessions.into_values() {
            if let Owner::Own(subscribers) = attached.owner {
                subscribers.close(&reason);
            }
        }
        self.outgoing.close();
        self.closed.send_replace(Some(reason));
    }

    /// Takes one message from the browser.
    pub(crate) fn deliver(&self, message: BytesMut) {
        let Some(envelope) = Envelope::scan(&message) else {
            tracing::warn!(
                bytes = message.len(),
                "the browser sent a message that is not a JSON object"
            );
            return;
        };
        if let Some(id) = envelope.id {
            let pending = lock(&self.state).pending.remove(&id);
            match pending {
                Some(pending) => pending.answer(message, &envelope),
                None => tracing::trace!(id, "an answer came for which nobody waits any more"),
            }
        } else if let Some(method) = envelope.method.clone() {
            self.deliver_event(message, &envelope, method);
        } else {
            let text = String::from_utf8_lossy(&message[..message.len().min(200)]);
            tracing::warn!(%text, "the browser sent something that is neither an answer nor an event");
        }
    }

    fn deliver_event(
        &self,
        message: BytesMut,
        envelope: &Envelope,
        method: std::ops::Range<usize>,
    ) {
        let params = envelope
            .params
            .clone()
            .map_or(&b"{}"[..], |range| &message[range]);
        let session = envelope
            .session
            .clone()
            .and_then(|range| std::str::from_utf8(&message[range]).ok());
        let mut state = lock(&self.state);
        let session = match session {
            None => None,
            Some(text) => match state.sessions.get_key_value(text) {
                Some((session, _)) => Some(session.clone()),
                None => {
                    return tracing::trace!(
                        session = text,
                        "an event came from a session that is not attached"
                    );
                }
            },
        };
        let link = match &session {
            None => None,
            Some(session) => match state.sessions.get(session).map(|attached| &attached.owner) {
                Some(Owner::Client(link)) => Some(Arc::clone(link)),
                Some(Owner::Own(_)) => None,
                Some(Owner::Hidden) | None => {
                    // What a hidden target attaches is not tracked, only let run.
                    if let Some(child) = attached_child(&message[method], params) {
                        drop(state);
                        self.resume_untracked(&child.session_id);
                    }
                    return;
                }
            },
        };
        match &message[method.clone()] {
            b"Target.attachedToTarget" => {
                if let Some(child) = attached_child(&message[method.clone()], params) {
                    let hide = link.is_some() && child.target_info.r#type == HIDDEN_TYPE;
                    let owner = match &link {
                        Some(_) if hide => Owner::Hidden,
                        Some(link) => {
                            if child.waiting_for_debugger {
                                link.paused(child.session_id.clone());
                            }
                            Owner::Client(Arc::clone(link))
                        }
                        None => Owner::Own(Subscribers::of_new_session()),
                    };
                    let target = child.target_info.target_id;
                    let attached = Attached {
                        parent: session.clone(),
                        target,
                        crashed: false,
                        owner,
                    };
                    state.sessions.insert(child.session_id.clone(), attached);
                    if hide {
                        drop(state);
                        return self.send_unanswered(
                            Some(&child.session_id),
                            "Runtime.runIfWaitingForDebugger",
                            b"{}",
                        );
                    }
                }
            }
            b"Target.detachedFromTarget" => {
                if let Ok(child) = serde_json::from_slice::<DetachedFromTarget>(params) {
                    let hidden = state.detach(&child.session_id, true);
                    if hidden {
                        return;
                    }
                }
            }
            b"Target.targetCrashed" => {
                if let Ok(crashed) = serde_json::from_slice::<TargetCrashed>(params) {
                    state.crash(|_, attached| attached.target == crashed.target_id);
                }
            }
            b"Inspector.targetCrashed" => state.crash(|id, _| Some(id) == session.as_ref()),
            b"Inspector.targetReloadedAfterCrash" => {
                if let Some(attached) = session
                    .as_ref()
                    .and_then(|session| state.sessions.get_mut(session))
                {
                    attached.crashed = false;
                }
            }
            _ => {}
        }
        match link {
            Some(link) => {
                drop(state);
                link.event(message, envelope, method);
            }
            None => {
                let params = envelope.params.clone();
                state.events += 1;
                let place = state.events;
                let event = RawEvent::new(message.freeze(), method, params, session.clone(), place);
                match session {
                    None => state.root.deliver(event),
                    Some(session) => {
                        if let Some(Attached {
                            owner: Owner::Own(subscribers),
                            ..
                        }) = state.sessions.get_mut(&session)
                        {
                            subscribers.deliver(event);
                        }
                    }
                }
            }
        }
    }

    fn resume_untracked(&self, session: &SessionId) {
        if let Ok(id) = self.register(None, "Runtime.runIfWaitingForDebugger", Waiter::Nobody) {
            let method = "Runtime.runIfWaitingForDebugger";
            self.outgoing
                .push_now(compose::command(id, Some(session.as_str()), method, b"{}"));
        }
    }
}

/// Chrome's own windows (tab strip, bubbles): not pages, and unknown to stock clients.
pub(crate) const HIDDEN_TYPE: &str = "browser_ui";

fn attached_child(method: &[u8], params: &[u8]) -> Option<AttachedToTarget> {
    if method != b"Target.attachedToTarget" {
        return None;
    }
    serde_json::from_slice(params)
        .inspect_err(|error| tracing::warn!(%error, "an attached target could not be read"))
        .ok()
}

/// Whether the browser process itself answers `method`, so that it works while the target has no renderer.
fn survives_crash(method: &str) -> bool {
    method.starts_with("Target.")
        || matches!(method, "Page.navigate" | "Page.reload" | "Page.close")
}

impl State {
    /// Removes `session` and everything attached below it. Says whether it was hidden.
    fn detach(&mut self, session: &SessionId, tell: bool) -> bool {
        let mut gone = vec![session.clone()];
        let mut at = 0;
        while at < gone.len() {
            let parent = &gone[at];
            let children: Vec<SessionId> = self
                .sessions
                .iter()
                .filter(|(_, attached)| attached.parent.as_ref() == Some(parent))
                .map(|(id, _)| id.clone())
                .collect();
            gone.extend(children);
            at += 1;
        }
        let mut hidden = false;
        for id in &gone {
            if let Some(attached) = self.sessions.remove(id) {
                match attached.owner {
                    Owner::Own(subscribers) => subscribers.close(&Error::TargetClosed),
                    Owner::Client(link) => link.resumed(id),
                    Owner::Hidden => hidden |= id == session,
                }
            }
        }
        let lost: Vec<u32> = self
            .pending
            .iter()
            .filter(|(_, pending)| {
                pending
                    .session
                    .as_ref()
                    .is_some_and(|session| gone.contains(session))
            })
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            if let Some(pending) = self.pending.remove(&id)
                && tell
            {
                pending.fail(&Error::TargetClosed);
            }
        }
        hidden
    }

    fn crash(&mut self, hit: impl Fn(&SessionId, &Attached) -> bool) {
        let mut crashed = Vec::new();
        for (id, attached) in &mut self.sessions {
            if matches!(attached.owner, Owner::Own(_)) && hit(id, attached) {
                attached.crashed = true;
                crashed.push(id.clone());
            }
        }
        let lost: Vec<u32> = self
            .pending
            .iter()
            .filter(|(_, pending)| {
                pending
                    .session
                    .as_ref()
                    .is_some_and(|session| crashed.contains(session))
            })
            .filter(|(_, pending)| match &pending.waiter {
                Waiter::Own { method, .. } => !survives_crash(method),
                _ => false,
            })
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            if let Some(pending) = self.pending.remove(&id) {
                pending.fail(&Error::Crashed);
            }
        }
    }
}

impl Pending {
    fn answer(self, message: BytesMut, envelope: &Envelope) {
        match self.waiter {
            Waiter::Own { method, answer } => {
                let _ = answer.send(own_answer(method, message.freeze(), envelope));
            }
            Waiter::Client { link, id, method } => link.answer(id, &method, message, envelope),
            Waiter::Nobody => {}
        }
    }

    fn fail(self, reason: &Error) {
        match self.waiter {
            Waiter::Own { answer, .. } => {
                let _ = answer.send(Err(reason.clone()));
            }
            Waiter::Client { link, .. } => link.answered(),
            Waiter::Nobody => {}
        }
    }
}

fn own_answer(
    method: Cow<'static, str>,
    message: Bytes,
    envelope: &Envelope,
) -> Result<Bytes, Error> {
    if let Some(result) = envelope.result.clone() {
        return Ok(message.slice(result));
    }
    let error = envelope
        .error
        .clone()
        .map_or(&b"null"[..], |range| &message[range]);
    match serde_json::from_slice::<Refusal>(error) {
        Ok(refusal) if refusal.code == SESSION_NOT_FOUND => Err(Error::TargetClosed),
        Ok(Refusal {
            code,
            message,
            data,
        }) => {
            let message = match data {
                Some(data) => format!("{message}: {data}"),
                None => message,
            };
            Err(Error::Protocol {
                code,
                message,
                method,
            })
        }
        Err(error) => Err(Error::Decode {
            method,
            reason: format!("neither result nor error: {error}"),
        }),
    }
}
