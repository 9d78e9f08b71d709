//! A browser name that hangs together: what a page reads as `navigator.userAgentData` must fit the user agent's text.

use guise_cdp::protocol::emulation::{
    SetUserAgentOverride, UserAgentBrandVersion, UserAgentMetadata,
};

/// The override for a user agent.
///
/// Chromium empties `navigator.userAgentData` when an override comes without metadata, so it is derived from the text: a
/// text that does not claim to be Chromium gets none, as those browsers have none.
pub(crate) fn override_for(user_agent: &str) -> SetUserAgentOverride {
    SetUserAgentOverride {
        user_agent: user_agent.to_owned(),
        platform: Some(navigator_platform(user_agent).to_owned()),
        user_agent_metadata: metadata(user_agent),
        ..Default::default()
    }
}

fn metadata(text: &str) -> Option<UserAgentMetadata> {
    let full = version_after(text, "Chrome/").or_else(|| version_after(text, "Chromium/"))?;
    let major = full.split('.').next().unwrap_or_default();
    let brand = if text.contains("Edg/") {
        "Microsoft Edge"
    } else if text.contains("HeadlessChrome/") {
        "HeadlessChrome"
    } else {
        "Google Chrome"
    };
    let brands = |version: &str, other: &str| {
        [
            (brand, version),
            ("Not=A?Brand", other),
            ("Chromium", version),
        ]
        .map(|(brand, version)| UserAgentBrandVersion {
            brand: brand.to_owned(),
            version: version.to_owned(),
        })
        .to_vec()
    };
    let mobile = text.contains("Mobile");
    Some(UserAgentMetadata {
        platform: platform(text).to_owned(),
        platform_version: platform_version(text),
        architecture: if mobile {
            ""
        } else if text.contains("aarch64") || text.contains("armv") {
            "arm"
        } else {
            "x86"
        }
        .to_owned(),
        model: String::new(),
        mobile,
        brands: Some(brands(major, "24")),
        full_version_list: Some(brands(full, "24.0.0.0")),
        bitness: Some(if mobile { "" } else { "64" }.to_owned()),
        wow64: Some(false),
    })
}

fn version_after<'a>(text: &'a str, product: &str) -> Option<&'a str> {
    let rest = &text[text.find(product)? + product.len()..];
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(rest.len());
    Some(&rest[..end]).filter(|version| !version.is_empty())
}

fn platform(text: &str) -> &'static str {
    if text.contains("Android") {
        "Android"
    } else if text.contains("Windows") {
        "Windows"
    } else if text.contains("Mac OS X") {
        "macOS"
    } else if text.contains("CrOS") {
        "Chrome OS"
    } else {
        "Linux"
    }
}

fn platform_version(text: &str) -> String {
    let version = |after: &str| version_after(&text.replace('_', "."), after).map(str::to_owned);
    match platform(text) {
        "Windows" => Some("10.0.0".to_owned()),
        "macOS" => version("Mac OS X "),
        "Android" => version("Android "),
        _ => None,
    }
    .unwrap_or_default()
}

fn navigator_platform(text: &str) -> &'static str {
    match platform(text) {
        "Windows" => "Win32",
        "macOS" => "MacIntel",
        "Android" => "Linux armv81",
        _ if text.contains("aarch64") => "Linux aarch64",
        _ => "Linux x86_64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_follows_the_text() {
        let agent = override_for(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.6778.86 Safari/537.36",
        );
        let metadata = agent.user_agent_metadata.unwrap();
        assert_eq!(agent.platform.as_deref(), Some("Win32"));
        assert_eq!(metadata.platform, "Windows");
        assert_eq!(metadata.brands.unwrap()[0].version, "131");
        assert_eq!(
            metadata.full_version_list.unwrap()[2].version,
            "131.0.6778.86"
        );
    }

    #[test]
    fn other_browsers_have_no_metadata() {
        let agent = override_for(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0",
        );
        assert!(agent.user_agent_metadata.is_none());
        assert_eq!(agent.platform.as_deref(), Some("MacIntel"));
    }
}
