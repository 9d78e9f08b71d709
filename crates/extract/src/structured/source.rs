//! Where a value was found.

/// How the page states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// The document itself, which is JSON.
    Json,
    /// A JSON-LD script.
    JsonLd,
    /// Microdata attributes.
    Microdata,
    /// `RDFa` attributes.
    Rdfa,
    /// The document's head: Open Graph and the like, and the heading that repeats it.
    Meta,
    /// A table's cell.
    Table,
    /// A definition list.
    DefinitionList,
    /// One of several parts that are made alike.
    Card,
    /// A label beside a value.
    LabelledField,
}

impl SourceKind {
    /// Its name for people and programs, such as `json-ld`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::JsonLd => "json-ld",
            Self::Microdata => "microdata",
            Self::Rdfa => "rdfa",
            Self::Meta => "meta",
            Self::Table => "table",
            Self::DefinitionList => "definition-list",
            Self::Card => "card",
            Self::LabelledField => "labelled-field",
        }
    }
}

/// Where one value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// How the page states it.
    pub kind: SourceKind,
    /// Where: a JSON pointer into the document such as `/offers/0/price`, or into a script such as `ld+json[0]#/offers/price`,
    /// or a short CSS path. In a frame the frame's address comes first.
    pub place: String,
}
