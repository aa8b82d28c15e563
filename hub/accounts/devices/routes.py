"""A person's devices over HTTP (docs/spec/22-http.md)."""

from typing import Final

from aiohttp import web

from crypto.encoding import b64
from hub.access.actor import actor_of
from hub.access.guard import id_in_path
from hub.access.routes import Route
from hub.accounts.devices.service import DEVICE_USES
from hub.clock import to_milliseconds
from hub.http.wire import answer


async def list_devices(request: web.Request) -> web.Response:
    uses = await request.app[DEVICE_USES].listed(actor_of(request))
    return answer(
        [
            {
                "device": b64(use.row.device),
                "first_at": to_milliseconds(use.row.first_at),
                "last_at": to_milliseconds(use.row.last_at),
                "stale": use.stale,
            }
            for use in uses
        ]
    )


async def keep(request: web.Request) -> web.Response:
    await request.app[DEVICE_USES].keep(actor_of(request), id_in_path(request.match_info["device"], 16))
    return answer({})


ROUTES: Final = (
    Route("GET", "/api/devices", list_devices, "device.read", "devices-read"),
    Route("PUT", "/api/devices/{device}", keep, "device.write", "device-keep", device=True),
)
