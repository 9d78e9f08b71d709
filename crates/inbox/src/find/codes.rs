//! Which of the numbers are codes.

use std::collections::{HashMap, HashSet};

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
    let subject = said_in_subject(views);
    let mut found = Codes::default();
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
                        found.add(shape.value, written, confidence, view.place);
                    }
                    Verdict::Other => {
                        refuted.insert(shape.value);
                    }
                    Verdict::Unknown => {}
                }
            }
        }
    }
    let mut found = found.list;
    found.retain(|code| code.confidence >= CERTAIN || !refuted.contains(&code.value));
    if found.iter().any(|code| code.confidence >= GUESS) {
        found.retain(|code| code.confidence >= GUESS);
    }
    found.sort_by_key(|code| std::cmp::Reverse(code.confidence));
    found
}

/// Below it a code is given only where there is no better one.
const GUESS: u8 = 50;

/// From here on nothing said elsewhere counts against it.
const CERTAIN: u8 = 85;

/// Codes in the order in which they were found.
#[derive(Default)]
struct Codes {
    list: Vec<Code>,
    /// Where in the list a value is: a message may have any number of them.
    places: HashMap<String, usize>,
}

impl Codes {
    /// Adds a code, or learns that it is clearer in another place.
    fn add(&mut self, value: String, written: &str, confidence: u8, place: Place) {
        let known = self.places.get(&value).copied();
        match known.and_then(|at| self.list.get_mut(at)) {
            Some(code) if code.confidence >= confidence => {}
            Some(code) => {
                code.confidence = confidence;
                code.place = place;
                written.clone_into(&mut code.written);
            }
            None => {
                self.places.insert(value.clone(), self.list.len());
                self.list.push(Code {
                    value,
                    written: written.to_owned(),
                    confidence,
                    place,
                });
            }
        }
    }
}

/// What the subject announces: `Your verification code`.
fn said_in_subject(views: &[View]) -> Option<Meaning> {
    let subject = views.iter().find(|view| view.place == Place::Subject)?;
    let mut labels = subject.segments.iter().flat_map(|segment| &segment.labels);
    labels
        .find(|label| says_code(label.meaning))
        .map(|label| label.meaning)
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
    subject: Option<Meaning>,
    topic: Topic,
}

impl Judge<'_> {
    fn verdict(&self, number: usize, shape: &Shape) -> Verdict {
        let Some(segment) = self.view.segments.get(number) else {
            return Verdict::Unknown;
        };
        if let Some(label) = before(segment, shape.at.start) {
            let between = segment
                .text
                .get(label.at.end..shape.at.start)
                .unwrap_or_default();
            // `The new code: 1200 lines`.
            let is_amount = self.topic.access == 0 && segment.goes_on(shape);
            let near = if leads_to(between) && !is_amount {
                Near::Beside
            } else {
                Near::Before
            };
            if label.meaning != Meaning::Prompt || between.len() <= 2 {
                return self.weigh(label.meaning, shape, segment.is_alone(shape), near);
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
        let reach = if shape.kind == Kind::Word {
            1
        } else {
            SENTENCES
        };
        for segment in earlier.iter().rev().take(reach) {
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
            .map(|label| label.meaning)
            .find(|meaning| says_code(*meaning));
        match said_later.or(self.subject) {
            Some(meaning) => self.weigh(meaning, shape, true, Near::Elsewhere),
            None => Verdict::Unknown,
        }
    }

    fn weigh(&self, meaning: Meaning, shape: &Shape, alone: bool, near: Near) -> Verdict {
        let topic = self.topic;
        let confidence = match (meaning, near) {
            (Meaning::Other | Meaning::Trade, _) => return Verdict::Other,
            (Meaning::Code | Meaning::Dual, _) if topic.meeting => return Verdict::Other,
            (Meaning::Dual, _) if !topic.is_access() && !topic.is_open() => return Verdict::Other,
            (Meaning::Code | Meaning::Dual, Near::Beside) => 95,
            (Meaning::Code | Meaning::Dual, Near::Around) => 90,
            (Meaning::Code | Meaning::Dual, Near::Before) => 75,
            (Meaning::Code | Meaning::Dual, Near::Elsewhere) if topic.is_access() => 70,
            // What is called a code and nothing more may be one of a shop.
            (Meaning::Vague, _)
                if !(topic.is_access() || topic.is_open() && shape.kind == Kind::Digits) =>
            {
                return Verdict::Unknown;
            }
            (Meaning::Vague, Near::Beside) => 80,
            (Meaning::Vague, Near::Around) => 75,
            (Meaning::Vague, Near::Elsewhere) => 60,
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
            // It may as well be what is written on a button.
            Kind::Word if alone && near == Near::Around && confidence >= 75 => {
                Verdict::Code(GUESS - 5)
            }
            _ => Verdict::Unknown,
        }
    }
}

/// Where the word is that says what a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Near {
    /// In the same sentence, and it leads to the number: `the code is`, `code:`.
    Beside,
    /// In the same sentence, further off.
    Before,
    /// In a sentence before it.
    Around,
    /// Behind it, or in the subject.
    Elsewhere,
}

fn says_code(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Code | Meaning::Dual | Meaning::Vague)
}

