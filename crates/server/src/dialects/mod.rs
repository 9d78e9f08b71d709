//! The public APIs: each translates its wire form into the domain and back, and decides nothing.

pub mod notte;
