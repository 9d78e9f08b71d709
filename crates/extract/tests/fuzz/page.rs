//! Pages of any markup, and of none.

use guise_extract::{Css, Error, Options, Selector, images, page};
use proptest::prelude::*;
use url::Url;

use crate::cases;

fn options() -> impl Strategy<Value = Options> {
    (any::<[bool; 5]>(), prop::option::of("[a-z]{1,6}")).prop_map(|(flags, selector)| Options {
        only_main_content: flags[0],
        links: flags[1],
        images: flags[2],
        ignored_tags: if flags[3] {
            vec![Css::new("nav, b > i").unwrap()]
        } else {
            Vec::new()
        },
        selector: selector.and_then(|text| Selector::new(&text).ok()),
        link_placeholders: flags[4],
    })
}

/// Markup that is mostly well-formed, sometimes not.
fn markup() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[ a-z*_`#<>|\\[\\]()!&;\\\\\n~0-9.-]{0,12}",
        "\\PC{0,6}",
        Just("\u{0}\u{200b}\u{fffd}é漢😀".to_owned()),
    ];
    let name = || {
        prop::sample::select(vec![
            "p",
            "div",
            "span",
            "b",
            "i",
            "em",
            "strong",
            "a",
            "ul",
            "ol",
            "li",
            "table",
            "tr",
            "td",
            "th",
            "thead",
            "caption",
            "pre",
            "code",
            "h1",
            "h3",
            "blockquote",
            "br",
            "hr",
            "img",
            "input",
            "select",
            "option",
            "textarea",
            "button",
            "dl",
            "dt",
            "dd",
            "details",
            "summary",
            "svg",
            "math",
            "title",
            "style",
            "script",
            "template",
            "noscript",
            "base",
            "html",
            "body",
            "head",
            "form",
            "sup",
            "q",
            "ruby",
            "rt",
            "x-y",
            "article",
            "main",
            "nav",
            "picture",
            "source",
            "figure",
            "figcaption",
            "iframe",
            "link",
            "frameset",
            "colgroup",
            "col",
            "dialog",
            "plaintext",
        ])
    };
    let attribute = prop::sample::select(vec![
        "",
        " href=/x",
        " href='#'",
        " href='http://[bad'",
        " src=a.png alt='a]|`'",
        " colspan=3",
        " rowspan=9999999",
        " start=-5",
        " value=99999999999999999999",
        " hidden",
        " style='display:none'",
        " class='language-js hljs'",
        " type=checkbox checked",
        " aria-label=x",
        " srcset='a 1x, ,, b 9e99x'",
        " width=nan height=1e400",
        " style='background:url(",
        " class=post",
        " role=presentation",
        " data-lang='`'",
    ]);
    let leaf = prop_oneof![
        text,
        (name(), attribute.clone()).prop_map(|(name, attribute)| format!("<{name}{attribute}>")),
        name().prop_map(|name| format!("</{name}>")),
        Just("<!-- > -->".to_owned()),
        Just("<![CDATA[ x ]]>".to_owned()),
    ];
    let tree = leaf.prop_recursive(6, 80, 6, move |inner| {
        (
            name(),
            attribute.clone(),
            prop::collection::vec(inner, 0..6),
        )
            .prop_map(|(name, attribute, inner)| {
                format!("<{name}{attribute}>{}</{name}>", inner.concat())
            })
    });
    prop::collection::vec(tree, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600), options in options()) {
        let text = String::from_utf8_lossy(&bytes);
        check(&text, &options);
    }

    #[test]
    fn any_markup(html in markup(), options in options()) {
        check(&html, &options);
    }
}

proptest! {
    #![proptest_config(cases(2_500))]

    #[test]
    fn any_selector(text in "\\PC{0,20}|[a-z.#:()\\[\\]>+~*, '\"=|^$\\\\-]{0,30}|(:not|:has|:is|a|\\.|#|\\(|\\)|\\[b|=|c\\]| |>|,|:nth-child\\(2n|\\*){0,20}") {
        match Selector::new(&text) {
            Ok(selector) => {
                let options = Options { selector: Some(selector), ..Options::default() };
                check("<main><p class=a>x<b id=i>y</b></p></main>", &options);
            }
            Err(Error::Selector { position, .. }) => prop_assert!(position <= text.chars().count() + 1),
            Err(Error::XPath { value, .. }) => prop_assert!(text.contains(&value)),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn any_xpath(text in "//(\\PC{0,20}|(//|/|\\.\\.|\\.|@|\\*|p|b|\\[|\\]|\\(|\\)|'a'|1|,| and | or | div |-|=|!=|<|\\||last\\(\\)|position\\(\\)|string\\(|not\\(|count\\(|text\\(\\)|node\\(\\)|translate\\(|id\\(|ancestor::|following::|preceding::|preceding-sibling::|self::){0,24})") {
        match Selector::new(&text) {
            Ok(selector) => {
                let options = Options { selector: Some(selector), ..Options::default() };
                check("<main><p class=a lang=en>x<b id=i>y</b></p><!-- c --><p>1</p></main>", &options);
            }
            Err(Error::XPath { value, .. }) => prop_assert!(text.contains(&value)),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

/// What holds for every page.
fn check(html: &str, options: &Options) {
    let base = Url::parse("https://site.example/dir/").unwrap();
    // What comes first cannot be inside anything else.
    let html = &format!("<script>zqscript()</script><style>.zqstyle{{}}</style>{html}");
    if let Ok(page) = page(html, &base, options) {
        let markdown = &page.markdown;
        // Words that millions of random bytes do not make up.
        assert!(!markdown.contains("zqscript"), "{markdown}");
        assert!(!markdown.contains("zqstyle"), "{markdown}");
        assert_eq!(
            markdown.trim_matches('\n'),
            markdown,
            "no blank lines around"
        );
        assert!(!markdown.contains("](javascript:"), "{markdown}");
        if options.link_placeholders {
            for placeholder in &page.placeholders {
                assert!(Url::parse(&placeholder.url).is_ok());
            }
        } else {
            assert!(page.placeholders.is_empty());
        }
    }
    for image in images(html, &base, options).unwrap_or_default() {
        assert!(image.url.is_none_or(|url| url.scheme() != "data"));
    }
}
