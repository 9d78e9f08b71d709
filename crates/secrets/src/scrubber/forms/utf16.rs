//! UTF-16.

use secrecy::zeroize::Zeroizing;

use super::{Form, Kind};

pub(super) fn forms(text: &str) -> [Form; 2] {
    [true, false].map(|little| {
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 2));
        for unit in text.encode_utf16() {
            bytes.extend(if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            });
        }
        let outer = if little { bytes.last() } else { bytes.first() };
        let cut = outer == Some(&0);
        Form::new(
            &bytes[range(bytes.len(), little, cut)],
            Kind::Utf16 { little, cut },
        )
    })
}

/// An ASCII text in the same width; zeros are characters, too.
pub(in crate::scrubber) fn widened(text: &str, little: bool, cut: bool) -> String {
    let wide: String = text
        .chars()
        .flat_map(|c| if little { [c, '\0'] } else { ['\0', c] })
        .collect();
    wide[range(wide.len(), little, cut)].to_owned()
}

fn range(length: usize, little: bool, cut: bool) -> std::ops::Range<usize> {
    match (cut, little) {
        (false, _) => 0..length,
        (true, true) => 0..length.saturating_sub(1),
        (true, false) => length.min(1)..length,
    }
}
