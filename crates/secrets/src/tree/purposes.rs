//! What the pepper is for.
//!
//! The pepper is the one key that is never replaced: what is made with it lies in the database (the hashes of API keys, the
//! audit) or in somebody's hands (tokens) and could not be made anew. It lies in an envelope of the instance key.

use std::sync::Arc;

use guise_core::KeyDigest;

use crate::key::{Key, keyed_hash};
use crate::token::Tokens;

/// Keys for single purposes, and the pepper that they come from.
pub(crate) struct Purposes {
    pub(super) pepper: Key,
    pub(super) tokens: Arc<Tokens>,
    pub(super) audit: Arc<AuditKeys>,
    pub(super) mailboxes: Key,
}

/// Keys of the audit.
pub(crate) struct AuditKeys {
    /// Links each row to the one before.
    pub(crate) chain: Key,
    /// Hashes the facts in rows.
    pub(crate) facts: Key,
    /// Marks what is noted outside the database.
    pub(crate) anchors: Key,
}

impl Purposes {
    pub(crate) fn of(pepper: Key) -> Self {
        Self {
            tokens: Arc::new(Tokens::new(pepper.child("tokens"))),
            audit: Arc::new(AuditKeys {
                chain: pepper.child("audit chain"),
                facts: pepper.child("audit facts"),
                anchors: pepper.child("audit anchors"),
            }),
            mailboxes: pepper.child("mailboxes"),
            pepper,
        }
    }

    /// The keyed hash by which an API key is recognised. Of the pepper itself and not of a child: so it was when the
    /// pepper was the key file, and keys that were made then stay valid.
    pub(super) fn digest(&self, api_key: &str) -> KeyDigest {
        KeyDigest(keyed_hash(
            &self.pepper,
            &[b"guise api key v1\0", api_key.as_bytes()],
        ))
    }
}

/// What a database of the time before there was a keyring kept of its key file.
pub(super) fn check_of_key_file(key: &Key) -> String {
    keyed_hash(key, &[b"guise check v1\0"])
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
