#![doc = include_str!("../README.md")]

mod brave;
mod http;
mod searxng;
mod tavily;

pub use brave::Brave;
pub use http::InvalidSetting;
pub use searxng::Searxng;
pub use tavily::Tavily;
