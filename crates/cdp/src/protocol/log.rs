//! What the browser itself writes to a page's console.

use super::Empty;
use super::macros::{commands, events, objects};

objects! {
    /// One message.
    LogEntry {
        /// `network`, `security`, `javascript` …
        source: String,
        /// `verbose`, `info`, `warning` or `error`.
        level: String,
        /// Its text.
        text: String,
        /// Milliseconds since 1970.
        timestamp: f64,
    } optional {
        /// Address that it is about.
        url: String,
        /// Line in it.
        line_number: i64,
    };
}

commands! {
    /// Turns `entryAdded` on; what is there already is told again.
    Enable = "Log.enable" {} -> Empty;
}

events! {
    /// A message was written.
    EntryAdded = "Log.entryAdded" {
        /// The message.
        entry: LogEntry,
    };
}
