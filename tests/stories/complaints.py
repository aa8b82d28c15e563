"""Hears what pages and workers complain of: a violation of the policy inside a shared worker reaches nobody else."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp


class Complaints:
    """Everything said at error or warning level, and every exception that nobody caught, with where it was said."""

    def __init__(self, debugging_port: int) -> None:
        self.said: list[str] = []
        self._port = debugging_port

    async def provoke(self, kind: str, expression: str) -> None:
        """Runs something in the first page or worker of this kind: whoever listens in vain finds it out this way."""
        async with aiohttp.ClientSession() as http:
            async with http.get(f"http://127.0.0.1:{self._port}/json/list") as answer:
                targets = await answer.json()
            address = next(one["webSocketDebuggerUrl"] for one in targets if one["type"] == kind)
            async with http.ws_connect(address) as target:
                given = {"expression": expression, "awaitPromise": True}
                await target.send_json({"id": 1, "method": "Runtime.evaluate", "params": given})
                await target.receive_json(timeout=30)
        await asyncio.sleep(0.2)

    def others(self) -> list[str]:
        """All but what a browser writes when a line is cut or a request is refused: that is never expected."""
        return [words for words in self.said if not is_of_the_network(words)]

    def hear(self, where: str, message: dict[str, Any]) -> None:
        given = message.get("params", {})
        match message.get("method"):
            case "Log.entryAdded" if given["entry"]["level"] in ("error", "warning"):
                entry = given["entry"]
                self.said.append(f"{where} {entry['source']}: {entry['text']} {entry.get('url', '')}".strip())
            case "Runtime.exceptionThrown":
                details = given["exceptionDetails"]
                thrown = details.get("exception", {}).get("description", "")
                self.said.append(f"{where} exception: {details['text']} {thrown}".strip())
            case "Runtime.consoleAPICalled" if given["type"] in ("error", "warning", "assert"):
                words = " ".join(str(each.get("value", each.get("description", ""))) for each in given["args"])
                self.said.append(f"{where} console: {words}")


def is_of_the_network(words: str) -> bool:
    return " network: Failed to load resource" in words or "WebSocket connection to" in words


@asynccontextmanager
async def complaints_of(debugging_port: int) -> AsyncIterator[Complaints]:
    """Listens to every page and worker of the browser, those made later too."""
    found = Complaints(debugging_port)
    async with aiohttp.ClientSession() as http:
        async with http.get(f"http://127.0.0.1:{debugging_port}/json/version") as answer:
            address = (await answer.json())["webSocketDebuggerUrl"]
        async with http.ws_connect(address, max_msg_size=0) as browser:
            listening = asyncio.create_task(_listen(browser, found))
            try:
                yield found
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)


async def _listen(browser: aiohttp.ClientWebSocketResponse, found: Complaints) -> None:
    numbers = itertools.count(1)
    kinds: dict[str, str] = {}

    async def say(method: str, session: str | None = None, **given: object) -> None:
        whom = {} if session is None else {"sessionId": session}
        await browser.send_json({"id": next(numbers), "method": method, "params": given} | whom)

    attach = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}
    await say("Target.setAutoAttach", filter=[{"type": "tab", "exclude": True}, {}], **attach)
    async for said in browser:
        message = json.loads(said.data)
        if message.get("method") == "Target.attachedToTarget":
            session = message["params"]["sessionId"]
            kinds[session] = message["params"]["targetInfo"]["type"]
            await say("Log.enable", session)
            await say("Runtime.enable", session)
            await say("Target.setAutoAttach", session, **attach)
        elif session := message.get("sessionId"):
            found.hear(kinds.get(session, "unknown"), message)
