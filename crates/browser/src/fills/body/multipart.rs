//! Bodies of forms in parts (RFC 7578; HTML, "multipart/form-data encoding algorithm").

use memchr::memmem;
use secrecy::zeroize::Zeroizing;

use super::{Value, Writing};

/// The values of a form. Files are none.
pub(super) fn read(content_type: &str, body: &[u8]) -> Vec<Value> {
    let Some(boundary) = boundary(content_type) else {
        return Vec::new();
    };
    let delimiter = format!("--{boundary}");
    let mut values = Vec::new();
    let mut marks = memmem::find_iter(body, delimiter.as_bytes()).peekable();
    while let Some(mark) = marks.next() {
        let Some(&next) = marks.peek() else { break };
        let start = mark + delimiter.len();
        // A part ends with the line break before the next delimiter.
        let Some(part) = body[start..next].strip_suffix(b"\r\n") else {
            continue;
        };
        if let Some(head) = memmem::find(part, b"\r\n\r\n")
            && let Some(key) = name(&part[..head])
            && let Ok(text) = std::str::from_utf8(&part[head + 4..])
        {
            values.push(Value {
                key,
                text: Zeroizing::new(text.to_owned()),
                at: start + head + 4..start + part.len(),
                writing: Writing::Plain,
            });
        }
    }
    values
}

fn boundary(content_type: &str) -> Option<&str> {
    let parameters = content_type.split(';').skip(1);
    for parameter in parameters {
        if let Some((name, value)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("boundary")
        {
            let value = value.trim();
            let value = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'))
                .unwrap_or(value);
            return (!value.is_empty()).then_some(value);
        }
    }
    None
}

/// The name of a part that is no file.
fn name(head: &[u8]) -> Option<String> {
    let head = std::str::from_utf8(head).ok()?;
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    if parameter(disposition, "filename").is_some() || parameter(disposition, "filename*").is_some()
    {
        return None;
    }
    parameter(disposition, "name")
}

/// A quoted parameter. Browsers write quotes and line breaks in names as percent escapes.
fn parameter(disposition: &str, wanted: &str) -> Option<String> {
    let mut rest = disposition;
    while let Some((_, parameters)) = rest.split_once(';') {
        let parameters = parameters.trim_start();
        let (name, value) = parameters.split_once('=')?;
        match value
            .strip_prefix('"')
            .and_then(|value| value.split_once('"'))
        {
            Some((value, after)) => {
                if name.trim().eq_ignore_ascii_case(wanted) {
                    let plain = value
                        .replace("%22", "\"")
                        .replace("%0D", "\r")
                        .replace("%0A", "\n");
                    return Some(plain);
                }
                rest = after;
            }
            None => rest = value,
        }
    }
    None
}
