"""Every action on elements, and what happens when one cannot be done."""

import pytest
from notte_sdk.errors import NotteBaseError
from support.page import clicks, eventually, js


@pytest.fixture
def inputs(session, site):
    session.execute(type="goto", url=f"{site.origin}/inputs")
    return session


@pytest.fixture
def traps(session, site):
    session.execute(type="goto", url=f"{site.origin}/actions")
    return session


def value(session, selector):
    return js(session, f"document.querySelector({selector!r}).value")


@pytest.mark.parametrize(
    "selector",
    ["#plain", "css=#plain", "xpath=//button[@id='plain']", "//button[@id='plain']", "text=\"Plain\"", "role=button[name=\"Plain\"]"],
)
def test_every_kind_of_selector_finds_its_element(traps, selector):
    assert traps.execute(type="click", selector=selector).success
    assert clicks(traps) == {"plain": 1}


def test_fill_replaces_and_appends(inputs):
    inputs.execute(type="fill", selector="#filled", value="new")
    assert value(inputs, "#filled") == "new"
    inputs.execute(type="fill", selector="#filled", value=" text", clear_before_fill=False)
    assert value(inputs, "#filled") == "new text"


def test_fill_works_on_every_kind_of_text_field(inputs):
    fields = {
        "#text": "plain",
        "#textarea": "two\nlines",
        "#email": "ada@example.test",
        "#number": "25",
        "#date": "2026-03-14",
        "#password": "secret",
        "#controlled": "kept",
    }
    for selector, text in fields.items():
        assert inputs.execute(type="fill", selector=selector, value=text).success, selector
        assert value(inputs, selector) == text
    assert inputs.execute(type="fill", selector="#editable", value="rewritten").success
    assert js(inputs, "document.querySelector('#editable').textContent") == "rewritten"


def test_fill_can_press_enter(inputs):
    inputs.execute(type="fill", selector="#enter", value="sent", press_enter=True)
    assert js(inputs, "document.querySelector('#entered').textContent") == "sent"


def test_typing_fill_sends_keys(inputs):
    assert inputs.execute(type="fallback_fill", selector="#typed", value="keys").success
    assert value(inputs, "#typed") == "keys"


def test_check_and_uncheck(inputs):
    checked = "document.querySelector('#checkbox').checked"
    for wanted in (True, True, False):
        assert inputs.execute(type="check", selector="#checkbox", value=wanted).success
        assert js(inputs, checked) is wanted
    assert inputs.execute(type="check", selector="#aria-checkbox", value=True).success
    assert js(inputs, "document.querySelector('#aria-checkbox').getAttribute('aria-checked')") == "true"


def test_dropdown_by_value_and_by_label(inputs):
    inputs.execute(type="select_dropdown_option", selector="#select", value="m")
    assert value(inputs, "#select") == "m"
    inputs.execute(type="select_dropdown_option", selector="#select", value="Extra large")
    assert value(inputs, "#select") == "xl"


def test_keys_and_chords_are_pressed(session, site):
    session.execute(type="goto", url=f"{site.origin}/keys")
    for key in ("a", "Enter", "Control+Shift+K", "ArrowDown"):
        assert session.execute(type="press_key", key=key).success
    seen = js(session, "window.__keys.filter(key => key.type === 'keydown').map(key => key.key)")
    assert [key for key in seen if key not in ("Control", "Shift")] == ["a", "Enter", "K", "ArrowDown"]


def test_scrolling_moves_the_page(session, site):
    session.execute(type="goto", url=f"{site.origin}/scroll")
    assert session.execute(type="scroll_down", amount=400).success
    assert eventually(lambda: js(session, "scrollY"), lambda y: y == 400)
    assert session.execute(type="scroll_up", amount=150).success
    assert eventually(lambda: js(session, "scrollY"), lambda y: y == 250)
    assert session.execute(type="scroll_down").success


def test_a_form_is_filled_as_a_whole(session, site):
    session.execute(type="goto", url=f"{site.origin}/shop/checkout")
    person = {"first_name": "Ines", "last_name": "Keller", "email": "ines@example.test", "city": "Bern"}
    assert session.execute(type="form_fill", value=person).success
    for name, text in person.items():
        assert value(session, f"[name={name}]") == text


def test_javascript_answers_in_text(session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    run = lambda code: session.execute(type="evaluate_js", code=code).data.markdown  # noqa: E731
    assert run("1 + 1") == "2"
    assert run("document.title") == "The slow letter"
    assert run("null") == "null"
    assert run("return 'from a body'") == "from a body"
    assert run("Promise.resolve('awaited')") == "awaited"
    assert '"key": "value"' in run("({key: 'value'})")


def test_a_failing_script_fails_the_action_only(session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    result = session.execute(type="evaluate_js", code="throw new Error('broken on purpose')", raise_on_failure=False)
    assert not result.success
    assert "broken on purpose" in result.message
    assert session.execute(type="evaluate_js", code="1").success


def test_an_unknown_id_fails_in_the_agreed_words(traps):
    traps.observe()
    result = traps.execute(type="click", id="X1", raise_on_failure=False)
    assert not result.success
    assert result.message.startswith("Action with id 'X1' is invalid")
    with pytest.raises(NotteBaseError, match="X1"):
        traps.execute(type="click", id="X1")


@pytest.mark.parametrize("selector", ["#nothing-here", "button"])
def test_a_selector_must_match_one_element(traps, selector):
    result = traps.execute(type="click", selector=selector, timeout=1000, raise_on_failure=False)
    assert not result.success
    assert clicks(traps) == {}


@pytest.mark.parametrize("name", ["covered", "disabled", "aria-disabled", "display-none", "hidden"])
def test_what_a_person_cannot_click_is_not_clicked(traps, name):
    result = traps.execute(type="click", selector=f"#{name}", timeout=1500, raise_on_failure=False)
    assert not result.success
    assert result.message
    assert clicks(traps) == {}


@pytest.mark.parametrize("name", ["uncovered", "css-moving", "js-moving", "enabled-later", "off-screen", "scrolled-deep"])
def test_what_can_be_clicked_in_a_moment_is_clicked_once(traps, name):
    result = traps.execute(type="click", selector=f"#{name}")
    assert result.success, result.message
    assert clicks(traps) == {name: 1}


@pytest.mark.parametrize("button", ["#alert", "#confirm", "#prompt", "#two-alerts"])
def test_a_dialog_does_not_hang_the_action(session, site, button):
    session.execute(type="goto", url=f"{site.origin}/dialogs")
    assert session.execute(type="click", selector=button).success
    result = eventually(lambda: js(session, "document.querySelector('#result').textContent"), lambda text: text != "none")
    assert result


def test_completion_is_recorded(session):
    assert session.execute(type="completion", success=True, answer="done").success


def test_help_never_succeeds(session):
    result = session.execute(type="help", reason="unsure", raise_on_failure=False)
    assert not result.success
