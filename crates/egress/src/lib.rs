//! The one door through which all of a browser's traffic goes.
//!
//! A [`Door`] is an HTTP forward proxy on a free loopback port, one per browser, opened before the browser starts and
//! told its [`Policy`] when the browser is handed out; until then it refuses everything. It takes `CONNECT` and
//! absolute-form requests, decides about every destination ([`Guard`]), dials exactly the addresses that passed, and
//! counts the bytes that leave and enter the machine.
//!
//! What is refused: every address that is not globally reachable ([`classify`]) unless the operator's [`AllowList`]
//! names it; cloud metadata services and this server's own ports ([`OwnPorts`]) always; the browser vendor's own
//! services. A `CONNECT` is then answered with 403, and so is a plain request, with a short text for people; both
//! carry [`REFUSED_HEADER`]. What went wrong last is kept for whoever has to explain a failed page: [`Door::failure`].

mod allow;
mod answer;
mod class;
mod client;
mod count;
mod door;
mod error;
mod failures;
mod forward;
mod guard;
mod headers;
mod host;
mod metadata;
mod own_ports;
mod pattern;
mod peer;
mod policy;
mod resolve;
mod tunnel;
mod upstream;
mod vendor;

pub use allow::AllowList;
pub use answer::{FAILED_HEADER, REFUSED_HEADER};
pub use class::{Class, classify};
pub use count::Traffic;
pub use door::{Door, Options};
pub use error::{Denial, Error};
pub use guard::Guard;
pub use host::Host;
pub use own_ports::{OwnPort, OwnPorts};
pub use pattern::InvalidEntry;
pub use policy::Policy;
pub use resolve::Resolver;
pub use upstream::{InvalidUpstream, Upstream};
