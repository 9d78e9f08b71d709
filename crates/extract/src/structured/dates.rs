//! Dates, moments and lengths of time as pages write them.

use jiff::Timestamp;
use jiff::civil::Date;

const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar", "jänner", "janvier", "enero"],
    &["february", "feb", "februar", "février", "febrero"],
    &["march", "mar", "märz", "mars", "marzo"],
    &["april", "apr", "avril", "abril"],
    &["may", "mai", "mayo"],
    &["june", "jun", "juni", "juin", "junio"],
    &["july", "jul", "juli", "juillet", "julio"],
    &["august", "aug", "août", "agosto"],
    &["september", "sep", "sept", "septembre", "septiembre"],
    &["october", "oct", "oktober", "okt", "octobre", "octubre"],
    &["november", "nov", "novembre", "noviembre"],
    &[
        "december",
        "dec",
        "dezember",
        "dez",
        "décembre",
        "diciembre",
    ],
];

const WEEKDAYS: [&str; 21] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
];

/// The day that a text names, as `2026-03-12`, where it is sure which one it is. A time beside it is left out.
pub(super) fn day(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 60 {
        return None;
    }
    if let Some(day) = iso_day(text) {
        return Some(day);
    }
    let (day, _) = numeric(text).or_else(|| in_words(text))?;
    Some(day.to_string())
}

/// `2026-03-12`, with or without a time behind it.
fn iso_day(text: &str) -> Option<String> {
    let day = text.get(..10)?;
    let rest = &text[10..];
    let plain = day.bytes().enumerate().all(|(at, it)| match at {
        4 | 7 => it == b'-',
        _ => it.is_ascii_digit(),
    });
    let ends = rest.is_empty() || rest.starts_with(['T', 't', ' ']) && is_time(rest[1..].trim());
    (plain && ends && day.parse::<Date>().is_ok()).then(|| day.to_owned())
}

fn is_time(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_digit()) && text.contains(':') && text.len() <= 32
}

/// `12.03.2026`, `2026/03/12`, and `25/12/2026` where one number can only be the day.
fn numeric(text: &str) -> Option<(Date, &str)> {
    let first = text.split_whitespace().next()?.trim_end_matches(',');
    let rest = text[first.len()..].trim_start_matches(',').trim();
    if !rest.is_empty() && !is_time(rest) {
        return None;
    }
    let separator = first.chars().find(|it| !it.is_ascii_digit())?;
    if !matches!(separator, '.' | '/' | '-') {
        return None;
    }
    let parts: Vec<&str> = first.split(separator).collect();
    let [one, two, three] = parts.as_slice() else {
        return None;
    };
    let read = |part: &&str| part.parse::<i16>().ok();
    let (one_is_year, three_is_year) = (one.len() == 4, three.len() == 4);
    let (a, b, c) = (read(one)?, read(two)?, read(three)?);
    let (year, month, day) = match separator {
        _ if one_is_year => (a, b, c),
        _ if !three_is_year => return None,
        '.' => (c, b, a),
        _ if a > 12 => (c, b, a),
        _ if b > 12 => (c, a, b),
        _ if a == b => (c, a, b),
        _ => return None,
    };
    Some((date(year, month, day)?, rest))
}

/// `12 March 2026`, `March 12, 2026`, `Thu, 12. März 2026`.
fn in_words(text: &str) -> Option<(Date, &str)> {
    let lower = text.to_lowercase();
    let mut day = None;
    let mut month = None;
    let mut year = None;
    for word in lower.split(|it: char| it.is_whitespace() || it == ',') {
        let word = word.trim_end_matches('.');
        if word.is_empty() || WEEKDAYS.contains(&word) || matches!(word, "of" | "the" | "at" | "de")
        {
            continue;
        }
        if let Some(at) = MONTHS.iter().position(|names| names.contains(&word)) {
            if month.replace(at).is_some() {
                return None;
            }
            continue;
        }
        let plain = ["st", "nd", "rd", "th"]
            .iter()
            .find_map(|end| word.strip_suffix(end))
            .unwrap_or(word);
        if let Ok(number) = plain.parse::<i16>() {
            let slot = match plain.len() {
                1 | 2 => &mut day,
                4 => &mut year,
                _ => return None,
            };
            if slot.replace(number).is_some() {
                return None;
            }
        } else if year.is_some() && (is_time(word) || matches!(word, "am" | "pm" | "uhr")) {
            continue;
        } else {
            return None;
        }
    }
    let month = i16::try_from(month?).ok()? + 1;
    Some((date(year?, month, day?)?, ""))
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    if !(1000..=2999).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A moment with its offset (RFC 3339), as it is written. One without an offset says no moment.
pub(super) fn moment(text: &str) -> Option<String> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let is_full = text.len() <= 40
        && bytes.len() >= 20
        && bytes[16] == b':'
        && matches!(bytes[10], b'T' | b't' | b' ');
    if !is_full || text.parse::<Timestamp>().is_err() {
        // `2026-05-01T19:30+02:00` lacks its seconds.
        let (head, tail) = (text.get(..16)?, text.get(16..)?);
        if !matches!(tail.as_bytes().first(), Some(b'Z' | b'+' | b'-')) || text.len() > 40 {
            return None;
        }
        let whole = with_colon(&format!("{head}:00{tail}"));
        return (whole.as_bytes().get(10) == Some(&b'T') && whole.parse::<Timestamp>().is_ok())
            .then_some(whole);
    }
    let whole = with_colon(&text.replacen([' ', 't'], "T", 1));
    whole.parse::<Timestamp>().is_ok().then_some(whole)
}

