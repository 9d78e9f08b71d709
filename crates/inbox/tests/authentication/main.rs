//! SPF, DKIM and DMARC with a name server of the tests' own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod checks;
mod dns;
