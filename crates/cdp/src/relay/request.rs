//! Reading what an outside client sends.
//!
//! A client is not trusted, so nothing that it wrote reaches the browser unless a strict parser has found where it
//! begins and ends: Chromium's own parser also takes comments, and of a member that comes twice it may take the other
//! one. The command is written anew from the parts that were looked at.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::session::is_method;

/// JSON-RPC: the message is not JSON.
const PARSE_ERROR: i32 = -32700;
/// JSON-RPC: the message is JSON and no command.
const INVALID_REQUEST: i32 = -32600;
/// The browser refused. The code that Chromium itself uses for most refusals.
pub(super) const REFUSED: i32 = -32000;
/// The code that Chromium uses for a session that is not attached.
pub(super) const SESSION_NOT_FOUND: i32 = -32001;

/// The longest message that is passed on, in bytes. Chromium reads commands into a buffer of 100 MiB and gives up its
/// pipe, and with it every client's pages, when one does not fit.
const LONGEST: usize = 96 * 1024 * 1024;
/// How deep the parameters may be nested. Chromium stops reading at 300 levels and answers without the command's number.
const DEEPEST: usize = 200;

/// A command that can be passed on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request<'a> {
    /// The client's number.
    pub(super) id: i32,
    /// A plain name.
    pub(super) method: String,
    /// One JSON object.
    pub(super) params: &'a str,
    /// The session as the client names it.
    pub(super) session: Option<String>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<&'a RawValue>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow, rename = "sessionId")]
    session: Option<&'a RawValue>,
}

/// Reads one message.
///
/// # Errors
/// The answer to send back when it is no command.
pub(super) fn read(message: &[u8]) -> Result<Request<'_>, Bytes> {
    let parsed: Message<'_> = serde_json::from_slice(message).map_err(|error| {
        error_reply(
            None,
            None,
            PARSE_ERROR,
            &format!("the message is not valid JSON: {error}"),
        )
    })?;
    let Some(id) = parsed
        .id
        .and_then(|id| serde_json::from_str::<i32>(id.get()).ok())
    else {
        return Err(error_reply(
            None,
            None,
            INVALID_REQUEST,
            "the message must have an integer 'id'",
        ));
    };
    let invalid = |text: &str| error_reply(Some(id), None, INVALID_REQUEST, text);
    let Some(method) = parsed
        .method
        .and_then(|method| serde_json::from_str::<String>(method.get()).ok())
    else {
        return Err(invalid("the message must have a string 'method'"));
    };
    if !is_method(&method) {
        return Err(invalid("'method' must be a name such as Page.navigate"));
    }
    let session = match parsed.session {
        None => None,
        Some(session) => match serde_json::from_str::<String>(session.get()) {
            Ok(session) => Some(session),
            Err(_) => return Err(invalid("'sessionId' must be a string")),
        },
    };
    let params = parsed.params.map_or("{}", RawValue::get);
    if !params.starts_with('{') {
        return Err(invalid("'params' must be an object"));
    }
    if message.len() > LONGEST {
        return Err(invalid(&format!(
            "the message is too long: {} bytes, and at most {LONGEST} are passed on",
            message.len()
        )));
    }
    if depth(params) > DEEPEST {
        return Err(invalid(&format!(
            "'params' is nested too deeply: at most {DEEPEST} levels are passed on"
        )));
    }
    Ok(Request {
        id,
        method,
        params,
        session,
    })
}

/// How deep valid JSON is nested.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    deepest
}

/// An answer with a result (JSON text) to a command of the client's.
pub(super) fn reply(id: i32, session: Option<&str>, result: &str) -> Bytes {
    format!(
        r#"{{"id":{id},"result":{result}{}}}"#,
        session_member(session)
    )
    .into()
}

