"""Moves the clock of a browser's worker, which no page can reach and no test can wait for."""

import asyncio
import json

from playwright.async_api import Browser


async def put_ahead(browser: Browser, origin: str, by: int) -> None:
    """From now on the worker at `origin` (which may still be starting) lives `by` ms later."""
    session = await browser.new_browser_cdp_session()
    async with asyncio.timeout(30):
        while not (found := await _workers(session, origin)):
            await asyncio.sleep(0.05)
    attached = await session.send("Target.attachToTarget", {"targetId": found[0], "flatten": False})
    script = f"{{ const honest = Date.now; Date.now = () => honest() + {by}; }}"
    message = {"id": 1, "method": "Runtime.evaluate", "params": {"expression": script}}
    told = {"sessionId": attached["sessionId"], "message": json.dumps(message)}
    await session.send("Target.sendMessageToTarget", told)
    await session.detach()


async def _workers(session, origin: str) -> list[str]:  # type: ignore[no-untyped-def]  # playwright names no type
    told = await session.send("Target.getTargets", {"filter": [{"type": "shared_worker"}]})
    return [one["targetId"] for one in told["targetInfos"] if one["url"].startswith(origin)]
