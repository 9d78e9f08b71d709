//! A page as lines of text within a budget: what matters most stays, and what is left out is counted.

use std::cmp::Reverse;

use crate::ElementId;

/// So many characters are taken for one token of a language model (a rule of thumb for European languages).
pub const CHARACTERS_PER_TOKEN: usize = 4;

/// A text that does not fit as a whole is cut to so many characters.
const LONGEST_TEXT: usize = 400;

/// Of each four characters so many may go to elements before texts have had their share.
const ELEMENTS_OF_FOUR: usize = 3;

/// Room for a word about what is left out, in tokens.
const LEFT_OUT: usize = 32;

/// How much a line matters. What comes later in this list stays when room is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// What can be read.
    Text,
    /// Something to act on that has no name.
    Unnamed,
    /// Something to act on with a name.
    Named,
    /// Something that can be scrolled: the way to what is not in view.
    Scroller,
    /// What is wrong with a field, or what changed since the last look.
    Changed,
    /// What was asked for, by its words.
    Wanted,
    /// What a model chose of what was asked for.
    Chosen,
    /// What the lines below belong to.
    Heading,
}

/// One line of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLine {
    /// The line, without its end.
    pub text: String,
    /// How much it matters.
    pub weight: Weight,
}

/// One line of a page that was looked at, and the element that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenLine {
    /// The element, for a line about one.
    pub id: Option<ElementId>,
    /// The line.
    pub line: PageLine,
}

/// Lines that fit, and what did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fitted {
    /// The lines, each with its end.
    pub text: String,
    /// How many elements were left out.
    pub elements: usize,
    /// How many texts were left out or cut.
    pub texts: usize,
}

/// How many tokens a text is taken for.
pub fn tokens(text: &str) -> usize {
    text.chars().count().div_ceil(CHARACTERS_PER_TOKEN)
}

/// The lines that matter most within so many tokens, in their order.
pub fn fit(lines: &[PageLine], max_tokens: usize) -> Fitted {
    let room = max_tokens.saturating_mul(CHARACTERS_PER_TOKEN);
    let length = |line: &PageLine| line.text.chars().count() + 1;
    let mut fitted = Fitted::default();
    if lines.iter().map(length).sum::<usize>() <= room {
        for line in lines {
            fitted.text.push_str(&line.text);
            fitted.text.push('\n');
        }
        return fitted;
    }
    let mut order: Vec<usize> = (0..lines.len()).collect();
    // The sort is stable: what matters as much stays in the page's order.
    order.sort_by_key(|&at| Reverse(lines[at].weight));
    let mut kept: Vec<Option<String>> = vec![None; lines.len()];
    let mut left = room;
    let mut keep = |at: usize, left: &mut usize, reserve: usize| {
        let line = &lines[at];
        let whole = length(line);
        if whole + reserve <= *left {
            *left -= whole;
            kept[at] = Some(line.text.clone());
        } else if line.weight == Weight::Text && LONGEST_TEXT < whole {
            let text: String = line.text.chars().take(LONGEST_TEXT).chain(['…']).collect();
            let cut = text.chars().count() + 1;
            if cut + reserve <= *left {
                *left -= cut;
                kept[at] = Some(text);
            }
        }
        kept[at].is_some()
    };
    let has_texts = lines.iter().any(|line| line.weight == Weight::Text);
    let share = if has_texts {
        room - room / 4 * ELEMENTS_OF_FOUR
    } else {
        0
    };
    let (texts, elements): (Vec<usize>, Vec<usize>) = order
        .into_iter()
        .partition(|&at| lines[at].weight == Weight::Text);
    let mut late = Vec::new();
    for at in elements {
        let reserve = if lines[at].weight > Weight::Named {
            0
        } else {
            share
        };
        if !keep(at, &mut left, reserve) {
            late.push(at);
        }
    }
    for at in texts {
        keep(at, &mut left, 0);
    }
    for at in late {
        keep(at, &mut left, 0);
    }
    for (line, kept) in lines.iter().zip(kept) {
        let whole = kept.as_ref().is_some_and(|text| *text == line.text);
        match line.weight {
            Weight::Text => fitted.texts += usize::from(!whole),
            Weight::Heading => {}
            _ => fitted.elements += usize::from(!whole),
        }
        if let Some(text) = kept {
            fitted.text.push_str(&text);
            fitted.text.push('\n');
        }
    }
    fitted
}

