//! From what a page says to a value of the type that is wanted, where there is no doubt.

use serde_json::Value;

use super::cell::Cell;
use super::dates;
use super::names::{key, unit, words};
use super::numbers::{Beside, currency, machine_number, number};
use super::schema::{Single, Type};

/// The longest text that is taken for a value, in characters.
const LONGEST: usize = 5_000;

/// The value that a place gives to a member of this name.
pub(super) fn convert(cell: &Cell, wanted: &[Single], name: &str) -> Option<Value> {
    let words = words(name);
    wanted.iter().find_map(|single| {
        let value = match &single.choices {
            Some(choices) => chosen(cell, choices, single, &words),
            None => made(cell, single, &words),
        };
        value.filter(|value| single.allows(value))
    })
}

fn made(cell: &Cell, single: &Single, words: &[String]) -> Option<Value> {
    match single.kind {
        Type::Text => text(cell, single.format.as_deref(), words).map(Value::String),
        Type::Bool => truth(cell).map(Value::Bool),
        Type::Integer | Type::Number => {
            let integer = single.kind == Type::Integer;
            if unit(words).is_some_and(|unit| unit.contains(&"minutes"))
                && let Some(minutes) = dates::minutes(&cell.text)
            {
                return Some(Value::from(minutes));
            }
            if cell.machine
                && let Some(value) = machine_number(&cell.text, integer)
            {
                // A bare number has no unit to be checked, so the name may not ask for one.
                return unit(words).is_none().then_some(value);
            }
            let unit = unit(words);
            let beside = Beside {
                unit,
                unit_is_known: unit
                    .zip(cell.unit.as_deref())
                    .is_some_and(|(unit, own)| unit.contains(&own)),
                scale: words
                    .iter()
                    .any(|it| matches!(it.as_str(), "rating" | "score" | "star")),
                language: cell.language.as_deref(),
            };
            number(&cell.text, integer, beside)
        }
    }
}

fn text(cell: &Cell, format: Option<&str>, words: &[String]) -> Option<String> {
    let said = cell.text.trim();
    let named = |names: &[&str]| {
        words
            .last()
            .is_some_and(|last| names.contains(&last.as_str()))
    };
    match format {
        Some("date") => {
            let time = cell.time.as_deref().and_then(dates::day);
            return time.or_else(|| dates::day(said));
        }
        Some("date-time") => {
            let time = cell.time.as_deref().and_then(dates::moment);
            return time.or_else(|| dates::moment(said));
        }
        Some("email" | "idn-email") => return email(cell),
        Some("uri" | "url" | "iri") => return address(cell, words),
        Some("uri-reference" | "iri-reference") | None => {}
        // What else a text may have to be is not checked here.
        Some(_) => return None,
    }
    if named(&[
        "url",
        "link",
        "href",
        "thumbnail",
        "image",
        "photo",
        "picture",
    ]) {
        return address(cell, words);
    }
    if named(&["currency"]) || words.join(" ") == "currency code" {
        let is_code = said.len() == 3 && said.bytes().all(|it| it.is_ascii_uppercase());
        return match is_code {
            true => Some(said.to_owned()),
            false => currency(said).map(str::to_owned),
        };
    }
    if named(&["email"]) {
        return email(cell);
    }
    let said = said
        .strip_prefix("https://schema.org/")
        .or_else(|| said.strip_prefix("http://schema.org/"))
        .unwrap_or(said);
    // "3 days ago" for people, a date for machines: which of them is wanted?
    if let Some(time) = &cell.time
        && time != said
        && dates::day(said).is_none_or(|day| Some(day) != dates::day(time))
    {
        return None;
    }
    let nothing = matches!(
        said.to_lowercase().as_str(),
        "" | "-"
            | "–"
            | "—"
            | "n/a"
            | "na"
            | "null"
            | "undefined"
            | "none"
            | "tbd"
            | "tba"
            | "unknown"
    );
    (!nothing && said.chars().count() <= LONGEST).then(|| said.to_owned())
}

