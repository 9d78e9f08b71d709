//! Comparing two runs that differ in their secret, and looking for the secrets in both.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use image::RgbImage;

use super::drawn;
use super::plain::Plain;
use super::record::{Body, Part, Piece, Record};
use super::spellings::Finder;

/// JPEGs are coded in squares of so many pixels: what lies in a part of one changes all of it, and the colours of its neighbours'
/// next pixels.
const SQUARE: u32 = 16;

/// Something by which two runs can be told apart, or a secret itself.
#[derive(Debug)]
pub struct Leak {
    pub channel: u8,
    pub what: String,
    pub how: String,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C{:02} {}: {}", self.channel, self.what, self.how)
    }
}

/// All leaks of two runs. Nothing when who sees one of them cannot tell which of the two secrets it had.
pub fn leaks(one: &Record, other: &Record) -> Vec<Leak> {
    let mut leaks = Vec::new();
    let (first, second) = (Plain::of(one), Plain::of(other));
    let names = |record: &Record| {
        let pieces = record.pieces.iter();
        pieces
            .map(|it| format!("C{:02} {}", it.channel, it.what))
            .collect::<Vec<_>>()
    };
    let (these, those) = (names(one), names(other));
    if these != those {
        let how = difference(&these.join("\n"), &those.join("\n"));
        leaks.push(Leak {
            channel: 0,
            what: "what was seen at all".to_owned(),
            how,
        });
    }
    for (a, b) in one.pieces.iter().zip(&other.pieces) {
        if let Some(how) = differs(a, b, [&first, &second], [&one.shown, &other.shown]) {
            leaks.push(Leak {
                channel: a.channel,
                what: a.what.clone(),
                how,
            });
        }
    }
    let secrets = one.secrets.iter().chain(&other.secrets);
    let finders: Vec<_> = secrets.map(|secret| Finder::new(secret)).collect();
    for piece in one.pieces.iter().chain(&other.pieces) {
        for text in texts(&piece.body) {
            if let Some(at) = finders.iter().find_map(|finder| finder.find(&text)) {
                let around = excerpt(&text, at);
                leaks.push(Leak {
                    channel: piece.channel,
                    what: piece.what.clone(),
                    how: format!("holds a secret: …{around}…"),
                });
            }
        }
    }
    for record in [one, other] {
        for piece in &record.pieces {
            let Body::Pictures(pictures) = &piece.body else {
                continue;
            };
            let seen = drawn::seen(pictures, &record.drawn).into_iter();
            leaks.extend(seen.map(|how| Leak {
                channel: piece.channel,
                what: piece.what.clone(),
                how,
            }));
        }
    }
    leaks
}

/// What of a piece is looked through as text.
fn texts(body: &Body) -> Vec<Cow<'_, str>> {
    match body {
        Body::Text(text) | Body::Lines(text) | Body::Loose(text) => {
            vec![Cow::Borrowed(text.as_str())]
        }
        Body::Picture { .. } => Vec::new(),
        Body::Pictures(pictures) => {
            let pictures = pictures.iter();
            pictures.map(|jpeg| Cow::Owned(said(jpeg))).collect()
        }
    }
}

/// What a JPEG has before its picture, and behind it: comments, and whatever else is no picture.
fn said(jpeg: &[u8]) -> String {
    let mut marks = jpeg.windows(2);
    let begin = marks.position(|it| it == b"\xff\xda");
    let end = jpeg.windows(2).rposition(|it| it == b"\xff\xd9");
    let begin = begin.unwrap_or(jpeg.len());
    let end = end.unwrap_or(jpeg.len()).max(begin);
    let said = jpeg[..begin].iter().chain(&jpeg[end..]);
    said.map(|byte| char::from(*byte)).collect()
}

/// Fails with all that leaks.
pub fn nothing_leaks(one: &Record, other: &Record) {
    let leaks: Vec<_> = leaks(one, other).iter().map(Leak::to_string).collect();
    let count = leaks.len();
    assert!(leaks.is_empty(), "{count} leaks:\n{}", leaks.join("\n"));
}

