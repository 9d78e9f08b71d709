//! What a browser does through the `Browser` port, shown on the test site with real Chromium.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

mod busy;
mod clicks;
mod fields;
mod files;
mod fills;
mod frames;
mod gallery;
mod healing;
mod life;
mod main_path;
mod navigation;
mod options;
mod outside;
mod perception;
mod pointer;
mod pool;
mod readers;
mod stage;
mod tabs_and_dialogs;
