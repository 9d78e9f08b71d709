//! Secrets that are filled in: that they arrive, and that they arrive nowhere else.

mod leaks;
mod net;
mod shapes;
mod source;
mod world;
mod wrong;