fn differs(a: &Piece, b: &Piece, plain: [&Plain; 2], shown: [&Vec<Part>; 2]) -> Option<String> {
    match (&a.body, &b.body) {
        (Body::Text(a), Body::Text(b)) => {
            let (a, b) = (plain[0].text(a), plain[1].text(b));
            (a != b).then(|| difference(&a, &b))
        }
        (Body::Lines(a), Body::Lines(b)) => {
            let lines = |text: &str, plain: &Plain| -> BTreeSet<String> {
                let lines: BTreeSet<_> = text.lines().collect();
                lines.into_iter().map(|line| plain.text(line)).collect()
            };
            let (a, b) = (lines(a, plain[0]), lines(b, plain[1]));
            let odd: Vec<_> = a.symmetric_difference(&b).collect();
            (!odd.is_empty()).then(|| format!("only one of the two has {odd:#?}"))
        }
        (Body::Loose(_), Body::Loose(_)) | (Body::Pictures(_), Body::Pictures(_)) => None,
        (Body::Picture { jpeg: a, .. }, Body::Picture { jpeg: b, .. }) if a == b => None,
        (Body::Picture { jpeg: a, bare }, Body::Picture { jpeg: b, .. }) => {
            let pixels = |jpeg: &[u8], shown: &[Part]| {
                let mut picture = read(jpeg);
                if !bare {
                    shown.iter().for_each(|part| cover(&mut picture, *part));
                }
                picture
            };
            odd_pixel(&pixels(a, shown[0]), &pixels(b, shown[1]))
        }
        _ => Some("is of another form".to_owned()),
    }
}

/// Where two pictures differ first.
pub fn odd_pixel(a: &RgbImage, b: &RgbImage) -> Option<String> {
    if a.dimensions() != b.dimensions() {
        return Some(format!("{:?} and {:?}", a.dimensions(), b.dimensions()));
    }
    if a.as_raw() == b.as_raw() {
        return None;
    }
    let mut odd = a.enumerate_pixels().zip(b.pixels());
    let count = odd.clone().filter(|((_, _, one), other)| one != other);
    let count = count.count();
    let ((x, y, one), other) = odd.find(|((_, _, one), other)| one != other)?;
    Some(format!(
        "{count} pixels differ, the first at {x}, {y}: {:?} and {:?}",
        one.0, other.0
    ))
}

/// A JPEG's pixels.
pub fn read(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory(jpeg).unwrap().into_rgb8()
}

/// Paints a part over, with all that is coded with it.
fn cover(picture: &mut RgbImage, part: Part) {
    let (width, height) = picture.dimensions();
    let from = |at: u32| (at / SQUARE * SQUARE).saturating_sub(1);
    let to = |at: u32, most: u32| (at.next_multiple_of(SQUARE) + 1).min(most);
    let (left, right) = (from(part.left), to(part.right, width));
    let bytes = |x: u32, y: u32| usize::try_from((y * width + x) * 3).unwrap();
    for y in from(part.top)..to(part.bottom, height) {
        let row = bytes(left, y)..bytes(right, y);
        picture.as_flat_samples_mut().samples[row].fill(0);
    }
}

/// Where two texts differ first.
fn difference(a: &str, b: &str) -> String {
    let mut bytes = a.bytes().zip(b.bytes());
    let at = bytes.position(|(a, b)| a != b);
    let at = at.unwrap_or(a.len().min(b.len()));
    format!(
        "one has …{}…, the other …{}…",
        excerpt(a, at),
        excerpt(b, at)
    )
}

/// What stands around a place in a text.
fn excerpt(text: &str, at: usize) -> String {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = boundary(at.saturating_sub(80).min(text.len()));
    let to = boundary((at + 100).min(text.len()));
    text[from..to].replace('\n', "⏎")
}
