//! The configuration: an embedded default file that is the reference, `guise.toml`, the environment, the command line.

mod layers;
mod root_spec;
mod settings;

pub use layers::{ConfigError, Layers, SETTINGS, Setting};
pub use root_spec::RootSpec;
pub use settings::{LogFormat, PhoneProviderName, SearchEngineName, Settings, data_dir};
