//! What differs between two runs of one script although nothing of them does: identifiers, times, random words.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::record::Record;
use super::spellings;

/// Patterns of such, and what is put in their place. Each names one form that the product writes, as narrowly as it can be.
static FORMS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let forms = [
        // Addresses that authorise themselves, and the same as a parameter.
        (
            r"/(cdp|view)/([0-9a-f-]{36})/[\w.~-]{20,}",
            "/$1/$2/«token»",
        ),
        (r"/files/([^/\s]+)/[\w.~-]{20,}/", "/files/$1/«token»/"),
        (r"([?&]token=)[\w.~%-]{20,}", "$1«token»"),
        // Identifiers of rows, requests, sessions (UUIDs), and Chromium's of documents and targets.
        (
            r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
            "«id»",
        ),
        (r"\b[0-9A-F]{32}\b", "«id»"),
        // Times and durations (RFC 3339, ISO 8601).
        (
            r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
            "«time»",
        ),
        (r#""PT?[\dHMS.]+""#, "\"«duration»\""),
        (r"\b\d{4}((_|%5F)\d\d){5}(-|%2D)", "«moment»-"),
        // Words for parts of credentials, and marks around what others wrote: both are drawn for each run.
        (r"\bsecret-[A-Za-z0-9]{24}\b", "«word»"),
        (r"untrusted [0-9a-f]{8}\b", "untrusted «mark»"),
        // How long a model thought.
        (r#"("took_ms": )\d+"#, "$1«milliseconds»"),
        // How much went over the wire: ports and stand-ins are of different lengths there.
        (r#"("network_(request|response)_bytes": )\d+"#, "$1«bytes»"),
    ];
    let made = forms.map(|(pattern, put)| (Regex::new(pattern).unwrap(), put));
    made.into()
});

/// How long a question to a model is.
static LENGTH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"("prompt_characters": )\d+"#).unwrap());

/// Puts the one word for what differs by itself in its place.
pub struct Plain {
    names: Vec<(String, &'static str)>,
    stand_in: Option<Regex>,
}

impl Plain {
    pub fn of(record: &Record) -> Self {
        Self {
            names: record.names.clone(),
            stand_in: record.stand_in.as_deref().map(spellings::stand_in),
        }
    }

    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, put) in &self.names {
            text = text.replace(name, put);
        }
        for (form, put) in FORMS.iter() {
            if let Cow::Owned(changed) = form.replace_all(&text, *put) {
                text = changed;
            }
        }
        let Some(stand_in) = &self.stand_in else {
            return text;
        };
        let text = stand_in.replace_all(&text, "«stand-in»");
        // Two stand-ins of one length may be of different lengths where they are encoded.
        LENGTH.replace_all(&text, "$1«length»").into_owned()
    }
}

#[test]
fn what_is_no_such_form_stays() {
    let plain = Plain::of(&Record::default());
    for text in [
        "Tr0ub4dor&3 canary",
        "\"code\": \"48291356\"",
        "https://a.example/#now-Tr0ub4dor%263%20canary",
        "secret-Tr0ub4dor",
        "untrusted words",
        "PT boat",
    ] {
        assert_eq!(plain.text(text), text);
    }
}