/// The lines that matter most within so many tokens, all of them without a bound, with a word about what that leaves out.
pub fn fit_told(lines: &[PageLine], max_tokens: Option<usize>) -> Fitted {
    let most = max_tokens.unwrap_or(usize::MAX);
    let whole = fit(lines, most);
    if whole.elements + whole.texts == 0 {
        return whole;
    }
    let mut fitted = fit(lines, most.saturating_sub(LEFT_OUT));
    let Fitted {
        elements, texts, ..
    } = fitted;
    fitted.text.push_str(&format!(
        "### Left out: {elements} elements and {texts} texts. For more of them ask with a larger max_tokens, or scroll\n"
    ));
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, weight: Weight) -> PageLine {
        PageLine {
            text: text.to_owned(),
            weight,
        }
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let lines = [
            line("### Page", Weight::Heading),
            line("Tea", Weight::Text),
            line("B1 Buy", Weight::Named),
        ];
        let fitted = fit(&lines, 6);
        assert_eq!(fitted.text, "### Page\nTea\nB1 Buy\n");
        assert_eq!((fitted.elements, fitted.texts), (0, 0));
    }

    #[test]
    fn what_matters_most_stays_in_its_place() {
        let mut lines = vec![line("### Page", Weight::Heading)];
        for n in 0..50 {
            lines.push(line(&format!("L{n} a link that is there"), Weight::Named));
            lines.push(line(&format!("text {n} that can be read"), Weight::Text));
        }
        lines.push(line("M1 something without any name", Weight::Unnamed));
        lines.push(line("B1 what was asked for", Weight::Wanted));
        lines.push(line("B2 what was chosen", Weight::Chosen));
        lines.push(line("I1 invalid: too short", Weight::Changed));
        let fitted = fit(&lines, 100);
        assert!(tokens(&fitted.text) <= 100, "{}", fitted.text);
        assert!(fitted.text.starts_with("### Page\nL0 "), "{}", fitted.text);
        assert!(
            fitted
                .text
                .ends_with("B1 what was asked for\nB2 what was chosen\nI1 invalid: too short\n")
        );
        assert!(!fitted.text.contains("M1"));
        // Texts have a share of their own.
        assert!(fitted.text.contains("text 0 "), "{}", fitted.text);
        let lines_kept = fitted.text.lines().count();
        assert_eq!(fitted.elements + fitted.texts, lines.len() - lines_kept);
    }

    #[test]
    fn what_was_chosen_stays_longest_and_what_is_left_out_is_told() {
        let lines = [
            line(&"L1 a link".repeat(30), Weight::Wanted),
            line(&"B1 a button".repeat(8), Weight::Chosen),
        ];
        assert_eq!(fit_told(&lines, None), fit(&lines, usize::MAX));
        let fitted = fit_told(&lines, Some(LEFT_OUT + 23));
        assert!(fitted.text.starts_with("B1 a button"), "{}", fitted.text);
        let told = "\n### Left out: 1 elements and 0 texts. For more";
        assert!(fitted.text.contains(told), "{}", fitted.text);
        assert_eq!(fitted.elements, 1);
    }

    #[test]
    fn one_long_text_is_cut() {
        let fitted = fit(&[line(&"é".repeat(5000), Weight::Text)], 200);
        assert_eq!(fitted.text.chars().count(), LONGEST_TEXT + 2);
        assert_eq!(fitted.texts, 1);
        assert_eq!(
            fit(&[line("Tea", Weight::Text)], 0),
            Fitted {
                texts: 1,
                ..Fitted::default()
            }
        );
    }
}
