//! The top level of a message from the browser, found without decoding what is inside.
//!
//! The browser is trusted to write JSON, so this looks only as closely as finding the members needs. Messages of
//! outside clients are not trusted and are read by a strict parser instead (`relay::request`).

use std::ops::Range;

/// Where the members of one message lie.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// The number of the command that is answered.
    pub(crate) id: Option<u32>,
    /// The digits of `id`.
    pub(crate) id_at: Range<usize>,
    /// The event's name, without quotes.
    pub(crate) method: Option<Range<usize>>,
    /// The session, without quotes.
    pub(crate) session: Option<Range<usize>>,
    /// The whole `sessionId` member with one comma, so that blanking it leaves valid JSON.
    pub(crate) session_member: Range<usize>,
    /// The event's parameters.
    pub(crate) params: Option<Range<usize>>,
    /// The command's result.
    pub(crate) result: Option<Range<usize>>,
    /// The command's error.
    pub(crate) error: Option<Range<usize>>,
}

impl Envelope {
    /// Finds the members of `message`; `None` when it is not a JSON object.
    pub(crate) fn scan(message: &[u8]) -> Option<Self> {
        let mut found = Self::default();
        let mut at = skip_space(message, 0);
        if message.get(at) != Some(&b'{') {
            return None;
        }
        at = skip_space(message, at + 1);
        if message.get(at) == Some(&b'}') {
            return Some(found);
        }
        let mut comma = None;
        loop {
            let key_at = at;
            let key_end = skip_string(message, at)?;
            at = skip_space(message, key_end);
            if message.get(at) != Some(&b':') {
                return None;
            }
            let start = skip_space(message, at + 1);
            let end = skip_value(message, start)?;
            at = skip_space(message, end);
            let next = *message.get(at)?;
            match &message[key_at + 1..key_end - 1] {
                b"id" => {
                    found.id = std::str::from_utf8(&message[start..end]).ok()?.parse().ok();
                    found.id_at = start..end;
                }
                b"method" => found.method = text(message, start..end),
                b"sessionId" => {
                    found.session = text(message, start..end);
                    found.session_member = match comma {
                        Some(comma) => comma..end,
                        None if next == b',' => key_at..at + 1,
                        None => key_at..end,
                    };
                }
                b"params" => found.params = Some(start..end),
                b"result" => found.result = Some(start..end),
                b"error" => found.error = Some(start..end),
                _ => {}
            }
            match next {
                b',' => {
                    comma = Some(at);
                    at = skip_space(message, at + 1);
                }
                b'}' => return Some(found),
                _ => return None,
            }
        }
    }
}

/// The inside of a string value.
fn text(message: &[u8], value: Range<usize>) -> Option<Range<usize>> {
    (message[value.start] == b'"').then(|| value.start + 1..value.end - 1)
}

fn skip_space(message: &[u8], mut at: usize) -> usize {
    while matches!(message.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The end of the string that starts at `at`, after its closing quote.
fn skip_string(message: &[u8], at: usize) -> Option<usize> {
    if message.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', message.get(at..)?)?;
        if message[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The end of the value that starts at `at`.
fn skip_value(message: &[u8], at: usize) -> Option<usize> {
    match message.get(at)? {
        b'"' => skip_string(message, at),
        b'{' | b'[' => skip_container(message, at),
        _ => {
            let length = message[at..].iter().position(|byte| {
                matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')
            })?;
            (length > 0).then_some(at + length)
        }
    }
}

fn skip_container(message: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match message.get(at)? {
            b'"' => {
                at = skip_string(message, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn at(message: &str, range: Option<Range<usize>>) -> Option<Value> {
        range.map(|range| serde_json::from_str(&message[range]).unwrap())
    }

    #[test]
    fn finds_the_members_of_an_answer_and_of_an_event() {
        let answer = r#"{"id":12,"result":{"a":"}\"{","b":[1,{"id":9}]},"sessionId":"S"}"#;
        let found = Envelope::scan(answer.as_bytes()).unwrap();
        assert_eq!((found.id, &answer[found.id_at.clone()]), (Some(12), "12"));
        assert_eq!(&answer[found.session.clone().unwrap()], "S");
        assert_eq!(&answer[found.session_member.clone()], r#","sessionId":"S""#);
        assert_eq!(
            at(answer, found.result),
            Some(json!({"a": "}\"{", "b": [1, {"id": 9}]}))
        );
        assert_eq!(
            (found.method, found.params, found.error),
            (None, None, None)
        );

        let event = r#" { "method" : "A.b" , "params" : { } } "#;
        let found = Envelope::scan(event.as_bytes()).unwrap();
        assert_eq!(&event[found.method.unwrap()], "A.b");
        assert_eq!(at(event, found.params), Some(json!({})));
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        for message in [
            "",
            "[]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":\"\\",
            "{\"a\":[}",
            "1",
            "{]",
        ] {
            assert_eq!(Envelope::scan(message.as_bytes()), None, "{message}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            r#"[\\"{}\[\],:]{0,8}"#.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn finds_what_a_full_parser_finds(
            members in prop::collection::vec((0_usize..8, any_json()), 0..8),
            pretty: bool,
        ) {
            const KEYS: [&str; 8] = ["id", "method", "sessionId", "params", "result", "error", "x", "\"}"];
            let object: serde_json::Map<String, Value> =
                members.into_iter().map(|(key, value)| (KEYS[key].to_owned(), value)).collect();
            let value = Value::Object(object);
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let found = Envelope::scan(text.as_bytes()).unwrap();
            prop_assert_eq!(at(&text, found.params.clone()), value.get("params").cloned());
            prop_assert_eq!(at(&text, found.result.clone()), value.get("result").cloned());
            prop_assert_eq!(at(&text, found.error.clone()), value.get("error").cloned());
            prop_assert_eq!(found.id, value.get("id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok()));
            prop_assert_eq!(found.method.is_some(), value.get("method").is_some_and(Value::is_string));
            if !found.session_member.is_empty() {
                let mut blanked = text.clone();
                let spaces = " ".repeat(found.session_member.len());
                blanked.replace_range(found.session_member, &spaces);
                let mut without = value.clone();
                without.as_object_mut().unwrap().remove("sessionId");
                prop_assert_eq!(serde_json::from_str::<Value>(&blanked).unwrap(), without);
            }
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(prop::sample::select(b"{}[]\":,\\ a1".to_vec()), 0..64)) {
            let _ = Envelope::scan(&bytes);
        }
    }
}
