//! A prompt with places for what each run fills in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::readable::check_words;
use crate::{Error, Result, Violation};

/// The longest template, and the longest prompt that one gives, in bytes.
pub const MAX_PROMPT_BYTES: usize = 64 * 1024;

/// The longest name of a variable, in characters.
const MAX_VARIABLE: usize = 128;

/// So many variables an error names; it counts the rest.
const NAMED: usize = 10;

/// What an error says of how it is written.
const FORM: &str = "expected a name of letters, digits, '_' and '-', in parts that '.' joins, as in {{ plan.variables.env }}; \
                    braces that are meant as such are written {{ \"{{\" }}";

/// A text with variables in it, such as `Log in at {{ site }} as {{ plan.variables.user }}`.
///
/// A variable stands in two braces, with or without spaces around its name. What is in quotes there, `{{ "{{" }}`, is meant
/// as it stands. Nothing is done with a value but to put it in: braces in it are braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptTemplate {
    text: String,
    parts: Vec<Part>,
}

/// A part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// As it stands there.
    Text(Range<usize>),
    /// The name of a variable.
    Variable(Range<usize>),
}

impl PromptTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// Kind `Invalid`, naming the member `prompt_template`: it is empty, has more than [`MAX_PROMPT_BYTES`], has control
    /// characters in it, or braces that hold no variable.
    pub fn parse(text: String) -> Result<Self> {
        check_words("prompt_template", &text)?;
        if text.len() > MAX_PROMPT_BYTES {
            let length = text.len();
            let problem = format!("it has {length} bytes; expected at most {MAX_PROMPT_BYTES}");
            return Err(invalid("string_too_long", &problem));
        }
        let parts = parts(&text)?;
        Ok(Self { text, parts })
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of its variables, each once, in the order of their first use.
    pub fn variables(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        let names = self.parts.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(&self.text[name.clone()]),
            Part::Text(_) => None,
        });
        names.filter(|name| seen.insert(*name)).collect()
    }

    /// The prompt with `values` in the places of their variables.
    ///
    /// # Errors
    /// Kind `Invalid`, naming each member of `variables` that is missing, or that the template does not have; or `variables`
    /// when the prompt would have more than [`MAX_PROMPT_BYTES`].
    pub fn render(&self, values: &BTreeMap<String, String>) -> Result<String> {
        self.check(values)?;
        let mut prompt = String::new();
        for part in &self.parts {
            let text = match part {
                Part::Text(text) => &self.text[text.clone()],
                // None is missing: that was seen to.
                Part::Variable(name) => values.get(&self.text[name.clone()]).map_or("", |it| it),
            };
            if text.len() > MAX_PROMPT_BYTES - prompt.len() {
                let message = format!(
                    "Invalid variables: with them the prompt has more than {MAX_PROMPT_BYTES} bytes"
                );
                return Err(Error::invalid_member(
                    &["variables"],
                    "string_too_long",
                    message,
                ));
            }
            prompt.push_str(text);
        }
        Ok(prompt)
    }

    /// Whether there is a value for each variable, and no other.
    fn check(&self, values: &BTreeMap<String, String>) -> Result<()> {
        let names = self.variables();
        let known: BTreeSet<_> = names.iter().copied().collect();
        let missing = names.into_iter().filter(|name| !values.contains_key(*name));
        let mut violations = named(missing, "missing", |name| {
            format!("Missing variable '{name}': the prompt template has it")
        });
        let unknown = values.keys().map(String::as_str);
        let unknown = unknown.filter(|name| !known.contains(name));
        violations.extend(named(unknown, "extra_forbidden", |name| {
            format!("Unknown variable '{name}': the prompt template does not have it")
        }));
        if violations.is_empty() {
            return Ok(());
        }
        Err(Error::invalid(violations))
    }
}

/// A violation for each of the first names, and one that counts the rest.
fn named<'n>(
    names: impl Iterator<Item = &'n str>,
    code: &'static str,
    message: impl Fn(&str) -> String,
) -> Vec<Violation> {
    let names: Vec<_> = names.collect();
    let violation = |path: &[&str], message| Violation {
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        code,
        message,
        input: None,
    };
    let mut violations: Vec<_> = names
        .iter()
        .take(NAMED)
        .map(|name| {
            let name = shown(name);
            violation(&["variables", &name], message(&name))
        })
        .collect();
    if names.len() > NAMED {
        let rest = format!("and {} more of them", names.len() - NAMED);
        violations.push(violation(&["variables"], rest));
    }
    violations
}

