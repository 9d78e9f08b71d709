use proptest::prelude::*;

use super::*;

fn template(text: &str) -> PromptTemplate {
    PromptTemplate::parse(text.to_owned()).unwrap()
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn rendered(text: &str, pairs: &[(&str, &str)]) -> String {
    template(text).render(&values(pairs)).unwrap()
}

#[test]
fn variables_give_way_to_their_values() {
    let both = [("name", "Zoë"), ("plan.variables.env", "test")];
    for (text, pairs, prompt) in [
        ("Log in.", &[][..], "Log in."),
        ("{{name}}", &both[..1], "Zoë"),
        ("{{ name }}{{name}}", &both[..1], "ZoëZoë"),
        ("<{{\t name\n}}>", &both[..1], "<Zoë>"),
        (
            "Hello {{ name }}, in {{ plan.variables.env }}!",
            &both,
            "Hello Zoë, in test!",
        ),
        (
            "{{ steps.create-order.outputs.order_id }}",
            &[("steps.create-order.outputs.order_id", "7")],
            "7",
        ),
        ("{{ größe }} {{ 2 }}", &[("größe", "1"), ("2", "")], "1 "),
        // Braces that are none of a variable.
        ("{ name } }} {", &[], "{ name } }} {"),
        ("{{ \"{{\" }} name }}", &[], "{{ name }}"),
        ("{{\"{{ name }}\"}}{{ \"\" }}", &[], "{{ name }}"),
    ] {
        assert_eq!(rendered(text, pairs), prompt, "{text}");
    }
}

#[test]
fn what_a_value_says_is_put_in_and_no_more() {
    let value = "{{ other }} {{ \"x\" }} {{";
    assert_eq!(
        rendered("<{{ name }}>", &[("name", value)]),
        format!("<{value}>")
    );
}

#[test]
fn variables_are_named_once_in_their_order() {
    let text = "{{ b }} {{ a }} {{ b }} {{ \"c\" }} {{ a.b }}";
    assert_eq!(template(text).variables(), ["b", "a", "a.b"]);
    assert_eq!(template("none").variables(), [""; 0]);
}

#[test]
fn what_is_missing_and_what_is_unknown_is_named() {
    let asked = template("{{ a }} {{ b }} {{ a }}");
    let error = asked.render(&values(&[("b", ""), ("c", "")])).unwrap_err();
    let paths: Vec<_> = error.violations().iter().map(|it| &it.path[..]).collect();
    assert_eq!(paths, [["variables", "a"], ["variables", "c"]]);
    assert!(error.message().contains("Missing variable 'a'"), "{error}");
    assert!(error.message().contains("Unknown variable 'c'"), "{error}");
    // A name is one to the letter.
    asked.render(&values(&[("a", ""), ("B", "")])).unwrap_err();
}

#[test]
fn errors_stay_short() {
    let many: String = (0..5000)
        .map(|number| format!("{{{{v{number}}}}}"))
        .collect();
    let error = template(&many).render(&BTreeMap::new()).unwrap_err();
    assert!(
        error.message().ends_with("and 4990 more of them"),
        "{error}"
    );
    let long = "x".repeat(100_000);
    let error = template("a").render(&values(&[(&long, "")])).unwrap_err();
    assert!(error.message().len() < 300, "{error}");
    let broken = format!("{{{{ {long}");
    let error = PromptTemplate::parse(broken[..60_000].to_owned()).unwrap_err();
    assert!(error.message().len() < 500, "{error}");
}

#[test]
fn a_prompt_is_bounded() {
    let longest = "x".repeat(MAX_PROMPT_BYTES);
    assert_eq!(rendered("{{ a }}", &[("a", &longest)]), longest);
    for text in ["{{ a }}.", ".{{ a }}", "{{ a }}{{ a }}"] {
        let error = template(text).render(&values(&[("a", &longest)]));
        assert!(
            error
                .unwrap_err()
                .message()
                .starts_with("Invalid variables")
        );
    }
    // However little is written, and however much comes of it.
    let bomb = "{{a}}".repeat(MAX_PROMPT_BYTES / 5);
    let error = template(&bomb).render(&values(&[("a", &longest)]));
    assert!(error.is_err());
}

#[test]
fn templates_that_cannot_be_meant_are_refused() {
    let long = "x".repeat(MAX_PROMPT_BYTES + 1);
    for wrong in [
        "",
        " \n",
        "a\u{0}b",
        "\u{1b}",
        &long,
        "{{",
        "{{ }}",
        "{{}}",
        "{{ a",
        "{{ a }",
        "{{ a } }",
        "{{ a b }}",
        "{{ .a }}",
        "{{ a. }}",
        "{{ a..b }}",
        "{{{ a }}}",
        "{{ {{ a }} }}",
        "{{ a|upper }}",
        "{{ 1 + 1 }}",
        "{{ \"a }}",
        "{{ \"a\" b }}",
        "{{ 'a' }}",
        "{{ a[0] }}",
        "{{ \u{1F600} }}",
        &format!("{{{{ {} }}}}", "x".repeat(129)),
    ] {
        let error = PromptTemplate::parse(wrong.to_owned()).unwrap_err();
        let path = &error.violations()[0].path;
        assert_eq!(path, &["prompt_template"], "{wrong}");
        assert!(error.message().contains("prompt_template"), "{error}");
    }
    let error = PromptTemplate::parse("a\nb\n {{ c d }} e".to_owned()).unwrap_err();
    assert!(error.message().contains("'{{ c d }}' in line 3"), "{error}");
}

/// Pieces of templates, with the prompt that they give.
fn piece() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        r"[^\{\pC]{0,8}".prop_map(|text| (text.clone(), text)),
        r#"[^"\pC]{0,8}"#.prop_map(|text| (format!("{{{{ \"{text}\" }}}}"), text)),
        "[ \t\n]{0,2}".prop_map(|space| (format!("{{{{{space}v{space}}}}}"), "{{ w }}".to_owned())),
    ]
}

proptest! {
    #[test]
    fn a_template_gives_its_pieces(pieces in proptest::collection::vec(piece(), 0..8)) {
        let (text, prompt): (String, String) = pieces.into_iter().unzip();
        let Ok(template) = PromptTemplate::parse(text.clone()) else {
            // Only what is no text at all.
            prop_assert!(text.trim().is_empty() || text.contains(char::is_control), "{:?}", text);
            return Ok(());
        };
        prop_assert_eq!(template.as_str(), text);
        let mut given = values(&[("v", "{{ w }}")]);
        given.retain(|name, _| template.variables().contains(&name.as_str()));
        prop_assert_eq!(template.render(&given).unwrap(), prompt);
    }

    #[test]
    fn any_text_is_a_template_or_is_refused(text in "[{}\" a.v\n]{0,30}|\\PC{0,30}") {
        if let Ok(template) = PromptTemplate::parse(text) {
            let given = template.variables().into_iter();
            let given = given.map(|name| (name.to_owned(), String::new())).collect();
            prop_assert!(template.render(&given).is_ok());
        }
    }
}
