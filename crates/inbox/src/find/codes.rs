//! Which of the numbers are codes.

use std::collections::HashSet;

use super::labels::Label;
use super::segment::{Segment, View};
use super::shape::{Kind, Shape, shapes};
use super::topic::Topic;
use super::words::Meaning;
use super::{Code, Place};

/// How far before a number the word may be that says what it is, in bytes.
const REACH: usize = 160;
/// How far behind, which few languages do: `123456 is your code`.
const REACH_BEHIND: usize = 60;
/// How many sentences before a number that stands alone may say what it is, and how many behind.
const SENTENCES: usize = 3;
const SENTENCES_BEHIND: usize = 2;

/// The codes of a message, best first.
pub(super) fn codes(views: &[View], topic: Topic) -> Vec<Code> {
    let subject = views.iter().find(|view| view.place == Place::Subject);
    let mut found: Vec<Code> = Vec::new();
    // What is called something else in one place is no code in another where nothing is said.
    let mut refuted: HashSet<String> = HashSet::new();
    for view in views {
        let judge = Judge {
            view,
            subject,
            topic,
        };
        for (number, segment) in view.segments.iter().enumerate() {
            for shape in shapes(segment) {
                match judge.verdict(number, &shape) {
                    Verdict::Code(confidence) => {
                        let confidence = if segment.quoted {
                            confidence / 3
                        } else {
                            confidence
                        };
                        let written = segment.text.get(shape.at.clone()).unwrap_or_default();
                        add(&mut found, shape.value, written, confidence, view.place);
                    }
                    Verdict::Other => {
                        refuted.insert(shape.value);
                    }
                    Verdict::Unknown => {}
                }
            }
        }
    }
    found.retain(|code| code.confidence >= CERTAIN || !refuted.contains(&code.value));
    found.sort_by_key(|code| std::cmp::Reverse(code.confidence));
    found
}

/// From here on nothing said elsewhere counts against it.
const CERTAIN: u8 = 85;

fn add(found: &mut Vec<Code>, value: String, written: &str, confidence: u8, place: Place) {
    match found.iter_mut().find(|code| code.value == value) {
        Some(code) if code.confidence >= confidence => {}
        Some(code) => {
            code.confidence = confidence;
            code.place = place;
            written.clone_into(&mut code.written);
        }
        None => found.push(Code {
            value,
            written: written.to_owned(),
            confidence,
            place,
        }),
    }
}

/// What is thought of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Code(u8),
    Other,
    Unknown,
}

struct Judge<'a> {
    view: &'a View,
    subject: Option<&'a View>,
    topic: Topic,
}

impl Judge<'_> {
    fn verdict(&self, number: usize, shape: &Shape) -> Verdict {
        let Some(segment) = self.view.segments.get(number) else {
            return Verdict::Unknown;
        };
        if let Some(label) = before(segment, shape.at.start) {
            let distance = shape.at.start.saturating_sub(label.at.end);
            if label.meaning != Meaning::Prompt || distance <= 2 {
                return self.weigh(label.meaning, shape, segment.is_alone(shape), Near::Beside);
            }
        }
        if is_marked(segment, shape) {
            return Verdict::Code(90);
        }
        if let Some(label) = behind(segment, shape) {
            return self.weigh(label.meaning, shape, false, Near::Beside);
        }
        if !segment.is_alone(shape) {
            return Verdict::Unknown;
        }
        self.alone(number, shape)
    }

    /// A number on a line of its own: the lines around it say what it is.
    fn alone(&self, number: usize, shape: &Shape) -> Verdict {
        let earlier = self.view.segments.get(..number).unwrap_or_default();
        let mut prompted = false;
        for segment in earlier.iter().rev().take(SENTENCES) {
            match at_end(segment).map(|label| label.meaning) {
                Some(Meaning::Prompt) => prompted = true,
                Some(meaning) => return self.weigh(meaning, shape, true, Near::Around),
                None => {}
            }
        }
        if prompted {
            return self.weigh(Meaning::Prompt, shape, true, Near::Around);
        }
        let later = self.view.segments.get(number + 1..).unwrap_or_default();
        let said_later = later
            .iter()
            .take(SENTENCES_BEHIND)
            .flat_map(|segment| &segment.labels)
            .find(|label| says_code(label.meaning));
        let said_in_subject = || {
            let segments = self
                .subject
                .map_or(&[][..], |view| view.segments.as_slice());
            segments
                .iter()
                .flat_map(|segment| &segment.labels)
                .find(|label| says_code(label.meaning))
        };
        match said_later.or_else(said_in_subject) {
            Some(label) => self.weigh(label.meaning, shape, true, Near::Elsewhere),
            None => Verdict::Unknown,
        }
    }

    fn weigh(&self, meaning: Meaning, shape: &Shape, alone: bool, near: Near) -> Verdict {
        let topic = self.topic;
        let confidence = match (meaning, near) {
            (Meaning::Other | Meaning::Trade, _) => return Verdict::Other,
            (Meaning::Code, _) if topic.meeting => return Verdict::Other,
            (Meaning::Code, Near::Beside) => 95,
            (Meaning::Code, Near::Around) => 90,
            (Meaning::Code, Near::Elsewhere) if topic.is_access() => 70,
            // What is called a code and nothing more may be one of a shop.
            (Meaning::Vague, near)
                if topic.is_access() || topic.is_open() && shape.kind == Kind::Digits =>
            {
                match near {
                    Near::Beside => 80,
                    Near::Around => 75,
                    Near::Elsewhere => 60,
                }
            }
            (Meaning::Prompt, Near::Beside | Near::Around)
                if topic.is_access() && topic.trade == 0 =>
            {
                60
            }
            _ => return Verdict::Unknown,
        };
        match shape.kind {
            Kind::Digits => Verdict::Code(confidence),
            // A year or date is a code only where hardly anything else can be meant.
            Kind::Date if confidence >= 75 && (alone || near == Near::Beside) => {
                Verdict::Code(confidence / 2)
            }
            Kind::Mixed if confidence >= 70 || alone => Verdict::Code(confidence - 5),
            Kind::Letters if alone && near != Near::Elsewhere => Verdict::Code(confidence - 10),
            _ => Verdict::Unknown,
        }
    }
}

