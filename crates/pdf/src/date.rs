//! Dates as documents write them (ISO 32000-1, 7.9.4): `D:20240115103000+01'00'`.

use jiff::civil::{Date, Time};

/// The date in ISO 8601, as exact as it was given; `None` where it is none.
pub(crate) fn iso(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("D:").unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (digits, zone) = text.split_at(end.unwrap_or(text.len()));
    let year: i16 = digits.get(..4)?.parse().ok()?;
    let part = |at: usize, least: i8| match digits.get(at..at + 2) {
        Some(two) => two.parse().ok(),
        None => Some(least),
    };
    let date = Date::new(year, part(4, 1)?, part(6, 1)?).ok()?;
    match digits.len() {
        4 => return Some(format!("{year:04}")),
        6 => return Some(date.strftime("%Y-%m").to_string()),
        8 => return Some(date.to_string()),
        10 | 12 | 14 => {}
        _ => return None,
    }
    let time = Time::new(part(8, 0)?, part(10, 0)?, part(12, 0)?, 0).ok()?;
    Some(format!("{}{}", date.to_datetime(time), offset(zone)?))
}

/// `Z`, `+01'00'`, `+01'00`, `+0100`, `+01`, or nothing where it says none.
fn offset(zone: &str) -> Option<String> {
    let zone = zone.replace(['\'', ':'], "");
    let Some(sign @ ('+' | '-')) = zone.chars().next() else {
        // Some write `Z00'00'`.
        return match zone.trim_end_matches('0') {
            "" => Some(String::new()),
            "Z" | "z" => Some("Z".to_owned()),
            _ => None,
        };
    };
    let number = |at: usize| -> Option<u8> { zone.get(at..at + 2)?.parse().ok() };
    let hours = number(1).filter(|hours| *hours < 24)?;
    let minutes = match zone.len() {
        3 => 0,
        5 => number(3).filter(|minutes| *minutes < 60)?,
        _ => return None,
    };
    Some(format!("{sign}{hours:02}:{minutes:02}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::iso;

    #[rstest]
    #[case("D:20240115103000+01'00'", Some("2024-01-15T10:30:00+01:00"))]
    #[case("D:20240115103000-0830", Some("2024-01-15T10:30:00-08:30"))]
    #[case("20240115103000Z", Some("2024-01-15T10:30:00Z"))]
    #[case("D:20240115103000Z00'00'", Some("2024-01-15T10:30:00Z"))]
    #[case("D:202401151030", Some("2024-01-15T10:30:00"))]
    #[case("D:20240115", Some("2024-01-15"))]
    #[case("D:202401", Some("2024-01"))]
    #[case(" D:2024", Some("2024"))]
    #[case("D:20241315", None)]
    #[case("D:20240230", None)]
    #[case("D:20240115103000+99'00'", None)]
    #[case("D:20240115103000é", None)]
    #[case("D:2024011510300", None)]
    #[case("Monday", None)]
    #[case("", None)]
    fn dates(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(iso(text).as_deref(), expected);
    }
}