/// Takes a text apart at its variables.
fn parts(text: &str) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("{{") {
        let open = at + found;
        if open > at {
            parts.push(Part::Text(at..open));
        }
        let inside = skip_space(text, open + 2);
        let (part, behind) = if text[inside..].starts_with('"') {
            quoted(text, inside + 1)
        } else {
            variable(text, inside)
        }
        .ok_or_else(|| malformed(text, open))?;
        parts.push(part);
        at = behind;
    }
    if at < text.len() {
        parts.push(Part::Text(at..text.len()));
    }
    Ok(parts)
}

/// A variable whose name begins at `from`, and where what is behind its braces begins.
fn variable(text: &str, from: usize) -> Option<(Part, usize)> {
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let rest = &text[from..];
    let name = &rest[..rest.find(|c| !in_name(c)).unwrap_or(rest.len())];
    let fits = name.split('.').all(|part| !part.is_empty()) && name.chars().count() <= MAX_VARIABLE;
    let end = from + name.len();
    let behind = closed(text, end).filter(|_| fits)?;
    Some((Part::Variable(from..end), behind))
}

/// What stands from `from` to the next quote, and where what is behind the braces begins.
fn quoted(text: &str, from: usize) -> Option<(Part, usize)> {
    let end = from + text[from..].find('"')?;
    Some((Part::Text(from..end), closed(text, end + 1)?))
}

/// Where what is behind the closing braces begins, which must be next.
fn closed(text: &str, from: usize) -> Option<usize> {
    let close = skip_space(text, from);
    text[close..].starts_with("}}").then_some(close + 2)
}

fn skip_space(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start().len()
}

/// What is wrong with the braces at `open`.
fn malformed(text: &str, open: usize) -> Error {
    let line = text[..open].matches('\n').count() + 1;
    let end = text[open..]
        .find("}}")
        .map_or(text.len(), |end| open + end + 2);
    let found = shown(&text[open..end]);
    invalid(
        "string_pattern",
        &format!("'{found}' in line {line} holds no variable; {FORM}"),
    )
}

fn invalid(code: &'static str, problem: &str) -> Error {
    let message = format!("Invalid prompt_template: {problem}");
    Error::invalid_member(&["prompt_template"], code, message)
}

