//! The session's cookies.

use guise_cdp::protocol::storage::{
    Cookie as Kept, CookieParam, CookiePartitionKey, GetCookies, SetCookies,
};
use guise_core::{Cookie, Error, Result, SameSite};
use tokio::time::Instant;
use url::Url;

use crate::core::Core;
use crate::fault::Fault;

/// All cookies.
pub(crate) async fn list(core: &Core, deadline: Instant) -> Result<Vec<Cookie>> {
    let command = GetCookies {
        browser_context_id: core.context.clone(),
    };
    let kept = core.root.call(&command, deadline).await;
    let kept = kept.map_err(Fault::from)?.cookies;
    Ok(kept.into_iter().map(from_kept).collect())
}

/// Adds cookies: all, or none when one of them is refused.
pub(crate) async fn set(core: &Core, cookies: &[Cookie], deadline: Instant) -> Result<()> {
    for (index, cookie) in cookies.iter().enumerate() {
        check(cookie).map_err(|reason| refused(index, cookie, &reason))?;
    }
    let command = SetCookies {
        cookies: cookies.iter().map(to_param).collect(),
        browser_context_id: core.context.clone(),
    };
    match core.root.call(&command, deadline).await {
        Ok(_) => Ok(()),
        Err(guise_cdp::Error::Protocol { message, .. }) => Err(match cookies {
            [cookie] => refused(0, cookie, &message),
            cookies => {
                let names: Vec<&str> = cookies.iter().map(|cookie| cookie.name.as_str()).collect();
                Error::invalid_member(
                    &["cookies"],
                    "value_error",
                    format!(
                        "The browser takes none of the cookies {}, because one of them is not valid: {message}",
                        names.join(", ")
                    ),
                )
            }
        }),
        Err(error) => Err(Fault::from(error).into()),
    }
}

fn refused(index: usize, cookie: &Cookie, reason: &str) -> Error {
    Error::invalid_member(
        &["cookies", &index.to_string()],
        "value_error",
        format!(
            "The browser does not take the cookie '{}': {reason}",
            cookie.name
        ),
    )
}

/// What RFC 6265bis and Chromium refuse, so that the message can name the cookie.
fn check(cookie: &Cookie) -> Result<(), String> {
    let bad = |text: &str| {
        text.chars()
            .any(|c| c.is_control() && c != '\t' || c == ';')
    };
    if cookie.name.is_empty() && cookie.value.is_empty() {
        return Err("it has neither name nor value".to_owned());
    }
    if cookie.name.contains('=') || bad(&cookie.name) {
        return Err("its name holds a character that names cannot hold".to_owned());
    }
    if bad(&cookie.value) {
        return Err("its value holds a character that values cannot hold".to_owned());
    }
    if cookie.name.len() + cookie.value.len() > 4096 {
        return Err("its name and value are longer than 4096 bytes".to_owned());
    }
    let host = host(cookie)?;
    if !cookie.path.is_empty() && !cookie.path.starts_with('/') {
        return Err(format!(
            "its path '{}' does not start with '/'",
            cookie.path
        ));
    }
    if cookie.same_site == Some(SameSite::None) && !is_secure(cookie) {
        return Err("sameSite None needs secure".to_owned());
    }
    if cookie.partition_key.is_some() && !is_secure(cookie) {
        return Err("a partition key needs secure".to_owned());
    }
    let name = cookie.name.to_ascii_lowercase();
    if name.starts_with("__secure-") && !is_secure(cookie) {
        return Err("a name that starts with __Secure- needs secure".to_owned());
    }
    if name.starts_with("__host-")
        && (!is_secure(cookie) || cookie.path != "/" || host.starts_with('.'))
    {
        return Err(
            "a name that starts with __Host- needs secure, the path '/' and no leading dot"
                .to_owned(),
        );
    }
    if cookie.expires.is_some_and(|at| !at.is_finite()) {
        return Err("its end is no point in time".to_owned());
    }
    Ok(())
}

/// The host it is for.
fn host(cookie: &Cookie) -> Result<String, String> {
    if let Some(url) = &cookie.url {
        let url = Url::parse(url).map_err(|error| format!("its url '{url}' is none: {error}"))?;
        return match (url.scheme(), url.host_str()) {
            ("http" | "https", Some(host)) => Ok(host.to_owned()),
            _ => Err(format!("its url '{url}' is not one of the web")),
        };
    }
    let domain = cookie.domain.as_str();
    let name = domain.strip_prefix('.').unwrap_or(domain);
    if name.is_empty() {
        return Err("it has neither domain nor url".to_owned());
    }
    match url::Host::parse(name) {
        Ok(_) => Ok(domain.to_owned()),
        Err(error) => Err(format!("its domain '{domain}' is none: {error}")),
    }
}

fn is_secure(cookie: &Cookie) -> bool {
    cookie.secure
}

fn from_kept(kept: Kept) -> Cookie {
    Cookie {
        name: kept.name,
        value: kept.value,
        domain: kept.domain,
        path: kept.path,
        http_only: kept.http_only,
        secure: kept.secure,
        expires: (!kept.session && kept.expires >= 0.0).then_some(kept.expires),
        same_site: match kept.same_site.as_deref() {
            Some("Strict") => Some(SameSite::Strict),
            Some("Lax") => Some(SameSite::Lax),
            Some("None") => Some(SameSite::None),
            _ => None,
        },
        partition_key: kept.partition_key.map(|key| key.top_level_site),
        url: None,
    }
}

fn to_param(cookie: &Cookie) -> CookieParam {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    CookieParam {
        name: cookie.name.clone(),
        value: cookie.value.clone(),
        url: cookie.url.clone(),
        domain: given(&cookie.domain),
        path: given(&cookie.path).or_else(|| cookie.url.is_none().then(|| "/".to_owned())),
        secure: Some(cookie.secure),
        http_only: Some(cookie.http_only),
        same_site: cookie.same_site.map(|same_site| {
            match same_site {
                SameSite::Strict => "Strict",
                SameSite::Lax => "Lax",
                SameSite::None => "None",
            }
            .to_owned()
        }),
        // A negative end is how session cookies come back from other tools.
        expires: cookie.expires.filter(|at| *at >= 0.0),
        partition_key: cookie.partition_key.clone().map(|site| CookiePartitionKey {
            top_level_site: site,
            has_cross_site_ancestor: false,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(name: &str) -> Cookie {
        Cookie {
            name: name.to_owned(),
            value: "v".to_owned(),
            domain: ".example.com".to_owned(),
            path: "/".to_owned(),
            http_only: false,
            secure: false,
            expires: None,
            same_site: None,
            partition_key: None,
            url: None,
        }
    }

    #[test]
    fn what_chromium_refuses_is_named() {
        assert_eq!(check(&cookie("a")), Ok(()));
        assert!(check(&cookie("a;b")).is_err());
        assert!(check(&cookie("__Host-a")).unwrap_err().contains("__Host-"));
        let nowhere = Cookie {
            domain: String::new(),
            ..cookie("a")
        };
        assert!(
            check(&nowhere)
                .unwrap_err()
                .contains("neither domain nor url")
        );
        let open = Cookie {
            same_site: Some(SameSite::None),
            ..cookie("a")
        };
        assert!(check(&open).unwrap_err().contains("secure"));
    }

    #[test]
    fn the_leading_dot_stays() {
        assert_eq!(
            to_param(&cookie("a")).domain.as_deref(),
            Some(".example.com")
        );
    }
}
