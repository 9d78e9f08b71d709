//! Holes of nine sorts, each of which the comparison must find.
//!
//! They are not in the product. Two runs are recorded in which nothing leaks; then each hole is made in the record of both, as it
//! would be there if the product had it: with the run's own secret, in some spelling, in one channel.

use std::io::Cursor;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::compare::{self, leaks};
use super::record::{Body, Record};

/// A hole: what it is, the channel that it is in, and how a secret gets into what is seen there: all of it, or one sign of it that
/// the other run's secret has not at that place.
type Hole = (&'static str, u8, fn(&mut Body, &Record, u8));

const HOLES: [Hole; 9] = [
    (
        "what the model is told: the secret itself",
        3,
        |body, record, _| {
            text(body).push_str(secret(record));
        },
    ),
    ("an answer: one sign of it", 6, |body, _, sign| {
        text(body).push(char::from(sign));
    }),
    ("an address: percent-encoded", 11, |body, record, _| {
        let encoded = utf8_percent_encode(secret(record), NON_ALPHANUMERIC);
        text(body).push_str(&format!("#p={encoded}"));
    }),
    ("a picture: one pixel", 8, |body, _, sign| {
        let Body::Picture { jpeg, .. } = body else {
            panic!("no picture: {body:?}");
        };
        let mut picture = compare::read(jpeg);
        let corner = (picture.width() - 1, picture.height() - 1);
        picture.put_pixel(corner.0, corner.1, image::Rgb([sign.wrapping_mul(37); 3]));
        let mut drawn = Cursor::new(Vec::new());
        let encoder = JpegEncoder::new_with_quality(&mut drawn, 100);
        picture.write_with_encoder(encoder).unwrap();
        *jpeg = drawn.into_inner();
    }),
    ("events: how many there are", 18, |body, _, sign| {
        let more = usize::from(sign);
        text(body).push_str(&"{}\n".repeat(more));
    }),
    (
        "a file: in base64, in the middle of something",
        30,
        |body, record, _| {
            let secret = secret(record);
            text(body).push_str(&STANDARD.encode(format!("it was {secret}!")));
        },
    ),
    (
        "code that is handed out: backwards",
        27,
        |body, record, _| {
            text(body).extend(secret(record).chars().rev());
        },
    ),
    ("the log: in hexadecimal digits", 32, |body, record, _| {
        let bytes = secret(record).bytes();
        let hex: String = bytes.map(|byte| format!("{byte:02x}")).collect();
        text(body).push_str(&format!("\n{hex}"));
    }),
    (
        "a recording: a picture that shows it",
        25,
        |body, record, _| {
            let Body::Pictures(pictures) = body else {
                panic!("no recording: {body:?}");
            };
            let mut drawn = record.drawn.iter();
            let drawn = drawn.find(|it| it.secret == secret(record));
            pictures.push(drawn.unwrap().jpeg.clone());
        },
    ),
];

/// What was filled in.
fn secret(record: &Record) -> &str {
    &record.secrets[0]
}

fn text(body: &mut Body) -> &mut String {
    match body {
        Body::Text(text) | Body::Lines(text) | Body::Loose(text) => text,
        Body::Picture { .. } | Body::Pictures(_) => panic!("a picture is no text"),
    }
}

/// What was seen last in that channel, with a hole in it.
fn with(record: &Record, (_, channel, hole): Hole, place: usize) -> Record {
    let mut pieces = record.pieces.iter().filter(|it| it.channel == channel);
    let mut piece = pieces.next_back().unwrap().clone();
    hole(&mut piece.body, record, secret(record).as_bytes()[place]);
    Record {
        pieces: vec![piece],
        names: record.names.clone(),
        stand_in: record.stand_in.clone(),
        shown: record.shown.clone(),
        secrets: record.secrets.clone(),
        drawn: Arc::clone(&record.drawn),
    }
}

/// Fails unless the comparison finds every hole in two runs in which nothing leaks.
pub fn are_found(one: &Record, other: &Record) {
    let [mine, theirs] = [one, other].map(|record| secret(record).bytes());
    let place = mine.zip(theirs).position(|(mine, theirs)| mine != theirs);
    let place = place.unwrap();
    for hole in HOLES {
        let found = leaks(&with(one, hole, place), &with(other, hole, place));
        assert!(!found.is_empty(), "not found: {}", hole.0);
    }
}
