//! What changed on a page between two looks at one document.

use std::collections::{HashMap, HashSet};

use guise_cdp::LoaderId;
use guise_core::{Changes, ElementId, PageLine, SeenLine, Timestamp, Weight};

use crate::documents::Clips;

/// Texts that are gone are named by their beginning, in characters.
const GONE: usize = 60;

/// What was seen at a look, for telling at the next one what is different.
pub(crate) struct LastLook {
    /// The document that it was about.
    pub(crate) document: LoaderId,
    /// When it was.
    pub(crate) at: Timestamp,
    /// What it showed.
    pub(crate) lines: Vec<SeenLine>,
    /// The frames that were in view.
    pub(crate) clips: Clips,
}

/// The elements of a look that the next one does not list.
pub(crate) fn unlisted(before: &LastLook, now: &[SeenLine]) -> Vec<ElementId> {
    let listed: HashSet<&ElementId> = now.iter().filter_map(|it| it.id.as_ref()).collect();
    let ids = before.lines.iter().filter_map(|it| it.id.as_ref());
    ids.filter(|id| !listed.contains(id)).cloned().collect()
}

/// The differences as lines, and which elements they are about. `still` are elements that are on the page and not listed now.
pub(crate) fn between(
    before: &LastLook,
    now: &[SeenLine],
    still: &HashSet<ElementId>,
) -> (Vec<SeenLine>, Changes) {
    let mut changes = Changes {
        since: before.at,
        added: Vec::new(),
        changed: Vec::new(),
        gone: Vec::new(),
        out_of_view: Vec::new(),
    };
    let mut known: HashMap<&ElementId, &str> = HashMap::new();
    let mut texts: HashMap<&str, usize> = HashMap::new();
    for SeenLine { id, line } in &before.lines {
        match id {
            Some(id) => {
                known.insert(id, &line.text);
            }
            None => *texts.entry(&line.text).or_default() += 1,
        }
    }
    let mut lines = Vec::new();
    for SeenLine { id, line } in now {
        let sign = match id {
            Some(id) => match known.remove(id) {
                Some(text) if text == line.text => continue,
                Some(_) => {
                    changes.changed.push(id.clone());
                    '~'
                }
                None => {
                    changes.added.push(id.clone());
                    '+'
                }
            },
            None => match texts.get_mut(line.text.as_str()) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    continue;
                }
                _ => '+',
            },
        };
        lines.push(SeenLine {
            id: id.clone(),
            line: PageLine {
                text: format!("{sign} {}", line.text),
                weight: line.weight,
            },
        });
    }
    for SeenLine { id, line } in &before.lines {
        match id {
            Some(id) if known.contains_key(id) => {
                if still.contains(id) {
                    changes.out_of_view.push(id.clone());
                } else {
                    changes.gone.push(id.clone());
                }
            }
            None if line.weight != Weight::Heading => {
                let Some(count) = texts
                    .get_mut(line.text.as_str())
                    .filter(|count| **count > 0)
                else {
                    continue;
                };
                *count -= 1;
                let mut text: String = line.text.chars().take(GONE).collect();
                if text.len() < line.text.len() {
                    text.push('…');
                }
                lines.push(about_none(format!("- {text}"), Weight::Text));
            }
            _ => {}
        }
    }
    for (what, ids) in [
        ("gone", &changes.gone),
        ("out of view", &changes.out_of_view),
    ] {
        if !ids.is_empty() {
            let ids: Vec<&str> = ids.iter().map(ElementId::as_str).collect();
            let text = format!("- {} {what}", ids.join(", "));
            lines.push(about_none(text, Weight::Changed));
        }
    }
    (lines, changes)
}

/// A line that names no element which is listed.
fn about_none(text: String, weight: Weight) -> SeenLine {
    SeenLine {
        id: None,
        line: PageLine { text, weight },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(id: &str, text: &str) -> SeenLine {
        SeenLine {
            id: Some(ElementId::new(id)),
            line: PageLine {
                text: format!("{id}[:]{text}"),
                weight: Weight::Named,
            },
        }
    }

    fn text(text: &str) -> SeenLine {
        SeenLine {
            id: None,
            line: PageLine {
                text: format!("_[:]{text}"),
                weight: Weight::Text,
            },
        }
    }

    #[test]
    fn what_is_the_same_is_not_told() {
        let before = LastLook {
            document: LoaderId::from("L"),
            at: Timestamp::from_micros(7),
            lines: vec![
                text("Cart"),
                text("1 item"),
                text("Tea"),
                text("Tea"),
                element("B1", "Buy"),
                element("B2", "Menu"),
                element("B3", "Close"),
                element("L1", "Far"),
            ],
            clips: Clips::new(),
        };
        let now = [
            text("Cart"),
            text("2 items"),
            text("Tea"),
            element("B1", "Buy"),
            element("B2", "Menu [expanded]"),
            element("L2", "New"),
        ];
        let names = |ids: &[ElementId]| ids.iter().map(|id| id.to_string()).collect::<Vec<_>>();
        assert_eq!(names(&unlisted(&before, &now)), ["B3", "L1"]);
        let still = HashSet::from([ElementId::new("L1")]);
        let (lines, changes) = between(&before, &now, &still);
        let lines: Vec<_> = lines.iter().map(|it| it.line.text.as_str()).collect();
        assert_eq!(
            lines,
            [
                "+ _[:]2 items",
                "~ B2[:]Menu [expanded]",
                "+ L2[:]New",
                "- _[:]1 item",
                "- _[:]Tea",
                "- B3 gone",
                "- L1 out of view",
            ]
        );
        assert_eq!(names(&changes.added), ["L2"]);
        assert_eq!(names(&changes.changed), ["B2"]);
        assert_eq!(names(&changes.gone), ["B3"]);
        assert_eq!(names(&changes.out_of_view), ["L1"]);
    }
}
