//! The walk over the tree: what entering and leaving each element does.

use dom_query::{Element, NodeData, NodeRef, local_name};
use url::Url;

use super::blocks::Blocks;
use super::controls;
use super::element::{Kind, kind};
use super::inline::{Mark, Run, collapsed};
use super::table::{Grid, holds_data};
use crate::attribute::attribute;
use crate::references::{References, link_url};
use crate::visibility::is_hidden;

/// What is wanted of a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// What relative addresses are relative to.
    pub base: &'a Url,
    /// Whether links stay links.
    pub links: bool,
    /// Whether images stay.
    pub images: bool,
}

/// Turns parts of a document into Markdown, one below the other.
pub(crate) struct Renderer<'a> {
    pub(super) wanted: Wanted<'a>,
    pub(super) references: &'a mut References,
    pub(super) run: Run,
    /// The document, and above it the cells of tables that are being read.
    pages: Vec<Blocks>,
    tables: Vec<Option<Grid>>,
    lists: Vec<List>,
    /// In how many elements we are whose content has to stay on one line.
    pub(super) one_line: usize,
    /// In how many elements of code we are.
    code: usize,
}

struct List {
    /// The number of the next item; `None` without numbers.
    next: Option<i64>,
    /// What stands after the number, or for it.
    sign: char,
    has_items: bool,
    is_in_item: bool,
    /// Whether the list lies in another one, but in no item of it.
    is_indented: bool,
    /// The sign of the list that ended last within the current item.
    last_inner: Option<char>,
}

/// What has to be done when an element ends.
enum Exit {
    Nothing,
    Close,
    Code,
    Text(&'static str),
    Block,
    Heading(u8),
    Label {
        is_bold: bool,
    },
    OneLine,
    Container,
    List,
    Item,
    Table,
    Cell {
        columns: usize,
        rows: usize,
        is_header: bool,
    },
}

impl<'a> Renderer<'a> {
    pub(crate) fn new(wanted: Wanted<'a>, references: &'a mut References) -> Self {
        Self {
            wanted,
            references,
            run: Run::default(),
            pages: vec![Blocks::new()],
            tables: Vec::new(),
            lists: Vec::new(),
            one_line: 0,
            code: 0,
        }
    }

    /// Adds a main heading.
    pub(crate) fn heading(&mut self, text: &str) {
        self.flush();
        self.run.text(text);
        self.end_heading(1);
    }

    /// Adds an element with all it holds as a block of its own.
    pub(crate) fn block(&mut self, root: NodeRef<'_>) {
        self.flush();
        self.walk(root);
        self.flush();
    }

    /// The Markdown so far.
    pub(crate) fn finish(mut self) -> String {
        self.flush();
        self.pages.pop().map(Blocks::into_text).unwrap_or_default()
    }

