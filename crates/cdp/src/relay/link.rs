//! What is on its way to one outside client.

use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::router::{HIDDEN_TYPE, lock};
use crate::wire::envelope::Envelope;
use crate::{SessionId, TargetId};

/// Bytes that a client may leave unread before it counts as stalled; one message may go beyond.
const UNREAD_BYTES: usize = 64 * 1024 * 1024;
/// What a queued message costs beside its bytes.
const OVERHEAD: usize = 64;
/// How long a client may keep a new target paused.
const PAUSE: Duration = Duration::from_secs(2);

/// The browser's side of one client. The router puts messages in and never waits; the relay takes them out.
pub(crate) struct Link {
    /// The client's own browser-level session. The client does not know its id: for the client it is the connection.
    root: SessionId,
    state: Mutex<State>,
    arrived: Notify,
    overflowed: Notify,
    paused: Notify,
}

#[derive(Default)]
struct State {
    unread: VecDeque<Bytes>,
    bytes: usize,
    overflowed: bool,
    finished: bool,
    in_flight: usize,
    /// New targets that wait for the client's go, and until when; the earliest first.
    paused: VecDeque<(Instant, SessionId)>,
    hidden: HashSet<TargetId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetEvent {
    target_info: Option<TargetInfo>,
    target_id: Option<TargetId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetInfo {
    target_id: TargetId,
    r#type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Targets<'a> {
    #[serde(borrow)]
    target_infos: Vec<&'a RawValue>,
}

impl Link {
    pub(crate) fn new(root: SessionId) -> Self {
        Self {
            root,
            state: Mutex::default(),
            arrived: Notify::new(),
            overflowed: Notify::new(),
            paused: Notify::new(),
        }
    }

    pub(crate) fn root(&self) -> &SessionId {
        &self.root
    }

    /// Queues a message for the client.
    pub(crate) fn push(&self, message: Bytes) {
        let mut state = lock(&self.state);
        if state.overflowed {
            return;
        }
        if state.bytes > UNREAD_BYTES {
            state.overflowed = true;
            state.unread.clear();
            state.bytes = 0;
            self.overflowed.notify_one();
            return;
        }
        state.bytes += message.len() + OVERHEAD;
        state.unread.push_back(message);
        self.arrived.notify_one();
    }

    /// The next message, whether another one is there already, or `None` once finished.
    pub(super) async fn next(&self) -> Option<(Bytes, bool)> {
        loop {
            {
                let mut state = lock(&self.state);
                if let Some(message) = state.unread.pop_front() {
                    state.bytes -= message.len() + OVERHEAD;
                    return Some((message, !state.unread.is_empty()));
                }
                if state.finished {
                    return None;
                }
            }
            self.arrived.notified().await;
        }
    }

    /// Resolves when the client has left too much unread.
    pub(super) async fn overflowed(&self) {
        while !lock(&self.state).overflowed {
            self.overflowed.notified().await;
        }
    }

    /// Nothing more will come: `next` ends after what is queued.
    pub(super) fn finish(&self) {
        lock(&self.state).finished = true;
        self.arrived.notify_one();
    }

    /// Counts a command that is passed on and says how many are unanswered now.
    pub(super) fn sent(&self) -> usize {
        let mut state = lock(&self.state);
        state.in_flight += 1;
        state.in_flight
    }

    /// Passes an event of one of the client's sessions on, unless it tells of a hidden target.
    pub(crate) fn event(&self, mut message: BytesMut, envelope: &Envelope, method: Range<usize>) {
        if matches!(
            &message[method],
            b"Target.targetCreated"
                | b"Target.targetInfoChanged"
                | b"Target.targetDestroyed"
                | b"Target.targetCrashed"
        ) && self.is_hidden(
            envelope
                .params
                .clone()
                .map_or(&b"{}"[..], |params| &message[params]),
        ) {
            return;
        }
        self.make_ours(&mut message, envelope);
        self.push(message.freeze());
    }

    /// Passes an answer on under the client's own number.
    pub(crate) fn answer(&self, id: i32, method: &str, mut message: BytesMut, envelope: &Envelope) {
        self.answered();
        if method == "Target.getTargets"
            && let Some(result) = envelope.result.clone()
            && let Some(visible) = visible_targets(&message[result.clone()])
        {
            let mut filtered = BytesMut::from(&message[..result.start]);
            filtered.extend_from_slice(visible.as_bytes());
            filtered.extend_from_slice(&message[result.end..]);
            if let Some(envelope) = Envelope::scan(&filtered) {
                self.renumber(id, &mut filtered, &envelope);
                return self.push(filtered.freeze());
            }
        }
        self.renumber(id, &mut message, envelope);
        self.push(message.freeze());
    }

    /// One command less is unanswered: its answer came, or its session went away first. In that case the browser says
    /// nothing, and clients know.
    pub(crate) fn answered(&self) {
        let mut state = lock(&self.state);
        state.in_flight = state.in_flight.saturating_sub(1);
    }

    /// A new target waits for the client's go.
    pub(crate) fn paused(&self, session: SessionId) {
        lock(&self.state)
            .paused
            .push_back((Instant::now() + PAUSE, session));
        self.paused.notify_one();
    }

    /// The client let `session` go on, or it is gone.
    pub(crate) fn resumed(&self, session: &SessionId) {
        lock(&self.state)
            .paused
            .retain(|(_, paused)| paused != session);
    }

    /// The next session that the client has kept paused for too long.
    pub(super) async fn overdue(&self) -> SessionId {
        loop {
            let first = lock(&self.state).paused.front().cloned();
            match first {
                Some((due, session)) if due <= Instant::now() => {
                    self.resumed(&session);
                    return session;
                }
                Some((due, _)) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(due) => {}
                        () = self.paused.notified() => {}
                    }
                }
                None => self.paused.notified().await,
            }
        }
    }

