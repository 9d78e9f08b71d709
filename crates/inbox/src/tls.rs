//! The certificate for STARTTLS.

use std::fmt;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// A certificate and its key, ready for use: TLS 1.2 and 1.3.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The chain is not PEM, or empty.
    #[error("the certificate chain: expected PEM with a CERTIFICATE in it ({0})")]
    Chain(#[source] rustls::pki_types::pem::Error),
    /// The key is not PEM, or of no known kind.
    #[error("the key: expected PEM with a PRIVATE KEY in it ({0})")]
    Key(#[source] rustls::pki_types::pem::Error),
    /// The two do not belong together, or are of a kind that is not supported.
    #[error("certificate and key cannot be used together: {0}")]
    Pair(#[source] rustls::Error),
    /// The name cannot be in a certificate.
    #[error("no certificate can be made for '{name}': {error}")]
    Make {
        /// The name.
        name: String,
        /// The reason.
        #[source]
        error: rcgen::Error,
    },
}

impl Tls {
    /// Uses a chain (the server's own certificate first) and its key, both PEM.
    ///
    /// # Errors
    /// When either cannot be read, or they do not belong together.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<Vec<_>, _>>()
            .and_then(|chain| match chain.is_empty() {
                true => Err(rustls::pki_types::pem::Error::NoItemsFound),
                false => Ok(chain),
            })
            .map_err(TlsError::Chain)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(TlsError::Key)?;
        Self::new(chain, key)
    }

    /// Makes a certificate for the name, signed by itself, with a new key that is kept nowhere.
    ///
    /// Servers that send mail encrypt with it: without DANE or MTA-STS they check no certificate (RFC 7435).
    ///
    /// # Errors
    /// When the name is none that a certificate can have.
    pub fn self_made(hostname: &str) -> Result<Self, TlsError> {
        let made = rcgen::generate_simple_self_signed([hostname.to_owned()]).map_err(|error| {
            TlsError::Make {
                name: hostname.to_owned(),
                error,
            }
        })?;
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        Self::new(vec![made.cert.der().clone()], key.into())
    }

    fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, TlsError> {
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(TlsError::Pair)?;
        Ok(Self {
            config: Arc::new(config),
        })
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

impl fmt::Debug for Tls {
    /// Shows nothing: there is a key in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_its_own() {
        assert!(Tls::self_made("mail.example.com").is_ok());
    }

    #[test]
    fn a_given_certificate() {
        let made = rcgen::generate_simple_self_signed(["mail.example.com".to_owned()]).unwrap();
        let other = rcgen::generate_simple_self_signed(["mail.example.com".to_owned()]).unwrap();
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        assert!(Tls::from_pem(chain.as_bytes(), key.as_bytes()).is_ok());

        let wrong = other.signing_key.serialize_pem();
        let error = Tls::from_pem(chain.as_bytes(), wrong.as_bytes()).unwrap_err();
        assert!(matches!(error, TlsError::Pair(_)), "{error}");
        let error = Tls::from_pem(b"", key.as_bytes()).unwrap_err();
        assert!(matches!(error, TlsError::Chain(_)), "{error}");
        let error = Tls::from_pem(chain.as_bytes(), b"nothing").unwrap_err();
        assert!(matches!(error, TlsError::Key(_)), "{error}");
    }
}
