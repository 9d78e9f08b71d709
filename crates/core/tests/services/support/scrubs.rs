//! Scrubbers that know secrets as they are, and no other form of them.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use guise_core::Secret;
use guise_core::ports::{Scrub, ScrubChunks, Scrubs};
use serde_json::Value;

pub struct Plain;

impl Scrubs for Plain {
    fn scrub(&self) -> Arc<dyn Scrub> {
        Arc::new(PlainScrub::default())
    }
}

#[derive(Clone, Default)]
struct PlainScrub(Arc<Mutex<Vec<(String, String)>>>);

impl PlainScrub {
    fn replace(&self, text: &str) -> String {
        let secrets = self.0.lock().unwrap();
        let all = secrets.iter();
        all.fold(text.to_owned(), |text, (secret, label)| {
            text.replace(secret, label)
        })
    }
}

impl Scrub for PlainScrub {
    fn add(&self, secret: &Secret, label: &str) {
        let secret = (secret.expose().to_owned(), label.to_owned());
        self.0.lock().unwrap().push(secret);
    }

    fn remove(&self, label: &str) {
        self.0.lock().unwrap().retain(|(_, other)| other != label);
    }

    fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        Cow::Owned(self.replace(text))
    }

    fn json(&self, value: &mut Value) {
        *value = serde_json::from_str(&self.replace(&value.to_string())).unwrap();
    }

    fn chunks(&self) -> Box<dyn ScrubChunks> {
        Box::new(Whole(self.clone(), Vec::new()))
    }
}

/// Keeps everything until the end.
struct Whole(PlainScrub, Vec<u8>);

impl ScrubChunks for Whole {
    fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        self.1.extend_from_slice(chunk);
        Vec::new()
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        let text = String::from_utf8(self.1).unwrap();
        self.0.replace(&text).into_bytes()
    }
}