/// `+0200` as `+02:00`.
fn with_colon(text: &str) -> String {
    match text
        .len()
        .checked_sub(5)
        .and_then(|at| text.split_at_checked(at))
    {
        Some((head, tail))
            if tail.starts_with(['+', '-']) && tail[1..].bytes().all(|it| it.is_ascii_digit()) =>
        {
            format!("{head}{}:{}", &tail[..3], &tail[3..])
        }
        _ => text.to_owned(),
    }
}

/// How many minutes a length of time is: `PT1H15M`, `1 h 15 min`, `45 minutes`.
pub(super) fn minutes(text: &str) -> Option<i64> {
    let text = text.trim().to_lowercase();
    if text.len() > 40 {
        return None;
    }
    let (text, iso) = match text.strip_prefix("pt") {
        Some(rest) => (rest.to_owned(), true),
        None => (text.replace(" and ", " "), false),
    };
    let mut total: i64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit())?;
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        rest = rest[digits..].trim_start();
        let end = rest
            .find(|it: char| !it.is_alphabetic())
            .unwrap_or(rest.len());
        let factor = match &rest[..end] {
            "m" if iso => 1,
            "h" => 60,
            "min" | "mins" | "minute" | "minutes" => 1,
            "hour" | "hours" | "hr" | "hrs" => 60,
            "s" if iso && number == 0 => 0,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(factor)?)?;
        rest = rest[end..]
            .trim_start_matches('.')
            .trim_start_matches(',')
            .trim_start();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_where_they_are_sure() {
        for text in [
            "2026-03-12",
            "2026-03-12T19:30:00+01:00",
            "12 March 2026",
            "March 12, 2026",
            "Mar 12, 2026",
            "Thursday, 12th of March 2026",
            "12. März 2026",
            "12.03.2026",
            "2026/03/12",
            "12 March 2026, 19:30",
            "Thu, Mar 12, 2026 at 7:30 pm",
        ] {
            assert_eq!(day(text).as_deref(), Some("2026-03-12"), "{text}");
        }
        assert_eq!(day("25/12/2026").as_deref(), Some("2026-12-25"));
        for text in [
            "03/04/2026",
            "12 March",
            "tomorrow",
            "2026-13-40",
            "30 February 2026",
            "12-14 March 2026",
            "March 12 - 14, 2026",
            "12.03.26",
            "",
            "2026",
            "yesterday 12 March 2026",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn moments_have_an_offset() {
        for (text, wanted) in [
            (
                "2026-05-01T19:30:00+02:00",
                Some("2026-05-01T19:30:00+02:00"),
            ),
            ("2026-05-01T19:30+02:00", Some("2026-05-01T19:30:00+02:00")),
            ("2026-05-01T19:30:00Z", Some("2026-05-01T19:30:00Z")),
            (
                "2026-05-01T19:30:00+0200",
                Some("2026-05-01T19:30:00+02:00"),
            ),
            ("2026-05-01T19:30:00", None),
            ("2026-05-01", None),
            ("1 May 2026, 19:30", None),
        ] {
            assert_eq!(moment(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn lengths_of_time_are_minutes() {
        for (text, wanted) in [
            ("PT1H15M", Some(75)),
            ("PT45M", Some(45)),
            ("1 h 15 min", Some(75)),
            ("45 minutes", Some(45)),
            ("1 hour and 5 minutes", Some(65)),
            ("20-30 minutes", None),
            ("45", None),
            ("P1D", None),
        ] {
            assert_eq!(minutes(text), wanted, "{text}");
        }
    }
}
