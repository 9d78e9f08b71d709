//! The functions of XPath 1.0.

use std::collections::{HashMap, HashSet};

use xpath_eval::FunctionCall;

use super::run::{At, Run};
use super::tree::Place;
use super::value::{Value, is_space, rounded};

impl Run<'_> {
    /// Calls a function, which [`super::check`] has seen to be one that takes so many arguments.
    pub(super) fn call(&self, call: &FunctionCall, at: At) -> Option<Value> {
        // What is not given is the node itself.
        let argument = |index: usize| match call.args.get(index) {
            Some(argument) => self.value(argument, at),
            None => Some(Value::Nodes(vec![at.node])),
        };
        let text = |index| self.written(argument(index)?);
        let number = |index| self.number(&argument(index)?);
        let flag = |index| argument(index).map(|it| it.is_true());
        let nodes = |index| match argument(index)? {
            Value::Nodes(nodes) => Some(nodes),
            _ => Some(Vec::new()),
        };
        let told = |text: &str| self.text(text.to_owned()).map(Value::Text);
        Some(match call.name.local.as_str() {
            "last" => Value::Number(at.size as f64),
            "position" => Value::Number(at.position as f64),
            "count" => Value::Number(nodes(0)?.len() as f64),
            "id" => Value::Nodes(self.with_ids(argument(0)?)?),
            "local-name" => {
                let name = |at: &Place| self.tree.name(*at).map(|it| it.local.to_string());
                Value::Text(nodes(0)?.first().and_then(name).unwrap_or_default())
            }
            "namespace-uri" => {
                let space = |at: &Place| self.tree.name(*at).map(|it| it.ns.to_string());
                Value::Text(nodes(0)?.first().and_then(space).unwrap_or_default())
            }
            "name" => {
                let name = nodes(0)?.first().and_then(|at| self.tree.name(*at));
                Value::Text(name.map_or_else(String::new, |it| match &it.prefix {
                    Some(prefix) => format!("{prefix}:{}", it.local),
                    None => it.local.to_string(),
                }))
            }
            "string" => Value::Text(text(0)?),
            "concat" => {
                let mut whole = String::new();
                for index in 0..call.args.len() {
                    whole = self.text(whole + &text(index)?)?;
                }
                Value::Text(whole)
            }
            "starts-with" => Value::Flag(text(0)?.starts_with(&text(1)?)),
            "contains" => Value::Flag(text(0)?.contains(&text(1)?)),
            "substring-before" => {
                let (text, mark) = (text(0)?, text(1)?);
                told(text.split_once(&mark).map_or("", |(before, _)| before))?
            }
            "substring-after" => {
                let (text, mark) = (text(0)?, text(1)?);
                told(text.split_once(&mark).map_or("", |(_, after)| after))?
            }
            "substring" => {
                let text = text(0)?;
                let from = rounded(number(1)?);
                let to = match call.args.len() {
                    2 => f64::INFINITY,
                    _ => from + rounded(number(2)?),
                };
                let numbered = text.chars().zip(1_u32..);
                let wanted = numbered.filter(|(_, at)| {
                    let at = f64::from(*at);
                    at >= from && at < to
                });
                Value::Text(self.text(wanted.map(|(c, _)| c).collect())?)
            }
            "string-length" => Value::Number(text(0)?.chars().count() as f64),
            "normalize-space" => {
                let text = text(0)?;
                let words: Vec<&str> = text.split(is_space).filter(|it| !it.is_empty()).collect();
                Value::Text(self.text(words.join(" "))?)
            }
            "translate" => {
                let (from, to) = (text(1)?, text(2)?);
                let mut to = to.chars();
                let mut changes: HashMap<char, Option<char>> = HashMap::new();
                for c in from.chars() {
                    let into = to.next();
                    changes.entry(c).or_insert(into);
                }
                let text = text(0)?;
                let changed = text
                    .chars()
                    .filter_map(|c| changes.get(&c).copied().unwrap_or(Some(c)));
                Value::Text(self.text(changed.collect())?)
            }
            "boolean" => Value::Flag(flag(0)?),
            "not" => Value::Flag(!flag(0)?),
            "true" => Value::Flag(true),
            "lang" => Value::Flag(self.is_in(at.node, &text(0)?)?),
            "number" => Value::Number(number(0)?),
            "sum" => {
                let mut sum = 0.0;
                for at in nodes(0)? {
                    sum += self.number(&Value::Nodes(vec![at]))?;
                }
                Value::Number(sum)
            }
            "floor" => Value::Number(number(0)?.floor()),
            "ceiling" => Value::Number(number(0)?.ceil()),
            "round" => Value::Number(rounded(number(0)?)),
            // `false`: there are no others.
            _ => Value::Flag(false),
        })
    }

    /// The first element with each of the ids in a text, or in what nodes say.
    fn with_ids(&self, given: Value) -> Option<Vec<Place>> {
        let texts = match given {
            Value::Nodes(nodes) => nodes
                .into_iter()
                .map(|at| self.said(at))
                .collect::<Option<Vec<String>>>()?,
            other => vec![self.written(other)?],
        };
        let mut wanted: HashSet<&str> = texts
            .iter()
            .flat_map(|text| text.split(is_space))
            .filter(|id| !id.is_empty())
            .collect();
        self.spend(self.tree.len())?;
        let found = (0..self.tree.len()).filter(|at| {
            let id = self.tree.element(*at).and(self.tree.attribute(*at, "id"));
            id.is_some_and(|id| wanted.remove(id))
        });
        Some(found.collect())
    }

    /// Whether a node is in a language, as the nearest `lang` around it says.
    fn is_in(&self, at: Place, language: &str) -> Option<bool> {
        let around = std::iter::successors(Some(at), |at| self.tree.parent(*at));
        for at in around {
            self.spend(1 + self.tree.attributes(at).count())?;
            let said = self.tree.element(at).and(self.tree.attribute(at, "lang"));
            if let Some(said) = said {
                let (said, language) = (said.to_ascii_lowercase(), language.to_ascii_lowercase());
                let rest = said.strip_prefix(&language);
                return Some(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')));
            }
        }
        Some(false)
    }
}
