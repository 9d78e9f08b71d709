"""Wrong requests: status, body and words."""

import pytest
from notte_sdk import NotteClient
from notte_sdk.errors import NotteAPIError


def assert_error(answer, status):
    body = answer.json()
    assert answer.status_code == status
    assert body["status"] == status
    assert isinstance(body["message"], str) and body["message"]
    assert isinstance(body.get("detail", []), list)
    return body["message"]


def test_a_wrong_key_is_refused(server):
    stranger = NotteClient(api_key="not-the-key-of-this-server", server_url=server.url)
    with pytest.raises(NotteAPIError) as failure:
        stranger.sessions.list()
    assert failure.value.status_code == 401
    assert failure.value.error["status"] == 401


def test_no_key_is_refused(api):
    assert_error(api("GET", "/sessions", key=None), 401)
    assert_error(api("POST", "/sessions/start", key=None, json={}), 401)


@pytest.mark.parametrize("browser", ["brave", "firefox"])
def test_an_unknown_browser_is_named_with_those_that_are_known(api, browser):
    message = assert_error(api("POST", "/sessions/start", json={"browser_type": browser}), 422)
    assert browser in message
    assert "chromium" in message


@pytest.mark.parametrize(
    "body",
    [
        {"max_duration_minutes": 0},
        {"max_duration_minutes": 2000},
        {"idle_timeout_minutes": 31},
        {"idle_timeout_minutes": 20, "max_duration_minutes": 10},
        {"viewport_width": 800},
        {"headless": "perhaps"},
        {"no_such_option": 1},
        {"proxies": True},
        {"auth_ids": ["a", "a"]},
        [],
    ],
)
def test_bad_start_options_are_refused_with_words(api, body):
    assert_error(api("POST", "/sessions/start", json=body), 422)


def test_broken_json_is_refused(api):
    answer = api("POST", "/sessions/start", data=b'{"headless": ', headers={"Content-Type": "application/json"})
    assert_error(answer, 422)


@pytest.mark.parametrize("body", [{}, {"type": "no_such_action"}, {"type": "goto"}, {"type": "click"}, {"type": "wait", "time_ms": -1}])
def test_bad_actions_are_refused_and_the_session_lives_on(api, session, body):
    assert_error(api("POST", f"/sessions/{session.session_id}/page/execute", json=body), 422)
    assert session.execute(type="evaluate_js", code="1").success


@pytest.mark.parametrize("query", ["page=0", "page_size=0", "page_size=101", "page=x"])
def test_bad_paging_is_refused(api, query):
    assert_error(api("GET", f"/sessions?{query}"), 422)


def test_a_body_that_is_too_large_is_refused(api):
    answer = api("POST", "/sessions/start", data=b" " * (2 << 20), headers={"Content-Type": "application/json"})
    assert_error(answer, 413)


def test_unknown_places_are_not_found(api):
    assert_error(api("GET", "/no/such/place"), 404)
    for path in ("page/observe", "page/scrape", "page/screenshot"):
        assert_error(api("POST", f"/sessions/6f1c2f1e-1111-4222-8333-444455556666/{path}", json={}), 404)
