//! Putting text and choices into fields.

use std::collections::BTreeMap;

use guise_core::{Action, FillStyle, FormField, Interaction, Target};

use crate::stage::{Stage, by, by_id, element, fill};

fn interact(target: Target, interaction: Interaction) -> Action {
    Action::Interact {
        target,
        interaction,
    }
}

fn typed(target: Target, value: &str, style: FillStyle) -> Action {
    let interaction = Interaction::Fill {
        value: value.to_owned(),
        clear_before_fill: true,
        style,
    };
    interact(target, interaction)
}

async fn value(stage: &Stage, id: &str) -> String {
    stage
        .evaluate(&format!("document.getElementById('{id}').value"))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_take_what_they_are_made_for() {
    let stage = Stage::new().await;
    stage.goto("/inputs").await;
    for (id, text, result) in [
        ("text", "Grüße 😀", "Grüße 😀"),
        ("filled", "new", "new"),
        ("filled", "", ""),
        ("email", "a@b.example", "a@b.example"),
        ("password", "secret", "secret"),
        ("textarea", "two\nlines", "two\nlines"),
        ("number", "15", "15"),
        ("range", "7", "7"),
        ("date", "2026-01-31", "2026-01-31"),
        ("color", "#1a2b3c", "#1a2b3c"),
        ("controlled", "kept", "kept"),
        ("formatted", "12345678", "1234 5678"),
    ] {
        let outcome = stage.done(fill(by(&format!("#{id}")), text)).await;
        assert!(
            text.is_empty() || !outcome.message.contains(text),
            "{}",
            outcome.message
        );
        assert_eq!(value(&stage, id).await, result, "{id}");
    }
    stage.done(fill(by("#editable"), "rich")).await;
    assert_eq!(
        stage
            .evaluate("document.getElementById('editable').textContent")
            .await,
        "rich"
    );
    for (id, text) in [
        ("readonly", "x"),
        ("disabled", "x"),
        ("checkbox", "x"),
        ("date", "tomorrow"),
    ] {
        let mut target = by(&format!("#{id}"));
        target.timeout_ms = 300;
        let message = stage.fails(fill(target, text)).await;
        assert!(message.contains("fill"), "{id}: {message}");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_sends_keys() {
    let stage = Stage::new().await;
    stage.goto("/inputs").await;
    stage
        .done(typed(by("#typed"), "Ab 1!", FillStyle::Typed))
        .await;
    assert_eq!(value(&stage, "typed").await, "Ab 1!");
    stage
        .done(typed(by("#filled"), "42", FillStyle::OneByOne))
        .await;
    assert_eq!(value(&stage, "filled").await, "42");
    let mut target = by("#enter");
    target.press_enter = Some(true);
    stage.done(fill(target, "sent")).await;
    assert_eq!(
        stage
            .evaluate("document.getElementById('entered').textContent")
            .await,
        "sent"
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_steps_aside_when_it_is_clicked_is_typed_into() {
    let stage = Stage::new().await;
    stage.goto("/inputs").await;
    // As fields for codes do, which lie below boxes that show what is typed.
    stage
        .evaluate(
            "const field = document.getElementById('filled');
            const away = { width: 0, height: 0, padding: 0, border: 0 };
            field.addEventListener('click', () => Object.assign(field.style, away)); 0",
        )
        .await;
    stage
        .done(typed(by("#filled"), "42", FillStyle::OneByOne))
        .await;
    assert_eq!(value(&stage, "filled").await, "42");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_are_made() {
    let stage = Stage::new().await;
    stage.goto("/inputs").await;
    let check = |selector: &str, value| interact(by(selector), Interaction::Check { value });
    for id in ["checkbox", "styled", "radio-b"] {
        stage.done(check(&format!("#{id}"), true)).await;
        assert_eq!(
            stage
                .evaluate(&format!("document.getElementById('{id}').checked"))
                .await,
            "True"
        );
    }
    stage.done(check("#checked", false)).await;
    stage.done(check("#checked", false)).await;
    assert_eq!(
        stage
            .evaluate("document.getElementById('checked').checked")
            .await,
        "False"
    );
    stage.done(check("#aria-switch", true)).await;
    let message = stage.fails(check("#radio-b", false)).await;
    assert!(message.contains("radio"), "{message}");

    let select = |target: Target, value: &str| {
        interact(
            target,
            Interaction::SelectDropdownOption {
                value: value.to_owned(),
            },
        )
    };
    stage.done(select(by("#select"), "m")).await;
    assert_eq!(value(&stage, "select").await, "m");
    stage.done(select(by("#select"), "Extra large")).await;
    assert_eq!(value(&stage, "select").await, "xl");
    let message = stage.fails(select(by("#select"), "Huge")).await;
    assert!(
        message.contains("Huge") && message.contains("Small"),
        "{message}"
    );
    stage.done(select(by("#combobox"), "Pear")).await;
    assert_eq!(
        stage
            .evaluate("document.getElementById('list').hidden")
            .await,
        "False"
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_reach_the_page() {
    let stage = Stage::new().await;
    stage.goto("/keys").await;
    for key in [
        "a",
        "Shift+B",
        "Control+A",
        "ArrowDown",
        "Tab",
        "Escape",
        "?",
    ] {
        stage
            .done(Action::PressKey {
                key: key.to_owned(),
            })
            .await;
    }
    let keys = stage
        .evaluate("window.__keys.filter(k => k.type === 'keydown').map(k => [...k.modifiers, k.key].join('+')).join(' ')")
        .await;
    assert_eq!(
        keys,
        "a shiftKey+Shift shiftKey+B ctrlKey+Control ctrlKey+A ArrowDown Tab Escape ?"
    );
    let message = stage
        .fails(Action::PressKey {
            key: "Nope".to_owned(),
        })
        .await;
    assert!(message.contains("Unknown key 'Nope'"), "{message}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_filled_by_meaning() {
    let stage = Stage::new().await;
    stage.goto("/shop/checkout").await;
    let values = BTreeMap::from([
        (FormField::FullName, "Ines Keller".to_owned()),
        (FormField::Email, "ines@example.org".to_owned()),
        (FormField::City, "Bern".to_owned()),
        (FormField::PostalCode, "3011".to_owned()),
        (FormField::CardNumber, "4242424242424242".to_owned()),
    ]);
    let outcome = stage
        .perform(Action::FormFill { value: values })
        .await
        .outcome;
    assert!(outcome.success, "{}", outcome.message);
    assert!(!outcome.message.contains("4242"), "{}", outcome.message);
    let filled = stage
        .evaluate("[...document.querySelectorAll('input')].map(i => i.value).join('|')")
        .await;
    for value in ["ines@example.org", "Bern", "3011"] {
        assert!(filled.contains(value), "{filled} / {}", outcome.message);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_not_shown() {
    let stage = Stage::new().await;
    stage.goto("/login").await;
    let seen = stage.observe().await;
    let password = element(&seen, "password").id.clone();
    stage
        .done(fill(by_id(&password), "hunter2-very-secret"))
        .await;
    let seen = stage.observe().await;
    assert!(!format!("{seen:?}").contains("hunter2"));
    let read = stage
        .scrape(&guise_core::ScrapeOptions::default())
        .await
        .unwrap();
    assert!(!read.data.markdown.contains("hunter2"));
    stage.end().await;
}
