//! Stand-ins that are live, and the requests in which secrets take their place.
//!
//! Whoever fills a field arms a stand-in. From then on the requests of the session that the field's frame is reached through stop
//! before they leave the browser. One carries the secret if all of this holds: it comes from the frame and the document that
//! was filled, it goes to the secret's destination, it has a body and a method for one, neither its address nor its headers
//! hold the stand-in, and the body holds it where it belongs ([`super::body`]). Everything else goes as it is.
//!
//! A request that carried a secret is followed through its redirects; one that would take the body elsewhere is failed. So is
//! one by which a page that has a secret itself would take it elsewhere, or put it into an address.
//!
//! Where what pages send to other sites is held ([`crate::posts`]), all requests stop here, and those go on from here, too.

mod live;
mod request;

pub(crate) use self::request::{has_body, is_answered};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use guise_cdp::protocol::fetch::{self, RequestPattern, RequestPaused};
use guise_cdp::{Error as CdpError, Events, FrameId, LoaderId, Session, SessionId};
use guise_core::Secret;
use guise_core::ports::SecretFill;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use self::live::{Guard, StandIn, State, UnderWay};
use super::dummy::dummy;
use super::field::Known;
use crate::core::Core;
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::targets::Kind;

/// How long a stand-in is live at most.
const LIVE: Duration = Duration::from_secs(120);
/// How many requests may carry a secret at most.
const REQUESTS: u32 = 3;
/// After how long it is certain that a page sends nothing that carries a stand-in.
const UNSENT: Duration = Duration::from_secs(10);
/// How long an answer to a stopped request of ours may take.
const ANSWER: Duration = Duration::from_secs(10);
/// How long a request that carried a secret is followed at most, should the site not answer.
const FOLLOWED: Duration = Duration::from_secs(600);

const PAUSED: &[&str] = &["Fetch.requestPaused"];

/// All stand-ins of one browser.
#[derive(Default)]
pub(crate) struct Wire {
    state: Mutex<State>,
    /// Something was armed, disarmed or spent.
    changed: Notify,
    /// Held while requests are begun or ceased to be stopped: the two must not overtake each other.
    switch: tokio::sync::Mutex<()>,
}

/// A stand-in that waits to be put into its field.
pub(crate) struct Armed {
    /// What goes into the field.
    pub(crate) dummy: String,
    /// What the caller is told.
    pub(crate) note: String,
    /// Which one it is.
    number: u64,
    core: Arc<Core>,
    kept: bool,
}

impl Armed {
    /// It is in the field: it stays live.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        if !self.kept {
            let mut state = self.core.wire.lock();
            state.live.retain(|live| live.number != self.number);
            drop(state);
            self.core.wire.changed.notify_waiters();
        }
    }
}

impl Wire {
    /// Notes that the page is told to go on with what is filled in, by a press or a key.
    pub(crate) fn goes_on(&self) {
        let mut state = self.lock();
        let now = Instant::now();
        for live in &mut state.live {
            live.acted.get_or_insert(now);
        }
    }

