"""`ncphub verify` on a machine without a network: a program of its own, in which opening a connection ends it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from crypto.encoding import HubId, b64

NO_NETWORK = """
import socket

def refuse(*arguments, **named):
    raise SystemExit("a connection was opened")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse
"""


async def verify(file: Path, hub: HubId | str, folder: Path, *, code: int = 0, language: str = "en") -> str:
    """What the command says of `file`; fails unless it ends with `code`. It knows no profile: `folder` has none."""
    (folder / "sitecustomize.py").write_text(NO_NETWORK)
    hub_id = hub if isinstance(hub, str) else b64(hub)
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", "verify", str(file), "--hub", hub_id,
        env={**kept, "PYTHONPATH": str(folder), "NCPHUB_PROFILES": str(folder), "LANG": language},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told = (await child.communicate())[0].decode()
    assert child.returncode == code, told
    return told


def flipped(file: Path, at: int) -> Path:
    """A copy beside it with one bit changed."""
    raw = bytearray(file.read_bytes())
    raw[at] ^= 1
    copy = file.with_name(f"flipped-{at}-{file.name}")
    copy.write_bytes(raw)
    return copy
