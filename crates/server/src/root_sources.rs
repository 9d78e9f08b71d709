//! The configured root sources, ready for use.

use std::path::Path;
use std::sync::Arc;

use guise_core::{ExposeSecret as _, Secret, SecretString};
use guise_secrets::{
    CredentialKey, KeyFile, Passphrase, RootError, RootSource, Transit, VariableKey,
};

use crate::config::RootSpec;

/// What systemd sets to the folder with a unit's credentials (systemd.exec(5)).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// The variable that the setting `root_key` is read from, for messages.
const ROOT_KEY: &str = "GUISE_ROOT_KEY";

/// Secrets that sources need.
#[derive(Clone, Debug, Default)]
pub struct RootSecrets {
    /// For a key in a variable.
    pub key: Option<SecretString>,
    /// For a passphrase.
    pub passphrase: Option<SecretString>,
    /// For a transit engine.
    pub token: Option<SecretString>,
}

/// The sources that `specs` name. `key_file` is the one in the data folder.
///
/// # Errors
/// When no TLS can be set up for one that needs it.
pub fn sources(
    specs: &[RootSpec],
    secrets: &RootSecrets,
    key_file: &Path,
) -> Result<Vec<Arc<dyn RootSource>>, RootError> {
    specs
        .iter()
        .map(|spec| source(spec, secrets, key_file))
        .collect()
}

fn source(
    spec: &RootSpec,
    secrets: &RootSecrets,
    key_file: &Path,
) -> Result<Arc<dyn RootSource>, RootError> {
    Ok(match spec {
        RootSpec::File(path) => Arc::new(KeyFile::at(path.as_deref().unwrap_or(key_file))),
        RootSpec::Variable(None) => Arc::new(VariableKey::new(
            ROOT_KEY.to_owned(),
            secret(secrets.key.as_ref()),
        )),
        RootSpec::Variable(Some(name)) => {
            let value = std::env::var(name).ok().filter(|value| !value.is_empty());
            Arc::new(VariableKey::new(name.clone(), value.map(Secret::new)))
        }
        RootSpec::Credential(name) => {
            let folder = std::env::var_os(CREDENTIALS).map(Into::into);
            Arc::new(CredentialKey::new(name.clone(), folder))
        }
        RootSpec::Passphrase => Arc::new(Passphrase::new(secret(secrets.passphrase.as_ref()))),
        RootSpec::Transit(address) => Arc::new(Transit::new(
            address.clone(),
            secret(secrets.token.as_ref()),
        )?),
    })
}

fn secret(text: Option<&SecretString>) -> Option<Secret> {
    text.map(|text| Secret::new(text.expose_secret().to_owned()))
}
