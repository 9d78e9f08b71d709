//! A document to text and links.

use super::attributes::attribute;
use super::element::{Flow, flow};
use super::entities::decode_into;
use super::hidden::Hidden;
use super::scan::{Token, tokens};
use super::writer::Writer;

/// Links that are kept.
const MOST_LINKS: usize = 500;

/// A link's address that is kept, in bytes.
const LONGEST_URL: usize = 8 * 1024;

/// What is written on a link that is kept, in bytes.
const LONGEST_TEXT: usize = 1024;

/// What a reader sees.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// The text: a line for each block, a tab between cells.
    pub text: String,
    /// The links, in their order.
    pub links: Vec<Link>,
}

/// A link as the markup has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where it leads.
    pub url: String,
    /// What is written on it.
    pub text: String,
    /// Where in [`Rendered::text`] it begins.
    pub at: usize,
}

/// Whether addresses of links are written behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urls {
    /// `Confirm <https://example.com/…>`, where the text is not the address already.
    Shown,
    /// Left out.
    Hidden,
}

/// Renders a document. Takes time and memory in proportion to it.
pub(crate) fn render(html: &str, urls: Urls) -> Rendered {
    let mut renderer = Renderer {
        urls,
        writer: Writer::default(),
        hidden: Hidden::default(),
        links: Vec::new(),
        open_link: None,
    };
    for token in tokens(html) {
        match token {
            Token::Text(_) if renderer.hidden.is_hiding() => {}
            Token::Text(text) => decode_into(text, |piece| renderer.writer.push(piece)),
            Token::Open(name, attributes) => renderer.open(&name.to_ascii_lowercase(), attributes),
            Token::Close(name) => renderer.close(&name.to_ascii_lowercase()),
        }
    }
    renderer.end_link();
    Rendered {
        text: renderer.writer.finish(),
        links: renderer.links,
    }
}

struct Renderer {
    urls: Urls,
    writer: Writer,
    hidden: Hidden,
    links: Vec<Link>,
    /// The address of the link that is open, and where its text begins.
    open_link: Option<(String, usize)>,
}

impl Renderer {
    fn open(&mut self, name: &str, attributes: &str) {
        self.hidden.open(name, attributes);
        if self.hidden.is_hiding() {
            return;
        }
        self.flow(name);
        match name {
            "pre" => self.writer.verbatim(true),
            "blockquote" => self.writer.quotation(true),
            "a" | "area" => {
                self.end_link();
                if let Some(url) = attribute(attributes, "href")
                    && url.len() <= LONGEST_URL
                {
                    self.open_link = Some((url.trim().to_owned(), self.writer.mark()));
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        let was_hiding = self.hidden.is_hiding();
        self.hidden.close(name);
        if was_hiding {
            return;
        }
        match name {
            "pre" => self.writer.verbatim(false),
            "blockquote" => self.writer.quotation(false),
            "a" => self.end_link(),
            _ => {}
        }
        self.flow(name);
    }

    fn flow(&mut self, name: &str) {
        match flow(name) {
            Flow::Inline => {}
            Flow::Block => self.writer.line(),
            Flow::Paragraph => self.writer.paragraph(),
            Flow::Cell => self.writer.cell(),
            Flow::Break => self.writer.line_end(),
        }
    }

    fn end_link(&mut self) {
        let Some((url, at)) = self.open_link.take() else {
            return;
        };
        let text = self.writer.since(at).trim();
        let kept = text.get(..text.floor_char_boundary(LONGEST_TEXT));
        let kept = kept.unwrap_or(text).to_owned();
        let is_web = url.starts_with("http://") || url.starts_with("https://");
        if self.urls == Urls::Shown && is_web && text != url {
            self.writer.push(&format!(" <{url}>"));
        }
        if self.links.len() < MOST_LINKS {
            self.links.push(Link {
                url,
                text: kept,
                at,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        render(html, Urls::Hidden).text
    }

    #[test]
    fn blocks_and_cells() {
        let html = "<html><head><title>T</title><style>x</style></head><body><h1>Hello</h1>
            <p>Your <b>code</b> is<br>below</p>
            <table><tr><td>Code</td><td> 123456 </td></tr><tr><td>Until</td><td>noon</td></tr></table>";
        assert_eq!(
            text(html),
            "Hello\n\nYour code is\nbelow\n\nCode\t123456\nUntil\tnoon"
        );
    }

    #[test]
    fn letters_in_spans_stay_together() {
        assert_eq!(
            text("<span>1</span><span>2</span>&#8203;<span>3</span>"),
            "123"
        );
    }

    #[test]
    fn hidden_text_is_left_out() {
        assert_eq!(
            text("<div style='display:none'>a<div>b</div>c</div>d<span hidden>e</span>"),
            "d"
        );
    }

    #[test]
    fn links_are_found_where_they_are() {
        let html = "<p>Please <a href='https://example.com/?a=1&amp;b=2'><b>sign in</b></a> now</p>
            <a href=mailto:x@example.com>write</a> <a name=top>top</a>";
        let rendered = render(html, Urls::Shown);
        assert_eq!(
            rendered.text,
            "Please sign in <https://example.com/?a=1&b=2> now\n\nwrite top"
        );
        let links: Vec<_> = rendered
            .links
            .iter()
            .map(|l| (l.url.as_str(), l.text.as_str(), l.at))
            .collect();
        assert_eq!(
            links,
            [
                ("https://example.com/?a=1&b=2", "sign in", 7),
                ("mailto:x@example.com", "write", 51)
            ]
        );
    }

    #[test]
    fn hostile_markup_takes_its_share_of_time() {
        // Each of these took minutes if anything here were worse than linear.
        for piece in [
            "<a b",
            "<a b=1 ",
            "<div hidden>",
            "<!--",
            "<script>",
            "&",
            "<a href=x>",
            "</",
            "<p>",
            "<td style=x>",
        ] {
            let html = piece.repeat(2_000_000 / piece.len());
            let rendered = render(&html, Urls::Hidden);
            assert!(rendered.links.len() <= MOST_LINKS);
        }
    }
}