/// An answer that refuses a command of the client's.
pub(super) fn error_reply(
    id: Option<i32>,
    session: Option<&str>,
    code: i32,
    message: &str,
) -> Bytes {
    let id = id.map(|id| format!(r#""id":{id},"#)).unwrap_or_default();
    let message = serde_json::Value::from(message);
    format!(
        r#"{{{id}"error":{{"code":{code},"message":{message}}}{}}}"#,
        session_member(session)
    )
    .into()
}

fn session_member(session: Option<&str>) -> String {
    session
        .map(|session| format!(r#","sessionId":{}"#, serde_json::Value::from(session)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn refusal(message: &str) -> Value {
        serde_json::from_slice(&read(message.as_bytes()).unwrap_err()).unwrap()
    }

    #[test]
    fn reads_what_stock_clients_send() {
        let request =
            read(br#"{"id":-9999,"method":"Page.navigate","params":{"url":"a"},"sessionId":"S"}"#)
                .unwrap();
        assert_eq!(
            request,
            Request {
                id: -9999,
                method: "Page.navigate".into(),
                params: r#"{"url":"a"}"#,
                session: Some("S".into())
            }
        );
        assert_eq!(
            read(br#"{"method":"A.b","id":1,"guid":"x"}"#)
                .unwrap()
                .params,
            "{}"
        );
    }

    #[test]
    fn escaped_names_are_read_as_what_they_mean() {
        let request = read(br#"{"id":1,"meth\u006fd":"Browser.cl\u006fse"}"#).unwrap();
        assert_eq!(request.method, "Browser.close");
    }

    #[test]
    fn what_two_parsers_could_read_differently_is_refused() {
        for message in [
            r#"{"id":1,"method":"A.b","method":"Browser.crash"}"#,
            r#"{"id":1,"method":"A.b","params":{/*"*/},"method":"Browser.crash","x":{/*"*/}}"#,
            r#"{"id":1,"method":"A.b","params":{]}"#,
            "{\"id\":1,\"method\":\"A.b\",\"params\":{\"a\":\"\0\"}}",
            r#"{"id":1,"method":"A.b"} {"id":2}"#,
            "",
        ] {
            assert_eq!(refusal(message)["error"]["code"], PARSE_ERROR, "{message}");
        }
        let not_text = b"{\"id\":1,\"method\":\"A.b\",\"params\":{\"x\":\"\xff\"}}";
        assert!(read(not_text).is_err());
        for message in [
            r#"{"id":1.5,"method":"A.b"}"#,
            r#"{"id":"1","method":"A.b"}"#,
            r#"{"id":99999999999,"method":"A.b"}"#,
            r#"{"id":1,"method":7}"#,
            r#"{"id":1}"#,
            r#"{"id":1,"method":"A.\"b"}"#,
            r#"{"id":1,"method":"A.b","params":[1]}"#,
            r#"{"id":1,"method":"A.b","sessionId":7}"#,
        ] {
            assert_eq!(
                refusal(message)["error"]["code"],
                INVALID_REQUEST,
                "{message}"
            );
        }
    }

    #[test]
    fn what_chromium_cannot_take_is_refused_under_its_number() {
        let nested = |levels: usize| {
            let (open, close) = ("[".repeat(levels), "]".repeat(levels));
            format!(r#"{{"id":3,"method":"A.b","params":{{"a":"\"[{{","b":{open}{close}}}}}"#)
        };
        assert!(read(nested(DEEPEST - 1).as_bytes()).is_ok());
        for message in [nested(DEEPEST), nested(100_000)] {
            let refusal = refusal(&message);
            assert_eq!(refusal["id"], 3);
            assert_eq!(refusal["error"]["code"], INVALID_REQUEST);
        }
        let long = format!(
            r#"{{"id":4,"method":"A.b","params":{{"a":"{}"}}}}"#,
            "x".repeat(LONGEST)
        );
        assert_eq!(refusal(&long)["id"], 4);
    }

    proptest! {
        #[test]
        fn whatever_passes_is_one_object_without_a_nul(bytes in prop::collection::vec(
            prop::sample::select(b"{}[]\":,\\ /*\0idmethodparams1".to_vec()), 0..80
        )) {
            let mut message = br#"{"id":1,"method":"A.b","params":{"#.to_vec();
            message.extend_from_slice(&bytes);
            if let Ok(request) = read(&message) {
                prop_assert!(!request.params.contains('\0'));
                prop_assert!(serde_json::from_str::<serde_json::Map<String, Value>>(request.params).is_ok());
            }
        }
    }
}
