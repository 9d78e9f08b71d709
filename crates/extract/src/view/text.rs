//! Putting the text of an element together.

/// Text that is put together from pieces.
#[derive(Default)]
pub(super) struct Text {
    pub(super) text: String,
    space: bool,
    piece_ended: bool,
}

impl Text {
    pub(super) fn boundary(&mut self, is_block: bool) {
        self.space |= is_block;
        self.piece_ended = true;
    }

    pub(super) fn push(&mut self, piece: &str) {
        let digit = |it: Option<char>| it.is_some_and(|it| it.is_ascii_digit());
        // `19<sup>99</sup>` is not nineteen hundred and ninety-nine.
        if self.piece_ended && digit(self.text.chars().last()) && digit(piece.chars().next()) {
            self.space = true;
        }
        self.piece_ended = false;
        for character in piece.chars() {
            if character.is_whitespace() {
                self.space = true;
                continue;
            }
            // They only say where a line may break.
            if matches!(character, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}') {
                continue;
            }
            if self.space && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.space = false;
            self.text.push(character);
        }
    }
}
