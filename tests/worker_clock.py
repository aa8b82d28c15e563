"""Moves the clock of a browser's worker, which no page can reach and no test can wait for."""

import asyncio
import json

from playwright.async_api import Browser


async def put_ahead(browser: Browser, origin: str, by: int) -> None:
    """From now on the one worker at `origin` (which may still be starting, or another ending) lives `by` ms later."""
    session = await browser.new_browser_cdp_session()
    told: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    session.on("Target.receivedMessageFromTarget", told.put_nowait)
    async with asyncio.timeout(30):
        while len(found := await _workers(session, origin)) != 1:
            await asyncio.sleep(0.05)
        attached = await session.send("Target.attachToTarget", {"targetId": found[0], "flatten": False})
        script = f"{{ const honest = Date.now; Date.now = () => honest() + {by}; }}"
        message = {"id": 1, "method": "Runtime.evaluate", "params": {"expression": script}}
        await session.send(
            "Target.sendMessageToTarget", {"sessionId": attached["sessionId"], "message": json.dumps(message)}
        )
        while (answer := json.loads((await told.get())["message"])).get("id") != 1:
            pass
    assert "exceptionDetails" not in answer["result"], answer
    await session.detach()


async def _workers(session, origin: str) -> list[str]:  # type: ignore[no-untyped-def]  # playwright names no type
    told = await session.send("Target.getTargets", {"filter": [{"type": "shared_worker"}]})
    return [one["targetId"] for one in told["targetInfos"] if one["url"].startswith(origin)]
