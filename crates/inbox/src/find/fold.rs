//! Many ways to write a character to one.

/// The text with full-width forms, fancy dashes and blanks as ASCII has them, letters without their accents, and letters
/// beyond ASCII in lower case. ASCII keeps its case, because codes do. Tabs stay.
pub(super) fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !is_invisible(*c))
        .map(fold_char)
        .flat_map(char::to_lowercase_beyond_ascii)
        .collect()
}

trait BeyondAscii {
    fn to_lowercase_beyond_ascii(self) -> impl Iterator<Item = char>;
}

impl BeyondAscii for char {
    fn to_lowercase_beyond_ascii(self) -> impl Iterator<Item = char> {
        let (ascii, other) = if self.is_ascii() {
            (Some(self), None)
        } else {
            (None, Some(self.to_lowercase()))
        };
        ascii
            .into_iter()
            .chain(other.into_iter().flatten().map(without_accent))
    }
}

fn fold_char(c: char) -> char {
    match c {
        // Full-width ASCII lies in the same order, a fixed way off. Punctuation that separates stays: a comma between
        // digits would make one number of them.
        '\u{ff03}'
        | '\u{ff0d}'..='\u{ff19}'
        | '\u{ff20}'..='\u{ff3a}'
        | '\u{ff41}'..='\u{ff5a}' => u32::from(c)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '\t' | '\n' => c,
        c if c.is_whitespace() => ' ',
        '\u{2018}' | '\u{2019}' | '\u{2032}' | '\u{60}' | '\u{b4}' => '\'',
        _ => c,
    }
}

fn without_accent(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì'..='ï' | 'ī' | 'ı' => 'i',
        'ł' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' | 'ß' => 's',
        'ť' | 'ț' | 'ţ' => 't',
        'ù'..='ü' | 'ů' | 'ű' | 'ū' => 'u',
        'ý' | 'ÿ' => 'y',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' => 'ι',
        'ό' => 'ο',
        'ύ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        'ź' | 'ż' | 'ž' => 'z',
        // What is left of İ when it becomes lower case.
        '\u{307}' => '\'',
        _ => c,
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Código ÉTÉ", "Codigo eTe")]
    #[case("Ваш КОД", "ваш код")]
    #[case("４７１－９０３：Ａｂ", "471-903：Ab")]
    #[case("12–34\u{a0}5\u{200b}6\t7", "12-34 56\t7")]
    #[case("Doğrulama", "Dogrulama")]
    #[case("Κωδικός", "κωδικοσ")]
    #[case("認証コード", "認証コード")]
    fn characters_fold(#[case] text: &str, #[case] folded: &str) {
        assert_eq!(fold(text), folded);
    }
}
