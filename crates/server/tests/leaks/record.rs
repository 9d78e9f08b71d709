//! What was seen of a run.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::drawn::Drawn;
use super::support::client::Answer;

/// Something that was seen.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The number of its channel, 1 to 36.
    pub channel: u8,
    /// What it is.
    pub what: String,
    pub body: Body,
}

/// In which form it was seen.
#[derive(Clone, Debug)]
pub enum Body {
    /// A text; the same every time.
    Text(String),
    /// Lines whose order and number depend on the machine: what lines there are is compared.
    Lines(String),
    /// A text that differs from run to run for reasons of its own: it is only looked through.
    Loose(String),
    /// A JPEG. Where a page has stand-ins, and shows them, these places are left out.
    Picture { jpeg: Vec<u8>, bare: bool },
    /// The JPEGs of a recording, which are others each time. They are only looked through, for secrets as pages draw them.
    Pictures(Vec<Vec<u8>>),
}

/// A part of a picture.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub left: u32,
    pub top: u32,
    pub right: u32,
    pub bottom: u32,
}

/// All that was seen of a run, and what is known of it.
#[derive(Clone, Debug, Default)]
pub struct Record {
    pub pieces: Vec<Piece>,
    /// Texts that belong to this run, such as addresses with ports, and what they are called.
    pub names: Vec<(String, &'static str)>,
    /// What the page had in the place of the secret, where it had something else.
    pub stand_in: Option<String>,
    /// Where the page shows it.
    pub shown: Vec<Part>,
    /// The secrets of the run, every code that was valid meanwhile among them.
    pub secrets: Vec<String>,
    /// How a page looks that shows one of them, or one of the other run's.
    pub drawn: Arc<[Drawn]>,
}

impl Record {
    pub fn add(&mut self, channel: u8, what: &str, body: Body) {
        self.pieces.push(Piece {
            channel,
            what: what.to_owned(),
            body,
        });
    }

    pub fn text(&mut self, channel: u8, what: &str, text: impl Into<String>) {
        self.add(channel, what, Body::Text(text.into()));
    }

    pub fn picture(&mut self, channel: u8, what: &str, jpeg: impl Into<Vec<u8>>) {
        let jpeg = jpeg.into();
        self.add(channel, what, Body::Picture { jpeg, bare: false });
    }

    /// A picture of a page that has no stand-in.
    pub fn bare_picture(&mut self, channel: u8, what: &str, jpeg: impl Into<Vec<u8>>) {
        let jpeg = jpeg.into();
        self.add(channel, what, Body::Picture { jpeg, bare: true });
    }

    /// JSON, with the pictures in it as pictures.
    pub fn json(&mut self, channel: u8, what: &str, value: &Value) {
        let mut value = value.clone();
        let mut pictures = Vec::new();
        take_pictures(&mut value, &mut pictures);
        self.text(channel, what, serde_json::to_string_pretty(&value).unwrap());
        for (number, jpeg) in pictures.into_iter().enumerate() {
            // C08 is what is in view, whoever shows it.
            self.picture(8, &format!("picture {number} of {what}"), jpeg);
        }
    }

    /// An answer with its headers.
    pub fn answer(&mut self, channel: u8, what: &str, answer: &Answer) {
        let mut head = answer.status.to_string();
        for (name, value) in &answer.headers {
            let value = match name.as_str() {
                // Of the moment, and lengths of what is in it.
                "date" | "x-request-id" | "server-timing" | "content-length" => "…",
                _ => value.to_str().unwrap(),
            };
            head.push_str(&format!("\n{name}: {value}"));
        }
        self.text(channel, &format!("head of {what}"), head);
        match answer.header("content-type") {
            Some("application/json") => self.json(channel, what, &answer.json()),
            Some("image/jpeg") => self.picture(channel, what, answer.body.to_vec()),
            _ => self.text(channel, what, String::from_utf8_lossy(&answer.body)),
        }
    }
}

/// Takes the JPEGs out of JSON.
fn take_pictures(value: &mut Value, pictures: &mut Vec<Vec<u8>>) {
    match value {
        Value::String(text) => {
            let data = text.strip_prefix("data:image/jpeg;base64,").unwrap_or(text);
            if data.starts_with("/9j/")
                && let Ok(jpeg) = STANDARD.decode(data)
            {
                *text = format!("«picture {}»", pictures.len());
                pictures.push(jpeg);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| take_pictures(it, pictures)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|it| take_pictures(it, pictures)),
        _ => {}
    }
}
