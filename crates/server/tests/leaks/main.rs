//! Whether anything of a secret comes out where a model, a caller or an operator looks: each run is done twice, with two
//! secrets, and everything that can be seen of the one must be seen of the other. `docs/LEAKS.md` says what is read where.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a failure ends the test")]

mod by_wire;
mod channels;
mod compare;
mod devtools;
mod drawn;
mod holes;
mod in_page;
mod plain;
mod record;
mod run;
mod script;
mod sockets;
mod spellings;
#[expect(dead_code, reason = "the tests of the API use more of it")]
#[path = "../support/mod.rs"]
mod support;
