"""Reading a page."""

import pytest


@pytest.fixture
def article(session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    return session


def test_markdown_keeps_structure_and_leaves_out_what_is_hidden(article, site):
    text = article.scrape()
    assert "# The slow letter" in text
    assert "| Distance in miles | 1839 | 1840 |" in text
    assert "def price(miles: int) -> int:" in text
    assert f"({site.origin}/article?part=2)" in text
    assert "hidden by" not in text
    assert "inside a script" not in text


def test_main_content_is_without_frame_of_the_site(article):
    text = article.scrape(only_main_content=True)
    assert "The slow letter" in text
    assert "Also read" not in text
    assert "© 2026" not in text


def test_links_can_be_left_out(article, site):
    assert site.origin not in article.scrape(scrape_links=False)


def test_a_selector_narrows_the_page(article):
    text = article.scrape(selector="table")
    assert "400" in text
    assert "Before the stamp" not in text


def test_frames_are_part_of_the_page(session, site):
    session.execute(type="goto", url=f"{site.origin}/frames")
    text = session.scrape()
    assert "Frame same" in text
    assert f"{site.other}/frames/leaf?name=other" in text


def test_the_scrape_action_carries_its_result(article):
    result = article.execute(type="scrape", only_main_content=True)
    assert result.success
    assert "The slow letter" in result.data.markdown


def test_one_call_scrapes_an_address(client, site):
    assert "The slow letter" in client.scrape(f"{site.origin}/article")
