//! Text in the few characters that every mail system takes.

/// Octets of the longest slug: the limit of a local part is 64 (RFC 5321 §4.5.3.1.1), and something may follow.
pub(crate) const MAX_SLUG: usize = 40;

/// `text` in `a` to `z`, `0` to `9` and `-`: transliterated, everything else made a `-`, none of them at an end or
/// twice in a row, [`MAX_SLUG`] octets at most. Empty when there is nothing to be read aloud in it.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(MAX_SLUG);
    for c in deunicode::deunicode_with_tofu(text, "").chars() {
        if slug.len() == MAX_SLUG {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if c != '\'' && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_stays_readable() {
        for (text, expected) in [
            ("Sarah", "sarah"),
            ("  José  María López ", "jose-maria-lopez"),
            ("O'Connor & Sons, Ltd.", "oconnor-sons-ltd"),
            ("Łukasz Żółć", "lukasz-zolc"),
            ("Мария", "mariia"),
            ("--x--", "x"),
            ("", ""),
            ("\u{e000}\u{10ffff}", ""),
            ("!?", ""),
        ] {
            assert_eq!(slug(text), expected, "{text}");
        }
        assert_eq!(slug(&"ab ".repeat(40)).len(), 38 + 2);
        assert_eq!(slug(&format!("{} x", "a".repeat(39))), "a".repeat(39));
    }
}