/// Where the word is that says what a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Near {
    /// In the same sentence.
    Beside,
    /// In a sentence before it.
    Around,
    /// Behind it, or in the subject.
    Elsewhere,
}

fn says_code(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Code | Meaning::Vague)
}

fn names_number(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Code | Meaning::Vague | Meaning::Prompt | Meaning::Other | Meaning::Trade
    )
}

/// The label that names the number at a place in its sentence: the nearest one before it, unless that says less than one
/// further off (`the code for your account is`). A word for something else is used up by the first number behind it: in
/// `order 123, code 456` or `TAN for IBAN 789: 456`.
fn before(segment: &Segment, at: usize) -> Option<&Label> {
    let mut labels = segment
        .labels
        .iter()
        .rev()
        .skip_while(|label| label.at.end > at)
        .take_while(|label| at.saturating_sub(label.at.end) <= REACH)
        .filter(|label| {
            says_code(label.meaning)
                || names_number(label.meaning) && !has_number(segment, label.at.end, at)
        });
    let nearest = labels.next()?;
    let decides = match nearest.meaning {
        Meaning::Other | Meaning::Trade => {
            let between = segment.text.get(nearest.at.end..at).unwrap_or_default();
            !between.contains(char::is_alphabetic)
        }
        Meaning::Prompt => false,
        _ => true,
    };
    let better = if decides {
        None
    } else {
        labels.find(|label| says_code(label.meaning))
    };
    Some(better.unwrap_or(nearest))
}

/// What a sentence says about a number on a line behind it. A word for a code counts wherever it is in it, a word for
/// something else only at its end.
fn at_end(segment: &Segment) -> Option<&Label> {
    let code = segment
        .labels
        .iter()
        .rev()
        .find(|label| label.meaning == Meaning::Code);
    let end = segment.text.len();
    code.or_else(|| {
        before(segment, end).filter(|label| match label.meaning {
            Meaning::Other | Meaning::Trade => {
                let behind = segment.text.get(label.at.end..).unwrap_or_default();
                !behind.contains(char::is_alphanumeric)
            }
            _ => true,
        })
    })
}

/// Whether there is a number between two places.
fn has_number(segment: &Segment, from: usize, to: usize) -> bool {
    segment
        .chunks
        .iter()
        .any(|chunk| chunk.has_digit && chunk.at.start >= from && chunk.at.end <= to)
}

/// `123456 is your code`: what is said behind a number that begins its sentence.
fn behind<'a>(segment: &'a Segment, shape: &Shape) -> Option<&'a Label> {
    let label = segment
        .labels
        .iter()
        .find(|label| label.at.start >= shape.at.end && names_number(label.meaning))?;
    let between = segment.text.get(shape.at.end..label.at.start)?;
    let begins = shape.chunks.start <= 3;
    let good = begins
        && between.len() <= REACH_BEHIND
        && !between.contains([',', '.', ':', ';', '\t', '('])
        && !between.bytes().any(|byte| byte.is_ascii_digit());
    (good && says_code(label.meaning)).then_some(label)
}

/// The last line of a text message that names its origin for the phone: `@example.com #123456`.
fn is_marked(segment: &Segment, shape: &Shape) -> bool {
    let text = segment.text.trim();
    let ends = text.starts_with('@') && segment.text.trim_end().len() == shape.at.end;
    ends && segment
        .chunks
        .get(shape.chunks.start)
        .is_some_and(|chunk| chunk.before == Some('#'))
}

impl Segment {
    /// Whether there is nothing else in the sentence; what is in brackets behind it does not count.
    fn is_alone(&self, shape: &Shape) -> bool {
        let before = self.text.get(..shape.at.start).unwrap_or_default();
        let behind = self.text.get(shape.at.end..).unwrap_or_default();
        let behind = behind.trim_start();
        let behind = if behind.starts_with(['(', '（']) {
            ""
        } else {
            behind
        };
        !before
            .chars()
            .chain(behind.chars())
            .any(char::is_alphanumeric)
    }
}
