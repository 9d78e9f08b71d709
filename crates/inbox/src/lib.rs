#![doc = include_str!("../README.md")]

mod address;
mod authentication;
mod delivery;
mod find;
mod html;
mod limits;
mod message;
mod server;
pub mod smtp;
mod tls;

pub use address::{Address, InvalidAddress};
pub use authentication::{Authenticate, Authentication, DnsChecks, DnsError, Outcome};
pub use delivery::{DeliverError, Delivery, Incoming, Verdict};
pub use find::{Code, Found, Place, SignInLink, find, find_in_text};
pub use limits::Limits;
pub use message::{Attachment, Mailbox, Message};
pub use server::{Handle, Options, Server};
pub use tls::{Tls, TlsError};
