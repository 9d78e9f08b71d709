//! Values of actions that stand for something else.

use guise_core::ports::SecretSource;
use guise_core::{FillStyle, Interaction, Placeholder, SecretPart};

/// A value that stands for something else.
pub(crate) struct Wanted<'a> {
    /// What it stands for.
    pub(crate) placeholder: Placeholder,
    /// Where that comes from.
    pub(crate) source: &'a dyn SecretSource,
}

impl<'a> Wanted<'a> {
    /// What the value of an interaction stands for, if it is a placeholder.
    pub(crate) fn of(
        interaction: &Interaction,
        secrets: Option<&'a dyn SecretSource>,
    ) -> Option<Self> {
        let source = secrets?;
        let (Interaction::Fill { value, .. } | Interaction::SelectDropdownOption { value }) =
            interaction
        else {
            return None;
        };
        let placeholder = source.read(value)?;
        Some(Self {
            placeholder,
            source,
        })
    }
}

/// The same interaction with another value. A code is typed, since forms have a box for each of its characters.
pub(crate) fn with_value(
    interaction: &Interaction,
    part: SecretPart,
    value: String,
) -> Interaction {
    match *interaction {
        Interaction::Fill {
            clear_before_fill,
            style,
            ..
        } => Interaction::Fill {
            value,
            clear_before_fill,
            style: match (part, style) {
                (SecretPart::Code, FillStyle::AtOnce) => FillStyle::OneByOne,
                (_, style) => style,
            },
        },
        Interaction::SelectDropdownOption { .. } => Interaction::SelectDropdownOption { value },
        ref other => other.clone(),
    }
}
