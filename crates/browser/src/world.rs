//! The page script of one document, in a JavaScript world that the page cannot reach.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::FutureExt as _;
use guise_cdp::protocol::runtime::{CallArgument, CallFunctionOn, Evaluate, EvaluateReturns};
use guise_cdp::protocol::{dom, page};
use guise_cdp::{BackendNodeId, ExecutionContextId, FrameId, LoaderId, ObjectId, Session};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::elements::Handle;
use crate::fault::{Fault, Result};

/// Only Chromium and we ever see it.
const WORLD: &str = "guise";

const RUN: &str = "function(name,args,limit){return this.run(name,args,limit)}";
const ELEMENT: &str = "function(handle){return this.element(handle)}";
const ADOPT: &str = "function(handle,root){return this.adopt(handle,root)}";
const HANDLE: &str = "function(element){return this.handle(element)}";

/// The page script in one document.
pub(crate) struct World {
    session: Option<Session>,
    context: ExecutionContextId,
    api: ObjectId,
    document: LoaderId,
    key: Arc<str>,
}

#[derive(Deserialize)]
struct Refusal {
    kind: String,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer<T> {
    Ok(T),
    Error(Refusal),
}

impl<T> Answer<T> {
    fn into_result(self) -> Result<T> {
        match self {
            Self::Ok(value) => Ok(value),
            // The page came to it when its time was up, and did nothing.
            Self::Error(Refusal { kind, .. }) if kind == "late" => Err(Fault::TimedOut),
            Self::Error(Refusal { kind, message }) => Err(Fault::Script { kind, message }),
        }
    }
}

/// The answer to one of several commands that were run in one message.
#[derive(Deserialize)]
pub(crate) struct Reply(Answer<Box<RawValue>>);

impl Reply {
    /// Reads it as the answer to `command`.
    ///
    /// # Errors
    /// As [`World::run`].
    pub(crate) fn read<T: DeserializeOwned>(self, command: &str) -> Result<T> {
        read(command, self.0.into_result()?.get())
    }
}

fn read<T: DeserializeOwned>(command: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        Fault::told(format!(
            "the page script's answer to {command} cannot be read: {error}"
        ))
    })
}

impl World {
    /// Puts the page script, or the part of it that `script` is, into the document that `frame` shows now.
    pub(crate) async fn open(
        session: &Session,
        frame: &FrameId,
        script: &'static str,
        deadline: Instant,
    ) -> Result<Self> {
        let create = page::CreateIsolatedWorld {
            frame_id: frame.clone(),
            world_name: Some(WORLD.to_owned()),
            ..Default::default()
        };
        // Asked in one go, so that both are about the same document.
        let (created, tree) = tokio::join!(
            session.call(&create, deadline),
            session.call(&page::GetFrameTree {}, deadline)
        );
        let context = created?.execution_context_id;
        let document = document_of(&tree?.frame_tree, frame).ok_or(Fault::DocumentGone)?;
        let evaluate = Evaluate {
            expression: Cow::Borrowed(script),
            context_id: Some(context),
            ..Default::default()
        };
        let returned = session.call(&evaluate, deadline).await?;
        let api = reference(returned)?;
        let key = format!("{}/{api}", session.id().map_or("", |id| id.as_str())).into();
        Ok(Self {
            session: Some(session.clone()),
            context,
            api,
            document,
            key,
        })
    }

    #[cfg(test)]
    pub(crate) fn for_test(key: &str) -> Self {
        Self {
            session: None,
            context: ExecutionContextId(0),
            api: ObjectId::default(),
            document: LoaderId::default(),
            key: key.into(),
        }
    }

    /// Whether its messages go through `session`.
    pub(crate) fn is_of(&self, session: &Session) -> bool {
        self.session
            .as_ref()
            .is_some_and(|own| own.id() == session.id())
    }

    /// The document that it is in.
    pub(crate) fn document(&self) -> &LoaderId {
        &self.document
    }

    /// What tells it from every other one.
    pub(crate) fn key(&self) -> Arc<str> {
        Arc::clone(&self.key)
    }

    fn session(&self) -> Result<&Session> {
        self.session.as_ref().ok_or(Fault::DocumentGone)
    }

    /// Runs a command of the page script. A page that is busy until `deadline` does not run it behind that, either.
    ///
    /// # Errors
    /// [`Fault::Script`] when it refuses, [`Fault::TimedOut`] at `deadline`, [`Fault::DocumentGone`] when the document is
    /// no more.
    pub(crate) async fn run<T: DeserializeOwned>(
        &self,
        command: &str,
        arguments: &impl Serialize,
        deadline: Instant,
    ) -> Result<T> {
        let arguments =
            serde_json::to_value(arguments).map_err(|error| Fault::told(error.to_string()))?;
        let call = CallFunctionOn {
            function_declaration: Cow::Borrowed(RUN),
            object_id: Some(self.api.clone()),
            arguments: Some(vec![
                CallArgument::value(command),
                CallArgument::value(arguments),
                CallArgument::value(page_time(deadline)),
            ]),
            await_promise: Some(true),
            return_by_value: Some(true),
            ..Default::default()
        };
        let returned = self.session()?.call(&call, deadline).await?;
        thrown(&returned)?;
        let text: String = returned.result.decode()?;
        // It may be a document of fifty megabytes, which is there twice by now; this copy goes before a third one is made.
        drop(returned);
        read::<Answer<T>>(command, &text)?.into_result()
    }

