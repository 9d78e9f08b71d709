//! Bodies of forms (URL Standard, "application/x-www-form-urlencoded parsing").

use secrecy::zeroize::Zeroizing;

use super::{Value, Writing};

/// The values of a form.
pub(super) fn read(body: &[u8]) -> Vec<Value> {
    let mut values = Vec::new();
    let mut start = 0;
    for pair in body.split(|&byte| byte == b'&') {
        let equals = pair.iter().position(|&byte| byte == b'=');
        if let Some(equals) = equals
            && let Some(key) = decode(&pair[..equals])
            && let Some(text) = decode(&pair[equals + 1..])
        {
            values.push(Value {
                key: key.to_string(),
                text,
                at: start + equals + 1..start + pair.len(),
                writing: Writing::Form,
            });
        }
        start += pair.len() + 1;
    }
    values
}

/// Decodes a name or value; `None` when it is not UTF-8.
fn decode(written: &[u8]) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(written.len()));
    let mut at = 0;
    while let Some(&byte) = written.get(at) {
        let hex = |at: usize| char::from(*written.get(at)?).to_digit(16);
        let (decoded, taken) = match byte {
            b'+' => (b' ', 1),
            b'%' => match (hex(at + 1), hex(at + 2)) {
                (Some(high), Some(low)) => (u8::try_from(16 * high + low).ok()?, 3),
                _ => (b'%', 1),
            },
            byte => (byte, 1),
        };
        bytes.push(decoded);
        at += taken;
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}