    fn walk(&mut self, root: NodeRef<'_>) {
        let mut open: Vec<(NodeRef<'_>, Exit)> = Vec::new();
        let mut at = Some(root);
        loop {
            if let Some(node) = at {
                if let Some(exit) = self.enter(node) {
                    at = node.first_child();
                    open.push((node, exit));
                    continue;
                }
                if open.is_empty() {
                    return;
                }
                at = node.next_sibling();
            } else {
                let Some((node, exit)) = open.pop() else {
                    return;
                };
                self.leave(exit);
                if open.is_empty() {
                    return;
                }
                at = node.next_sibling();
            }
        }
    }

    /// Begins a node. `None` when what it holds is not to be walked.
    fn enter(&mut self, node: NodeRef<'_>) -> Option<Exit> {
        node.query(|inner| match &inner.data {
            NodeData::Text { contents } => {
                if self.code > 0 {
                    self.run.code(contents);
                } else {
                    self.run.text(contents);
                }
                None
            }
            NodeData::Element(element) if !is_hidden(element) => self.enter_element(node, element),
            NodeData::Document | NodeData::Fragment => Some(Exit::Nothing),
            _ => None,
        })
        .flatten()
    }

    fn enter_element(&mut self, node: NodeRef<'_>, element: &Element) -> Option<Exit> {
        match kind(element) {
            Kind::Nothing => None,
            Kind::Inline => Some(Exit::Nothing),
            Kind::Apart => {
                self.run.space();
                Some(Exit::Text(" "))
            }
            Kind::Block | Kind::Row | Kind::Caption if self.one_line > 0 => self.stay_on_line(),
            Kind::Block => self.begin_block(),
            Kind::Marked(mark) => Some(if self.code == 0 && self.run.open(mark) {
                Exit::Close
            } else {
                Exit::Nothing
            }),
            Kind::Code => {
                self.code += 1;
                Some(Exit::Code)
            }
            Kind::Quotation => {
                self.run.text("\u{201c}");
                Some(Exit::Text("\u{201d}"))
            }
            Kind::RubyText => {
                self.run.text("(");
                Some(Exit::Text(")"))
            }
            Kind::Link => self.enter_link(node, element),
            Kind::Break => {
                if self.one_line > 0 {
                    self.run.space();
                } else if !self.run.line_break() {
                    self.flush();
                }
                None
            }
            Kind::Rule => {
                self.flush();
                if self.one_line == 0 && !self.page().is_cell() {
                    self.page().block("---");
                }
                None
            }
            Kind::Image => {
                self.image(node, element);
                None
            }
            Kind::Input => {
                self.input(element);
                None
            }
            Kind::Textarea => {
                if let Some(text) = controls::textarea(&node, element) {
                    self.apart(&text);
                }
                None
            }
            Kind::Select => {
                self.select(&node);
                None
            }
            Kind::Math => {
                self.math(&node, element);
                None
            }
            Kind::Preformatted => {
                self.preformatted(&node);
                None
            }
            Kind::Heading(_) | Kind::Label if self.one_line > 0 => self.stay_on_line(),
            Kind::Heading(level) => {
                self.flush();
                self.one_line += 1;
                Some(Exit::Heading(level))
            }
            Kind::Label => {
                self.flush();
                self.one_line += 1;
                let is_bold = self.run.open(Mark::Strong);
                Some(Exit::Label { is_bold })
            }
            Kind::Quote
            | Kind::UnorderedList
            | Kind::OrderedList
            | Kind::Item
            | Kind::Definition
            | Kind::Table
                if self.one_line > 0 =>
            {
                self.stay_on_line()
            }
            Kind::Quote => {
                self.flush();
                self.page().enter_quote();
                Some(Exit::Container)
            }
            Kind::UnorderedList => Some(self.enter_list(None)),
            Kind::OrderedList => {
                let start = number(element, "start").unwrap_or(1);
                Some(self.enter_list(Some(start)))
            }
            Kind::Item => Some(self.enter_item(element)),
            Kind::Definition => {
                self.flush();
                self.page().tighten();
                self.page().enter_item(": ".to_owned(), 2);
                Some(Exit::Container)
            }
            Kind::Table => {
                self.flush();
                let is_grid = !self.page().is_cell() && holds_data(&node);
                self.tables.push(is_grid.then(Grid::default));
                Some(Exit::Table)
            }
            Kind::Row => {
                self.flush();
                if let Some(Some(grid)) = self.tables.last_mut() {
                    grid.row();
                }
                Some(Exit::Block)
            }
            Kind::Cell => Some(self.enter_cell(element)),
            Kind::Caption => self.begin_block(),
        }
    }

    fn leave(&mut self, exit: Exit) {
        match exit {
            Exit::Nothing => {}
            Exit::Close => self.run.close(),
            Exit::Code => self.code = self.code.saturating_sub(1),
            Exit::Text(text) => self.run.text(text),
            Exit::Block => self.flush(),
            Exit::OneLine => self.run.space(),
            Exit::Heading(level) => {
                self.one_line = self.one_line.saturating_sub(1);
                self.end_heading(level);
            }
            Exit::Label { is_bold } => {
                if is_bold {
                    self.run.close();
                }
                self.one_line = self.one_line.saturating_sub(1);
                self.flush();
            }
            Exit::Container => {
                self.flush();
                self.page().leave();
            }
            Exit::List => self.leave_list(),
            Exit::Item => {
                self.flush();
                let has_content = self.page().leave();
                if let Some(list) = self.lists.last_mut() {
                    list.is_in_item = false;
                    list.last_inner = None;
                    list.has_items |= has_content;
                }
            }
            Exit::Table => {
                self.flush();
                if let Some(Some(grid)) = self.tables.pop() {
                    self.page().block(&grid.finish());
                }
            }
            Exit::Cell {
                columns,
                rows,
                is_header,
            } => {
                self.flush();
                let text = self.pages.pop().map(Blocks::into_text).unwrap_or_default();
                if let Some(Some(grid)) = self.tables.last_mut() {
                    grid.cell(text.replace('|', "\\|"), columns, rows, is_header);
                }
            }
        }
    }

    /// Ends the paragraph that is being gathered.
    pub(super) fn flush(&mut self) {
        if self.one_line > 0 {
            return;
        }
        let guards_lines = !self.page().is_cell();
        let text = self.run.take(guards_lines);
        self.page().block(&text);
    }

    pub(super) fn page(&mut self) -> &mut Blocks {
        if self.pages.is_empty() {
            self.pages.push(Blocks::new());
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    fn begin_block(&mut self) -> Option<Exit> {
        self.flush();
        Some(Exit::Block)
    }

    fn stay_on_line(&mut self) -> Option<Exit> {
        self.run.space();
        Some(Exit::OneLine)
    }

    fn end_heading(&mut self, level: u8) {
        let text = self.run.take(false);
        if text.is_empty() {
            return;
        }
        if self.page().is_cell() {
            self.page().block(&text);
            return;
        }
        let mut line = "#".repeat(usize::from(level));
        line.push(' ');
        line.push_str(&text);
        if text.ends_with('#') && !text.ends_with("\\#") {
            line.insert(line.len() - 1, '\\');
        }
        self.page().block(&line);
    }

    fn enter_link(&mut self, node: NodeRef<'_>, element: &Element) -> Option<Exit> {
        let Some(href) = element.attr_ref(local_name!("href")) else {
            return Some(Exit::Nothing);
        };
        let Some(url) = link_url(href, self.wanted.base) else {
            return Some(Exit::Nothing);
        };
        if is_heading_anchor(node, href) {
            return None;
        }
        let destination = self.references.link(&url);
        if !self.wanted.links {
            return Some(Exit::Nothing);
        }
        let fallback = ["aria-label", "title"]
            .into_iter()
            .find_map(|name| attribute(element, name))
            .map(collapsed)
            .filter(|text| !text.is_empty());
        let is_outermost = self.run.open_link(destination, fallback);
        Some(if is_outermost {
            Exit::Close
        } else {
            Exit::Nothing
        })
    }

    fn enter_list(&mut self, next: Option<i64>) -> Exit {
        self.flush();
        let parent = self.lists.last_mut();
        let is_in_item = parent.as_ref().is_some_and(|list| list.is_in_item);
        let is_indented = parent.is_some() && !is_in_item;
        let signs = if next.is_some() {
            ['.', ')']
        } else {
            ['-', '*']
        };
        let last = parent.and_then(|list| list.last_inner);
        let sign = if last == Some(signs[0]) {
            signs[1]
        } else {
            signs[0]
        };
        // Beside its item's text a list needs no blank line, unless its first number would keep it from being one.
        if (is_in_item || is_indented) && next.is_none_or(|number| number == 1) && last.is_none() {
            self.page().tighten();
        }
        if is_indented {
            self.page().enter_item(String::new(), 2);
        }
        self.lists.push(List {
            next,
            sign,
            has_items: false,
            is_in_item: false,
            is_indented,
            last_inner: None,
        });
        Exit::List
    }

    fn leave_list(&mut self) {
        self.flush();
        let Some(list) = self.lists.pop() else {
            return;
        };
        if list.is_indented {
            self.page().leave();
        }
        if let Some(parent) = self.lists.last_mut() {
            parent.last_inner = list.has_items.then_some(list.sign);
        }
        self.page().loosen();
    }

    fn enter_item(&mut self, element: &Element) -> Exit {
        self.flush();
        let (marker, has_items) = match self.lists.last_mut() {
            Some(list) => {
                list.is_in_item = true;
                let marker = match &mut list.next {
                    Some(next) => {
                        let number = number(element, "value")
                            .unwrap_or(*next)
                            .clamp(0, 999_999_999);
                        *next = number.saturating_add(1);
                        format!("{number}{} ", list.sign)
                    }
                    None => format!("{} ", list.sign),
                };
                (marker, list.has_items)
            }
            None => ("- ".to_owned(), true),
        };
        if has_items {
            self.page().tighten();
        }
        let indent = marker.len();
        self.page().enter_item(marker, indent);
        Exit::Item
    }

    fn enter_cell(&mut self, element: &Element) -> Exit {
        let span = |name| {
            number(element, name)
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(1)
        };
        if let Some(Some(_)) = self.tables.last() {
            self.flush();
            self.pages.push(Blocks::cell());
            return Exit::Cell {
                columns: span("colspan"),
                rows: span("rowspan"),
                is_header: element.name.local == local_name!("th"),
            };
        }
        self.run.space();
        Exit::Text(" ")
    }
}

/// A sign beside a heading that links to the heading itself.
fn is_heading_anchor(node: NodeRef<'_>, href: &str) -> bool {
    href.starts_with('#') && {
        let text = node.text();
        text.len() <= 8
            && matches!(text.trim(), "" | "#" | "¶" | "§" | "🔗")
            && !node.descendants_it().any(|n| n.has_name("img"))
    }
}

fn number(element: &Element, name: &str) -> Option<i64> {
    attribute(element, name)?.trim().parse().ok()
}
