"""Addresses to look at a session from outside."""

import io

import requests
from PIL import Image


def test_debug_info_names_tabs_and_sockets(session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    info = session.debug_info()
    assert info.ws.cdp.startswith("ws://127.0.0.1:")
    assert info.ws.recording.startswith("ws://127.0.0.1:")
    assert info.ws.logs.startswith("ws://127.0.0.1:")
    [tab] = info.tabs
    assert (tab.metadata.title, tab.metadata.url) == ("The slow letter", f"{site.origin}/article")


def test_debug_of_one_tab(client, session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    session.execute(type="goto_new_tab", url=f"{site.origin}/inputs")
    first = client.sessions.debug_tab_info(session.session_id, tab_idx=0)
    assert first.metadata.url == f"{site.origin}/article"
    current = client.sessions.debug_tab_info(session.session_id)
    assert current.metadata.url == f"{site.origin}/inputs"


def test_the_viewer_is_a_page(session):
    answer = requests.get(session.status().viewer_url, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_the_screenshot_is_a_picture(api, session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    answer = api("POST", f"/sessions/{session.session_id}/page/screenshot")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.width % 2 == 0 and picture.height % 2 == 0
