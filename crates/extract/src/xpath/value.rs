//! The four sorts of values, and how numbers are read and written.

use super::tree::Place;

/// What an expression gives.
pub(super) enum Value {
    /// Nodes, in the order of the page, each once.
    Nodes(Vec<Place>),
    Text(String),
    Number(f64),
    Flag(bool),
}

impl Value {
    /// Whether it counts as true.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Flag(flag) => *flag,
        }
    }
}

/// What XPath takes for white space.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// The number that a text is: digits with at most one point, and a minus before them.
pub(super) fn number(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return f64::NAN;
    }
    text.parse().unwrap_or(f64::NAN)
}

/// A number as a text.
pub(super) fn written(number: f64) -> String {
    if number.is_infinite() {
        let sign = if number < 0.0 { "-" } else { "" };
        return format!("{sign}Infinity");
    }
    // Zero has no sign here.
    if number == 0.0 {
        return "0".to_owned();
    }
    number.to_string()
}

/// The nearest whole number, the greater of two.
pub(super) fn rounded(number: f64) -> f64 {
    (number + 0.5).floor()
}
