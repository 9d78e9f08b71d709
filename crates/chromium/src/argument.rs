//! One extra Chromium argument that cannot loosen the confinement.

use std::fmt;

use crate::Error;

/// Switches that belong to this crate or would take the sandbox, the proxy, the pipe or the folders away.
/// A switch is refused as a whole word, with or without a value.
const OWN: &[&str] = &[
    "allow-no-sandbox-job",
    "browser-subprocess-path",
    "change-stack-guard-on-fork",
    "component-updater",
    "crash-dumps-dir",
    "disable-crashpad-for-testing",
    "disable-gpu-sandbox",
    "disable-landlock-sandbox",
    "disable-namespace-sandbox",
    "disable-seccomp-filter-sandbox",
    "disable-setuid-sandbox",
    "disk-cache-dir",
    "force-webrtc-ip-handling-policy",
    "gaia-url",
    "gpu-launcher",
    "headless",
    "host-resolver-rules",
    "host-rules",
    "in-process-gpu",
    "no-proxy-server",
    "no-sandbox",
    "no-zygote",
    "no-zygote-sandbox",
    "ppapi-plugin-launcher",
    "proxy-auto-detect",
    "proxy-bypass-list",
    "proxy-pac-url",
    "proxy-server",
    "remote-allow-origins",
    "remote-debugging-address",
    "remote-debugging-io-pipes",
    "remote-debugging-pipe",
    "remote-debugging-port",
    "remote-debugging-socket-name",
    "remote-debugging-targets",
    "renderer-cmd-prefix",
    "service-sandbox-type",
    "single-process",
    "type",
    "user-data-dir",
    "utility-cmd-prefix",
    "webrtc-ip-handling-policy",
    "zygote-cmd-prefix",
];

/// A checked argument such as `--lang=de`.
///
/// It is a switch on one line, none of those that this crate sets itself and none that would break the confinement.
/// Which of the rest a *user* may set is the caller's rule.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Argument(String);

impl Argument {
    /// Checks an argument.
    ///
    /// # Errors
    /// [`Error::Argument`] with the reason.
    pub fn parse(argument: &str) -> Result<Self, Error> {
        let refuse = |problem| {
            Err(Error::Argument {
                argument: argument.to_owned(),
                problem,
            })
        };
        let Some(switch) = argument.strip_prefix("--") else {
            return refuse("it must start with `--`");
        };
        let name = switch.split_once('=').map_or(switch, |(name, _)| name);
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        {
            return refuse("a switch is named with letters, digits, `-` and `_`");
        }
        if argument.contains(char::is_control) {
            return refuse("control characters are not allowed");
        }
        if OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return refuse("it belongs to the launcher or would loosen the browser's confinement");
        }
        Ok(Self(argument.to_owned()))
    }

    /// Any argument, also one that loosens the confinement: to see what the rest of it holds.
    #[cfg(test)]
    pub(crate) fn unchecked(argument: &str) -> Self {
        Self(argument.to_owned())
    }

    /// The argument as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value of the switch `name` (without dashes), if this is it.
    pub(crate) fn value_of(&self, name: &str) -> Option<&str> {
        self.0
            .strip_prefix("--")?
            .strip_prefix(name)?
            .strip_prefix('=')
    }
}

impl fmt::Debug for Argument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_switches_pass() {
        for argument in ["--lang=de", "--force-dark-mode", "--disable-features=A,B"] {
            assert_eq!(Argument::parse(argument).unwrap().as_str(), argument);
        }
    }

    #[test]
    fn what_breaks_the_confinement_is_refused() {
        for argument in [
            "--no-sandbox",
            "--No-Sandbox",
            "--no-sandbox=1",
            "--remote-debugging-port=9222",
            "--user-data-dir=/",
            "--proxy-server=direct://",
            "--renderer-cmd-prefix=sh -c",
            "-x",
            "http://example.org",
            "--",
            "--=x",
            "--lang=de\n--no-sandbox",
            "--lang\0=de",
            "",
        ] {
            assert!(Argument::parse(argument).is_err(), "{argument:?}");
        }
    }
}