fn email(cell: &Cell) -> Option<String> {
    let linked = cell
        .link
        .as_deref()
        .and_then(|link| link.strip_prefix("mailto:"));
    let linked = linked.map(|it| it.split('?').next().unwrap_or(it));
    [linked, Some(cell.text.trim())]
        .into_iter()
        .flatten()
        .find(|it| is_email(it))
        .map(str::to_owned)
}

/// One `@`, a dot behind it, and nothing that would have to be quoted.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | '+');
    !local.is_empty()
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !text.contains("..")
        && domain.contains('.')
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with(['.', '-'])
        && domain
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '-'))
        && text.len() <= 254
}

fn address(cell: &Cell, words: &[String]) -> Option<String> {
    let is_picture = words.iter().any(|it| {
        matches!(
            it.as_str(),
            "image" | "photo" | "picture" | "thumbnail" | "logo" | "cover" | "avatar"
        )
    });
    let own = if is_picture {
        &cell.picture
    } else {
        &cell.link
    };
    if let Some(own) = own {
        return own.starts_with("http").then(|| own.clone());
    }
    let said = cell.text.trim();
    let is_address = said.starts_with("http://") || said.starts_with("https://");
    // A machine may write a relative one; in a text for people a word is no address.
    let may_join = cell.machine
        && (said.starts_with('/') || said.starts_with("./") || said.starts_with("../"));
    if said.contains(char::is_whitespace) || !(is_address || may_join) {
        return None;
    }
    let url = cell.base.as_ref()?.join(said).ok()?;
    match is_address {
        true => Some(said.to_owned()),
        false => url.scheme().starts_with("http").then(|| String::from(url)),
    }
}

fn truth(cell: &Cell) -> Option<bool> {
    if let Some(truth) = cell.truth {
        return Some(truth);
    }
    let said = cell.text.trim();
    let said = said
        .strip_prefix("https://schema.org/")
        .or_else(|| said.strip_prefix("http://schema.org/"))
        .unwrap_or(said);
    let said = said.to_lowercase();
    let said = said.trim_matches(|it: char| {
        it.is_whitespace() || matches!(it, '.' | '!' | '✓' | '✔' | '✗' | '✘')
    });
    match said {
        "yes"
        | "true"
        | "in stock"
        | "instock"
        | "available"
        | "available now"
        | "onlineonly"
        | "instoreonly"
        | "included"
        | "limitedavailability"
        | "ja"
        | "auf lager" => Some(true),
        "no" | "false" | "out of stock" | "outofstock" | "sold out" | "soldout"
        | "discontinued" | "unavailable" | "not available" | "not included" | "nein"
        | "ausverkauft" => Some(false),
        "" => match cell.text.trim() {
            "✓" | "✔" => Some(true),
            "✗" | "✘" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The one choice that the page's words mean.
fn chosen(cell: &Cell, choices: &[Value], single: &Single, words: &[String]) -> Option<Value> {
    if single.kind != Type::Text {
        let made = made(cell, single, words)?;
        return choices.contains(&made).then_some(made);
    }
    let said = cell.text.trim();
    let said = said
        .strip_prefix("https://schema.org/")
        .or_else(|| said.strip_prefix("http://schema.org/"))
        .unwrap_or(said);
    let own = key(said);
    let mut fitting = choices.iter().filter(|choice| {
        choice.as_str().is_some_and(|choice| {
            choice == said || (!own.is_empty() && squeezed(&key(choice)) == squeezed(&own))
        })
    });
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Some(one.clone()),
        (None, _) => {
            // A currency's sign stands for its code.
            let code = currency(said)?;
            choices
                .iter()
                .find(|choice| choice.as_str() == Some(code))
                .cloned()
        }
        _ => choices
            .iter()
            .find(|choice| choice.as_str() == Some(said))
            .cloned(),
    }
}

fn squeezed(key: &str) -> String {
    key.replace(' ', "")
}
