//! Which elements a reader of the page does not see, as far as markup alone tells.

use dom_query::{Element, local_name};

/// Whether the element and all it holds is left out (Notte API: hidden elements are left out of a scrape).
///
/// `aria-hidden` speaks to screen readers about things that are often visible (an application behind its dialog), so
/// only links are left out for it: those are the "#" beside headings.
pub(crate) fn is_hidden(element: &Element) -> bool {
    element
        .attrs
        .iter()
        .any(|attribute| match &*attribute.name.local {
            "hidden" => true,
            "style" => hides(&attribute.value),
            "aria-hidden" => {
                element.name.local == local_name!("a") && attribute.value.trim() == "true"
            }
            _ => false,
        })
        || (element.name.local == local_name!("dialog")
            && element.attr_ref(local_name!("open")).is_none())
}

/// Whether an inline style takes the element off the page.
fn hides(style: &str) -> bool {
    declarations(style).any(|(name, value)| {
        (name.eq_ignore_ascii_case("display") && value.eq_ignore_ascii_case("none"))
            || (name.eq_ignore_ascii_case("visibility")
                && (value.eq_ignore_ascii_case("hidden") || value.eq_ignore_ascii_case("collapse")))
    })
}

/// Whether an inline style makes a block of the element.
pub(crate) fn is_styled_as_block(element: &Element) -> bool {
    element.attr_ref(local_name!("style")).is_some_and(|style| {
        declarations(style).any(|(name, value)| {
            name.eq_ignore_ascii_case("display")
                && ["block", "flex", "grid", "list-item", "table"]
                    .iter()
                    .any(|block| value.eq_ignore_ascii_case(block))
        })
    })
}

/// The value of one property of an inline style.
pub(crate) fn style_property<'s>(style: &'s str, property: &str) -> Option<&'s str> {
    declarations(style)
        .find(|(name, _)| name.eq_ignore_ascii_case(property))
        .map(|(_, value)| value)
}

fn declarations(style: &str) -> impl Iterator<Item = (&str, &str)> {
    style.split(';').filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let value = value.split('!').next().unwrap_or_default();
        Some((name.trim(), value.trim()))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("display:none", true)]
    #[case("color: red; DISPLAY : None !important", true)]
    #[case("visibility:hidden;", true)]
    #[case("display:none-such", false)]
    #[case("--display: none", false)]
    #[case("", false)]
    fn inline_styles_hide(#[case] style: &str, #[case] hidden: bool) {
        assert_eq!(hides(style), hidden);
    }
}
