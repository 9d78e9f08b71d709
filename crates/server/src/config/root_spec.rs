//! Root sources as operators write them.

use std::path::PathBuf;

use guise_secrets::TransitAddress;

/// What a list of them may have.
const EXPECTED: &str = "one or more, separated by commas, of file, file:PATH, env, env:NAME, credential:NAME, \
                        passphrase, transit:https://HOST:PORT/MOUNT/KEY";

/// One root source. Described in the default file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootSpec {
    /// A key file; none for the one in the data folder.
    File(Option<PathBuf>),
    /// A key in an environment variable; none for the setting `root_key`.
    Variable(Option<String>),
    /// A systemd credential.
    Credential(String),
    /// The setting `root_passphrase`.
    Passphrase,
    /// A key of a transit engine.
    Transit(TransitAddress),
}

impl RootSpec {
    /// Reads a list.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        text.split(',')
            .map(|part| Self::parse(part.trim()).ok_or_else(|| EXPECTED.to_owned()))
            .collect()
    }

    fn parse(text: &str) -> Option<Self> {
        let (kind, value) = match text.split_once(':') {
            Some((_, "")) => return None,
            Some((kind, value)) => (kind, Some(value)),
            None => (text, None),
        };
        match (kind, value) {
            ("file", path) => Some(Self::File(path.map(PathBuf::from))),
            ("env", variable) => Some(Self::Variable(variable.map(str::to_owned))),
            // A name with a slash would leave the folder of credentials.
            ("credential", Some(name)) if !name.contains('/') => {
                Some(Self::Credential(name.to_owned()))
            }
            ("passphrase", None) => Some(Self::Passphrase),
            ("transit", Some(address)) => TransitAddress::parse(address).map(Self::Transit),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_sources_in_order() {
        let list = RootSpec::parse_list(
            "file, file:/run/key,env,env:MY_KEY, credential:guise, passphrase, transit:https://bao:8200/a/b/key",
        );
        let transit = TransitAddress::parse("https://bao:8200/a/b/key").unwrap();
        assert_eq!(
            list.unwrap(),
            [
                RootSpec::File(None),
                RootSpec::File(Some("/run/key".into())),
                RootSpec::Variable(None),
                RootSpec::Variable(Some("MY_KEY".to_owned())),
                RootSpec::Credential("guise".to_owned()),
                RootSpec::Passphrase,
                RootSpec::Transit(transit),
            ]
        );
    }

    #[test]
    fn what_is_no_source_is_refused() {
        for text in [
            "",
            "file,",
            "file:",
            "credential",
            "credential:../x",
            "passphrase:secret",
            "transit",
            "transit:https://bao:8200/key",
            "transit:ftp://bao/transit/key",
            "transit:https://me:secret@bao/transit/key",
        ] {
            let refused = RootSpec::parse_list(text).unwrap_err();
            assert!(refused.contains("transit:https"), "{text}");
        }
    }
}