/// The beginning of a text that may be long.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn template(text: &str) -> PromptTemplate {
        PromptTemplate::parse(text.to_owned()).unwrap()
    }

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn rendered(text: &str, pairs: &[(&str, &str)]) -> String {
        template(text).render(&values(pairs)).unwrap()
    }

    #[test]
    fn variables_give_way_to_their_values() {
        let both = [("name", "Zoë"), ("plan.variables.env", "test")];
        for (text, pairs, prompt) in [
            ("Log in.", &[][..], "Log in."),
            ("{{name}}", &both[..1], "Zoë"),
            ("{{ name }}{{name}}", &both[..1], "ZoëZoë"),
            ("<{{\t name\n}}>", &both[..1], "<Zoë>"),
            (
                "Hello {{ name }}, in {{ plan.variables.env }}!",
                &both,
                "Hello Zoë, in test!",
            ),
            (
                "{{ steps.create-order.outputs.order_id }}",
                &[("steps.create-order.outputs.order_id", "7")],
                "7",
            ),
            ("{{ größe }} {{ 2 }}", &[("größe", "1"), ("2", "")], "1 "),
            // Braces that are none of a variable.
            ("{ name } }} {", &[], "{ name } }} {"),
            ("{{ \"{{\" }} name }}", &[], "{{ name }}"),
            ("{{\"{{ name }}\"}}{{ \"\" }}", &[], "{{ name }}"),
        ] {
            assert_eq!(rendered(text, pairs), prompt, "{text}");
        }
    }

    #[test]
    fn what_a_value_says_is_put_in_and_no_more() {
        let value = "{{ other }} {{ \"x\" }} {{";
        assert_eq!(
            rendered("<{{ name }}>", &[("name", value)]),
            format!("<{value}>")
        );
    }

    #[test]
    fn variables_are_named_once_in_their_order() {
        let text = "{{ b }} {{ a }} {{ b }} {{ \"c\" }} {{ a.b }}";
        assert_eq!(template(text).variables(), ["b", "a", "a.b"]);
        assert_eq!(template("none").variables(), [""; 0]);
    }

    #[test]
    fn what_is_missing_and_what_is_unknown_is_named() {
        let asked = template("{{ a }} {{ b }} {{ a }}");
        let error = asked.render(&values(&[("b", ""), ("c", "")])).unwrap_err();
        let paths: Vec<_> = error.violations().iter().map(|it| &it.path[..]).collect();
        assert_eq!(paths, [["variables", "a"], ["variables", "c"]]);
        assert!(error.message().contains("Missing variable 'a'"), "{error}");
        assert!(error.message().contains("Unknown variable 'c'"), "{error}");
        // A name is one to the letter.
        asked.render(&values(&[("a", ""), ("B", "")])).unwrap_err();
    }

    #[test]
    fn errors_stay_short() {
        let many: String = (0..5000)
            .map(|number| format!("{{{{v{number}}}}}"))
            .collect();
        let error = template(&many).render(&BTreeMap::new()).unwrap_err();
        assert!(
            error.message().ends_with("and 4990 more of them"),
            "{error}"
        );
        let long = "x".repeat(100_000);
        let error = template("a").render(&values(&[(&long, "")])).unwrap_err();
        assert!(error.message().len() < 300, "{error}");
        let broken = format!("{{{{ {long}");
        let error = PromptTemplate::parse(broken[..60_000].to_owned()).unwrap_err();
        assert!(error.message().len() < 500, "{error}");
    }

    #[test]
    fn a_prompt_is_bounded() {
        let longest = "x".repeat(MAX_PROMPT_BYTES);
        assert_eq!(rendered("{{ a }}", &[("a", &longest)]), longest);
        for text in ["{{ a }}.", ".{{ a }}", "{{ a }}{{ a }}"] {
            let error = template(text).render(&values(&[("a", &longest)]));
            assert!(
                error
                    .unwrap_err()
                    .message()
                    .starts_with("Invalid variables")
            );
        }
        // However little is written, and however much comes of it.
        let bomb = "{{a}}".repeat(MAX_PROMPT_BYTES / 5);
        let error = template(&bomb).render(&values(&[("a", &longest)]));
        assert!(error.is_err());
    }

    #[test]
    fn templates_that_cannot_be_meant_are_refused() {
        let long = "x".repeat(MAX_PROMPT_BYTES + 1);
        for wrong in [
            "",
            " \n",
            "a\u{0}b",
            "\u{1b}",
            &long,
            "{{",
            "{{ }}",
            "{{}}",
            "{{ a",
            "{{ a }",
            "{{ a } }",
            "{{ a b }}",
            "{{ .a }}",
            "{{ a. }}",
            "{{ a..b }}",
            "{{{ a }}}",
            "{{ {{ a }} }}",
            "{{ a|upper }}",
            "{{ 1 + 1 }}",
            "{{ \"a }}",
            "{{ \"a\" b }}",
            "{{ 'a' }}",
            "{{ a[0] }}",
            "{{ \u{1F600} }}",
            &format!("{{{{ {} }}}}", "x".repeat(129)),
        ] {
            let error = PromptTemplate::parse(wrong.to_owned()).unwrap_err();
            let path = &error.violations()[0].path;
            assert_eq!(path, &["prompt_template"], "{wrong}");
            assert!(error.message().contains("prompt_template"), "{error}");
        }
        let error = PromptTemplate::parse("a\nb\n {{ c d }} e".to_owned()).unwrap_err();
        assert!(error.message().contains("'{{ c d }}' in line 3"), "{error}");
    }

    /// Pieces of templates, with the prompt that they give.
    fn piece() -> impl Strategy<Value = (String, String)> {
        prop_oneof![
            r"[^\{\pC]{0,8}".prop_map(|text| (text.clone(), text)),
            r#"[^"\pC]{0,8}"#.prop_map(|text| (format!("{{{{ \"{text}\" }}}}"), text)),
            "[ \t\n]{0,2}"
                .prop_map(|space| (format!("{{{{{space}v{space}}}}}"), "{{ w }}".to_owned())),
        ]
    }

    proptest! {
        #[test]
        fn a_template_gives_its_pieces(pieces in proptest::collection::vec(piece(), 0..8)) {
            let (text, prompt): (String, String) = pieces.into_iter().unzip();
            let Ok(template) = PromptTemplate::parse(text.clone()) else {
                // Only what is no text at all.
                prop_assert!(text.trim().is_empty() || text.contains(char::is_control), "{:?}", text);
                return Ok(());
            };
            prop_assert_eq!(template.as_str(), text);
            let mut given = values(&[("v", "{{ w }}")]);
            given.retain(|name, _| template.variables().contains(&name.as_str()));
            prop_assert_eq!(template.render(&given).unwrap(), prompt);
        }

        #[test]
        fn any_text_is_a_template_or_is_refused(text in "[{}\" a.v\n]{0,30}|\\PC{0,30}") {
            if let Ok(template) = PromptTemplate::parse(text) {
                let given = template.variables().into_iter();
                let given = given.map(|name| (name.to_owned(), String::new())).collect();
                prop_assert!(template.render(&given).is_ok());
            }
        }
    }
}
