//! A page as lines of text that name its elements (Notte API: `space.description`).

use std::fmt::Write as _;

/// One component: the page itself, or a dialog on it.
struct Component {
    role: String,
    text: String,
    lines: String,
    useful: bool,
}

/// Gathers lines, component by component. The first component is the page itself.
pub(crate) struct Description(Vec<Component>);

impl Description {
    /// A page of that role and title.
    pub(crate) fn new(role: &str, title: &str) -> Self {
        Self(vec![Component::new(role, title)])
    }

    /// Adds a dialog; answers its number.
    pub(crate) fn dialog(&mut self, role: &str, text: &str) -> usize {
        self.0.push(Component::new(role, text));
        self.0.len() - 1
    }

    /// Adds an element to a component (the page itself when `None`).
    pub(crate) fn element(&mut self, id: &str, markup: &str, component: Option<usize>) {
        if let Some(component) = self.0.get_mut(component.unwrap_or(0)) {
            component.useful = true;
            // Writing to a String cannot fail.
            let _ = writeln!(component.lines, "{id}[:]{markup}");
        }
    }

    /// Adds a text to a component (the page itself when `None`).
    pub(crate) fn text(&mut self, text: &str, component: Option<usize>) {
        if let Some(component) = self.0.get_mut(component.unwrap_or(0)) {
            let _ = writeln!(component.lines, "_[:]{text}");
        }
    }

    /// All lines: of the dialogs that hold something to act on if there are any, of the page otherwise.
    pub(crate) fn finish(self) -> String {
        let (mut page, dialogs) = {
            let mut components = self.0.into_iter();
            (components.next(), components.collect::<Vec<_>>())
        };
        let useful: Vec<Component> = dialogs.into_iter().filter(|dialog| dialog.useful).collect();
        let shown = if useful.is_empty() {
            page.take().into_iter().collect()
        } else {
            useful
        };
        let mut text = String::new();
        for component in shown {
            let _ = writeln!(
                text,
                "### Content of '{}' component with text '{}'",
                component.role, component.text
            );
            text.push_str(&component.lines);
        }
        text
    }
}

impl Component {
    fn new(role: &str, text: &str) -> Self {
        Self {
            role: role.to_owned(),
            text: text.to_owned(),
            lines: String::new(),
            useful: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialogs_with_something_to_do_stand_for_the_page() {
        let mut description = Description::new("WebArea", "Shop");
        description.element("B1", "<button>Buy</button>", None);
        let idle = description.dialog("dialog", "Loading");
        description.text("Please wait", Some(idle));
        let mut without = Description::new("WebArea", "Shop");
        without.element("B1", "<button>Buy</button>", None);
        without.text("Tea", None);
        assert_eq!(
            without.finish(),
            "### Content of 'WebArea' component with text 'Shop'\nB1[:]<button>Buy</button>\n_[:]Tea\n"
        );
        let cookies = description.dialog("alertdialog", "Cookies");
        description.element("B2", "<button>Accept</button>", Some(cookies));
        assert_eq!(
            description.finish(),
            "### Content of 'alertdialog' component with text 'Cookies'\nB2[:]<button>Accept</button>\n"
        );
    }
}
