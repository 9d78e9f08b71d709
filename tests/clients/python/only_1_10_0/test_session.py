"""What the session of this client offers beyond the older one."""

import asyncio
import io

from notte_sdk import AsyncNotteClient
from notte_sdk._generated import operations
from PIL import Image


def test_javascript_has_a_method_of_its_own(session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    assert session.evaluate_js("document.title") == "The slow letter"
    failed = session.evaluate_js("throw new Error('on purpose')", raise_on_failure=False)
    assert not failed.success


def test_fetch_runs_in_the_page(session, site):
    session.execute(type="goto", url=f"{site.origin}/cookies/set?name=mine&value=1")
    answer = session.fetch("/headers")
    assert answer.status_code == 200
    assert answer.json()["cookie"] == "mine=1"
    missing = session.fetch("/nothing/here")
    assert missing.status_code == 404


def test_reset_starts_anew(client, site):
    with client.Session() as session:
        session.execute(type="goto", url=f"{site.origin}/cookies/set?name=mine&value=1")
        first = session.session_id
        session.reset()
        assert session.session_id != first
        assert session.get_cookies() == []
        assert client.sessions.status(first).status == "closed"


def test_the_screenshot_of_a_page(client, session, site):
    session.execute(type="goto", url=f"{site.origin}/article")
    # `page_screenshot` of this client reads every answer as JSON, which no picture is; this is its way to bytes.
    picture = client.sessions._request_bytes(operations.page_screenshot(session.session_id))
    assert Image.open(io.BytesIO(picture)).format == "JPEG"


def test_the_asynchronous_client_does_the_same(server, site):
    async def journey() -> str:
        client = AsyncNotteClient(api_key=server.key, server_url=server.url)
        async with client.Session() as session:
            await session.execute(type="goto", url=f"{site.origin}/login")
            await session.execute(type="fill", selector="#username", value="ada")
            await session.execute(type="fill", selector="#password", value="engine-1843")
            await session.execute(type="click", selector="#submit")
            page = await session.page
            await page.wait_for_url("**/account")
            return await session.scrape()

    assert "Welcome, ada" in asyncio.run(journey())


def test_ten_asynchronous_sessions_at_once(server, site):
    async def visit(client: AsyncNotteClient) -> bool:
        async with client.Session() as session:
            return (await session.execute(type="goto", url=f"{site.origin}/article")).success

    async def all_at_once() -> list[bool]:
        client = AsyncNotteClient(api_key=server.key, server_url=server.url)
        return await asyncio.gather(*(visit(client) for _ in range(10)))

    assert asyncio.run(all_at_once()) == [True] * 10
