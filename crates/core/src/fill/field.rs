//! What is known of a field of a page before anything is put into it.

use crate::FormField;

/// A field, with what its document is.
///
/// Addresses come from the browser itself, the rest from a script in a world of its own: a page says what its fields are
/// like, but not what they are called here.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The address of the document that the field is in.
    pub document: String,
    /// The addresses of the documents around it, from the inside out.
    pub around: Vec<String>,
    /// One of them is sandboxed: its address says where it came from, not whose it is.
    pub sandboxed: bool,
    /// What sort of element it is.
    pub control: Control,
    /// Its autocomplete tokens in lower case (HTML: "Autofill").
    pub autocomplete: Vec<String>,
    /// What it is for, by those or by what it is called.
    pub purpose: Option<FormField>,
    /// How many characters it takes, where it says so.
    pub max_length: Option<u32>,
    /// The form that it belongs to.
    pub form: Option<FieldForm>,
    /// How it can be seen.
    pub sight: Sight,
    /// Whether it can be used; if not, why.
    pub disabled: Option<String>,
}

/// A sort of element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// An `<input>` of that type.
    Input(String),
    /// Another element that takes text, or none, such as `textarea` or `div`.
    Other(String),
}

/// The form that a field belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldForm {
    /// To where it, or one of its buttons, sends what is in it.
    pub targets: Vec<String>,
    /// Whether it, or one of its buttons, sends it in an address.
    pub by_get: bool,
}

/// How an element can be seen, through all frames around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// The width of what is not clipped, in CSS pixels.
    pub width: f64,
    /// The height of what is not clipped, in CSS pixels.
    pub height: f64,
    /// The product of its own opacity and of all around it.
    pub opacity: f64,
    /// A press in its middle gets to it.
    pub hit: bool,
}
