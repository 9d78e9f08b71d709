//! Blocks below each other, inside quotes and list items.

/// What is around blocks and shows at the beginning of each of their lines.
#[derive(Debug)]
enum Container {
    Quote,
    /// Lines are indented by `indent`; the first one carries the marker in that place.
    Item {
        marker: Option<String>,
        indent: usize,
    },
}

/// The deepest nesting that shows. What lies deeper is laid out at this depth.
const MAX_CONTAINERS: usize = 24;

/// How far the next block is from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Line,
    Blank,
}

/// Lays out blocks as lines of Markdown.
#[derive(Debug)]
pub(super) struct Blocks {
    out: String,
    containers: Vec<Container>,
    /// How many containers were entered beyond the limit.
    beyond: usize,
    /// How many containers the last block shares with the next one.
    shared: usize,
    gap: Gap,
    /// Whether this is a table's cell: one line, `<br>` between blocks, no indentation.
    is_cell: bool,
}

impl Blocks {
    pub(super) fn new() -> Self {
        Self {
            out: String::new(),
            containers: Vec::new(),
            beyond: 0,
            shared: 0,
            gap: Gap::None,
            is_cell: false,
        }
    }

    pub(super) fn cell() -> Self {
        Self {
            is_cell: true,
            ..Self::new()
        }
    }

    pub(super) fn is_cell(&self) -> bool {
        self.is_cell
    }

    pub(super) fn into_text(self) -> String {
        self.out
    }

    /// Adds a block of one or more lines.
    pub(super) fn block(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.is_cell {
            self.cell_block(text);
            return;
        }
        if self.gap != Gap::None {
            self.out.push('\n');
            if self.gap == Gap::Blank {
                self.blank_line(self.shared);
            }
        }
        let mut lines = text.split('\n');
        self.first_prefix();
        self.out.push_str(lines.next().unwrap_or_default());
        for line in lines {
            self.out.push('\n');
            if line.is_empty() {
                self.prefix(self.containers.len());
                let end = self.out.trim_end_matches(' ').len();
                self.out.truncate(end);
            } else {
                self.prefix(self.containers.len());
                self.out.push_str(line);
            }
        }
        self.gap = Gap::Blank;
        self.shared = self.containers.len();
    }

    /// Lets the next block follow on the next line, without a blank one.
    pub(super) fn tighten(&mut self) {
        if self.gap == Gap::Blank {
            self.gap = Gap::Line;
        }
    }

    /// Undoes [`Self::tighten`].
    pub(super) fn loosen(&mut self) {
        if self.gap == Gap::Line {
            self.gap = Gap::Blank;
        }
    }

    pub(super) fn enter_quote(&mut self) {
        self.enter(Container::Quote);
    }

    /// Enters a list item, or with an empty marker plain indentation.
    pub(super) fn enter_item(&mut self, marker: String, indent: usize) {
        self.enter(Container::Item {
            marker: (!marker.is_empty()).then_some(marker),
            indent,
        });
    }

    fn enter(&mut self, container: Container) {
        if self.containers.len() < MAX_CONTAINERS {
            self.containers.push(container);
        } else {
            self.beyond += 1;
        }
    }

    /// Leaves what was entered last. Whether something was written in it.
    pub(super) fn leave(&mut self) -> bool {
        if self.beyond > 0 {
            self.beyond -= 1;
            return true;
        }
        let left = self.containers.pop();
        self.shared = self.shared.min(self.containers.len());
        !matches!(
            left,
            Some(Container::Item {
                marker: Some(_),
                ..
            })
        )
    }

    fn cell_block(&mut self, text: &str) {
        if !self.out.is_empty() {
            self.out.push_str("<br>");
        }
        for container in &mut self.containers {
            if let Container::Item { marker, .. } = container
                && let Some(marker) = marker.take()
            {
                self.out.push_str(&marker);
            }
        }
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.out.push_str("<br>");
            }
            self.out.push_str(line.trim_end());
        }
    }

    fn blank_line(&mut self, depth: usize) {
        self.prefix(depth);
        let end = self.out.trim_end_matches(' ').len();
        self.out.truncate(end);
        self.out.push('\n');
    }

    fn prefix(&mut self, depth: usize) {
        for container in self.containers.iter().take(depth) {
            match container {
                Container::Quote => self.out.push_str("> "),
                Container::Item { indent, .. } => {
                    self.out.extend(std::iter::repeat_n(' ', *indent))
                }
            }
        }
    }

    fn first_prefix(&mut self) {
        for container in &mut self.containers {
            match container {
                Container::Quote => self.out.push_str("> "),
                Container::Item { marker, indent } => match marker.take() {
                    Some(marker) => self.out.push_str(&marker),
                    None => self.out.extend(std::iter::repeat_n(' ', *indent)),
                },
            }
        }
    }
}
