"""Start, list, status, stop."""

import pytest
from notte_sdk.errors import NotteAPIError
from support.page import js


def test_a_session_lives_from_enter_to_exit(client, site):
    with client.Session() as session:
        assert session.status().status == "active"
        result = session.execute(type="goto", url=f"{site.origin}/article")
        assert result.success, result.message
    ended = client.sessions.status(session.session_id)
    assert ended.status == "closed"
    assert ended.closed_at is not None
    assert ended.duration.total_seconds() > 0


def test_the_low_level_start_uses_the_clients_defaults(client, site):
    """1.8.31 asks for a window here, 1.10.0 sends an empty body: both must work on a machine without a screen."""
    started = client.sessions.start()
    try:
        assert started.status == "active"
        assert started.proxies is False
        session = client.Session(session_id=started.session_id)
        assert session.execute(type="goto", url=f"{site.origin}/article").success
    finally:
        assert client.sessions.stop(started.session_id).status == "closed"


def test_stopping_twice_is_harmless(client):
    session = client.Session()
    session.start()
    session.stop()
    session.stop()
    assert client.sessions.stop(session.session_id).status == "closed"


def test_active_sessions_are_listed_newest_first(client):
    with client.Session() as first, client.Session() as second:
        listed = [item.session_id for item in client.sessions.list()]
        assert listed.index(second.session_id) < listed.index(first.session_id)
    listed = [item.session_id for item in client.sessions.list()]
    assert first.session_id not in listed
    everything = [item.session_id for item in client.sessions.list(only_active=False, page_size=100)]
    assert first.session_id in everything


def test_pages_of_the_list_do_not_overlap(client):
    with client.Session(), client.Session():
        one = client.sessions.list(only_active=False, page=1, page_size=1)
        two = client.sessions.list(only_active=False, page=2, page_size=1)
        assert len(one) == len(two) == 1
        assert one[0].session_id != two[0].session_id
        assert list(client.sessions.list(only_active=False, page=1000, page_size=100)) == []


def test_start_options_reach_the_page(client, site):
    options = dict(viewport_width=1000, viewport_height=700, user_agent="Guise client test/1.0")
    with client.Session(**options) as session:
        session.execute(type="goto", url=f"{site.origin}/headers/page")
        assert js(session, "[innerWidth, innerHeight]") == [1000, 700]
        assert js(session, "navigator.userAgent") == "Guise client test/1.0"
        assert js(session, "window.__headers.page.request['user-agent']") == "Guise client test/1.0"
        status = session.status()
        assert (status.viewport_width, status.viewport_height) == (1000, 700)


def test_status_carries_the_steps(client, site):
    with client.Session() as session:
        session.execute(type="goto", url=f"{site.origin}/article")
        session.execute(type="scroll_down")
        assert session.offset() >= 2
    ended = client.sessions.status(session.session_id)
    assert len(ended.steps) >= 2
    assert all({"type", "value"} <= step.keys() for step in ended.steps)


def test_an_ended_session_takes_no_actions(client, site):
    with client.Session() as session:
        pass
    with pytest.raises(NotteAPIError) as failure:
        session.execute(type="goto", url=f"{site.origin}/article")
    assert failure.value.status_code == 400
    assert "closed" in failure.value.error["message"]


def test_an_unknown_session_is_named_in_the_error(client):
    with pytest.raises(NotteAPIError) as failure:
        client.sessions.status("nonexistent-session-id-xyz789")
    assert failure.value.status_code == 404
    assert failure.value.error["status"] == 404
    assert "nonexistent-session-id-xyz789" in failure.value.error["message"]


def test_a_running_session_is_found_again_by_its_id(client, session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    again = client.Session(session_id=session.session_id)
    assert js(again, "document.title") == "The slow letter"
