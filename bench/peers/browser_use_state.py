"""What browser-use takes to read the state of a page, without a picture.

usage: browser_use_state.py CDP_URL
Each line of standard input asks: {"url": …, "count": …, "seconds": …}; each answer is a line: {"ms": […], "characters": …, "elements": …}.
"""

import asyncio
import json
import os
import sys
import time

# Nothing is told to anybody; set before the library is loaded.
os.environ["ANONYMIZED_TELEMETRY"] = "false"
os.environ["BROWSER_USE_CLOUD_SYNC"] = "false"
os.environ["BROWSER_USE_LOGGING_LEVEL"] = "error"
os.environ["BROWSER_USE_VERSION_CHECK"] = "false"

from browser_use.browser import BrowserProfile, BrowserSession  # noqa: E402


async def measure(session: BrowserSession, url: str, count: int, seconds: float, patience: float) -> dict:
    await session.navigate_to(url)
    taken = []
    text, elements = "", 0
    until = time.monotonic() + seconds
    # The first round is for what is made on first use.
    for turn in range(count + 1):
        began = time.perf_counter()
        look = session.get_browser_state_summary(include_screenshot=False)
        try:
            state = await asyncio.wait_for(look, patience)
        except TimeoutError:
            return {"ms": [patience * 1000], "characters": 0, "elements": 0}
        text = state.dom_state.llm_representation()
        if turn > 0:
            taken.append((time.perf_counter() - began) * 1000)
        elements = len(state.dom_state.selector_map)
        if time.monotonic() > until and taken:
            break
    return {"ms": taken, "characters": len(text), "elements": elements}


async def main() -> None:
    profile = BrowserProfile(
        cdp_url=sys.argv[1],
        # Its waits for a page to come to rest are not what is measured.
        minimum_wait_page_load_time=0,
        wait_for_network_idle_page_load_time=0,
        highlight_elements=False,
        enable_default_extensions=False,
    )
    session = BrowserSession(browser_profile=profile)
    await session.start()
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        answer = await measure(session, asked["url"], asked["count"], asked["seconds"], asked["patience"])
        print(json.dumps(answer), flush=True)
    await session.stop()


asyncio.run(main())
