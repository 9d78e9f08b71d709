//! One walk over a page that notes what is to be known of it.

use dom_query::{Document, Element, NodeData, NodeRef};
use url::Url;

use super::frames::Frame;
use super::signs;
use crate::references::base_of;
use crate::visibility::is_hidden;

/// A place of content with less text than this counts as empty, in characters.
const NEXT_TO_NOTHING: usize = 25;

/// A page that leaves for elsewhere within so many seconds is on its way.
const SOON: f64 = 15.0;

/// What stands in a page.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// The title.
    pub title: String,
    /// Characters of visible text, each run of white space as one.
    pub text: usize,
    /// Those outside of navigation, headers, footers, asides and forms' controls.
    pub own_text: usize,
    /// The first words of the visible text, in small letters.
    pub beginning: String,
    /// It has scripts that run.
    pub scripts: bool,
    /// The frames that are seen.
    pub frames: Vec<Frame>,
    /// It consists of frames.
    pub frameset: bool,
    /// It leaves for another address by itself.
    pub refreshes: bool,
    /// The place of its content is empty.
    pub empty_root: bool,
    /// Several grey boxes or words stand where content is to come.
    pub placeholders: bool,
    /// A `noscript` says that scripts are needed.
    pub noscript_warns: bool,
}

/// Grey boxes on a page that is waiting for its content.
const FEW_PLACEHOLDERS: usize = 3;

/// The beginning of the text that is kept, in bytes.
const BEGINNING: usize = 2_000;

/// What an element passes on to what is in it.
#[derive(Clone, Copy)]
struct Within {
    /// In navigation and the like.
    aside: bool,
}

impl Look {
    pub(super) fn at(document: &Document, url: &Url) -> Self {
        let mut look = Self::default();
        let base = base_of(document, url);
        let mut placeholders = 0;
        let mut steps = vec![Step::Enter(document.root(), Within { aside: false })];
        while let Some(step) = steps.pop() {
            let (node, within) = match step {
                Step::Enter(node, within) => (node, within),
                Step::Leave { text_before } => {
                    look.empty_root |= look.text - text_before < NEXT_TO_NOTHING;
                    continue;
                }
            };
            node.query(|it| {
                if let NodeData::Text { contents } = &it.data {
                    look.note_text(contents, within);
                }
            });
            let inside = match node.element_ref() {
                Some(element) => look.note_element(&element, &base, &mut placeholders, within),
                None => Inside::Same(within),
            };
            let within = match inside {
                Inside::Nothing => {
                    look.note_leaf(&node);
                    continue;
                }
                Inside::Same(within) => within,
                Inside::Root(within) => {
                    steps.push(Step::Leave {
                        text_before: look.text,
                    });
                    within
                }
            };
            steps.extend(
                node.children_it(true)
                    .map(|child| Step::Enter(child, within)),
            );
        }
        look.placeholders =
            placeholders >= FEW_PLACEHOLDERS || signs::says_loading(&look.beginning, look.text);
        look
    }

    fn note_text(&mut self, text: &str, within: Within) {
        let mut count = 0;
        for word in text.split_whitespace() {
            count += word.chars().count() + 1;
            if self.beginning.len() < BEGINNING {
                self.beginning
                    .extend(word.chars().flat_map(char::to_lowercase).take(100));
                self.beginning.push(' ');
            }
        }
        self.text += count;
        if !within.aside {
            self.own_text += count;
        }
    }

    fn note_element(
        &mut self,
        element: &Element,
        base: &Url,
        placeholders: &mut usize,
        within: Within,
    ) -> Inside {
        let name = &*element.name.local;
        let attribute = |name: &str| {
            let found = element.attrs.iter().find(|it| &*it.name.local == name);
            found.map(|it| it.value.as_ref())
        };
        match name {
            "script" => {
                self.scripts |= signs::is_script(attribute("type"));
                return Inside::Nothing;
            }
            "iframe" | "frame" => {
                self.frames
                    .extend(Frame::of(&attribute, is_hidden(element), base));
                return Inside::Nothing;
            }
            "frameset" => self.frameset = true,
            "meta" => {
                let is_refresh = attribute("http-equiv")
                    .is_some_and(|it| it.trim().eq_ignore_ascii_case("refresh"));
                if let Some(content) = attribute("content").filter(|_| is_refresh) {
                    self.refreshes |= leaves(content, base);
                }
                return Inside::Nothing;
            }
            // What a declared shadow root shows is no template any more: the parser laid it out.
            "template" | "noscript" | "title" | "style" | "svg" | "math" | "textarea"
            | "select" | "button" | "datalist" => {
                return Inside::Nothing;
            }
            _ => {}
        }
        if is_hidden(element) {
            return Inside::Nothing;
        }
        if signs::is_placeholder(attribute("class"), attribute("aria-busy")) {
            *placeholders += 1;
        }
        let role = attribute("role").unwrap_or_default();
        let aside = within.aside
            || matches!(name, "nav" | "header" | "footer" | "aside" | "menu")
            || matches!(
                role,
                "navigation" | "banner" | "contentinfo" | "complementary" | "menu" | "search"
            );
        let within = Within { aside };
        let is_root = signs::is_root(
            name,
            attribute("id"),
            role,
            element.attrs.iter().map(|it| &*it.name.local),
        );
        if is_root {
            return Inside::Root(within);
        }
        Inside::Same(within)
    }

    /// Looks into elements whose text is not the page's.
    fn note_leaf(&mut self, node: &NodeRef<'_>) {
        if node.has_name("title") && self.title.is_empty() {
            self.title = node.text().trim().chars().take(300).collect();
        } else if node.has_name("noscript") {
            self.noscript_warns |= signs::warns(&node.text());
        }
    }
}

/// What is to be done next on the walk.
enum Step<'a> {
    Enter(NodeRef<'a>, Within),
    /// A place of content ends.
    Leave {
        text_before: usize,
    },
}

/// What is in an element.
enum Inside {
    /// Nothing that is read.
    Nothing,
    /// More of the page.
    Same(Within),
    /// The content of the page.
    Root(Within),
}

/// Whether `<meta http-equiv=refresh content=…>` leads to another address soon (HTML standard §4.2.5.3).
fn leaves(content: &str, base: &Url) -> bool {
    let (delay, rest) = content.split_once([';', ',']).unwrap_or((content, ""));
    let soon = delay
        .trim()
        .parse::<f64>()
        .is_ok_and(|seconds| seconds <= SOON);
    let rest = rest.trim();
    let target = rest
        .get(..3)
        .filter(|it| it.eq_ignore_ascii_case("url"))
        .and_then(|_| rest.get(3..)?.trim_start().strip_prefix('='))
        .unwrap_or(rest);
    let target = target.trim().trim_matches(['"', '\'']);
    soon && !target.is_empty() && base.join(target).is_ok_and(|target| target != *base)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0;url=/next", true)]
    #[case("5; URL='https://b.test/'", true)]
    #[case("0, next", true)]
    #[case("30", false)]
    #[case("600;url=/next", false)]
    #[case("0;url=/here", false)]
    #[case("", false)]
    fn refreshes(#[case] content: &str, #[case] expected: bool) {
        assert_eq!(
            leaves(content, &"https://a.test/here".parse().unwrap()),
            expected
        );
    }
}
