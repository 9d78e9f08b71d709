//! Finds, confines, launches, ends and sweeps Chromium and Xvfb processes.
//!
//! [`Installation::find`] says what is on the machine. [`Options::open`] takes the runtime folder of one server, sweeps
//! what an earlier run left there, and answers a [`Launcher`]. [`Launcher::launch`] turns a [`Spec`] into a [`Browser`],
//! which holds the two ends of the DevTools pipe, the folders, and the end of it all. What is said over the pipe is none
//! of this crate's business.
//!
//! # What holds a browser in
//! - Chromium's own sandbox, always.
//! - As root: a uid and group of its own, taken from a range, without an account. Other sessions' files and processes
//!   are another user's. Without root every browser runs as the user who started the server; between sessions, and
//!   between a browser and that user's files, only Landlock stands then.
//! - Landlock where the kernel has it: its own folders, programs and fonts; TCP to its proxy's port only.
//! - A filter of system calls (seccomp) where the kernel has them: no sockets but streams over TCP and local ones.
//!   [`Isolation`] says what a machine has of it.
//! - `no_new_privs`, no core dumps, an environment made from nothing, no descriptor but its pipe.
//!
//! # Life and death
//! All processes are started by one thread that lives as long as the program; the kernel kills them when it dies. Each
//! browser has an owner there that waits for its end, kills what is left, removes the folders, and only then lets its
//! uid go. Dropping the [`Browser`] is enough to set that off.

#[cfg(test)]
extern crate self as guise_chromium;

mod argument;
mod browser;
mod cull;
pub mod doctor;
mod error;
mod fence;
mod flags;
mod installation;
mod isolation;
mod keeper;
#[cfg(test)]
mod kernel_tests;
mod launcher;
mod owner;
mod probe;
mod process;
mod procfs;
mod residue;
mod runtime;
mod seccomp;
mod spec;
mod sweep;
mod uid;
mod xvfb;

pub use argument::Argument;
pub use browser::{Browser, Confinement, Exit, Pipes};
pub use error::Error;
pub use installation::{Binary, Installation, Paths};
pub use isolation::{Isolation, Obstacle, Tier, UnknownTier};
pub use launcher::{Launcher, Options};
pub use probe::{Probe, probe};
pub use runtime::Folders;
pub use spec::{Display, Engine, Spec, Window};
pub use sweep::Swept;
pub use uid::UidRange;
