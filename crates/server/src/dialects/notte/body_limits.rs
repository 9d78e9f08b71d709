//! How large bodies may be.

/// JSON bodies.
pub const JSON: usize = 1024 * 1024;

/// JSON bodies with up to 10 MiB of files in base64.
pub const WITH_FILES: usize = 16 * 1024 * 1024;

/// Bodies of `/scrape_from_html`, which carry whole pages.
pub const HTML: usize = 32 * 1024 * 1024;

/// Uploaded files, with room for what multipart adds around them.
pub const FILE: usize = 100 * 1000 * 1000 + 64 * 1024;
