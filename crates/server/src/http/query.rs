//! Query parameters, read leniently: booleans in any case, `1` and `0`; unknown parameters are ignored.

use std::convert::Infallible;
use std::ops::RangeInclusive;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guise_core::{Error, PageRequest, Violation};

/// The query of a request, name by name; the last one of a name counts.
pub struct Query(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        ))
    }
}

impl Query {
    /// The text of a parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The names of all parameters, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Every text of a parameter, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.0.iter().filter(|(key, _)| key == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// A boolean parameter.
    ///
    /// # Errors
    /// Kind `Invalid` for anything but true, false, 1 and 0.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, Error> {
        match self.text(name) {
            None => Ok(default),
            Some(text) if text.eq_ignore_ascii_case("true") || text == "1" => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") || text == "0" => Ok(false),
            Some(text) => Err(invalid(name, "bool_parsing", text, "true or false")),
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// Kind `Invalid` for anything else.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Error> {
        self.text(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| invalid(name, "int_parsing", text, "a whole number"))
            })
            .transpose()
    }

    /// A whole number within bounds.
    ///
    /// # Errors
    /// Kind `Invalid` for anything else.
    pub fn within(&self, name: &str, bounds: RangeInclusive<u64>) -> Result<Option<u64>, Error> {
        let value = self.integer(name)?;
        let value = value.map(|value| {
            let number = u64::try_from(value).ok();
            number
                .filter(|number| bounds.contains(number))
                .ok_or_else(|| {
                    let expected = format!("{} to {}", bounds.start(), bounds.end());
                    invalid(name, "range", &value.to_string(), &expected)
                })
        });
        value.transpose()
    }

    /// Which page of a list is asked for.
    ///
    /// # Errors
    /// Kind `Invalid` when `page` is below 1 or `page_size` outside 1 to 100.
    pub fn page(&self) -> Result<PageRequest, Error> {
        let default = PageRequest::default();
        let bounded = |name, default, high: u32, expected| {
            let value = self.integer(name)?.unwrap_or(i64::from(default));
            u32::try_from(value)
                .ok()
                .filter(|value| (1..=high).contains(value))
                .ok_or_else(|| invalid(name, "range", &value.to_string(), expected))
        };
        Ok(PageRequest {
            page: bounded("page", default.page, u32::MAX, "1 or more")?,
            size: bounded("page_size", default.size, 100, "1 to 100")?,
        })
    }
}

/// A parameter that is refused.
pub fn invalid(name: &str, code: &'static str, value: &str, expected: &str) -> Error {
    Error::invalid(vec![Violation {
        path: vec!["query".to_owned(), name.to_owned()],
        code,
        message: format!("Invalid value '{value}' for query parameter {name}: expected {expected}"),
        input: Some(value.into()),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query(
            url::form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    #[test]
    fn booleans_come_in_the_spellings_of_all_clients() {
        for text in ["a=true", "a=True", "a=1", "a=TRUE"] {
            assert!(query(text).flag("a", false).unwrap(), "{text}");
        }
        assert!(!query("a=False").flag("a", true).unwrap());
        assert!(query("a=yes").flag("a", true).is_err());
    }

    #[test]
    fn pages_are_bounded() {
        assert_eq!(query("").page().unwrap(), PageRequest { page: 1, size: 10 });
        assert!(query("page=0").page().is_err());
        assert!(query("page_size=101").page().is_err());
        assert!(query("page=99999999999999999999").page().is_err());
    }
}
