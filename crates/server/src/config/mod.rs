//! The configuration: an embedded default file that is the reference, `guise.toml`, the environment, the command line.

mod layers;
mod settings;

pub use layers::{ConfigError, Layers, SETTINGS, Setting};
pub use settings::{LogFormat, Settings, data_dir};
