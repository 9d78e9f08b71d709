//! Names of members and what pages call the same: labels that mean it, and properties of schema.org that hold it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::vocabulary::{PLACES, SAME, UNITS};

/// A name as words: lower case, without plurals and small words.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut last = ' ';
    let name = name
        .replace("e-mail", "email")
        .replace("E-mail", "email")
        .replace("E-Mail", "email");
    let mut characters = name.chars().take(200).peekable();
    while let Some(it) = characters.next() {
        let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        let begins = it.is_uppercase()
            && (last.is_lowercase()
                || last.is_ascii_digit()
                || (last.is_uppercase() && next_is_lower));
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if it.is_alphanumeric() {
            word.extend(it.to_lowercase());
        } else if !word.is_empty() && it != '\'' && it != '’' {
            words.push(std::mem::take(&mut word));
        }
        last = it;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words.retain(|it| !matches!(it.as_str(), "the" | "of" | "a" | "an"));
    for word in &mut words {
        singular(word);
        let whole = match word.as_str() {
            "no" | "nr" | "num" => "number",
            "qty" => "quantity",
            "tel" | "telephone" => "phone",
            "desc" => "description",
            "img" => "image",
            "colour" => "color",
            "organisation" => "organization",
            "uri" => "url",
            _ => continue,
        };
        *word = whole.to_owned();
    }
    words
}

fn singular(word: &mut String) {
    let stem = |end: &str| word.strip_suffix(end).map(str::to_owned);
    if word.len() < 4 || ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        return;
    }
    let keeps_e = matches!(
        word.as_str(),
        "movies" | "cookies" | "calories" | "ties" | "pies"
    );
    if let Some(stem) = stem("ies").filter(|_| !keeps_e) {
        *word = format!("{stem}y");
    } else if let Some(stem) = ["xes", "ches", "shes", "sses"].iter().find_map(|end| {
        word.ends_with(end)
            .then(|| word.strip_suffix("es"))
            .flatten()
    }) {
        *word = stem.to_owned();
    } else if let Some(stem) = stem("s") {
        *word = stem;
    }
}

/// A name in the one spelling that names are compared by.
pub(super) fn key(name: &str) -> String {
    words(name).join(" ")
}

/// The spelling of a label: without what stands in brackets and the colon.
pub(super) fn label_key(label: &str) -> String {
    let outside = label.split(['(', '[']).next().unwrap_or(label);
    let outside = if outside.trim().is_empty() {
        label
    } else {
        outside
    };
    key(outside.trim().trim_end_matches([':', '*', '?']))
}

/// The unit that a label names in brackets, lower case.
pub(super) fn unit_of(label: &str) -> Option<String> {
    let (_, unit) = label.split_once(['(', '['])?;
    Some(
        unit.trim_end_matches([')', ']', ':', ' '])
            .trim()
            .to_lowercase(),
    )
}

static SAME_AS: LazyLock<HashMap<String, usize>> = LazyLock::new(|| by_key(SAME.iter().copied()));

/// Whether two keys mean the same.
pub(super) fn same(one: &str, other: &str) -> bool {
    !one.is_empty()
        && (one == other
            || SAME_AS
                .get(one)
                .is_some_and(|group| SAME_AS.get(other) == Some(group)))
}

static PLACES_OF: LazyLock<HashMap<String, usize>> =
    LazyLock::new(|| by_key(PLACES.iter().map(|(names, _)| *names)));

/// Whether this is the name of something that things have.
pub(super) fn is_known(key: &str) -> bool {
    SAME_AS.contains_key(key) || PLACES_OF.contains_key(key)
}

/// Where schema.org has what a member of this key holds; nothing when it has no other name there.
pub(super) fn places(key: &str) -> &'static [&'static str] {
    PLACES_OF
        .get(key)
        .and_then(|at| PLACES.get(*at))
        .map_or(&[], |(_, places)| places)
}

fn by_key<'n>(groups: impl Iterator<Item = &'n [&'n str]>) -> HashMap<String, usize> {
    let mut all = HashMap::new();
    for (at, names) in groups.enumerate() {
        for name in names {
            all.entry(key(name)).or_insert(at);
        }
    }
    all
}

/// Names of what nearly every thing has: they tell nothing about which thing it is.
pub(super) fn is_general(key: &str) -> bool {
    matches!(
        key,
        "name"
            | "title"
            | "headline"
            | "heading"
            | "url"
            | "link"
            | "href"
            | "image"
            | "image url"
            | "thumbnail"
            | "photo"
            | "picture"
            | "description"
            | "summary"
            | "snippet"
            | "text"
            | "id"
            | "thumbnail url"
    )
}

/// Names of lists that do not say what is in them.
pub(super) fn is_neutral(word: &str) -> bool {
    matches!(
        word,
        "item"
            | "result"
            | "search"
            | "entry"
            | "row"
            | "record"
            | "list"
            | "listing"
            | "data"
            | "card"
            | "element"
    )
}

/// Words that tell one list of things from another one of the same things.
pub(super) fn tells_apart(word: &str) -> bool {
    matches!(
        word,
        "related"
            | "similar"
            | "recommended"
            | "featured"
            | "top"
            | "other"
            | "popular"
            | "recent"
            | "latest"
            | "past"
            | "upcoming"
    )
}

/// The unit that a member's words end with, as the spellings it may have beside a number.
pub(super) fn unit(words: &[String]) -> Option<&'static [&'static str]> {
    // `salary_min` is the least of it.
    let is_time = |word: &String| {
        matches!(
            word.as_str(),
            "time" | "prep" | "cook" | "duration" | "total"
        )
    };
    let last = match words.last()?.as_str() {
        "min" if words.iter().any(is_time) => "minute",
        other => other,
    };
    if words.len() < 2 {
        return None;
    }
    UNITS
        .iter()
        .find(|(name, _)| *name == last)
        .map(|(_, spellings)| *spellings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_one_spelling() {
        for (name, words) in [
            ("postalCode", "postal code"),
            ("postal_code", "postal code"),
            ("Postal Codes", "postal code"),
            ("GTIN13", "gtin13"),
            ("HTMLParser", "html parser"),
            ("E-mail addresses", "email address"),
            ("Invoice no.", "invoice number"),
            ("Date of birth", "date birth"),
            ("addresses", "address"),
            ("categories", "category"),
            ("status", "status"),
            ("Colours", "color"),
            ("movies", "movie"),
        ] {
            assert_eq!(key(name), words, "{name}");
        }
        assert_eq!(label_key("Weight (kg):"), "weight");
        assert!(same(&label_key("Telephone"), &key("phoneNumber")));
        assert!(!same(&key("name"), &key("title")));
    }
}
