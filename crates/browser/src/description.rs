//! A page as lines of text that name its elements (Notte API: `space.description`).

use guise_core::{ElementId, PageLine, SeenLine, Weight};

/// One component: the page itself, or a dialog on it.
struct Component {
    heading: String,
    lines: Vec<SeenLine>,
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

    /// Adds an element to a component (the page itself when `None`), with its label and how it stands.
    pub(crate) fn element(
        &mut self,
        id: &ElementId,
        markup: &str,
        label: &str,
        states: &[String],
        component: Option<usize>,
    ) {
        let weight = if states.iter().any(|state| state.starts_with("invalid")) {
            Weight::Changed
        } else if label.is_empty() {
            Weight::Unnamed
        } else {
            Weight::Named
        };
        let text = format!("{id}[:]{markup}{}", suffix(states));
        if let Some(component) = self.add(Some(id.clone()), text, weight, component) {
            component.useful = true;
        }
    }

    /// Adds something that can be scrolled.
    pub(crate) fn scroller(&mut self, id: &ElementId, markup: &str, component: Option<usize>) {
        let text = format!("{id}[:]{markup}");
        self.add(Some(id.clone()), text, Weight::Scroller, component);
    }

    /// Adds a control that cannot be used.
    pub(crate) fn unusable(&mut self, markup: &str, states: &[String], component: Option<usize>) {
        let text = format!("_[:]{markup}{}", suffix(states));
        self.add(None, text, Weight::Text, component);
    }

    /// Adds a text to a component (the page itself when `None`).
    pub(crate) fn text(&mut self, text: &str, component: Option<usize>) {
        self.add(None, format!("_[:]{text}"), Weight::Text, component);
    }

    /// Adds a line of ours about what comes behind it.
    pub(crate) fn note(&mut self, text: &str, component: Option<usize>) {
        self.add(None, format!("### {text}"), Weight::Heading, component);
    }

    fn add(
        &mut self,
        id: Option<ElementId>,
        text: String,
        weight: Weight,
        component: Option<usize>,
    ) -> Option<&mut Component> {
        let component = self.0.get_mut(component.unwrap_or(0))?;
        let line = PageLine { text, weight };
        component.lines.push(SeenLine { id, line });
        Some(component)
    }

    /// All lines: of the dialogs that hold something to act on if there are any, of the page otherwise.
    pub(crate) fn finish(self) -> Vec<SeenLine> {
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
        let mut lines = Vec::new();
        for component in shown {
            let heading = PageLine {
                text: component.heading,
                weight: Weight::Heading,
            };
            lines.push(SeenLine {
                id: None,
                line: heading,
            });
            lines.extend(component.lines);
        }
        lines
    }
}

/// How an element stands, behind its markup. What that shows already is not repeated.
fn suffix(states: &[String]) -> String {
    let told: Vec<&str> = states
        .iter()
        .map(String::as_str)
        .filter(|state| {
            !state.starts_with("value \"") && *state != "expanded" && *state != "collapsed"
        })
        .collect();
    if told.is_empty() {
        String::new()
    } else {
        format!(" [{}]", told.join(", "))
    }
}

impl Component {
    fn new(role: &str, text: &str) -> Self {
        Self {
            heading: format!("### Content of '{role}' component with text '{text}'"),
            lines: Vec::new(),
            useful: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(description: Description) -> String {
        let lines = description.finish();
        lines
            .iter()
            .map(|it| format!("{}\n", it.line.text))
            .collect()
    }

    #[test]
    fn dialogs_with_something_to_do_stand_for_the_page() {
        let (one, two) = (ElementId::new("B1"), ElementId::new("B2"));
        let buy = "<button>Buy</button>";
        let mut description = Description::new("WebArea", "Shop");
        description.element(&one, buy, "Buy", &[], None);
        let idle = description.dialog("dialog", "Loading");
        description.text("Please wait", Some(idle));
        let mut without = Description::new("WebArea", "Shop");
        let states = ["pressed".to_owned(), "value \"x\"".to_owned()];
        without.element(&one, buy, "Buy", &states, None);
        without.text("Tea", None);
        assert_eq!(
            texts(without),
            "### Content of 'WebArea' component with text 'Shop'\nB1[:]<button>Buy</button> [pressed]\n_[:]Tea\n"
        );
        let cookies = description.dialog("alertdialog", "Cookies");
        description.element(
            &two,
            "<button>Accept</button>",
            "Accept",
            &[],
            Some(cookies),
        );
        assert_eq!(
            texts(description),
            "### Content of 'alertdialog' component with text 'Cookies'\nB2[:]<button>Accept</button>\n"
        );
    }
}
