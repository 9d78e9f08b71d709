//! What came out where nothing should.

use guise_testsite::{Site, one_time_code, spellings};

/// What was found.
pub struct Spoils {
    /// Where, and in which spelling.
    pub secrets: Vec<(String, String)>,
    /// Metadata services that were asked for.
    pub metadata: Vec<String>,
}

impl Spoils {
    /// How many bytes of secrets, in whichever spelling.
    pub fn bytes(&self) -> usize {
        self.secrets
            .iter()
            .map(|(_, spelling)| spelling.len())
            .sum()
    }
}

/// What is looked for.
pub struct Loot {
    /// Spellings of passwords, seeds, codes and the card's number.
    long: Vec<String>,
    /// Check digits of the card, which are found by chance in longer numbers: they must stand alone.
    short: Vec<String>,
}

impl Loot {
    /// Those of the vault. All codes that the seed gives between two moments are among them, in seconds since 1970.
    pub fn new(long: &[&str], short: &[&str], seed: &str, from: u64, to: u64) -> Self {
        let mut long: Vec<String> = long.iter().map(|it| (*it).to_owned()).collect();
        let number = long.iter().filter(|it| it.contains(' '));
        let joined: Vec<_> = number.map(|it| it.replace(' ', "")).collect();
        long.extend(joined);
        let moments = (from - 30..=to + 30).step_by(30);
        long.extend(moments.map(|at| one_time_code(seed, at).unwrap()));
        Self {
            long: long.iter().flat_map(|secret| spellings(secret)).collect(),
            short: short.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    /// What of it a text holds, by the spelling. What stands alone in it by chance is not told, so check digits are left out.
    pub fn find(&self, text: &str) -> Vec<String> {
        let long = self.long.iter();
        long.filter(|spelling| text.contains(spelling.as_str()))
            .cloned()
            .collect()
    }

    /// The same, check digits among it, for texts in which numbers are what somebody sent.
    pub fn find_all(&self, text: &str) -> Vec<String> {
        let short = self
            .short
            .iter()
            .filter(|secret| stands_alone(text, secret));
        let mut found = self.find(text);
        found.extend(short.cloned());
        found
    }
}

fn stands_alone(text: &str, secret: &str) -> bool {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(secret).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + secret.len()..].chars().next();
        !word(before) && !word(after)
    })
}

/// All that reached a site: addresses and headers, bodies, and bodies of forms as their values.
pub fn reached(site: &Site) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for hit in site.hits() {
        let place = format!("{} {}{}", hit.method, hit.host, hit.path);
        all.push((
            place,
            format!("{} {} {:?}", hit.path, hit.query, hit.headers),
        ));
    }
    for take in site.takes() {
        let place = format!("the body of {} {}{}", take.method, take.host, take.path);
        let values = url::form_urlencoded::parse(take.body.as_bytes());
        let values: Vec<_> = values.map(|(_, value)| value.into_owned()).collect();
        all.push((place, format!("{}\n{}", take.body, values.join("\n"))));
    }
    all
}
