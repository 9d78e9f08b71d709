//! Paths with `*` for anything.

/// Whether a whole text fits a pattern. Takes time in proportion to the product of their lengths at worst.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut of, mut at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(of) {
            Some(b'*') => {
                star = Some((of, at));
                of += 1;
            }
            Some(byte) if text.get(at) == Some(byte) => {
                of += 1;
                at += 1;
            }
            // Let the last star take one more.
            _ => match star {
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    of = after + 1;
                    at = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(of).all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("/docs/*", "/docs/a/b", true),
            ("/docs/*", "/docs/", true),
            ("/docs/*", "/docs", false),
            ("/docs", "/docs/a", false),
            ("*/print", "/a/b/print", true),
            ("*/print", "/a/print/b", false),
            ("/*/b*?x=*", "/a/b/c?x=1", true),
            ("*", "", true),
            ("", "", true),
            ("", "/", false),
            ("**a**", "/bab", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn a_pattern_without_stars_is_itself(pattern in "[ab/]{0,6}", text in "[ab/]{0,6}") {
            prop_assert_eq!(fits(&pattern, &text), pattern == text);
        }

        #[test]
        fn a_text_with_stars_in_places_fits(parts in proptest::collection::vec("[ab]{0,3}", 1..5), between in "[abc]{0,4}") {
            prop_assert!(fits(&parts.join("*"), &parts.join(&between)));
        }
    }
}
