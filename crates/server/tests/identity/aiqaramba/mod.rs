//! The rules of the AIQaramba API, one by one.

mod credentials;
mod journeys;
mod kinds;
mod lists;
mod mailboxes;
mod personas;
mod projects;
mod roles;
mod secrecy;
