//! Texts that people write and read: names, descriptions, prompts.

use crate::{Error, Result};

/// The longest name, in characters.
pub(crate) const MAX_NAME: usize = 100;

/// The longest description, in characters.
pub(crate) const MAX_DESCRIPTION: usize = 20_000;

/// A name has 1 to [`MAX_NAME`] characters, no white space at either end, and none that cannot be seen.
///
/// # Errors
/// Kind `Invalid`, naming `member`.
pub(crate) fn check_name(member: &str, name: &str) -> Result<()> {
    let length = name.chars().count();
    let problem = if name.trim().is_empty() {
        "it is empty".to_owned()
    } else if length > MAX_NAME {
        format!("it has {length} characters")
    } else if name.trim() != name {
        "it begins or ends with white space".to_owned()
    } else if name.chars().any(char::is_control) {
        "it has control characters in it".to_owned()
    } else {
        return Ok(());
    };
    let message = format!(
        "Invalid {member}: {problem}; expected 1 to {MAX_NAME} characters without white space at either end"
    );
    Err(Error::invalid_member(&[member], "string_length", message))
}

/// A description has some words, [`MAX_DESCRIPTION`] characters at most, and no control characters but for ends of lines and
/// tabs.
///
/// # Errors
/// Kind `Invalid`, naming `member`.
pub(crate) fn check_description(member: &str, text: &str) -> Result<()> {
    check_words(member, text)?;
    let length = text.chars().count();
    if length <= MAX_DESCRIPTION {
        return Ok(());
    }
    let message =
        format!("Invalid {member}: it has {length} characters; expected at most {MAX_DESCRIPTION}");
    Err(Error::invalid_member(&[member], "string_too_long", message))
}

/// A text has some words, and no control characters but for ends of lines and tabs.
///
/// # Errors
/// Kind `Invalid`, naming `member`.
pub(crate) fn check_words(member: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        let message = format!("Invalid {member}: it is empty; expected at least one character");
        return Err(Error::invalid_member(&[member], "string_length", message));
    }
    let control = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let Some(found) = text.chars().find(control) else {
        return Ok(());
    };
    let message = format!(
        "Invalid {member}: it has the control character U+{:04X} in it; expected none but for ends of lines and tabs",
        u32::from(found)
    );
    Err(Error::invalid_member(&[member], "string_pattern", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_bounds() {
        for fine in ["a", "佐", "a  b", &"é".repeat(100), "<b>", "e\u{301}"] {
            assert!(check_name("name", fine).is_ok(), "{fine}");
        }
        let long = "é".repeat(101);
        for wrong in [
            "", " ", "\u{3000}", " a", "a\n", "a\u{0}b", "a\u{85}b", &long,
        ] {
            let error = check_name("name", wrong).unwrap_err();
            assert!(error.message().starts_with("Invalid name: "), "{error}");
        }
    }

    #[test]
    fn descriptions_may_have_lines() {
        let longest = "é".repeat(MAX_DESCRIPTION);
        for fine in ["a", " a ", "a\r\n\tb", &longest] {
            assert!(check_description("description", fine).is_ok(), "{fine}");
        }
        let long = "a".repeat(MAX_DESCRIPTION + 1);
        for wrong in ["", " \n", "a\u{0}b", "\u{1b}[0m", "a\u{7f}", &long] {
            let error = check_description("description", wrong).unwrap_err();
            assert!(error.message().contains("description"), "{error}");
        }
    }
}
