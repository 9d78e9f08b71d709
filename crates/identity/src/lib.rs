#![doc = include_str!("../README.md")]

mod locale;
mod mailbox;
mod names;
mod person;
mod slug;

pub use locale::{Locale, UnknownLocale};
pub use mailbox::mailbox_name;
pub use person::{Gender, Identity};
