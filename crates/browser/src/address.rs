//! Addresses as callers write them, and which of them a tab may be sent to.

use url::Url;

/// Schemes that a tab may be sent to. Everything else stays closed: `file:`, `chrome:`, `devtools:`, `view-source:` …
const OPEN_SCHEMES: [&str; 5] = ["http", "https", "about", "data", "blob"];

/// Reads an address. `https://` is put before one without a scheme (Notte API: `goto`).
///
/// # Errors
/// A sentence for the caller.
pub(crate) fn parse(text: &str) -> Result<Url, String> {
    let text = text.trim();
    let invalid =
        |why: &str| format!("Invalid URL '{text}': {why}. Provide one such as https://example.com");
    if text.is_empty() {
        return Err(invalid("it is empty"));
    }
    let url = if has_scheme(text) {
        Url::parse(text)
    } else {
        Url::parse(&format!("https://{text}"))
    }
    .map_err(|error| invalid(&error.to_string()))?;
    if !OPEN_SCHEMES.contains(&url.scheme()) {
        return Err(format!(
            "Refused to navigate to '{text}': {}: addresses are closed to pages, only http and https are open",
            url.scheme()
        ));
    }
    if url.scheme() == "about" && url.path() != "blank" {
        return Err(format!(
            "Refused to navigate to '{text}': of about: only about:blank is open"
        ));
    }
    if matches!(url.scheme(), "http" | "https") {
        let host = url.host_str().unwrap_or_default();
        if host.contains(char::is_whitespace) || host.is_empty() {
            return Err(invalid("it has no host"));
        }
    }
    Ok(url)
}

/// A scheme is there, as opposed to a host followed by a port.
fn has_scheme(text: &str) -> bool {
    let Some((head, rest)) = text.split_once(':') else {
        return false;
    };
    let scheme_like = head.starts_with(|first: char| first.is_ascii_alphabetic())
        && head
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'));
    let port_like = rest.starts_with(|first: char| first.is_ascii_digit()) && !head.is_empty();
    scheme_like && (rest.starts_with("//") || !port_like)
}

/// Two spellings of one address.
pub(crate) fn same(left: &str, right: &Url) -> bool {
    Url::parse(left).is_ok_and(|left| left == *right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_assumed() {
        for (text, url) in [
            ("example.com", "https://example.com/"),
            (" example.com/a?b#c ", "https://example.com/a?b#c"),
            ("localhost:8080/x", "https://localhost:8080/x"),
            ("127.0.0.1:1", "https://127.0.0.1:1/"),
            ("http://a", "http://a/"),
            ("about:blank", "about:blank"),
            ("data:text/html,hi", "data:text/html,hi"),
        ] {
            assert_eq!(parse(text).unwrap().as_str(), url, "{text}");
        }
    }

    #[test]
    fn closed_schemes_and_nonsense_are_refused() {
        for text in [
            "file:///etc/passwd",
            "chrome://version",
            "devtools://x",
            "view-source:http://a",
            "javascript:alert(1)",
            "about:config",
        ] {
            assert!(parse(text).unwrap_err().starts_with("Refused"), "{text}");
        }
        for text in [
            "",
            "   ",
            "http://",
            "not a url",
            "https://exa mple.com",
            "http://[",
        ] {
            assert!(
                parse(text).unwrap_err().starts_with("Invalid URL"),
                "{text}"
            );
        }
    }

    #[test]
    fn spellings_compare_as_addresses() {
        let url = parse("EXAMPLE.com").unwrap();
        assert!(same("https://example.com", &url));
        assert!(!same("https://example.com/#a", &url));
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_never_opens_a_closed_scheme(text in "\\PC*") {
            if let Ok(url) = parse(&text) {
                proptest::prop_assert!(OPEN_SCHEMES.contains(&url.scheme()));
            }
        }
    }
}
