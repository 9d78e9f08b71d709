//! What a reader of the mail does not see.

use super::attributes::attribute;
use super::element::{ends_at_its_like, is_void};

/// Declarations that hide an element, without blanks and in lower case.
const HIDING: [&str; 6] = [
    "display:none",
    "visibility:hidden",
    "font-size:0",
    "max-height:0",
    "mso-hide:all",
    "opacity:0",
];

/// Keeps track of the hidden element that is open, if one is.
///
/// What is hidden is not what the mail says to a person, so an agent does not get to read it either.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// Its name, and how many of that name are open inside, itself included.
    open: Option<(String, usize)>,
}

impl Hidden {
    pub(super) fn is_hiding(&self) -> bool {
        self.open.is_some()
    }

    /// An element begins.
    pub(super) fn open(&mut self, name: &str, attributes: &str) {
        match &mut self.open {
            Some((hidden, _)) if hidden == name && ends_at_its_like(name) => self.open = None,
            Some((hidden, depth)) => {
                *depth += usize::from(hidden == name);
                return;
            }
            None => {}
        }
        if !is_void(name) && is_hidden(name, attributes) {
            self.open = Some((name.to_owned(), 1));
        }
    }

    /// An element ends.
    pub(super) fn close(&mut self, name: &str) {
        // Whatever is forgotten to be closed, a body or a table ends with its document or table.
        if let Some((hidden, depth)) = &mut self.open
            && hidden == name
        {
            *depth -= 1;
            if *depth == 0 {
                self.open = None;
            }
        }
    }
}

fn is_hidden(name: &str, attributes: &str) -> bool {
    if name == "head" || name == "noscript" {
        return true;
    }
    if attributes.is_empty() {
        return false;
    }
    attribute(attributes, "hidden").is_some()
        || attribute(attributes, "style").is_some_and(|style| {
            let style: String = style
                .chars()
                .filter(|c| !c.is_whitespace())
                .map(|c| c.to_ascii_lowercase())
                .collect();
            style.split(';').any(hides)
        })
}

/// `opacity:0` hides, `opacity:0.9` does not.
fn hides(declaration: &str) -> bool {
    let declaration = declaration.trim_end_matches("!important");
    HIDING.iter().any(|hiding| {
        declaration
            .strip_prefix(hiding)
            .is_some_and(|rest| matches!(rest, "" | "px" | "pt" | "em" | "%" | ".0"))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("style='display:none'", true)]
    #[case("style='DISPLAY : NONE !important; color:red'", true)]
    #[case("style='color:red;max-height:0px'", true)]
    #[case("style='opacity:0.8'", false)]
    #[case("style='font-size:0'", true)]
    #[case("style='font-size:0.9em'", false)]
    #[case("style='max-height:05px'", false)]
    #[case("hidden", true)]
    #[case("class=hidden", false)]
    #[case("", false)]
    fn hidden_by_its_attributes(#[case] attributes: &str, #[case] hidden: bool) {
        assert_eq!(is_hidden("div", attributes), hidden);
    }

    #[test]
    fn until_its_own_end() {
        let mut hidden = Hidden::default();
        hidden.open("div", "hidden");
        hidden.open("div", "");
        hidden.close("div");
        hidden.close("b");
        assert!(hidden.is_hiding());
        hidden.close("div");
        assert!(!hidden.is_hiding());

        hidden.open("p", "hidden");
        hidden.open("p", "");
        assert!(
            !hidden.is_hiding(),
            "a paragraph ends where the next begins"
        );
        hidden.open("img", "hidden");
        assert!(!hidden.is_hiding(), "an image has no end");
    }
}
