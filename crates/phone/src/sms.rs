//! A text message in JSON, from any gateway.

use guise_core::{InboundSms, PhoneNumber, Timestamp};
use serde::Deserialize;

use crate::Refusal;

/// Octets of the longest sender and of the longest id.
const MAX_NAME: usize = 256;

/// Octets of the longest text: 255 parts of 153 characters are the most that a message can have (3GPP TS 23.040
/// §9.2.3.24.1), in UTF-8.
pub(crate) const MAX_TEXT: usize = 255 * 153 * 3;

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    id: Option<Id>,
    from: String,
    to: String,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

/// Some gateways count their messages.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(u64),
}

/// Reads a body `{"id": …, "from": …, "to": …, "body": …}`.
///
/// `text` may stand for `body`; `id` may be a number, or missing: then it is `webhook_id`, the webhook's own, which is
/// the same for every try to deliver it. `to` is one of our numbers with its country code, `from` anything. Other
/// members are not looked at.
///
/// # Errors
/// Kind [`Refusal::Content`], naming the member.
pub fn read(body: &[u8], webhook_id: &str, now: Timestamp) -> Result<InboundSms, Refusal> {
    // The library's own message quotes what it found.
    let payload: Payload = serde_json::from_slice(body).map_err(|error| {
        Refusal::content(
            "the body",
            format!(
                "is not as expected at line {}, column {}: expected {{\"from\": text, \"to\": \"+…\", \"body\": text}}",
                error.line(),
                error.column()
            ),
        )
    })?;
    let text = match (payload.body, payload.text) {
        (Some(text), None) | (None, Some(text)) => text,
        (None, None) => return Err(Refusal::content("body", "is missing: expected the text")),
        (Some(_), Some(_)) => {
            return Err(Refusal::content(
                "body",
                "is there beside text: expected one of them",
            ));
        }
    };
    let message_id = match payload.id {
        Some(Id::Text(id)) => id,
        Some(Id::Number(id)) => id.to_string(),
        None => webhook_id.to_owned(),
    };
    message(message_id, payload.from, &payload.to, text, now)
}

/// What every message must be.
pub(crate) fn message(
    message_id: String,
    from: String,
    to: &str,
    body: String,
    now: Timestamp,
) -> Result<InboundSms, Refusal> {
    if message_id.is_empty() || message_id.len() > MAX_NAME {
        return Err(Refusal::content(
            "id",
            "is empty or too long: expected 1 to 256 octets",
        ));
    }
    if from.is_empty() || from.len() > MAX_NAME {
        return Err(Refusal::content(
            "from",
            "is empty or too long: expected 1 to 256 octets",
        ));
    }
    if body.len() > MAX_TEXT {
        return Err(Refusal::content(
            "body",
            "is too long: expected at most 255 parts of a message",
        ));
    }
    let to: PhoneNumber = to
        .parse()
        .map_err(|error: guise_core::InvalidPhoneNumber| {
            Refusal::content("to", format!("is wrong: {error}"))
        })?;
    Ok(InboundSms {
        message_id,
        from,
        to,
        body,
        at: now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_700_000_000_000_000;

    fn read_now(body: &str) -> Result<InboundSms, Refusal> {
        read(body.as_bytes(), "msg_1", Timestamp::from_micros(NOW))
    }

    #[test]
    fn a_message_may_be_written_in_some_ways() {
        let sms =
            read_now(r#"{"id":"a","from":"ACME","to":"+1 202 555 0123","body":"482913","x":[]}"#)
                .unwrap();
        assert_eq!(
            (
                sms.message_id.as_str(),
                sms.from.as_str(),
                sms.to.as_str(),
                sms.body.as_str()
            ),
            ("a", "ACME", "+12025550123", "482913")
        );
        assert_eq!(sms.at, Timestamp::from_micros(NOW));
        let id = |body| read_now(body).unwrap().message_id;
        assert_eq!(id(r#"{"from":"1","to":"+12025550123","text":""}"#), "msg_1");
        assert_eq!(
            id(r#"{"id":null,"from":"1","to":"+12025550123","text":"t"}"#),
            "msg_1"
        );
        assert_eq!(
            id(r#"{"id":7,"from":"1","to":"+12025550123","text":"t"}"#),
            "7"
        );
    }

    #[test]
    fn what_is_no_message_is_refused_by_member() {
        for (body, member) in [
            ("", "the body"),
            ("[]", "the body"),
            (r#"{"to":"+12025550123","body":"x"}"#, "the body"),
            (r#"{"from":1,"to":"+12025550123","body":"x"}"#, "the body"),
            (r#"{"from":"1","to":"+12025550123"}"#, "body"),
            (
                r#"{"from":"1","to":"+12025550123","body":"x","text":"x"}"#,
                "body",
            ),
            (r#"{"from":"1","to":"2025550123","body":"x"}"#, "to"),
            (r#"{"from":"","to":"+12025550123","body":"x"}"#, "from"),
            (
                r#"{"id":"","from":"1","to":"+12025550123","body":"x"}"#,
                "id",
            ),
        ] {
            let Err(Refusal::Content { member: named, .. }) = read_now(body) else {
                panic!("{body} was taken");
            };
            assert_eq!(named, member, "{body}");
        }
        let secret = read_now(r#"{"from":"1","to":"+1","body":482913}"#).unwrap_err();
        assert!(!secret.to_string().contains("482913"));
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body, "msg_1", Timestamp::from_micros(NOW));
        }

        #[test]
        fn nearly_right_bodies_do_not_either(
            members in proptest::collection::vec(
                (prop::sample::select(vec!["id", "from", "to", "body", "text", "x"]), "\\PC{0,20}|null|\\[\\]|-?[0-9]{1,30}|\"\\+[0-9]{0,20}\""),
                0..8,
            ),
        ) {
            let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            if let Ok(sms) = read_now(&format!("{{{}}}", members.join(","))) {
                prop_assert!(!sms.from.is_empty() && !sms.message_id.is_empty());
            }
        }
    }
}
