"""Elements in frames and shadow roots, found by observing and acted on by id."""

import pytest
from support.page import eventually, js, named


@pytest.fixture
def frames(client, site):
    # Tall enough that every frame is in view.
    with client.Session(viewport_width=1280, viewport_height=1600) as session:
        session.execute(type="goto", url=f"{site.origin}/frames")
        eventually(lambda: len(session.observe().space.interaction_actions), lambda count: count >= 25)
        yield session


def reports(session):
    return js(session, "window.__reports")


@pytest.mark.parametrize("name", ["same", "other", "nest-3", "nest-2", "nest-1", "sandboxed"])
def test_a_button_in_a_frame_is_clicked(frames, name):
    button = named(frames.observe(), f"Button in {name}")
    result = frames.execute(type="click", id=button.id)
    assert result.success, result.message
    eventually(lambda: reports(frames), lambda seen: seen == [{"frame": name, "what": "button"}])


def test_a_field_three_frames_deep_is_filled_and_sent(frames):
    observation = frames.observe()
    frames.execute(type="fill", id=named(observation, "Name in nest-1").id, value="deep")
    frames.execute(type="click", id=named(observation, "Send from nest-1").id)
    expected = {"frame": "nest-1", "what": "form", "value": "deep"}
    eventually(lambda: reports(frames), lambda seen: expected in seen)


def test_shadow_roots_are_seen_through(session, site):
    session.execute(type="goto", url=f"{site.origin}/shadow")
    observation = session.observe()
    for label in ("Open button", "Nested button", "Slotted button", "Declared button"):
        assert session.execute(type="click", id=named(observation, label).id).success
    session.execute(type="click", selector="#in-open")
    pressed = js(session, "window.__pressed")
    assert pressed == ["in-open", "nested", "slotted", "declared", "in-open"]
