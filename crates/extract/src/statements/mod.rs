//! What a page states for machines: JSON-LD, microdata and `RDFa`, as one kind of item.

mod json_ld;
mod markup;

use crate::view::View;

/// So many items of a page are read, whatever states them.
const MOST_ITEMS: usize = 5_000;
/// So many values of them.
const MOST_VALUES: usize = 50_000;

/// How something was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    JsonLd,
    Microdata,
    Rdfa,
}

/// A value of a property.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stated {
    /// A text; an address is made absolute where the syntax says that it is one.
    Text(String),
    /// A number, as it was written.
    Number(serde_json::Number),
    /// A truth value.
    Bool(bool),
    /// Another item, by its place in [`Statements::items`].
    Item(usize),
}

/// A thing and what is said of it.
#[derive(Debug)]
pub(crate) struct Item {
    /// Its types without their vocabulary, such as `Product`.
    pub types: Vec<String>,
    /// Its properties in their order: name without vocabulary, value, and where it is stated.
    pub properties: Vec<Property>,
    /// How it is stated.
    pub syntax: Syntax,
    /// Whether it is nobody's property.
    pub top: bool,
    /// The view that it lies in.
    pub view: usize,
    /// Whether a reader does not see its element, or it lies in navigation and the like.
    pub aside: bool,
}

/// One property of an item.
#[derive(Debug)]
pub(crate) struct Property {
    /// Its name without vocabulary.
    pub name: String,
    /// Its value.
    pub value: Stated,
    /// A JSON pointer into the script, or a path to the element.
    pub place: String,
}

/// All items of a page.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    /// They, in the order in which they were read.
    pub items: Vec<Item>,
    values: usize,
}

impl Statements {
    /// Reads what a document and the documents in it state.
    pub(crate) fn read(views: &[View]) -> Self {
        let mut all = Self::default();
        for (index, view) in views.iter().enumerate() {
            json_ld::read(view, index, &mut all);
            markup::read(view, index, &markup::MICRODATA, &mut all);
            markup::read(view, index, &markup::RDFA, &mut all);
        }
        all
    }

    fn has_room(&self) -> bool {
        self.items.len() < MOST_ITEMS && self.values < MOST_VALUES
    }

    fn add(&mut self, item: Item) -> usize {
        self.items.push(item);
        self.items.len() - 1
    }

    fn say(&mut self, item: usize, property: Property) {
        if self.values >= MOST_VALUES {
            return;
        }
        self.values += 1;
        if let Some(item) = self.items.get_mut(item) {
            item.properties.push(property);
        }
    }
}

impl Item {
    /// The values of a property.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |it| it.name == name)
    }

    /// Whether it is of a type.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.types.iter().any(|own| own == name)
    }
}

/// A name without its vocabulary: `https://schema.org/Product` and `schema:Product` are `Product`.
fn local(name: &str) -> &str {
    let name = name.trim().trim_end_matches(['/', '#']);
    name.rsplit(['/', '#', ':']).next().unwrap_or(name)
}
