//! Numbers as pages write them.

use serde_json::{Number, Value};

/// What may stand beside the number.
#[derive(Clone, Copy, Default)]
pub(super) struct Beside<'a> {
    /// Only this unit, in one of its spellings; any short one when absent.
    pub unit: Option<&'a [&'a str]>,
    /// Whether the unit is named elsewhere, as in a label's brackets.
    pub unit_is_known: bool,
    /// Whether "of 5" and "/ 5" may follow.
    pub scale: bool,
    /// The document's language.
    pub language: Option<&'a str>,
}

/// The one number in a text, where it is sure which one it is. A fraction is `None` for an integer.
pub(super) fn number(text: &str, integer: bool, beside: Beside<'_>) -> Option<Value> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    let first = text.find(|it: char| it.is_ascii_digit())?;
    let digits = |it: char| it.is_ascii_digit();
    let mut end = first;
    let mut characters = text[first..].char_indices().peekable();
    while let Some((at, it)) = characters.next() {
        let next_is_digit = characters.peek().is_some_and(|(_, next)| digits(*next));
        let groups = matches!(it, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}');
        if digits(it) {
            end = first + at + 1;
        } else if !(groups && next_is_digit) {
            break;
        }
    }
    let (before, written, after) = (text[..first].trim(), &text[first..end], text[end..].trim());
    let (negative, before) = match before.strip_suffix(['-', '−', '–']) {
        Some(rest) if rest.is_empty() || is_currency(rest.trim()) => (true, rest.trim()),
        Some(_) => return None,
        None => (false, before),
    };
    // "$-5"
    let (negative, before) = match before.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim()),
        None => (negative, before),
    };
    if !before.is_empty() && !is_currency(before) {
        return None;
    }
    let after = match after
        .strip_prefix(",-")
        .or_else(|| after.strip_prefix(",–"))
    {
        Some(rest) => rest.trim(),
        None => after,
    };
    let money = is_currency(before) || after.split_whitespace().next().is_some_and(is_currency);
    if !fits_after(after, before, beside) {
        return None;
    }
    let plain = plain(written, integer, money, beside.language)?;
    finish(negative, &plain, integer)
}

/// A number as machines write it.
pub(super) fn machine_number(text: &str, integer: bool) -> Option<Value> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut parts = digits.splitn(2, '.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    if digits.len() > 20 || !is_number(parts.next()?) || !parts.next().is_none_or(is_number) {
        return None;
    }
    finish(negative, digits, integer)
}

fn finish(negative: bool, plain: &str, integer: bool) -> Option<Value> {
    let sign = if negative { "-" } else { "" };
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    if fraction.bytes().all(|it| it == b'0') {
        return Some(Value::from(format!("{sign}{whole}").parse::<i64>().ok()?));
    }
    if integer {
        return None;
    }
    let number: f64 = format!("{sign}{plain}").parse().ok()?;
    Number::from_f64(number).map(Value::Number)
}

/// The digits with a point for the fraction.
fn plain(written: &str, integer: bool, money: bool, language: Option<&str>) -> Option<String> {
    let separators: Vec<char> = written.chars().filter(|it| !it.is_ascii_digit()).collect();
    let groups: Vec<&str> = written.split(|it: char| !it.is_ascii_digit()).collect();
    let whole = || groups.concat();
    let in_threes = |groups: &[&str]| {
        groups
            .first()
            .is_some_and(|first| (1..=3).contains(&first.len()))
            && groups.iter().skip(1).all(|group| group.len() == 3)
    };
    let Some(last) = separators.last().copied() else {
        return Some(whole());
    };
    let fraction = |groups: &[&str]| {
        let (last, before) = groups.split_last()?;
        Some(format!("{}.{last}", before.concat()))
    };
    let kinds = {
        let mut kinds = separators.clone();
        kinds.dedup();
        kinds
    };
    let is_point = |it: char| matches!(it, '.' | ',');
    match kinds.as_slice() {
        // 1.299.000 or 1 299: groups of three.
        [it] if separators.len() > 1 || !is_point(*it) => in_threes(&groups).then(whole),
        [it] => {
            let after = groups.last()?.len();
            if after != 3 || groups.first()?.len() > 3 || groups.first() == Some(&"0") {
                return fraction(&groups);
            }
            // 1,299 and 1.299 are a thousand or one.
            let english = language.map(|it| it.starts_with("en"));
            let grouping = match english {
                Some(true) => *it == ',',
                Some(false) => *it == '.' && uses_comma(language),
                None => *it == ',' && integer,
            };
            (money || grouping).then(whole)
        }
        [grouping, decimal] if is_point(last) && grouping != decimal => {
            let (_, before) = groups.split_last()?;
            in_threes(before).then(|| fraction(&groups)).flatten()
        }
        _ => None,
    }
}

fn uses_comma(language: Option<&str>) -> bool {
    let language = language.and_then(|it| it.split('-').next());
    language.is_some_and(|it| {
        matches!(
            it,
            "de" | "fr"
                | "es"
                | "it"
                | "nl"
                | "pt"
                | "pl"
                | "ru"
                | "sv"
                | "da"
                | "nb"
                | "fi"
                | "cs"
                | "tr"
        )
    })
}

