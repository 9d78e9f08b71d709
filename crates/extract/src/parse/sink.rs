//! A tree builder that is given no more than it can take.

use std::cell::{Cell, RefCell};

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;

use super::tree::{Handle, MeasuredTree, is_void};

/// The depth from which on tags are left out and only their text is kept. Chromium stops at 512 too.
const MAX_DEPTH: u16 = 512;
/// The depth from which on an end tag alone does not make room again: end tags without a start would raise the depth.
const STRICT_DEPTH: u16 = 2 * MAX_DEPTH;
/// The most nodes of a tree.
const MAX_NODES: usize = 600_000;
/// The most work, in comparisons with an open element or one of its attributes (some 20 ns each).
const MAX_WORK: usize = 80_000_000;
/// What a piece of text costs, in the same unit: text full of `<` comes in pieces of one character.
const TEXT_COST: usize = 30;
/// How often a page may add attributes to its `html` and `body`.
const MAX_ROOT_TAGS: usize = 32;

/// Stands between tokenizer and tree builder, and drops tags and in the end everything when a bound is met.
pub(super) struct BoundedSink {
    builder: TreeBuilder<Handle, MeasuredTree>,
    /// How many start tags were dropped whose end tags are to come.
    dropped: Cell<usize>,
    formatting: Formatting,
    work: Cell<usize>,
    root_tags: Cell<usize>,
    is_exhausted: Cell<bool>,
    /// Whether the tokenizer is in an element whose content is not markup.
    is_raw: Cell<bool>,
    /// Whether the slice fed last ended inside a tag or comment.
    is_inside: Cell<bool>,
}

impl BoundedSink {
    pub(super) fn new(builder: TreeBuilder<Handle, MeasuredTree>) -> Self {
        Self {
            builder,
            dropped: Cell::new(0),
            formatting: Formatting::default(),
            work: Cell::new(0),
            root_tags: Cell::new(0),
            is_exhausted: Cell::new(false),
            is_raw: Cell::new(false),
            is_inside: Cell::new(false),
        }
    }

    /// Whether a bound was met and nothing more is taken.
    pub(super) fn is_exhausted(&self) -> bool {
        self.is_exhausted.get()
    }

    /// Whether what comes next is text or a tag.
    pub(super) fn is_between_tags(&self) -> bool {
        !self.is_raw.get() && !self.is_inside.get()
    }

    /// Says that a slice is about to come that ends a tag or comment: until that arrives, the tokenizer is inside one.
    pub(super) fn expect_end(&self) {
        self.is_inside.set(true);
    }

    pub(super) fn into_tree(self) -> MeasuredTree {
        self.builder.sink
    }

    /// Whether the builder gets this tag.
    fn admits(&self, tag: &Tag) -> bool {
        match tag.kind {
            TagKind::StartTag => self.admits_start(tag),
            TagKind::EndTag => self.admits_end(tag),
        }
    }

    fn admits_start(&self, tag: &Tag) -> bool {
        if matches!(&*tag.name, "html" | "body") {
            self.root_tags.set(self.root_tags.get() + 1);
            return self.root_tags.get() <= MAX_ROOT_TAGS;
        }
        // A dropped tag of these would leave its content to be read as markup.
        let is_needed = is_raw_text(&tag.name) || is_void(&tag.name);
        if self.builder.sink.depth() >= MAX_DEPTH && !is_needed {
            self.dropped.set(self.dropped.get() + 1);
            return false;
        }
        let formatting = self.formatting.start(tag);
        self.spend(self.builder.sink.open_at_most() + 1 + formatting);
        true
    }

    fn admits_end(&self, tag: &Tag) -> bool {
        if is_raw_text(&tag.name) {
            return true;
        }
        let dropped = self.dropped.get();
        if dropped > 0 {
            self.dropped.set(dropped - 1);
            return false;
        }
        self.spend(self.builder.sink.open_at_most() + 1);
        self.formatting.end(tag);
        if self.builder.sink.depth() < STRICT_DEPTH {
            self.builder.sink.assume_one_closed();
        }
        true
    }

    fn spend(&self, cost: usize) {
        self.work.set(self.work.get().saturating_add(cost));
        if self.work.get() > MAX_WORK {
            self.is_exhausted.set(true);
        }
    }
}

impl TokenSink for BoundedSink {
    type Handle = Handle;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<Handle> {
        match &token {
            Token::EOFToken => return self.builder.process_token(token, line_number),
            Token::ParseError(_) => return TokenSinkResult::Continue,
            Token::TagToken(tag) => {
                self.is_inside.set(false);
                self.is_raw.set(false);
                if self.is_exhausted.get() || !self.admits(tag) {
                    return TokenSinkResult::Continue;
                }
            }
            Token::CommentToken(_) | Token::DoctypeToken(_) => {
                self.is_inside.set(false);
            }
            Token::CharacterTokens(_) | Token::NullCharacterToken => self.spend(TEXT_COST),
        }
        if self.is_exhausted.get() {
            return TokenSinkResult::Continue;
        }
        let result = self.builder.process_token(token, line_number);
        if matches!(
            result,
            TokenSinkResult::RawData(_) | TokenSinkResult::Plaintext
        ) {
            self.is_raw.set(true);
        }
        if self.builder.sink.len() > MAX_NODES {
            self.is_exhausted.set(true);
        }
        result
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// What is known of formatting elements. They stay open across blocks, and each new one may be compared with all open
/// ones of its name, attribute by attribute.
#[derive(Default)]
struct Formatting {
    /// Start tags less end tags, by name.
    open: RefCell<[usize; FORMATTING.len()]>,
    /// The most that were open at once.
    most_open: Cell<usize>,
    /// The most attributes of one.
    most_attributes: Cell<usize>,
}

const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

impl Formatting {
    /// Notes a start tag; the answer is what it may cost.
    fn start(&self, tag: &Tag) -> usize {
        let Some(place) = FORMATTING.iter().position(|name| *name == &*tag.name) else {
            return 0;
        };
        let mut open = self.open.borrow_mut();
        // A new link closes the one before.
        open[place] = if &*tag.name == "a" {
            1
        } else {
            open[place] + 1
        };
        let most_open = self
            .most_open
            .get()
            .max(open.iter().sum())
            .min(usize::from(MAX_DEPTH));
        self.most_open.set(most_open);
        let most_attributes = self.most_attributes.get().max(tag.attrs.len());
        self.most_attributes.set(most_attributes);
        most_open * (most_attributes + 1)
    }

    fn end(&self, tag: &Tag) {
        if let Some(place) = FORMATTING.iter().position(|name| *name == &*tag.name) {
            let mut open = self.open.borrow_mut();
            open[place] = open[place].saturating_sub(1);
        }
    }
}

/// Elements whose content the tokenizer does not read as markup.
pub(super) fn is_raw_text(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "title"
            | "textarea"
            | "xmp"
            | "iframe"
            | "noembed"
            | "noframes"
            | "noscript"
            | "plaintext"
    )
}
