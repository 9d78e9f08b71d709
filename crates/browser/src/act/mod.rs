//! Doing things on a page.

pub(crate) mod ahead;
mod check;
mod click;
pub(crate) mod download;
mod drag;
mod evaluate;
mod fill;
mod foresee;
mod form_fill;
pub(crate) mod keys;
pub(crate) mod layout;
mod perform;
mod pointer;
mod press;
pub(crate) mod reach;
mod scroll;
mod select;
mod settle;
mod tabs;
mod typing;
mod upload;
mod wanted;

pub(crate) use foresee::foresee;
pub(crate) use perform::perform;