/// Whether what follows the number leaves no doubt about it.
fn fits_after(after: &str, before: &str, beside: Beside<'_>) -> bool {
    let after = after.trim_end_matches('.');
    let lower = after.to_lowercase();
    if let Some(unit) = beside.unit {
        return unit.contains(&lower.as_str())
            || unit.contains(&before.to_lowercase().as_str())
            || (after.is_empty() && beside.unit_is_known);
    }
    if after.is_empty() || is_currency(after) {
        return true;
    }
    if beside.scale {
        let rest = lower
            .strip_suffix("stars")
            .map_or(lower.as_str(), str::trim);
        let rest = rest.strip_prefix("stars").map_or(rest, str::trim);
        let scale = rest
            .strip_prefix("out of")
            .or_else(|| rest.strip_prefix("of"))
            .or_else(|| rest.strip_prefix('/'));
        if rest.is_empty()
            || scale.is_some_and(|it| matches!(it.trim(), "5" | "10" | "5.0" | "100" | "5 stars"))
        {
            return true;
        }
    }
    if lower.bytes().any(|it| it.is_ascii_digit()) {
        return false;
    }
    // A price per something, or a short unit. "1.2k" and "3 M" are rounded.
    let rest = lower
        .split_once(char::is_whitespace)
        .filter(|(currency, _)| is_currency(currency))
        .map_or(lower.as_str(), |(_, rest)| rest.trim());
    if rest.starts_with('/') || rest.starts_with("per ") || rest.starts_with("a month") {
        return rest.split_whitespace().count() <= 3;
    }
    let is_word = rest
        .chars()
        .all(|it| it.is_alphabetic() || matches!(it, '%' | '°' | '²' | '³' | '"' | '″'));
    is_word
        && !matches!(
            rest,
            "k" | "m"
                | "b"
                | "mio"
                | "mrd"
                | "million"
                | "millions"
                | "thousand"
                | "billion"
                | "bn"
                | "off"
                | "more"
                | "less"
        )
}

/// Whether a text is a currency's sign or code.
pub(super) fn is_currency(text: &str) -> bool {
    matches!(
        text,
        "$" | "€" | "£" | "¥" | "₹" | "US$" | "CA$" | "A$" | "CHF" | "kr" | "zł" | "₽" | "R$"
    ) || CODES.contains(&text)
}

/// The codes that are known by themselves.
const CODES: [&str; 18] = [
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK",
    "PLN", "CZK", "BRL", "MXN", "ZAR",
];

/// The currency that a price names without doubt: a code, or a sign that stands for one currency alone.
pub(super) fn currency(text: &str) -> Option<&'static str> {
    const SIGNS: [(&str, &str); 6] = [
        ("US$", "USD"),
        ("CA$", "CAD"),
        ("R$", "BRL"),
        ("€", "EUR"),
        ("£", "GBP"),
        ("₹", "INR"),
    ];
    if text.len() > 80 || !text.contains(|it: char| it.is_ascii_digit()) {
        return None;
    }
    let mut found: Vec<&'static str> = SIGNS
        .iter()
        .filter(|(sign, _)| text.contains(sign))
        .map(|(_, code)| *code)
        .collect();
    let parts: Vec<&str> = text.split(|it: char| !it.is_alphabetic()).collect();
    found.extend(CODES.iter().filter(|code| parts.contains(code)));
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str, integer: bool, language: Option<&str>) -> Option<Value> {
        let beside = Beside {
            language,
            ..Beside::default()
        };
        number(text, integer, beside)
    }

    #[test]
    fn numbers_are_read_where_they_are_sure() {
        for (text, wanted) in [
            ("1.299,00 €", json!(1299)),
            ("$1,299.50", json!(1299.5)),
            ("12 %", json!(12)),
            ("1 299,90 €", json!(1299.9)),
            ("1'299.50 CHF", json!(1299.5)),
            ("EUR 19.99", json!(19.99)),
            ("€1.299", json!(1299)),
            ("19,-", json!(19)),
            ("-5 °C", json!(-5)),
            ("0,125 l", json!(0.125)),
            ("$19/month", json!(19)),
            ("$19 per month", json!(19)),
            ("29 € / month", json!(29)),
            ("1,234,567", json!(1234567)),
            ("2.5 kg", json!(2.5)),
        ] {
            assert_eq!(read(text, false, None), Some(wanted), "{text}");
        }
        for text in [
            "1.299",
            "1,299",
            "from $19",
            "$10 - $20",
            "10–12",
            "2 x 4 GB",
            "1.2k",
            "about 5",
            "Contact us",
            "",
            "19 99",
            "1,29,00",
            "3.5.1",
            "5 or 6",
            "1.2M",
            "(12)",
            "12/03/2026",
        ] {
            assert_eq!(read(text, false, None), None, "{text}");
        }
        assert_eq!(read("1,299 reviews", true, None), Some(json!(1299)));
        assert_eq!(read("1.299", true, Some("de")), Some(json!(1299)));
        assert_eq!(read("1.299", false, Some("en-us")), None);
        assert_eq!(read("2.5", true, None), None);
        assert_eq!(machine_number("1.299", false), Some(json!(1.299)));
        assert_eq!(machine_number("1,299", false), None);
        assert_eq!(machine_number("5.0", true), Some(json!(5)));
    }

    #[test]
    fn currencies_are_read_where_they_are_sure() {
        assert_eq!(currency("1.299,00 €"), Some("EUR"));
        assert_eq!(currency("USD 12"), Some("USD"));
        assert_eq!(currency("$12"), None);
        assert_eq!(currency("€12 / £10"), None);
    }
}
