"""Small helpers to look at a page through the client."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that a page gets to show what it does by itself."""


def js(session: Any, expression: str) -> Any:
    """The value of a JavaScript expression in the session's page."""
    result = session.execute(type="evaluate_js", code=f"JSON.stringify({expression})")
    assert result.success, result.message
    text = result.data.markdown
    return None if text == "null" else json.loads(text)


def eventually(look: Callable[[], T], good: Callable[[T], bool] = bool) -> T:
    """Looks again until it is good; fails with the last look."""
    deadline = time.monotonic() + PATIENCE
    while not good(seen := look()):
        assert time.monotonic() < deadline, f"still {seen!r} after {PATIENCE} s"
        time.sleep(0.05)
    return seen


def named(observation: Any, text: str) -> Any:
    """The one observed action whose label or markup has this text."""
    actions = observation.space.interaction_actions
    found = [action for action in actions if text in f"{action.text_label or ''} {action.description}"]
    assert len(found) == 1, f"{len(found)} elements with {text!r} among {[(a.id, a.description) for a in actions]}"
    return found[0]


def clicks(session: Any) -> dict[str, int]:
    """What the buttons of /actions have counted."""
    return js(session, "window.__clicks")
