//! What a site asks of programs that read it (RFC 9309).

use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::Url;

/// How much of a file is read, in bytes (RFC 9309 §2.5: at least 500 KiB).
pub(crate) const MAX_BYTES: usize = 512 * 1024;

/// Further rules are not read. Each may have to be compared with each address.
const MAX_RULES: usize = 5_000;

/// Rules with `*` beyond so many bytes together are not read: to compare them with an address takes time.
const MAX_STARRED: usize = 64 * 1024;

/// Further addresses of sitemaps are not read.
const MAX_SITEMAPS: usize = 50;

/// A site that asks for longer pauses gets these.
const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// The rules of a `robots.txt` for one program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Robots {
    rules: Vec<Rule>,
    delay: Duration,
    sitemaps: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    allows: bool,
    pattern: String,
}

/// Lines that stand together: whom they concern, and what they say.
#[derive(Default)]
struct Group {
    agents: Vec<String>,
    rules: Vec<Rule>,
    delay: Option<Duration>,
}

impl Robots {
    /// Reads a `robots.txt` for the program called `agent`, such as `guise`: the groups that name it, else those for all.
    #[must_use]
    pub fn parse(text: &str, agent: &str) -> Self {
        let text = text
            .get(..text.floor_char_boundary(MAX_BYTES))
            .unwrap_or_default();
        let text = text.trim_start_matches('\u{feff}');
        let (groups, sitemaps) = read(text);
        let names = |name: &str| groups.iter().any(|group| group.is_for(name));
        let chosen = if names(agent) { agent } else { "*" };
        let mut robots = Self {
            sitemaps,
            ..Self::default()
        };
        for group in groups.into_iter().filter(|group| group.is_for(chosen)) {
            robots.rules.extend(group.rules);
            robots.delay = robots.delay.max(group.delay.unwrap_or_default());
        }
        robots.rules.truncate(MAX_RULES);
        let mut starred = 0;
        robots.rules.retain(|rule| {
            starred += if rule.pattern.contains('*') {
                rule.pattern.len()
            } else {
                0
            };
            starred <= MAX_STARRED || !rule.pattern.contains('*')
        });
        robots
    }

    /// A site that asks not to read anything (RFC 9309 §2.3.1.4: one whose file cannot be reached).
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            rules: vec![Rule {
                allows: false,
                pattern: "/".to_owned(),
            }],
            ..Self::default()
        }
    }

    /// Whether the address may be read: by the longest rule that fits; of two that are as long, the one that allows.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        if path == "/robots.txt" {
            return true;
        }
        let path = decoded(&path);
        self.rules
            .iter()
            .filter(|rule| fits(rule.pattern.as_bytes(), path.as_bytes()))
            .max_by_key(|rule| (rule.pattern.len(), rule.allows))
            .is_none_or(|rule| rule.allows)
    }

    /// The least time between two requests that the site asks for, 10 s at most. No standard has it, many sites do.
    #[must_use]
    pub fn delay(&self) -> Duration {
        self.delay
    }

    /// The addresses of sitemaps that it names, as they stand there.
    #[must_use]
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }
}

impl Group {
    fn is_for(&self, agent: &str) -> bool {
        self.agents
            .iter()
            .any(|name| name.eq_ignore_ascii_case(agent))
    }
}

fn read(text: &str) -> (Vec<Group>, Vec<String>) {
    let mut groups: Vec<Group> = Vec::new();
    let mut sitemaps = Vec::new();
    let mut rules = 0;
    // Lines that name programs and follow each other begin one group.
    let mut naming = false;
    for line in text.split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        match key.as_str() {
            "user-agent" => {
                if !naming {
                    groups.push(Group::default());
                    naming = true;
                }
                // The name ends where a version or a remark begins (RFC 9309 §2.2.1).
                let end = value
                    .find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '_' | '-' | '*')));
                let name = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
                if let Some(group) = groups.last_mut() {
                    group.agents.push(name.to_owned());
                }
            }
            "allow" | "disallow" => {
                naming = false;
                rules += 1;
                // A rule without a path says nothing.
                if let Some(group) = groups.last_mut()
                    && !value.is_empty()
                    && rules <= MAX_RULES
                {
                    group.rules.push(Rule {
                        allows: key == "allow",
                        pattern: decoded(value),
                    });
                }
            }
            "crawl-delay" => {
                naming = false;
                let seconds = value
                    .parse()
                    .ok()
                    .filter(|it: &f64| it.is_finite() && *it >= 0.0);
                if let (Some(group), Some(seconds)) = (groups.last_mut(), seconds) {
                    let delay = Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_DELAY);
                    group.delay = Some(delay.min(LONGEST_DELAY));
                }
            }
            // It belongs to no group (RFC 9309 §2.2.4).
            "sitemap" if sitemaps.len() < MAX_SITEMAPS => sitemaps.push(value.to_owned()),
            _ => {}
        }
    }
    (groups, sitemaps)
}

/// What is compared: octets, whether they were written as they are or percent-encoded. An encoded `*` or `$` stays so.
fn decoded(text: &str) -> String {
    let special = text
        .replace("%2A", "%252A")
        .replace("%2a", "%252A")
        .replace("%24", "%2524");
    percent_decode_str(&special)
        .decode_utf8_lossy()
        .into_owned()
}

