//! Secrets that are filled in: that they arrive, and that they arrive nowhere else.

mod echoed;
mod in_page;
mod leaks;
mod net;
mod quiet;
mod races;
mod shapes;
mod source;
mod world;
mod wrong;
