"""The hub as a process of its own, so that it can be stopped, killed and started again under the people who use it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hub.clock import Clock
from hub.settings import Settings

PATIENCE = 60.0  # seconds to answer or to end


class HubProcess:
    """`ncphub serve` with given settings."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.settings = settings
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def processor_seconds(self) -> float:
        """What the hub's own process has used so far, in user and kernel mode; its helper and database not counted."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def start(self) -> None:
        """Returns when the hub answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 — forking takes a moment; a test may wait
                [sys.executable, "-m", "hub", "serve"],
                env=environment(self.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        async with asyncio.timeout(PATIENCE):
            while not await answers(self.settings.port):
                assert self._process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """As a power cut ends it: nothing is written any more."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """As an operator ends it."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            await asyncio.to_thread(process.wait, PATIENCE)


class Serving:
    """What `a_hub` is given to serve in a process of its own; `hub` is that process."""

    hub: HubProcess

    def __init__(self, log: Path) -> None:
        self.log = log

    @asynccontextmanager
    async def __call__(self, settings: Settings, _: Clock | None) -> AsyncIterator[None]:
        self.hub = HubProcess(settings, self.log)
        await self.hub.start()
        try:
            yield None
        finally:
            await self.hub.stop()


def environment(settings: Settings) -> dict[str, str]:
    """The settings as `ncphub` reads them; nothing of a hub that this machine may have besides."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("NCPHUB_")}
    dsn = settings.dsn
    assert dsn is not None
    return given | {
        "NCPHUB_HOST": settings.host,
        "NCPHUB_PORT": str(settings.port),
        "NCPHUB_ORIGINS": json.dumps(settings.origins),
        "NCPHUB_LOCAL_NAMES": str(settings.local_names).lower(),
        "NCPHUB_STATE_DIR": str(settings.state_dir),
        "NCPHUB_DSN": dsn.get_secret_value(),
        "NCPHUB_POOL_SIZE": str(settings.pool_size),
        "NCPHUB_LOG_LEVEL": settings.log_level,
        "NCPHUB_LIMITS": settings.limits.model_dump_json(),
    }


async def answers(port: int) -> bool:
    """Whether anybody takes connections there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