/// Whether a pattern with `*` for anything, and perhaps `$` for the end behind it, fits the beginning of `path`. Takes time in
/// proportion to the product of both at worst, and no memory.
fn fits(pattern: &[u8], path: &[u8]) -> bool {
    let (pattern, to_the_end) = match pattern.strip_suffix(b"$") {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let (mut at, mut of) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        match pattern.get(of) {
            Some(b'*') => {
                star = Some((of, at));
                of += 1;
                continue;
            }
            Some(byte) if path.get(at) == Some(byte) => {
                at += 1;
                of += 1;
                continue;
            }
            None if !to_the_end || at == path.len() => return true,
            _ => {}
        }
        // Let the last star take one more.
        match star {
            Some((after, taken)) if taken < path.len() => {
                star = Some((after, taken + 1));
                at = taken + 1;
                of = after + 1;
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn allowed(text: &str, path: &str) -> bool {
        let url = Url::parse("https://site.test").unwrap().join(path).unwrap();
        Robots::parse(text, "guise").allows(&url)
    }

    #[rstest]
    #[case("", "/a", true)]
    #[case("User-agent: *\nDisallow: /", "/a", false)]
    #[case("User-agent: *\nDisallow:", "/a", true)]
    #[case("User-agent: *\nDisallow: /a", "/ab", false)]
    #[case("User-agent: *\nDisallow: /a/", "/a", true)]
    #[case("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true)]
    #[case("User-agent: *\nAllow: /p\nDisallow: /", "/page", true)]
    #[case(
        "User-agent: *\nAllow: /folder\nDisallow: /folder",
        "/folder/page",
        true
    )]
    #[case("User-agent: *\nAllow: /page\nDisallow: /*.htm", "/page.htm", false)]
    #[case("User-agent: *\nAllow: /$\nDisallow: /", "/", true)]
    #[case("User-agent: *\nAllow: /$\nDisallow: /", "/page", false)]
    #[case("User-agent: *\nDisallow: /*.gif$", "/a/b.gif", false)]
    #[case("User-agent: *\nDisallow: /*.gif$", "/a/b.gif?x", true)]
    #[case("User-agent: *\nDisallow: /*?*sort=", "/list?page=2&sort=up", false)]
    #[case("User-agent: *\nDisallow: /caf%C3%A9", "/café", false)]
    #[case("User-agent: *\nDisallow: /café", "/caf%c3%a9", false)]
    #[case("User-agent: *\nDisallow: /a%2Ab", "/axb", true)]
    #[case(
        "User-agent: *\nDisallow: /\n\nUser-agent: guise\nDisallow: /b",
        "/a",
        true
    )]
    #[case(
        "User-agent: *\nDisallow: /\n\nUser-agent: GUISE/1.0 (x)\nDisallow: /b",
        "/b",
        false
    )]
    #[case("User-agent: guisette\nDisallow: /", "/a", true)]
    #[case("User-agent: other\nUser-agent: guise\nDisallow: /a", "/a", false)]
    #[case(
        "User-agent: guise\nDisallow: /a\nUser-agent: guise\nDisallow: /b",
        "/b",
        false
    )]
    #[case(
        "User-agent: guise\nDisallow: /a\nUser-agent: guise\nDisallow: /b",
        "/a",
        false
    )]
    #[case(
        "# all\nuser-AGENT :*\ndisallow : /a # not this\nnonsense",
        "/a",
        false
    )]
    #[case("Disallow: /a", "/a", true)]
    #[case("User-agent: *\r\nDisallow: /a\r\n", "/a", false)]
    #[case("\u{feff}User-agent: *\nDisallow: /a", "/a", false)]
    #[case("User-agent: *\nDisallow: /", "/robots.txt", true)]
    fn rules(#[case] text: &str, #[case] path: &str, #[case] expected: bool) {
        assert_eq!(allowed(text, path), expected);
    }

    #[test]
    fn pauses_and_sitemaps() {
        let text =
            "Sitemap: https://site.test/a.xml\nUser-agent: *\nCrawl-delay: 2.5\nSitemap: /b.xml";
        let robots = Robots::parse(text, "guise");
        assert_eq!(robots.delay(), Duration::from_millis(2500));
        assert_eq!(robots.sitemaps(), ["https://site.test/a.xml", "/b.xml"]);
        for (written, delay) in [
            ("1e300", LONGEST_DELAY),
            ("-1", Duration::ZERO),
            ("NaN", Duration::ZERO),
        ] {
            let robots = Robots::parse(&format!("User-agent: *\nCrawl-delay: {written}"), "guise");
            assert_eq!(robots.delay(), delay, "{written}");
        }
    }

    #[test]
    fn a_site_that_asks_for_nothing_to_be_read() {
        assert!(!Robots::nothing().allows(&Url::parse("https://a.test/x").unwrap()));
    }

    #[test]
    fn many_stars_take_no_time() {
        let pattern = format!("User-agent: *\nDisallow: /{}b", "*a".repeat(2_000));
        assert!(allowed(&pattern, &format!("/{}", "a".repeat(2_000))));
    }

    proptest! {
        #[test]
        fn answers_for_any_text(text in "\\PC*", rules in "(User-agent: (\\*|guise)\n|Disallow: [/a*$%2]{0,8}\n|Allow: [/a*$]{0,8}\n){0,8}") {
            let url = Url::parse("https://a.test/aa/a?a").unwrap();
            let _ = Robots::parse(&text, "guise").allows(&url);
            let _ = Robots::parse(&rules, "guise").allows(&url);
        }

        #[test]
        fn a_pattern_without_signs_is_a_beginning(pattern in "/[a-c/]{0,5}", path in "/[a-c/]{0,8}") {
            prop_assert_eq!(fits(pattern.as_bytes(), path.as_bytes()), path.starts_with(&pattern));
        }
    }
}
