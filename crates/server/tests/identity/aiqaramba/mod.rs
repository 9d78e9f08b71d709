//! The rules of the AIQaramba API, one by one.

mod credentials;
mod kinds;
mod lists;
mod mailboxes;
mod personas;
mod secrecy;
