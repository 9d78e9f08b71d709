//! What all connections of a server have in common.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::smtp::{Memory, Terms};
use crate::{Authenticate, Delivery};

use super::Options;
use super::admission::Admission;

/// What all connections of a server have in common.
pub(super) struct Shared {
    pub(super) terms: Arc<Terms>,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) delivery: Arc<dyn Delivery>,
    pub(super) authenticate: Option<Arc<dyn Authenticate>>,
    pub(super) admission: Admission,
    pub(super) tasks: TaskTracker,
    pub(super) stopping: CancellationToken,
}

impl Shared {
    pub(super) fn new(options: Options, delivery: Arc<dyn Delivery>) -> Arc<Self> {
        let limits = options.limits;
        Arc::new(Self {
            admission: Admission::new(limits.connections, limits.connections_per_client),
            tls: options.tls.as_ref().map(|tls| tls.acceptor()),
            terms: Arc::new(Terms {
                hostname: options.hostname,
                tls: options.tls.is_some(),
                memory: Memory::new(limits.memory_bytes),
                limits,
            }),
            delivery,
            authenticate: options.authenticate,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        })
    }
}