fn names_number(meaning: Meaning) -> bool {
    says_code(meaning) || matches!(meaning, Meaning::Prompt | Meaning::Other | Meaning::Trade)
}

/// The label that names the number at a place in its sentence: the nearest one before it, unless that says less than one
/// further off (`the code for your account is`). A word for something else is used up by the first number behind it: in
/// `order 123, code 456` or `TAN for IBAN 789: 456`.
fn before(segment: &Segment, at: usize) -> Option<&Label> {
    let number = number_before(segment, at);
    let end = end_before(segment, at);
    let known = segment.labels.partition_point(|label| label.at.end <= at);
    let mut labels = segment
        .labels
        .get(..known)
        .unwrap_or_default()
        .iter()
        .rev()
        .take_while(|label| at.saturating_sub(label.at.end) <= REACH)
        .filter(|label| match label.meaning {
            Meaning::Other | Meaning::Trade => number.is_none_or(|number| number < label.at.end),
            // Words for something else are often abbreviated, so a full stop says nothing there.
            meaning => names_number(meaning) && end.is_none_or(|end| end < label.at.end),
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
        .find(|label| matches!(label.meaning, Meaning::Code | Meaning::Dual));
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

/// Whether what is between a word and a number says that the one is the other: no letters, a verb, or a colon or bracket at
/// the end.
fn leads_to(between: &str) -> bool {
    const VERBS: [&str; 24] = [
        "is", "are", "ist", "lautet", "sind", "est", "es", "e", "sera", "er", "ar", "is:", "je",
        "jest", "to", "on", "este", "adalah", "ialah", "la", "wa", "vao", "van", "le",
    ];
    let between = between.trim_end();
    let last = between.rsplit(' ').next().unwrap_or_default();
    !between.contains(char::is_alphabetic)
        || between.ends_with([
            ':', '：', '=', '>', '(', '[', '（', '「', '【', '『', '\'', '"', '是', '为', '為',
            'は', '는', '은',
        ])
        || VERBS.iter().any(|verb| last.eq_ignore_ascii_case(verb))
}

/// Where the last sentence before a place ends, if that is within reach.
fn end_before(segment: &Segment, at: usize) -> Option<usize> {
    let from = segment.text.floor_char_boundary(at.saturating_sub(REACH));
    let within = segment.text.get(from..at)?;
    let ends = [". ", "! ", "? "]
        .iter()
        .filter_map(|end| within.rfind(end));
    ends.max().map(|end| from + end)
}

/// Where the last number before a place begins, if that is within reach.
fn number_before(segment: &Segment, at: usize) -> Option<usize> {
    let known = segment.chunks.partition_point(|chunk| chunk.at.end <= at);
    let chunks = segment.chunks.get(..known)?.iter().rev();
    chunks
        .take_while(|chunk| at.saturating_sub(chunk.at.end) <= REACH)
        .find(|chunk| chunk.has_digit)
        .map(|chunk| chunk.at.start)
}

/// `123456 is your code`: what is said behind a number that begins its sentence.
fn behind<'a>(segment: &'a Segment, shape: &Shape) -> Option<&'a Label> {
    let begins = shape.chunks.start <= 3;
    if !begins {
        return None;
    }
    let label = segment
        .labels
        .iter()
        .find(|label| label.at.start >= shape.at.end && names_number(label.meaning))?;
    let between = segment.text.get(shape.at.end..label.at.start)?;
    let good = between.len() <= REACH_BEHIND
        && !between.contains([',', '.', ':', ';', '\t', '('])
        && !between.bytes().any(|byte| byte.is_ascii_digit());
    (good && says_code(label.meaning)).then_some(label)
}

/// The last line of a text message that names its origin for the phone: `@example.com #123456`.
fn is_marked(segment: &Segment, shape: &Shape) -> bool {
    let is_last = shape.chunks.end == segment.chunks.len();
    is_last
        && segment.text.trim_start().starts_with('@')
        && segment.text.trim_end().len() == shape.at.end
        && segment
            .chunks
            .get(shape.chunks.start)
            .is_some_and(|chunk| chunk.before == Some('#'))
}

impl Segment {
    /// Whether a word in lower case follows at once.
    fn goes_on(&self, shape: &Shape) -> bool {
        let behind = self.text.get(shape.at.end..).unwrap_or_default();
        behind
            .strip_prefix(' ')
            .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
    }

    /// Whether there is nothing else in the sentence; what is in brackets behind it does not count.
    fn is_alone(&self, shape: &Shape) -> bool {
        let behind = self.text.get(shape.at.end..).unwrap_or_default();
        shape.at.start <= self.written.start
            && (self.written.end <= shape.at.end || behind.trim_start().starts_with(['(', '（']))
    }
}
