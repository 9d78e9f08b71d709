//! Percent-encoding.

use secrecy::zeroize::Zeroizing;

use super::{escaped, push_hex};

/// What encoders leave as it is beside letters and digits.
const KEPT: &[&str] = &[
    "",
    // RFC 3986 §2.3, and the same with slashes, as paths have them.
    "-._~",
    "-._~/",
    // The sets of the URL standard, §1.3: form, component (as encodeURIComponent), userinfo, path, query of special schemes
    // and of others, fragment.
    "*-._",
    "-._~!*'()",
    "-._~!*'()$%&+,",
    "-._~!*'()$%&+,/:;=@[\\]|",
    "-._~!*()$%&+,/:;=@[\\]|?^`{}",
    "-._~!*'()$%&+,/:;=@[\\]|?^`{}",
    "-._~!*'()$%&+,/:;=@[\\]|?^{}#",
    // encodeURI (ECMA-262).
    "-._~!*'();,/?:@&=+$#",
];

pub(super) fn forms(text: &str, add: &mut impl FnMut(Zeroizing<String>)) {
    let spaces: &[&str] = if text.contains(' ') {
        &["%20", "+"]
    } else {
        &["%20"]
    };
    for space in spaces {
        for capitals in [true, false] {
            add(encoded(text, |_| false, capitals, space));
            for kept in KEPT {
                let keeps = |c: char| c.is_ascii_alphanumeric() || kept.contains(c);
                add(encoded(text, keeps, capitals, space));
            }
        }
    }
    if text.contains(' ') {
        add(escaped(text, |out, c| {
            out.push(if c == ' ' { '+' } else { c })
        }));
    }
}

fn encoded(
    text: &str,
    keeps: impl Fn(char) -> bool,
    capitals: bool,
    space: &str,
) -> Zeroizing<String> {
    escaped(text, |out, c| match c {
        ' ' => out.push_str(space),
        _ if keeps(c) => out.push(c),
        _ => {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                out.push('%');
                push_hex(out, byte.into(), 2, capitals);
            }
        }
    })
}
