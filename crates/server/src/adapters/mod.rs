//! What the domain asks of the outside, done by the crates that can.

pub mod engines;
pub mod mail;
pub mod models;
pub mod names;
pub mod one_time;
pub mod pdf;
pub mod phones;
pub mod reading;
