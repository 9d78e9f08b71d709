//! Certificates.

use super::Empty;
use super::macros::commands;

commands! {
    /// Makes the target accept every certificate, or not.
    SetIgnoreCertificateErrors = "Security.setIgnoreCertificateErrors" {
        /// Whether all are accepted.
        ignore: bool,
    } -> Empty;
}
