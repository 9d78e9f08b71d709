"""Playwright for Python on a session's CDP address, beside the client."""

from playwright.sync_api import Error, sync_playwright
import pytest
from support.page import js


@pytest.fixture
def playwright():
    with sync_playwright() as running:
        yield running


def test_the_sessions_page_is_the_first_page(playwright, session, site):
    session.execute(type="goto", url=f"{site.origin}/login")
    browser = playwright.chromium.connect_over_cdp(session.cdp_url())
    page = browser.contexts[0].pages[0]
    assert page.title() == "Sign in"
    page.fill("#username", "ada")
    page.fill("#password", "engine-1843")
    page.click("#submit")
    page.wait_for_url("**/account")
    assert js(session, "document.title") == "Account"
    browser.close()
    assert session.status().status == "active"
    assert js(session, "document.title") == "Account"


def test_it_can_connect_again(playwright, session, site):
    for _ in range(3):
        browser = playwright.chromium.connect_over_cdp(session.cdp_url())
        browser.contexts[0].pages[0].goto(f"{site.origin}/article")
        browser.close()
    assert js(session, "document.title") == "The slow letter"


def test_a_new_page_becomes_a_tab(playwright, session, site):
    browser = playwright.chromium.connect_over_cdp(session.cdp_url())
    browser.contexts[0].new_page().goto(f"{site.origin}/inputs")
    urls = [tab.metadata.url for tab in session.debug_info().tabs]
    assert f"{site.origin}/inputs" in urls
    browser.close()


def test_the_address_dies_with_the_session(playwright, client):
    with client.Session() as session:
        address = session.cdp_url()
        playwright.chromium.connect_over_cdp(address).close()
    with pytest.raises(Error):
        playwright.chromium.connect_over_cdp(address)


def test_a_wrong_token_is_refused(playwright, session):
    address = session.cdp_url()
    wrong = address[:-4] + ("aaaa" if not address.endswith("aaaa") else "bbbb")
    with pytest.raises(Error):
        playwright.chromium.connect_over_cdp(wrong)


def test_the_clients_own_page_property_works(client, site):
    with client.Session() as session:
        session.page.goto(f"{site.origin}/article")
        assert session.page.title() == "The slow letter"
        assert js(session, "location.pathname") == "/article"
