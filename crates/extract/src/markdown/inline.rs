//! The text of one paragraph, heading or cell, with emphasis, links and code.

use super::code::span_into;
use super::escape::{line_start, text_into};

/// What can be around text within a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Strike,
    Superscript,
    Subscript,
}

impl Mark {
    fn open(self) -> &'static str {
        match self {
            Self::Strong => "**",
            Self::Emphasis => "*",
            Self::Strike => "~~",
            Self::Superscript => "<sup>",
            Self::Subscript => "<sub>",
        }
    }

    fn close(self) -> &'static str {
        match self {
            Self::Superscript => "</sup>",
            Self::Subscript => "</sub>",
            mark => mark.open(),
        }
    }
}

#[derive(Debug)]
enum Token {
    Text(String),
    Code(String),
    /// Markdown that stays as it is.
    Ready(String),
    Open(Mark),
    Close(Mark),
    LinkOpen,
    LinkClose(String),
    Break,
}

#[derive(Debug)]
enum Around {
    Mark(Mark),
    Link(Link),
}

#[derive(Debug)]
struct Link {
    destination: String,
    /// What to show when the link holds no text.
    fallback: Option<String>,
    /// Whether anything belongs to the link.
    has_content: bool,
    /// Whether text belongs to the link.
    has_text: bool,
    /// Whether an earlier run was the link already.
    is_spent: bool,
}

/// Gathers text until a block ends it. Marks that are open then go on in the next run; a link stays with the first run
/// that has text, so that a card that is one link becomes a linked heading and plain text.
#[derive(Debug, Default)]
pub(super) struct Run {
    tokens: Vec<Token>,
    around: Vec<Around>,
    has_content: bool,
}

impl Run {
    /// Adds page text: white space collapses as in a browser, invisible characters go.
    pub(super) fn text(&mut self, text: &str) {
        if !matches!(self.tokens.last(), Some(Token::Text(_))) {
            self.tokens.push(Token::Text(String::new()));
        }
        let Some(Token::Text(out)) = self.tokens.last_mut() else {
            return;
        };
        if collapse_into(out, text) {
            self.note_content(true);
        }
    }

    /// Adds text of code.
    pub(super) fn code(&mut self, text: &str) {
        if !matches!(self.tokens.last(), Some(Token::Code(_))) {
            self.tokens.push(Token::Code(String::new()));
        }
        let Some(Token::Code(out)) = self.tokens.last_mut() else {
            return;
        };
        if collapse_into(out, text) {
            self.note_content(true);
        }
    }

    /// Adds Markdown as it is.
    pub(super) fn ready(&mut self, markdown: String) {
        self.tokens.push(Token::Ready(markdown));
        self.note_content(true);
    }

    /// Adds the Markdown of an image. A link around it goes on with the text that may follow.
    pub(super) fn image(&mut self, markdown: String) {
        self.tokens.push(Token::Ready(markdown));
        self.note_content(false);
    }

    /// Keeps what comes next apart from what was before.
    pub(super) fn space(&mut self) {
        self.text(" ");
    }

    /// Breaks the line. `false` when there was a break just before: two of them separate paragraphs.
    pub(super) fn line_break(&mut self) -> bool {
        let last = self.tokens.iter().rev().find(|token| match token {
            Token::Text(text) => !text.trim().is_empty(),
            _ => true,
        });
        if matches!(last, Some(Token::Break)) {
            return false;
        }
        self.tokens.push(Token::Break);
        true
    }

    /// Opens a mark; `false` when it is open already.
    pub(super) fn open(&mut self, mark: Mark) -> bool {
        let is_open = self
            .around
            .iter()
            .any(|around| matches!(around, Around::Mark(open) if *open == mark));
        if !is_open {
            self.around.push(Around::Mark(mark));
            self.tokens.push(Token::Open(mark));
        }
        !is_open
    }

    /// Closes the mark or link that was opened last.
    pub(super) fn close(&mut self) {
        match self.around.pop() {
            Some(Around::Mark(mark)) => self.tokens.push(Token::Close(mark)),
            Some(Around::Link(link)) => {
                if link.is_spent {
                    return;
                }
                if let (false, Some(fallback)) = (link.has_content, link.fallback) {
                    self.text(&fallback);
                }
                self.tokens.push(Token::LinkClose(link.destination));
            }
            None => {}
        }
    }

    /// Opens a link; `false` when one is open already, since links cannot be inside each other.
    pub(super) fn open_link(&mut self, destination: String, fallback: Option<String>) -> bool {
        if self.link().is_some() {
            return false;
        }
        self.around.push(Around::Link(Link {
            destination,
            fallback,
            has_content: false,
            has_text: false,
            is_spent: false,
        }));
        self.tokens.push(Token::LinkOpen);
        true
    }

    /// Offers text for the open link, should it hold none. `false` when no link is open.
    pub(super) fn offer_link_text(&mut self, text: &str) -> bool {
        let Some(link) = self.link() else {
            return false;
        };
        if link.fallback.is_none() {
            link.fallback = Some(text.to_owned());
        }
        true
    }

    fn link(&mut self) -> Option<&mut Link> {
        self.around.iter_mut().find_map(|around| match around {
            Around::Link(link) => Some(link),
            Around::Mark(_) => None,
        })
    }

    fn note_content(&mut self, is_text: bool) {
        self.has_content = true;
        if let Some(link) = self.link() {
            link.has_content = true;
            link.has_text |= is_text;
        }
    }

