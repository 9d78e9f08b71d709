//! Secrets in the place of placeholders.
//!
//! *By wire* is the rule: the field gets a stand-in of the same shape ([`dummy`]), and while it is live the requests that its
//! frame sends are stopped on their way ([`wire`]); where the stand-in stands in a body as what was filled in ([`body`]), the
//! secret takes its place, towards the credential's site only. So the page, its scripts, outside clients, pictures and what is
//! read from the page never have more than the stand-in: of those who stop a request Chromium asks first who attached to the target last, and nobody attached
//! before us.
//!
//! *Into the page* ([`in_page`]) is what is left where a page sends nothing that could carry a stand-in, such as a hash. As long as
//! such a document is there, scripts and outside clients of those who may not read secrets are kept from the browser, and pictures
//! have what shows a secret painted over ([`mask`]).
//!
//! What a site was told it may show ([`told`]), whichever way it got it: pictures of its pages have that painted over, too.
//!
//! Which secret may go into which field is not decided here: [`field`] finds out what the field is, and the session's
//! `SecretSource` decides.

mod body;
mod choose;
mod dummy;
mod expiry;
mod field;
mod fitted;
mod in_page;
pub(crate) mod mask;
mod told;
mod wire;

pub(crate) use choose::{Choice, choose};
pub(crate) use in_page::{COPIED, HELD, InPage, PageFill};
pub(crate) use told::Told;
pub(crate) use wire::{Wire, guard_new, has_body, hold_posts, is_answered};
