//! Where a database is, as operators write it.

use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use url::Url;

use crate::ConnectError;

/// A database's address.
pub(crate) enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server, and the address as it may be shown.
    Postgres {
        options: Box<PgConnectOptions>,
        shown: String,
    },
}

impl Address {
    /// Reads `sqlite:PATH`, `postgres://…` or `postgresql://…`.
    pub(crate) fn parse(text: &str) -> Result<Self, ConnectError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(':') {
                return Err(ConnectError::Address {
                    address: text.to_owned(),
                    problem: "it names no file".to_owned(),
                });
            }
            // An absolute path is a path to SQLite whatever it begins with; a bare one could be taken as a URI.
            let path = std::path::absolute(path).map_err(|error| ConnectError::Address {
                address: text.to_owned(),
                problem: error.to_string(),
            })?;
            return Ok(Self::Sqlite(path));
        }
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
        {
            // What follows the scheme may hold a password.
            let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
            return Err(ConnectError::Address {
                address: format!("{scheme}:…"),
                problem: "it is neither of these".to_owned(),
            });
        }
        let unreadable = |problem: String| ConnectError::Address {
            address: "postgres://…".to_owned(),
            problem,
        };
        let mut url = Url::parse(text).map_err(|error| unreadable(error.to_string()))?;
        let options =
            PgConnectOptions::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        // A password may stand in the query too.
        url.set_query(None);
        if url.password().is_some() && url.set_password(Some("***")).is_err() {
            return Err(unreadable("it has a password but no host".to_owned()));
        }
        Ok(Self::Postgres {
            options: Box::new(options),
            shown: url.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_an_absolute_path() {
        for text in ["sqlite:/data/guise.db", "sqlite:///data/guise.db"] {
            let Ok(Address::Sqlite(path)) = Address::parse(text) else {
                panic!("{text} is a file");
            };
            assert_eq!(path, PathBuf::from("/data/guise.db"));
        }
        let Ok(Address::Sqlite(path)) = Address::parse("sqlite:guise.db") else {
            panic!("a relative path is a file");
        };
        assert!(path.is_absolute());
    }

    #[test]
    fn passwords_are_not_shown() {
        let text = "postgres://guise:geheim@db:5433/guise?password=geheim";
        let Ok(Address::Postgres { shown, .. }) = Address::parse(text) else {
            panic!("{text} is a server");
        };
        assert_eq!(shown, "postgres://guise:***@db:5433/guise");
    }

    #[test]
    fn what_is_no_address_is_refused_without_showing_a_password() {
        for text in [
            "sqlite:",
            "sqlite::memory:",
            "mysql://guise:geheim@db/guise",
            "postgres://guise:geheim@db:port/guise",
            "postgres://guise:geheim@db/guise?port=geheim",
            "",
        ] {
            let Err(error) = Address::parse(text) else {
                panic!("{text} is no address");
            };
            let message = error.to_string();
            assert!(message.contains("sqlite:PATH"), "{message}");
            assert!(!message.contains("geheim"), "{message}");
        }
    }
}