    /// Has the page script forget what it is to keep a press from. Nobody waits for the answer: a page that does not answer
    /// is the reason for it as often as not. It takes effect before whatever is sent afterwards.
    pub(crate) fn release(&self) {
        // The first poll queues the message; what is queued is sent.
        let nothing = json!({});
        let sent = self.run::<Value>("release", &nothing, Instant::now());
        drop(sent.now_or_never());
    }

    /// A reference to an element, for commands of the protocol that take one.
    pub(crate) async fn element(&self, handle: Handle, deadline: Instant) -> Result<ObjectId> {
        let call = CallFunctionOn {
            function_declaration: Cow::Borrowed(ELEMENT),
            object_id: Some(self.api.clone()),
            arguments: Some(vec![CallArgument::value(handle)]),
            ..Default::default()
        };
        let returned = self.session()?.call(&call, deadline).await?;
        reference(returned)
    }

    /// The number of an element that the protocol names.
    pub(crate) async fn handle(&self, node: BackendNodeId, deadline: Instant) -> Result<Handle> {
        let resolve = dom::ResolveNode {
            backend_node_id: Some(node),
            execution_context_id: Some(self.context),
            ..Default::default()
        };
        let session = self.session()?;
        let object = session.call(&resolve, deadline).await?.object;
        let object = object.object_id.ok_or(Fault::DocumentGone)?;
        let call = CallFunctionOn {
            function_declaration: Cow::Borrowed(HANDLE),
            object_id: Some(self.api.clone()),
            arguments: Some(vec![CallArgument::object(object)]),
            return_by_value: Some(true),
            ..Default::default()
        };
        let returned = session.call(&call, deadline).await?;
        thrown(&returned)?;
        Ok(returned.result.decode()?)
    }

    /// Opens the closed shadow root of an element to the page script; whether there is one.
    pub(crate) async fn open_root(&self, handle: Handle, deadline: Instant) -> Result<bool> {
        let session = self.session()?;
        let describe = dom::DescribeNode {
            object_id: Some(self.element(handle, deadline).await?),
            ..Default::default()
        };
        let node = session.call(&describe, deadline).await?.node;
        let Some(root) = node.shadow_roots.unwrap_or_default().into_iter().next() else {
            return Ok(false);
        };
        let resolve = dom::ResolveNode {
            backend_node_id: Some(root.backend_node_id),
            execution_context_id: Some(self.context),
            ..Default::default()
        };
        let object = session.call(&resolve, deadline).await?.object;
        let call = CallFunctionOn {
            function_declaration: Cow::Borrowed(ADOPT),
            object_id: Some(self.api.clone()),
            arguments: Some(vec![
                CallArgument::value(handle),
                CallArgument::object(object.object_id.ok_or(Fault::DocumentGone)?),
            ]),
            return_by_value: Some(true),
            ..Default::default()
        };
        let returned = session.call(&call, deadline).await?;
        thrown(&returned)?;
        Ok(returned.result.decode()?)
    }

    /// The frame inside a frame element.
    pub(crate) async fn frame_in(&self, handle: Handle, deadline: Instant) -> Result<FrameId> {
        let object = self.element(handle, deadline).await?;
        let describe = dom::DescribeNode {
            object_id: Some(object),
            ..Default::default()
        };
        let node = self.session()?.call(&describe, deadline).await?.node;
        node.frame_id
            .ok_or_else(|| Fault::told("the element holds no frame"))
    }
}

/// An instant as pages tell it, in milliseconds since the epoch. Browsers run on this machine, so it is one clock.
pub(crate) fn page_time(at: Instant) -> u64 {
    let left = at.saturating_duration_since(Instant::now());
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let then = now.unwrap_or_default().saturating_add(left);
    u64::try_from(then.as_millis()).unwrap_or(u64::MAX)
}

fn thrown(returned: &EvaluateReturns) -> Result<()> {
    match &returned.exception_details {
        Some(details) => Err(Fault::told(format!(
            "the page script failed: {}",
            details.message()
        ))),
        None => Ok(()),
    }
}

fn reference(returned: EvaluateReturns) -> Result<ObjectId> {
    if let Some(details) = &returned.exception_details {
        return Err(Fault::Script {
            kind: "stale".to_owned(),
            message: details.message(),
        });
    }
    returned.result.object_id.ok_or(Fault::DocumentGone)
}

fn document_of(tree: &page::FrameTree, frame: &FrameId) -> Option<LoaderId> {
    if tree.frame.id == *frame {
        return Some(tree.frame.loader_id.clone());
    }
    let children = tree.child_frames.as_deref().unwrap_or_default();
    children.iter().find_map(|child| document_of(child, frame))
}