    /// Whether a page that had a stand-in for this secret before, and went on with it, has sent nothing that carried it for ten
    /// seconds. Waits for the rest of them.
    pub(super) async fn sent_nothing(
        &self,
        core: &Core,
        fill: &SecretFill,
        deadline: Instant,
    ) -> bool {
        let key = (fill.destination.site().clone(), fill.part);
        loop {
            let changed = self.changed.notified();
            let acted = {
                let state = self.lock();
                let live = state.live.iter().filter(|live| live.key() == key);
                // Where the document is still there, it may also have sent it over a socket.
                let unsent = live.filter(|live| live.is_unsent());
                let unsent = unsent.filter(|live| live.other || live.is_there(core));
                let unsent = unsent.filter_map(|live| live.acted).min();
                unsent.or_else(|| state.unsent.get(&key).copied())
            };
            let Some(acted) = acted else { return false };
            let certain = acted + UNSENT;
            if certain <= Instant::now() {
                return true;
            }
            if certain >= deadline {
                return false;
            }
            tokio::select! {
                () = sleep_until(certain) => {}
                () = changed => {}
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a stand-in for a secret, and has requests stop from now on.
///
/// # Errors
/// When the browser does not stop requests.
pub(crate) async fn arm(
    core: &Arc<Core>,
    place: &Place,
    known: Known,
    fill: SecretFill,
    deadline: Instant,
) -> Result<Armed> {
    let session = core.session_of(&place.frame).ok_or(Fault::DocumentGone)?;
    let id = session.id().cloned().unwrap_or_default();
    let note = format!(
        "; the page has a stand-in for the {} of {}, which is put into the request that the page sends",
        fill.part.name(),
        fill.destination
    );
    let (number, dummy) = {
        let mut state = core.wire.lock();
        state.next += 1;
        let number = state.next;
        // Whatever was in the field before is no more.
        state.retain(|live| live.document != known.document || live.handle != place.handle);
        let purpose = known.field.purpose;
        let dummy = state
            .same(&known.document, &fill)
            .unwrap_or_else(|| dummy(fill.part, fill.secret.expose(), purpose));
        state.live.push(StandIn {
            number,
            dummy: dummy.clone(),
            names: known.names,
            boxes: known.boxes,
            frame: place.frame.clone(),
            document: known.document,
            handle: place.handle,
            session: id,
            until: Instant::now() + LIVE,
            left: REQUESTS,
            acted: None,
            other: false,
            fill,
        });
        (number, dummy)
    };
    // Dropped on every way out of here that does not put it into the field.
    let armed = Armed {
        dummy,
        note,
        number,
        core: Arc::clone(core),
        kept: false,
    };
    watch(core, &session, deadline).await?;
    Ok(armed)
}

/// From now on fails the requests that would take a secret off its site, which a page is about to get.
///
/// # Errors
/// When the browser does not stop requests.
pub(super) async fn guard(
    core: &Arc<Core>,
    place: &Place,
    fill: &SecretFill,
    deadline: Instant,
) -> Result<()> {
    let session = core.session_of(&place.frame).ok_or(Fault::DocumentGone)?;
    core.wire.lock().guards.push(Guard {
        secret: Secret::new(fill.secret.expose().to_owned()),
        destination: fill.destination.clone(),
        until: Instant::now() + LIVE,
    });
    for other in sending(core) {
        if other.id() != session.id() {
            also_watch(core, &other, deadline).await;
        }
    }
    watch(core, &session, deadline).await
}

/// Has the requests of a session stop that is new, where a page has a secret, which it may tell it, or where what pages send is
/// held.
pub(crate) async fn guard_new(core: &Arc<Core>, session: &Session, kind: Kind, deadline: Instant) {
    let guarded = core.posts.are_held() || !core.wire.lock().guards.is_empty();
    if kind.sends() && guarded {
        also_watch(core, session, deadline).await;
    }
}

/// Has all requests stop, for [`crate::posts`] to hold some of them.
///
/// # Errors
/// When those of a target that lives do not stop.
pub(crate) async fn hold_posts(core: &Arc<Core>, deadline: Instant) -> Result<()> {
    let sessions = sending(core);
    for session in &sessions {
        match watch(core, session, deadline).await {
            // Gone, and sends nothing any more.
            Err(Fault::TabClosed | Fault::Crashed | Fault::DocumentGone) => {}
            watched => watched?,
        }
    }
    // Beside each other: one that is busy is waited for.
    let announced = sessions
        .iter()
        .map(|session| core.posts.announce(core, session, deadline));
    join_all(announced).await;
    Ok(())
}

/// The sessions that send requests.
fn sending(core: &Core) -> Vec<Session> {
    core.board.read(|state| {
        let sessions = state.sessions.values();
        let sending = sessions.filter(|attached| attached.kind.sends());
        sending.map(|attached| attached.session.clone()).collect()
    })
}

/// Has the requests of a session stop that a page may tell something. One that is gone sends none.
async fn also_watch(core: &Arc<Core>, session: &Session, deadline: Instant) {
    if let Err(error) = watch(core, session, deadline).await {
        tracing::debug!(%error, "requests of a target do not stop");
    }
}

/// Has a session's requests stop, unless they do already.
async fn watch(core: &Arc<Core>, session: &Session, deadline: Instant) -> Result<()> {
    let id = session.id().cloned().unwrap_or_default();
    let _switching = core.wire.switch.lock().await;
    if core.wire.lock().watched.contains(&id) {
        core.wire.changed.notify_waiters();
        return Ok(());
    }
    let events = session.subscribe(PAUSED);
    let enable = fetch::Enable {
        patterns: Some(vec![RequestPattern {
            url_pattern: Some("*".to_owned()),
            request_stage: Some("Request".to_owned()),
            ..Default::default()
        }]),
        ..Default::default()
    };
    session.call(&enable, deadline).await?;
    core.wire.lock().watched.push(id);
    let follower = follow(Arc::clone(core), session.clone(), events);
    core.tasks.spawn(follower);
    Ok(())
}

/// Lets the stopped requests of a session go, with secrets or without, until nothing of it is live any more.
async fn follow(core: Arc<Core>, session: Session, mut events: Events) {
    let id = session.id().cloned().unwrap_or_default();
    loop {
        // Registered before the state is read, so that no change is missed in between.
        let changed = core.wire.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let Some(next) = core.wire.next_end(&core, &id) else {
            let _switching = core.wire.switch.lock().await;
            if core.wire.next_end(&core, &id).is_some() {
                continue;
            }
            core.wire.lock().watched.retain(|watched| *watched != id);
            // Whatever waits goes on as it is.
            cease(&session).await;
            return;
        };
        tokio::select! {
            event = events.next() => match event {
                Ok(event) => match event.parse::<RequestPaused>() {
                    Ok(paused) => stopped(&core, &session, &id, paused).await,
                    Err(error) => {
                        tracing::warn!(%error, "a stopped request could not be read");
                        core.wire.give_up(&id);
                    }
                },
                Err(CdpError::Lagged(_)) => {
                    tracing::warn!("stopped requests were lost; no secret is sent any more");
                    core.wire.give_up(&id);
                }
                Err(_) => {
                    core.wire.give_up(&id);
                    core.wire.lock().watched.retain(|watched| *watched != id);
                    return;
                }
            },
            () = sleep_until(next) => {}
            () = changed => {}
            left = left(&core, &id) => if let Err(Fault::Gone(_)) = left {
                core.wire.give_up(&id);
                return;
            },
        }
    }
}

/// What becomes of a stopped request; at once, unless it is held.
async fn stopped(core: &Arc<Core>, session: &Session, id: &SessionId, paused: RequestPaused) {
    let request = paused.network_id.clone();
    let request = request.filter(|_| has_body(&paused.request));
    let Some(held) = core.posts.held(core, id, &paused) else {
        core.posts.note(request);
        return request::answer(core, session, id, paused).await;
    };
    let (core, session, id) = (Arc::clone(core), session.clone(), id.clone());
    let tasks = Arc::clone(&core);
    tasks.tasks.spawn(async move {
        let note = || core.posts.note(request.clone());
        let admitted = held.admitted(note).await;
        note();
        match admitted {
            true => request::answer(&core, &session, &id, paused).await,
            false => request::fail(&session, paused).await,
        }
    });
}

async fn cease(session: &Session) {
    let disable = fetch::Disable {};
    if let Err(error) = session.call(&disable, Instant::now() + ANSWER).await
        && !error.is_gone()
    {
        tracing::warn!(%error, "requests go on being stopped");
    }
}

/// Resolves when a document that was filled is left.
///
/// # Errors
/// When nothing was left for long, or the browser is gone.
async fn left(core: &Core, session: &SessionId) -> Result<()> {
    let filled: Vec<(FrameId, LoaderId)> = {
        let state = core.wire.lock();
        let own = state.live.iter().filter(|live| live.session == *session);
        own.map(|live| (live.frame.clone(), live.document.clone()))
            .collect()
    };
    let far = Instant::now() + LIVE;
    let gone = core.board.until(far, |state| {
        let there = |(frame, document): &(FrameId, LoaderId)| {
            state
                .frames
                .get(frame)
                .is_some_and(|frame| frame.document == *document)
        };
        (!filled.iter().all(there)).then_some(())
    });
    gone.await
}

impl Wire {
    /// Drops what of a session is over, and says when the next thing is; `None` when nothing is left.
    fn next_end(&self, core: &Core, session: &SessionId) -> Option<Instant> {
        let now = Instant::now();
        let mut state = self.lock();
        state.retain(|live| {
            live.session != *session || live.left > 0 && now < live.until && live.is_there(core)
        });
        state
            .under_way
            .retain(|_, request| request.session != *session || now < request.until);
        state.guards.retain(|guard| now < guard.until);
        let live = state.live.iter().filter(|live| live.session == *session);
        let requests = state.under_way.values();
        let requests = requests.filter(|request| request.session == *session);
        let guards = state.guards.iter();
        // As long as what pages send is held, there is no end.
        let held = core.posts.are_held().then(|| now + LIVE);
        live.map(|live| live.until)
            .chain(held)
            .chain(requests.map(|request| request.until))
            .chain(guards.map(|guard| guard.until))
            .min()
    }

    /// Puts no secret of a session's into requests any more. Those that pages have are guarded on: what was not read stays stopped.
    fn give_up(&self, session: &SessionId) {
        let mut state = self.lock();
        state.live.retain(|live| live.session != *session);
        state
            .under_way
            .retain(|_, request| request.session != *session);
    }
}