    /// Ends the run: its Markdown, empty when there is nothing to read in it.
    ///
    /// `guards_lines` says that the beginning of a line could be mistaken for a block.
    pub(super) fn take(&mut self, guards_lines: bool) -> String {
        for around in self.around.iter_mut().rev() {
            match around {
                Around::Mark(mark) => self.tokens.push(Token::Close(*mark)),
                Around::Link(link) if !link.is_spent => {
                    self.tokens.push(Token::LinkClose(link.destination.clone()));
                    link.is_spent = link.has_text;
                }
                Around::Link(_) => {}
            }
        }
        let tokens = std::mem::take(&mut self.tokens);
        for around in &self.around {
            match around {
                Around::Mark(mark) => self.tokens.push(Token::Open(*mark)),
                Around::Link(link) if !link.is_spent => self.tokens.push(Token::LinkOpen),
                Around::Link(_) => {}
            }
        }
        if !std::mem::take(&mut self.has_content) {
            return String::new();
        }
        let mut line = Line::default();
        for token in tokens {
            line.add(token);
        }
        line.finish(guards_lines)
    }
}

/// What has yet to be written before the next content.
#[derive(Debug)]
enum Opening {
    Mark(Mark),
    Link,
}

/// Writes tokens so that spaces stand outside of marks, and marks around nothing or directly beside their like go.
#[derive(Debug, Default)]
struct Line {
    out: String,
    /// Marks that end, not written yet: the next token may take them up again.
    closings: Vec<Mark>,
    space: bool,
    line_break: bool,
    openings: Vec<Opening>,
    in_link: bool,
}

impl Line {
    fn add(&mut self, token: Token) {
        match token {
            Token::Text(text) => {
                let trimmed = text.trim_matches(' ');
                if trimmed.is_empty() {
                    self.space |= !text.is_empty();
                    return;
                }
                self.space |= text.starts_with(' ');
                self.begin_content();
                text_into(&mut self.out, trimmed, self.in_link);
                self.space = text.ends_with(' ');
            }
            Token::Code(text) => {
                let trimmed = text.trim_matches(' ');
                self.space |= text.starts_with(' ');
                if !trimmed.is_empty() {
                    self.begin_content();
                    span_into(&mut self.out, trimmed);
                    self.space = text.ends_with(' ');
                }
            }
            Token::Ready(markdown) => {
                self.begin_content();
                self.out.push_str(&markdown);
            }
            Token::Open(mark) => {
                if self.openings.is_empty() && self.closings.last() == Some(&mark) {
                    self.closings.pop();
                } else {
                    self.openings.push(Opening::Mark(mark));
                }
            }
            Token::Close(mark) => {
                if matches!(self.openings.last(), Some(Opening::Mark(open)) if *open == mark) {
                    self.openings.pop();
                } else {
                    self.closings.push(mark);
                }
            }
            Token::LinkOpen => self.openings.push(Opening::Link),
            Token::LinkClose(destination) => {
                if matches!(self.openings.last(), Some(Opening::Link)) {
                    self.openings.pop();
                    return;
                }
                self.write_closings();
                self.in_link = false;
                self.out.push_str("](");
                self.out.push_str(&destination);
                self.out.push(')');
            }
            Token::Break => self.line_break = true,
        }
    }

    fn write_closings(&mut self) {
        for mark in self.closings.drain(..) {
            self.out.push_str(mark.close());
        }
    }

    /// Writes all that comes before content.
    fn begin_content(&mut self) {
        self.write_closings();
        if !self.out.is_empty() {
            if self.line_break {
                self.out.push_str("  \n");
            } else if self.space {
                self.out.push(' ');
            }
        }
        self.space = false;
        self.line_break = false;
        for opening in self.openings.drain(..) {
            match opening {
                Opening::Mark(mark) => self.out.push_str(mark.open()),
                Opening::Link => {
                    if self.out.ends_with('!') {
                        self.out.pop();
                        self.out.push_str("\\!");
                    }
                    self.out.push('[');
                    self.in_link = true;
                }
            }
        }
    }

    fn finish(mut self, guards_lines: bool) -> String {
        self.write_closings();
        if !guards_lines {
            return self.out;
        }
        let mut out = String::with_capacity(self.out.len() + 2);
        for (index, line) in self.out.split('\n').enumerate() {
            if index > 0 {
                out.push('\n');
            }
            match line_start(line).and_then(|at| line.split_at_checked(at)) {
                Some((before, after)) => {
                    out.push_str(before);
                    out.push('\\');
                    out.push_str(after);
                }
                None => out.push_str(line),
            }
        }
        out
    }
}

/// Adds text with its white space collapsed. Whether there was anything else in it.
fn collapse_into(out: &mut String, text: &str) -> bool {
    let mut has_content = false;
    for c in text.chars() {
        if is_space(c) {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_invisible(c) {
            out.push(c);
            has_content = true;
        }
    }
    has_content
}

fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{b}')
}

/// Soft hyphens, zero-width spaces, byte-order marks and control characters. Joiners stay: scripts and emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}') || c.is_control()
}

/// Text on one line, for places that take no marks.
pub(super) fn collapsed(text: &str) -> String {
    let mut out = String::new();
    collapse_into(&mut out, text);
    out.trim_matches(' ').to_owned()
}
