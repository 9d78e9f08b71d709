//! A text in the spellings in which it might come out.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;

/// What of a text in base64 is the same whatever stands before and behind it, for each place where it may begin.
fn in_base64(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for before in 0..3 {
        let mut padded = vec![b'x'; before];
        padded.extend_from_slice(bytes);
        // Characters that also hold something of what stands beside it are left out.
        let from = (before * 8).div_ceil(6);
        let to = padded.len() * 8 / 6;
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            found.push(engine.encode(&padded)[from..to].to_owned());
        }
    }
    found.push(STANDARD.encode(bytes));
    found
}

/// The spellings of a secret that are looked for.
pub fn of(secret: &str) -> Vec<String> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::to_string(secret).unwrap();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let html = secret
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    let numbers = |write: &dyn Fn(char) -> String| secret.chars().map(write).collect::<String>();
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut spellings = vec![
        secret.to_owned(),
        percent.to_lowercase(),
        percent,
        form,
        json.trim_matches('"').to_owned(),
        hex.to_uppercase(),
        hex,
        html,
        numbers(&|c| format!("&#{};", u32::from(c))),
        numbers(&|c| format!("&#x{:x};", u32::from(c))),
        numbers(&|c| format!("\\u{:04x}", u32::from(c))),
        numbers(&|c| format!("{c}\0")),
        numbers(&|c| format!("{c} ")).trim_end().to_owned(),
        secret.chars().rev().collect(),
    ];
    spellings.extend(in_base64(secret.as_bytes()));
    spellings.extend(in_base64(&wide));
    spellings.sort();
    spellings.dedup();
    spellings
}

/// Finds a secret in whatever spelling.
pub struct Finder {
    spellings: Vec<String>,
    /// Of digits only.
    number: bool,
}

impl Finder {
    pub fn new(secret: &str) -> Self {
        Self {
            spellings: of(secret),
            number: secret.bytes().all(|byte| byte.is_ascii_digit()),
        }
    }

    /// Where it is. A number counts where it stands alone only: longer ones hold it by chance.
    pub fn find(&self, text: &str) -> Option<usize> {
        let beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let alone = |at: usize, found: &str| {
            let after = text[at + found.len()..].chars().next();
            !beside(text[..at].chars().next_back()) && !beside(after)
        };
        self.spellings.iter().find_map(|spelling| {
            let mut places = text.match_indices(spelling.as_str());
            places.find_map(|(at, found)| (!self.number || alone(at, found)).then_some(at))
        })
    }
}

/// After how many characters the page cuts what it writes into two elements, in one place.
const HALF: usize = 5;

/// What finds a stand-in however it is written: character by character in any encoding, or in base64. File names have an
/// underscore for signs.
pub fn stand_in(text: &str) -> Regex {
    let mut pattern = String::new();
    for (place, character) in text.chars().enumerate() {
        if place == HALF {
            pattern.push_str("(?:</span><span>)?");
        }
        let code = u32::from(character);
        let plain = regex::escape(&character.to_string());
        if character.is_ascii_alphanumeric() {
            pattern.push_str(&plain);
            continue;
        }
        let named = match character {
            '&' => "|&amp;",
            '<' => "|&lt;",
            '>' => "|&gt;",
            '"' => "|&quot;",
            ' ' => r"|\+|&nbsp;",
            _ => "",
        };
        pattern.push_str(&format!(
            r"(?:\\*{plain}|%(?i:{code:02x})|&#{code};|&#(?i:x{code:x});|\\u{code:04x}|_|%5F{named})"
        ));
    }
    let mut encoded = in_base64(text.as_bytes());
    // The first that fits is taken.
    encoded.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    for spelling in encoded {
        pattern.push('|');
        pattern.push_str(&regex::escape(&spelling));
    }
    Regex::new(&pattern).unwrap()
}

#[test]
fn a_stand_in_is_found_with_every_sign() {
    for sign in "!#$%&'()*+,-./:;<=>?@[]^_`{|}~".chars() {
        let stand_in = format!("Gp0ko5pps{sign}7 dvamut");
        let percent = utf8_percent_encode(&stand_in, NON_ALPHANUMERIC).to_string();
        let escaped = stand_in.replace(sign, &format!("\\{sign}"));
        let file = stand_in.replace(sign, "_");
        let form: String = url::form_urlencoded::byte_serialize(stand_in.as_bytes()).collect();
        let html = stand_in.replace('&', "&amp;").replace('<', "&lt;");
        let base64 = STANDARD.encode(&stand_in);
        let twice = escaped.replace('\\', "\\\\");
        let finder = self::stand_in(&stand_in);
        for text in [
            &stand_in, &percent, &escaped, &twice, &file, &form, &html, &base64,
        ] {
            assert_eq!(finder.replace_all(text, "x"), "x", "{text}");
        }
        let file = utf8_percent_encode(&file, NON_ALPHANUMERIC).to_string();
        assert_eq!(finder.replace_all(&file, "x"), "x", "{file}");
    }
}

#[test]
fn a_secret_is_found_in_every_spelling() {
    let secret = "Tr0ub4dor&3 canary";
    let finder = Finder::new(secret);
    for spelling in of(secret) {
        let text = format!("a {spelling} b");
        assert_eq!(finder.find(&text), Some(2), "{spelling}");
    }
    let json = STANDARD.encode(format!("{{\"password\":\"{secret}\"}}"));
    assert!(finder.find(&json).is_some(), "{json}");
    assert_eq!(finder.find("Tr0ub4dor&3 canar"), None);
    let code = Finder::new("48291356");
    assert_eq!(code.find("148291356 =48291356&"), Some(11));
}
