//! Code: spans, fenced blocks and their language.

use dom_query::{Element, NodeData, NodeRef, local_name};

use crate::visibility::is_hidden;

/// Adds a code span. Its fence is longer than any run of backticks inside.
pub(super) fn span_into(out: &mut String, text: &str) {
    let fence = "`".repeat(longest_run(text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    for part in [fence.as_str(), pad, text, pad, fence.as_str()] {
        out.push_str(part);
    }
}

/// A fenced block; empty for empty code.
pub(crate) fn fenced(code: &str, language: &str) -> String {
    let code = code.trim_end().trim_start_matches('\n');
    if code.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(code, '`').max(2) + 1);
    format!("{fence}{language}\n{code}\n{fence}")
}

fn longest_run(text: &str, wanted: char) -> usize {
    let (mut longest, mut current) = (0, 0);
    for c in text.chars() {
        current = if c == wanted { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest
}

/// The text of an element as it is, with line breaks, without hidden parts.
pub(super) fn plain_text(root: &NodeRef<'_>) -> String {
    let mut out = String::new();
    let mut parents = Vec::new();
    let mut at = root.first_child();
    loop {
        let Some(node) = at else {
            let Some(parent): Option<NodeRef<'_>> = parents.pop() else {
                return out;
            };
            let is_line = parent.has_name("div") || parent.has_name("li") || parent.has_name("tr");
            if is_line && !out.ends_with('\n') {
                out.push('\n');
            }
            at = parent.next_sibling();
            continue;
        };
        let descends = node.query_or(false, |node| match &node.data {
            NodeData::Text { contents } => {
                out.push_str(contents);
                false
            }
            NodeData::Element(element) if element.name.local == local_name!("br") => {
                out.push('\n');
                false
            }
            NodeData::Element(element) => {
                !is_hidden(element)
                    && !matches!(&*element.name.local, "script" | "style" | "button" | "svg")
            }
            _ => false,
        });
        at = if descends {
            parents.push(node);
            node.first_child()
        } else {
            node.next_sibling()
        };
    }
}

/// The language of a `pre`, from itself, the `code` in it, or what is around it.
pub(super) fn language(pre: &NodeRef<'_>) -> String {
    let inside = pre.children_it(false).find(|child| child.has_name("code"));
    [inside, Some(*pre), pre.parent()]
        .into_iter()
        .flatten()
        .find_map(|node| {
            node.element_ref()
                .and_then(|element| named_language(&element))
        })
        .unwrap_or_default()
}

fn named_language(element: &Element) -> Option<String> {
    for attribute in &element.attrs {
        if matches!(&*attribute.name.local, "data-lang" | "data-language") {
            return checked(&attribute.value);
        }
    }
    let class = element.attr_ref(local_name!("class"))?;
    let words: Vec<&str> = class.split_ascii_whitespace().collect();
    for (index, word) in words.iter().enumerate() {
        let word = word.to_ascii_lowercase();
        for prefix in ["language-", "lang-", "highlight-source-", "brush:"] {
            if let Some(name) = word.strip_prefix(prefix) {
                let name = if name.is_empty() {
                    words.get(index + 1).copied().unwrap_or_default()
                } else {
                    name
                };
                return checked(name.trim_end_matches(';'));
            }
        }
    }
    // highlight.js adds the bare name beside its own class.
    let is_highlighted = words
        .iter()
        .any(|word| matches!(*word, "hljs" | "sourceCode" | "highlight"));
    let own = |word: &&&str| {
        !matches!(**word, "hljs" | "sourceCode" | "highlight" | "code") && !word.contains("line")
    };
    let mut names = words.iter().filter(own);
    match (is_highlighted, names.next(), names.next()) {
        (true, Some(name), None) => checked(name),
        _ => None,
    }
}

/// A name that can stand beside a fence.
fn checked(name: &str) -> Option<String> {
    let name = name.trim().to_ascii_lowercase();
    let fits = (1..=30).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'#' | b'_' | b'.'));
    let says_nothing = matches!(
        name.as_str(),
        "none" | "plaintext" | "nohighlight" | "undefined"
    );
    (fits && !says_nothing).then_some(name)
}
