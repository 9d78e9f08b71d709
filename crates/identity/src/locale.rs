//! Whose names there are.

use std::fmt;
use std::str::FromStr;

macro_rules! locales {
    ($($(#[$doc:meta])* $name:ident = $tag:literal),* $(,)?) => {
        /// A language and a country that a made-up person is from.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Locale {$(
            $(#[$doc])*
            $name,
        )*}

        impl Locale {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its tag (BCP 47), such as `de-DE`.
            pub fn tag(self) -> &'static str {
                match self {
                    $(Self::$name => $tag,)*
                }
            }

            /// The file of its names.
            pub(crate) fn file(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(concat!("../names/", $tag, ".txt")),)*
                }
            }
        }
    };
}

locales! {
    /// German in Germany.
    DeDe = "de-DE",
    /// English in the United Kingdom.
    EnGb = "en-GB",
    /// English in the United States.
    EnUs = "en-US",
    /// Spanish in Spain.
    EsEs = "es-ES",
    /// French in France.
    FrFr = "fr-FR",
    /// Hindi in India.
    HiIn = "hi-IN",
    /// Italian in Italy.
    ItIt = "it-IT",
    /// Japanese in Japan.
    JaJp = "ja-JP",
    /// Korean in South Korea.
    KoKr = "ko-KR",
    /// Dutch in the Netherlands.
    NlNl = "nl-NL",
    /// Polish in Poland.
    PlPl = "pl-PL",
    /// Portuguese in Brazil.
    PtBr = "pt-BR",
    /// Russian in Russia.
    RuRu = "ru-RU",
    /// Swedish in Sweden.
    SvSe = "sv-SE",
    /// Turkish in Turkey.
    TrTr = "tr-TR",
    /// Chinese in mainland China.
    ZhCn = "zh-CN",
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A tag that no locale here has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there are no names for the locale {tag:?}: expected one of {}",
    tags()
)]
pub struct UnknownLocale {
    tag: String,
}

fn tags() -> String {
    Locale::ALL
        .iter()
        .map(|locale| locale.tag())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Takes a tag in any case, with `-` or `_`.
impl FromStr for Locale {
    type Err = UnknownLocale;

    fn from_str(text: &str) -> Result<Self, UnknownLocale> {
        let tag = text.trim().replace('_', "-");
        Self::ALL
            .iter()
            .copied()
            .find(|locale| locale.tag().eq_ignore_ascii_case(&tag))
            .ok_or_else(|| UnknownLocale {
                tag: text.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_known_by_its_tag() {
        for locale in Locale::ALL {
            assert_eq!(locale.tag().parse(), Ok(*locale));
            assert_eq!(
                locale.tag().to_lowercase().replace('-', "_").parse(),
                Ok(*locale)
            );
        }
        let error = "tlh".parse::<Locale>().unwrap_err().to_string();
        assert!(
            error.contains("\"tlh\"") && error.contains("zh-CN"),
            "{error}"
        );
    }
}
