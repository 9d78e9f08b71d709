//! What a Twilio account is used with.

use std::net::IpAddr;

use guise_core::Secret;
use url::{Host, Url};

use super::TwilioError;

/// An account and what is to become of its messages.
pub struct TwilioSettings {
    /// The account's SID: `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// The account's (primary) auth token, with which its webhooks are signed, too.
    pub auth_token: Secret,
    /// Where Twilio sends the messages that come in: an address of ours that it can reach.
    pub sms_url: Url,
    /// Where Twilio's API is: [`TwilioSettings::BASE_URL`], or what stands in for it.
    pub base_url: Url,
}

impl TwilioSettings {
    /// Where Twilio's API is.
    pub const BASE_URL: &str = "https://api.twilio.com/";

    /// Whether all of it can work.
    pub(super) fn check(&self) -> Result<(), TwilioError> {
        let setting = |name, problem: &str| {
            Err(TwilioError::Setting {
                name,
                problem: problem.to_owned(),
            })
        };
        if !is_sid("AC", &self.account_sid) {
            return setting(
                "account SID",
                "is not one: expected AC and 32 hexadecimal digits, as on the front page of Twilio's console",
            );
        }
        let token = self.auth_token.expose();
        if token.is_empty() || !token.bytes().all(|c| c.is_ascii_graphic()) {
            return setting(
                "auth token",
                "is empty or has other than visible ASCII characters: expected the one on the front page of Twilio's console",
            );
        }
        if !is_web(&self.base_url) || self.base_url.cannot_be_a_base() {
            return setting("address of its API", "is wrong: expected https://…");
        }
        if self.base_url.scheme() == "http" && !is_this_machine(&self.base_url) {
            return setting(
                "address of its API",
                "begins with http://, over which everybody could read the auth token: expected https://…",
            );
        }
        if !is_web(&self.sms_url) || is_this_machine(&self.sms_url) {
            return setting(
                "address for messages",
                "cannot be reached by it: set public_url to an http or https address of this server that the Internet can reach",
            );
        }
        Ok(())
    }
}

/// Whether `text` is `prefix` and 32 hexadecimal digits.
pub(super) fn is_sid(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|c| c.is_ascii_hexdigit()))
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => is_local(address.into()),
        Some(Host::Ipv6(address)) => is_local(address.into()),
        None => true,
    }
}

fn is_local(address: IpAddr) -> bool {
    let address = address.to_canonical();
    address.is_loopback() || address.is_unspecified()
}
