//! Mails as they come, read.

mod bombs;
mod reading;
