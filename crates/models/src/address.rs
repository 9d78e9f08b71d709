//! Base addresses of providers, and what comes below them.

use url::Url;

use crate::provider::Provider;

/// The port on which Ollama listens.
const OLLAMA_PORT: u16 = 11434;

/// Reads a base address. Ollama's may be without scheme and port, as its own `OLLAMA_HOST` is.
pub(crate) fn read(text: &str, provider: &Provider) -> Result<Url, String> {
    let bare = provider.keyless && !text.contains("://");
    let full = if bare {
        format!("http://{text}")
    } else {
        text.to_owned()
    };
    let unreadable = || {
        // An address may have a password in it, or a key.
        let shown = if text.contains(['@', '?']) {
            "its value"
        } else {
            text
        };
        format!(
            "{shown} is no address: expected one such as {}",
            provider.base_url
        )
    };
    let mut url = Url::parse(&full).map_err(|_| unreadable())?;
    if bare && url.port().is_none() {
        url.set_port(Some(OLLAMA_PORT)).map_err(|()| unreadable())?;
    }
    check(&url)?;
    Ok(url)
}

/// Whether this can be a base address.
pub(crate) fn check(url: &Url) -> Result<(), &'static str> {
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("it begins with neither http:// nor https://, or has no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "it has a name or a password in it: expected an address without, and the key in the variable for keys",
        );
    }
    if url.fragment().is_some() {
        return Err("it has a # in it: expected an address without");
    }
    Ok(())
}

/// The address of `path` below `base`, which may end with a slash or not, and may have a query, which stays.
pub(crate) fn below(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    // Only an address without a host has no segments, and `check` refuses those.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

/// The same below the path segment `version`, unless `base` ends with that already.
pub(crate) fn below_version(base: &Url, version: &str, path: &[&str]) -> Url {
    if base
        .path()
        .trim_end_matches('/')
        .ends_with(&format!("/{version}"))
    {
        return below(base, path);
    }
    below(&below(base, &[version]), path)
}

/// Scheme, host and port, which is what may be shown of an address.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
