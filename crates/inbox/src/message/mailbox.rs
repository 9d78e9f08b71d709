//! An address in a header.

use std::fmt;

/// An address as a header has it. Anybody can write anything there; it is no proof of who sent the mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// `ada@example.com`, not checked for being an address.
    pub address: String,
    /// The name beside it, decoded.
    pub name: Option<String>,
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => f.write_str(&self.address),
        }
    }
}
