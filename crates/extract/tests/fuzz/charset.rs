//! Bytes in any encoding, and in none.

use guise_extract::decode;
use proptest::prelude::*;

use crate::cases;

fn header() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        "[a-z/;= \"'-]{0,30}".prop_map(Some),
        prop::sample::select(vec![
            "utf-8",
            "utf-16",
            "latin1",
            "shift_jis",
            "gbk",
            "x-user-defined",
            "replacement",
            "iso-2022-jp",
            ""
        ])
        .prop_map(|charset| Some(format!("text/html; charset=\"{charset}\""))),
    ]
}

fn start() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "<meta charset=",
        "<meta charset='windows-1251'>",
        "<?xml version='1.0' encoding='",
        "<?xml encoding=\"koi8-r\"?>",
        "<meta http-equiv=x content='text/html; charset=big5'>",
        "\u{feff}",
        "<\0p\0>\0",
        "<meta charset",
        "<META CHARSET = utf-16 >",
    ])
}

proptest! {
    #![proptest_config(cases(3_500))]

    #[test]
    fn any_bytes_are_text(start in start(), bytes in prop::collection::vec(any::<u8>(), 0..120), header in header()) {
        let bytes = [start.as_bytes(), &bytes].concat();
        let decoded = decode(&bytes, header.as_deref());
        prop_assert!(decoded.text.len() <= 3 * bytes.len());
    }

    /// What is UTF-8 and says nothing else is read as that.
    #[test]
    fn utf8_stays(text in "\\PC{0,60}") {
        prop_assume!(!text.starts_with('\u{feff}') && !text.starts_with("<?xml"));
        prop_assert_eq!(&decode(text.as_bytes(), None).text, &text);
        prop_assert_eq!(&decode(text.as_bytes(), Some("text/html; charset=utf-8")).text, &text);
    }
}
