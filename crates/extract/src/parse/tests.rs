use dom_query::{Document, NodeRef};
use proptest::prelude::*;

use super::*;

fn depth(document: &Document) -> usize {
    let mut deepest = 0;
    let mut at = document.root();
    let mut level = 0_usize;
    loop {
        deepest = deepest.max(level);
        if let Some(child) = at.first_child() {
            at = child;
            level += 1;
            continue;
        }
        loop {
            if let Some(next) = at.next_sibling() {
                at = next;
                break;
            }
            let Some(parent): Option<NodeRef<'_>> = at.parent() else {
                return deepest;
            };
            at = parent;
            level -= 1;
        }
    }
}

#[test]
fn depth_is_bounded_and_text_kept() {
    let html = format!(
        "{}text{}<p>after",
        "<div>".repeat(10_000),
        "</div>".repeat(10_000)
    );
    let parsed = parse(&html);
    assert!(depth(&parsed.document) < 520);
    assert_eq!(&*parsed.document.text(), "textafter");
    assert_eq!(parsed.document.select("body > p").length(), 1);
    assert!(!parsed.truncated);
}

#[test]
fn end_tags_without_a_start_make_no_room() {
    let parsed = parse(&"<div></x></x></x>".repeat(5_000));
    assert!(depth(&parsed.document) < 1_100);
}

#[test]
fn hostile_markup_ends_soon() {
    let fonts: String = (0..3_000).map(|n| format!("<font a{n}=1>")).collect();
    let blocks = "<p>x".repeat(200_000);
    assert!(!parse(&format!("{fonts}{blocks}")).truncated);
    let some: String = (0..400).map(|n| format!("<font a{n}=1>")).collect();
    assert!(parse(&format!("<p>{some}</p>{blocks}")).truncated);

    let attributes: String = (0..400_000).map(|n| format!(" a{n}")).collect();
    let parsed = parse(&format!(
        "<svg><style><p title='</style>' {attributes}></p></style></svg><b>text</b>"
    ));
    assert_eq!(parsed.document.select("b").length(), 1);

    let parsed = parse(&"<body a=1><html b=2>".repeat(100_000));
    assert!(!parsed.truncated);

    let attributes: String = (0..200).map(|n| format!(" a{n}={n}")).collect();
    let heavy = format!("<b{attributes}>").repeat(400);
    parse(&format!("{heavy}{}", "<b x></b>".repeat(300_000)));
}

proptest! {
    /// The bounds change nothing for markup that stays within them.
    #[test]
    fn small_documents_come_out_as_from_the_plain_parser(
        html in r#"(<(/?(a|b|p|div|table|tr|td|svg|style|script|title|textarea|select|template|!--|i|li|ul)( x| href="a>b"| y='<')?/?)>|-->|text|&amp;|&lt|"|'|<|\u{0}|é){0,60}"#
    ) {
        let plain = Document::from(html.as_str());
        prop_assert_eq!(parse(&html).document.html(), plain.html());
    }
}
