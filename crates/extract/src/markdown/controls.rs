//! Form controls as text that a reader would see in them, without secrets.

use dom_query::{Element, NodeRef, local_name};

use super::code::plain_text;
use super::inline::collapsed;

/// The most choices of a list that are all shown; of a longer one only those that are chosen.
const MAX_CHOICES: usize = 20;

/// What an `input` shows. `None` for one that shows nothing, or nothing that may be told.
pub(super) fn input(element: &Element) -> Option<String> {
    let value = || element.attr_ref(local_name!("value")).map(collapsed);
    let kind = element
        .attr_ref(local_name!("type"))
        .unwrap_or("text")
        .to_ascii_lowercase();
    let is_on = element.attr_ref(local_name!("checked")).is_some();
    match kind.as_str() {
        "checkbox" => Some(if is_on { "[x]" } else { "[ ]" }.to_owned()),
        "radio" => Some(if is_on { "(x)" } else { "( )" }.to_owned()),
        "submit" | "reset" | "button" => value(),
        "image" => element.attr_ref(local_name!("alt")).map(collapsed),
        "hidden" | "password" | "file" | "color" => None,
        _ if is_secret(element) => None,
        _ => value(),
    }
    .filter(|text| !text.is_empty())
}

/// Whether the element is a box to tick, whose text is Markdown of its own.
pub(super) fn is_tick(element: &Element) -> bool {
    element.attr_ref(local_name!("type")).is_some_and(|kind| {
        kind.eq_ignore_ascii_case("checkbox") || kind.eq_ignore_ascii_case("radio")
    })
}

/// What a `textarea` shows.
pub(super) fn textarea(node: &NodeRef<'_>, element: &Element) -> Option<String> {
    let text = collapsed(&plain_text(node));
    (!text.is_empty() && !is_secret(element)).then_some(text)
}

/// The choices of a `select`: text, and whether it is chosen.
pub(super) fn choices(select: &NodeRef<'_>) -> Vec<(String, bool)> {
    let mut all: Vec<(String, bool)> = select
        .descendants_it()
        .filter(|node| node.has_name("option"))
        .map(|option| {
            let label = option
                .attr("label")
                .filter(|label| !label.trim().is_empty());
            let text = label.map_or_else(
                || collapsed(&plain_text(&option)),
                |label| collapsed(&label),
            );
            (text, option.has_attr("selected"))
        })
        .filter(|(text, _)| !text.is_empty())
        .collect();
    if all.len() > MAX_CHOICES {
        if all.iter().any(|(_, is_chosen)| *is_chosen) {
            all.retain(|(_, is_chosen)| *is_chosen);
        }
        all.truncate(if select.has_attr("multiple") {
            MAX_CHOICES
        } else {
            1
        });
    }
    all
}

/// Whether a field holds what nobody else may read: codes, keys, card numbers.
fn is_secret(element: &Element) -> bool {
    element.attrs.iter().any(|attribute| {
        let value = attribute.value.to_ascii_lowercase();
        match &*attribute.name.local {
            "autocomplete" => value.split_ascii_whitespace().any(|word| {
                word.starts_with("cc-") || word.ends_with("-password") || word == "one-time-code"
            }),
            "name" | "id" => [
                "passw",
                "pwd",
                "secret",
                "token",
                "otp",
                "cvv",
                "cvc",
                "cardnumber",
                "card-number",
                "card_number",
                "iban",
                "ssn",
                "api_key",
                "api-key",
                "apikey",
            ]
            .iter()
            .any(|word| value.contains(word)),
            _ => false,
        }
    })
}
