"""Cookies in and out."""

from support.page import js

COOKIE = {
    "name": "taste",
    "value": "ginger",
    "domain": "127.0.0.1",
    "path": "/",
    "httpOnly": False,
    "secure": False,
    "sameSite": "Lax",
    "expires": 2_000_000_000,
}


def test_cookies_can_be_set_before_the_first_page(session, site):
    assert session.set_cookies(cookies=[COOKIE]).success
    [kept] = [cookie for cookie in session.get_cookies() if cookie["name"] == "taste"]
    assert (kept["value"], kept["domain"], kept["sameSite"]) == ("ginger", "127.0.0.1", "Lax")
    session.execute(type="goto", url=f"{site.origin}/cookies")
    assert js(session, "JSON.parse(document.querySelector('#sent').textContent)") == {"taste": "ginger"}


def test_a_leading_dot_of_a_domain_comes_back(session):
    session.set_cookies(cookies=[{**COOKIE, "domain": ".shop.test", "httpOnly": True}])
    [kept] = [cookie for cookie in session.get_cookies() if cookie["name"] == "taste"]
    assert kept["domain"] == ".shop.test"
    assert kept["httpOnly"] is True


def test_cookies_of_a_page_are_read(session, site):
    session.execute(type="goto", url=f"{site.origin}/cookies/set?name=plain&value=1&attributes=HttpOnly")
    kept = {cookie["name"]: cookie for cookie in session.get_cookies()}
    assert kept["plain"]["value"] == "1"
    assert kept["plain"]["httpOnly"] is True


def test_sessions_do_not_share_cookies(client, session, site):
    session.execute(type="goto", url=f"{site.origin}/cookies/set?name=mine&value=1")
    with client.Session() as other:
        assert other.get_cookies() == []
