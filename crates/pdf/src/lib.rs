#![doc = include_str!("../README.md")]

mod answer;
mod confine;
mod date;
mod document;
mod process;
mod reader;

pub use answer::{Document, Unreadable};
pub use process::run;
pub use reader::{COMMAND, Error, MAX_BYTES, Reader};
