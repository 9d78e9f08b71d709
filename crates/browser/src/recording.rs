//! Pictures of the current tab as it changes.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use guise_cdp::protocol::page::{
    Enable, ImageFormat, ScreencastFrame, ScreencastFrameAck, StartScreencast,
};
use guise_cdp::protocol::target::{AttachToTarget, DetachFromTarget};
use guise_cdp::{Error as CdpError, Session, SessionId, TargetId};
use guise_picture as picture;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::Instant;

use crate::capture;
use crate::core::{Core, CurrentTab};
use crate::fault::{Fault, Result};
use crate::fills::mask;

/// How long a command of ours may take.
const ANSWER: Duration = Duration::from_secs(10);
/// Pictures that a receiver may leave unread before it misses some.
const UNREAD: usize = 4;

/// Starts recording; it ends when the receiver is dropped or the browser is gone.
pub(crate) fn start(core: &Arc<Core>) -> mpsc::Receiver<Bytes> {
    let (sender, receiver) = mpsc::channel(UNREAD);
    let core_of_task = Arc::clone(core);
    core.tasks.spawn(async move {
        tokio::select! {
            () = sender.closed() => {}
            result = record(&core_of_task, &sender) => {
                if let Err(fault) = result {
                    tracing::debug!(%fault, "a recording ended");
                }
            }
        }
    });
    receiver
}

/// Records whichever tab is current, until the browser is gone.
async fn record(core: &Core, sender: &mpsc::Sender<Bytes>) -> Result<()> {
    let far = || Instant::now() + Duration::from_secs(24 * 3600);
    loop {
        let target = match core.board.until(far(), |state| state.current.clone()).await {
            Err(Fault::TimedOut) => continue,
            other => other?,
        };
        let left = core.board.until(far(), |state| {
            (state.current.as_ref() != Some(&target)).then_some(())
        });
        let cast = async {
            // A session of its own: what others do with theirs does not disturb it.
            let attached = Attached::new(core, &target).await?;
            attached.cast(&target, sender).await
        };
        tokio::select! {
            biased;
            left = left => match left {
                Ok(()) | Err(Fault::TimedOut) => {}
                Err(fault) => return Err(fault),
            },
            ended = cast => match ended {
                Err(Fault::Gone(reason)) => return Err(Fault::Gone(reason)),
                _ => wait_for_change(core, &target).await?,
            },
        }
    }
}

/// A tab that cannot be recorded (it crashed, or is closing) is left alone until another one is current.
async fn wait_for_change(core: &Core, target: &TargetId) -> Result<()> {
    let bound = Instant::now() + ANSWER;
    let changed = core.board.until(bound, |state| {
        (state.current.as_ref() != Some(target)).then_some(())
    });
    match changed.await {
        Ok(()) | Err(Fault::TimedOut) => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// A session for recording; ends when dropped.
struct Attached<'a> {
    core: &'a Core,
    id: SessionId,
    session: Session,
}

impl<'a> Attached<'a> {
    async fn new(core: &'a Core, target: &TargetId) -> Result<Self> {
        let attach = AttachToTarget {
            target_id: target.clone(),
            flatten: true,
        };
        let id = core
            .root
            .call(&attach, Instant::now() + ANSWER)
            .await?
            .session_id;
        let session = core.connection.session(&id);
        Ok(Self { core, id, session })
    }

    async fn cast(&self, target: &TargetId, sender: &mpsc::Sender<Bytes>) -> Result<()> {
        let mut events = self.session.subscribe(&["Page.screencastFrame"]);
        let deadline = Instant::now() + ANSWER;
        self.session.call(&Enable {}, deadline).await?;
        let start = StartScreencast {
            format: Some(ImageFormat::Jpeg),
            quality: Some(i64::from(picture::QUALITY)),
            ..Default::default()
        };
        self.session.call(&start, deadline).await?;
        loop {
            let frame: ScreencastFrame = match events.next_of().await {
                Err(CdpError::Lagged(_)) => continue,
                frame => frame?,
            };
            let ack = ScreencastFrameAck {
                session_id: frame.session_id,
            };
            self.session.call(&ack, Instant::now() + ANSWER).await?;
            let jpeg = if mask::may_be_seen(self.core, target) {
                // Where secrets were in a picture that was taken a moment ago cannot be told any more.
                match self.another(target).await? {
                    Some(jpeg) => jpeg,
                    None => continue,
                }
            } else {
                STANDARD
                    .decode(frame.data)
                    .map_err(|error| Fault::told(error.to_string()))?
            };
            match sender.try_send(Bytes::from(picture::even(jpeg)?)) {
                // A slow receiver misses pictures.
                Ok(()) | Err(TrySendError::Full(_)) => {}
                Err(TrySendError::Closed(_)) => return Ok(()),
            }
        }
    }
}

impl Attached<'_> {
    /// Another picture in the place of one that may show a secret; none when it cannot be taken now.
    async fn another(&self, target: &TargetId) -> Result<Option<Vec<u8>>> {
        let tab = self.core.board.read(|state| {
            let tab = state.tab(target)?;
            Some(CurrentTab::of(tab))
        });
        let Some(tab) = tab else { return Ok(None) };
        match capture::capture(self.core, &tab, Instant::now() + ANSWER).await {
            Ok(jpeg) => Ok(Some(jpeg)),
            Err(Fault::Gone(reason)) => Err(Fault::Gone(reason)),
            Err(fault) => {
                tracing::debug!(%fault, "a picture of a page with a secret was left out");
                Ok(None)
            }
        }
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        let root = self.core.root.clone();
        let id = self.id.clone();
        self.core.tasks.spawn(async move {
            let command = DetachFromTarget { session_id: id };
            if let Err(error) = root.call(&command, Instant::now() + ANSWER).await {
                tracing::trace!(%error, "a recording's session was gone already");
            }
        });
    }
}
