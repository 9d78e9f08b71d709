//! Markup to tokens.

use memchr::{memchr, memmem};

use super::attributes::tag_end;

/// A piece of markup.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text, its entities as they are.
    Text(&'a str),
    /// A start tag: its name, and what is behind it up to the `>`.
    Open(&'a str, &'a str),
    /// An end tag's name.
    Close(&'a str),
}

/// Elements whose content is no markup; all of them are invisible, so it is left out.
const RAW: [&str; 8] = [
    "script", "style", "title", "textarea", "iframe", "noembed", "xmp", "template",
];

/// The tokens of a document. Comments, declarations and invisible raw content are left out.
pub(super) fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (token, after) = next(rest);
            rest = after;
            if token.is_some() {
                return token;
            }
        }
        None
    })
}

/// The first token, if it is one that counts, and what is behind it. Always shorter than the input.
fn next(html: &str) -> (Option<Token<'_>>, &str) {
    let Some(markup) = html.strip_prefix('<') else {
        let (text, rest) = html.split_at(memchr(b'<', html.as_bytes()).unwrap_or(html.len()));
        return (Some(Token::Text(text)), rest);
    };
    if let Some(comment) = markup.strip_prefix("!--") {
        return (None, behind(comment, "-->"));
    }
    match markup.as_bytes() {
        [b'!' | b'?', ..] => (None, behind(markup, ">")),
        [b'/', letter, ..] if letter.is_ascii_alphabetic() => {
            let (name, _) = name(markup.get(1..).unwrap_or_default());
            (Some(Token::Close(name)), behind(markup, ">"))
        }
        [letter, ..] if letter.is_ascii_alphabetic() => open(markup),
        // A `<` that begins nothing is text.
        _ => (Some(Token::Text("<")), markup),
    }
}

fn open(markup: &str) -> (Option<Token<'_>>, &str) {
    let (name, behind_name) = name(markup);
    let Some(end) = tag_end(behind_name) else {
        return (None, "");
    };
    let attributes = behind_name.get(..end).unwrap_or_default();
    let rest = behind_name.get(end + 1..).unwrap_or_default();
    let rest = if RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
        at_close(rest, name)
    } else {
        rest
    };
    (Some(Token::Open(name, attributes)), rest)
}

/// Splits a tag's name off. (`o:p`, `h1` and the like belong together.)
fn name(markup: &str) -> (&str, &str) {
    let end = markup
        .bytes()
        .position(|byte| byte.is_ascii_whitespace() || byte == b'/' || byte == b'>')
        .unwrap_or(markup.len());
    markup.split_at(end)
}

/// What is behind the first `end`; nothing if there is none.
fn behind<'a>(text: &'a str, end: &str) -> &'a str {
    memmem::find(text.as_bytes(), end.as_bytes())
        .and_then(|at| text.get(at + end.len()..))
        .unwrap_or_default()
}

/// From the end tag of `name` on; nothing if there is none.
fn at_close<'a>(text: &'a str, name: &str) -> &'a str {
    memmem::find_iter(text.as_bytes(), b"</")
        .find(|at| {
            text.as_bytes()
                .get(at + 2..at + 2 + name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        })
        .and_then(|at| text.get(at..))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(html: &str) -> Vec<Token<'_>> {
        tokens(html).collect()
    }

    #[test]
    fn markup_and_text() {
        assert_eq!(
            all("a<B class=x>b</B >c<br/>"),
            [
                Token::Text("a"),
                Token::Open("B", " class=x"),
                Token::Text("b"),
                Token::Close("B"),
                Token::Text("c"),
                Token::Open("br", "/"),
            ]
        );
    }

    #[test]
    fn what_nobody_sees() {
        let html = "<!DOCTYPE html><!-- <b>no</b> --><style>b > i { }</style>x<script>'</b>'</SCRIPT><?no?>y<!-- no";
        assert_eq!(
            all(html),
            [
                Token::Open("style", ""),
                Token::Close("style"),
                Token::Text("x"),
                Token::Open("script", ""),
                Token::Close("SCRIPT"),
                Token::Text("y"),
            ]
        );
    }

    #[test]
    fn what_is_broken() {
        assert_eq!(
            all("1 < 2"),
            [Token::Text("1 "), Token::Text("<"), Token::Text(" 2")]
        );
        assert_eq!(all("a<b title=\"x>y"), [Token::Text("a")]);
        assert_eq!(all("<"), [Token::Text("<")]);
        assert_eq!(
            all("a</"),
            [Token::Text("a"), Token::Text("<"), Token::Text("/")]
        );
    }
}
