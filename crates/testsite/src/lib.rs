//! The web site that Guise is tested against.
//!
//! One process serves the same pages on three origins, so that frames between them are truly
//! cross-origin (another port) and cross-site (another host name). Every page is ours and built the
//! way real sites are: a shop, a login, a long table, nested frames, shadow roots, dialogs, pop-ups,
//! uploads, downloads, buttons that are hard to click, a service with accounts that sends codes, and pages that tell models
//! what to do. `GET /_pages` lists them.
//!
//! Tests in Rust start a [`Site`] of their own; suites in other languages run the binary, which prints
//! its origins as one line of JSON and serves until it is told to end.

mod accounts;
mod canary;
mod download;
mod echo;
mod engines;
mod frames;
mod gallery;
mod headers;
mod heavy;
mod html;
mod images;
mod injected;
mod library;
mod log;
mod login;
mod network;
mod news;
mod pages;
mod pdf;
mod perceive;
mod reach;
mod shared;
mod shop;
mod sign_in;
mod site;
mod socket;
mod spellings;
mod table;
mod upload;

pub use accounts::{Account, Letter, one_time_code};
pub use canary::Canary;
pub use engines::ENGINE_KEY;
pub use gallery::GALLERY;
pub use heavy::NAMES as HEAVY;
pub use injected::{GOALS, Instruction, PLACEMENTS};
pub use log::{Event, Hit};
pub use perceive::PERCEIVED;
pub use reach::{SPELLINGS, WAYS, WAYS_BY_UDP, fewest_ways};
pub use shared::Origins;
pub use sign_in::Take;
pub use site::Site;
pub use spellings::{spelling_in, spellings};