    fn is_hidden(&self, params: &[u8]) -> bool {
        let Ok(event) = serde_json::from_slice::<TargetEvent>(params) else {
            return false;
        };
        let mut state = lock(&self.state);
        match event {
            TargetEvent {
                target_info: Some(target),
                ..
            } if target.r#type == HIDDEN_TYPE => {
                state.hidden.insert(target.target_id);
                true
            }
            TargetEvent {
                target_id: Some(target),
                ..
            } => state.hidden.remove(&target),
            _ => false,
        }
    }

    /// Puts the client's number in the place of ours.
    fn renumber(&self, id: i32, message: &mut BytesMut, envelope: &Envelope) {
        let digits = id.to_string();
        let place = envelope.id_at.clone();
        if digits.len() <= place.len() {
            self.make_ours(message, envelope);
            message[place.clone()].fill(b' ');
            message[place.start..place.start + digits.len()].copy_from_slice(digits.as_bytes());
        } else {
            self.make_ours(message, envelope);
            let mut longer = BytesMut::with_capacity(message.len() + digits.len());
            longer.extend_from_slice(&message[..place.start]);
            longer.extend_from_slice(digits.as_bytes());
            longer.extend_from_slice(&message[place.end..]);
            *message = longer;
        }
    }

    /// Blanks the session where it is the client's own browser-level one. Nothing moves, so nothing is copied.
    fn make_ours(&self, message: &mut BytesMut, envelope: &Envelope) {
        if envelope
            .session
            .clone()
            .is_some_and(|session| message[session] == *self.root.as_str().as_bytes())
        {
            message[envelope.session_member.clone()].fill(b' ');
        }
    }
}

/// The result of `Target.getTargets` without hidden targets, when there are any.
fn visible_targets(result: &[u8]) -> Option<String> {
    let targets: Targets<'_> = serde_json::from_slice(result).ok()?;
    let visible: Vec<&str> = targets
        .target_infos
        .iter()
        .map(|target| target.get())
        .filter(|target| {
            !serde_json::from_str::<TargetInfo>(target)
                .is_ok_and(|target| target.r#type == HIDDEN_TYPE)
        })
        .collect();
    (visible.len() < targets.target_infos.len())
        .then(|| format!(r#"{{"targetInfos":[{}]}}"#, visible.join(",")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn popped(link: &Link) -> Option<Value> {
        lock(&link.state)
            .unread
            .pop_front()
            .map(|message| serde_json::from_slice(&message).unwrap())
    }

    fn answer(link: &Link, id: i32, method: &str, message: &str) -> Value {
        let envelope = Envelope::scan(message.as_bytes()).unwrap();
        link.answer(id, method, BytesMut::from(message), &envelope);
        popped(link).unwrap()
    }

    #[test]
    fn answers_carry_the_clients_number_and_no_trace_of_its_session() {
        let link = Link::new("ROOT".into());
        for id in [0, 7, -9999, i32::MAX, i32::MIN] {
            let ours = answer(
                &link,
                id,
                "A.b",
                r#"{"id":1000000007,"result":{"x":"y"},"sessionId":"ROOT"}"#,
            );
            assert_eq!(ours, json!({"id": id, "result": {"x": "y"}}));
            let child = answer(
                &link,
                id,
                "A.b",
                r#"{"id":1000000007,"sessionId":"CHILD","error":{"code":1}}"#,
            );
            assert_eq!(
                child,
                json!({"id": id, "sessionId": "CHILD", "error": {"code": 1}})
            );
        }
    }

    #[test]
    fn hidden_targets_stay_hidden() {
        let link = Link::new("ROOT".into());
        let event = |message: &str| {
            let envelope = Envelope::scan(message.as_bytes()).unwrap();
            let method = envelope.method.clone().unwrap();
            link.event(BytesMut::from(message), &envelope, method);
            popped(&link).is_some()
        };
        assert!(!event(
            r#"{"method":"Target.targetCreated","params":{"targetInfo":{"targetId":"T","type":"browser_ui"}}}"#
        ));
        assert!(event(
            r#"{"method":"Target.targetCreated","params":{"targetInfo":{"targetId":"U","type":"page"}}}"#
        ));
        assert!(!event(
            r#"{"method":"Target.targetDestroyed","params":{"targetId":"T"}}"#
        ));
        assert!(event(
            r#"{"method":"Target.targetDestroyed","params":{"targetId":"U"}}"#
        ));
        let list = answer(
            &link,
            3,
            "Target.getTargets",
            r#"{"id":1000000001,"result":{"targetInfos":[{"targetId":"T","type":"browser_ui"},{"targetId":"U","type":"page"}]},"sessionId":"ROOT"}"#,
        );
        assert_eq!(
            list,
            json!({"id": 3, "result": {"targetInfos": [{"targetId": "U", "type": "page"}]}})
        );
    }

    #[test]
    fn a_client_that_leaves_too_much_unread_overflows_once() {
        let link = Link::new("ROOT".into());
        link.push(Bytes::from(vec![b'x'; UNREAD_BYTES + 1]));
        assert!(
            !lock(&link.state).overflowed,
            "one message of any size passes"
        );
        link.push(Bytes::from_static(b"{}"));
        assert!(lock(&link.state).overflowed);
        assert!(lock(&link.state).unread.is_empty());
    }
}
