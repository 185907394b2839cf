"""Refuses bodies that are too large before they are kept, and meters every request."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import TooLarge
from core.rest.errors import respond
from core.telemetry import meters

MEGABYTE = 1024 * 1024
JSON_LIMIT_BYTES = 16 * MEGABYTE
"""A photo as base64 is a third larger than its file: one of up to 12 MB."""
DRAINED_BYTES = 2048 * MEGABYTE
"""How much of a refused body is still read and dropped, so that the client gets to see the answer."""


class BodyLimit:
    """Answers 413 for a body above the limit: that of uploads for multipart, a smaller one for JSON."""

    def __init__(self, app: ASGIApp, upload_limit_bytes: int) -> None:
        self.app = app
        self.upload_limit_bytes = upload_limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        is_upload = headers.get(b"content-type", b"").startswith(b"multipart/")
        limit = self.upload_limit_bytes if is_upload else JSON_LIMIT_BYTES
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > limit:
            await _drain(receive)
            await respond(_too_large(limit, int(announced), is_upload))(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit, received + await _drain(receive), is_upload)
            return message

        await self.app(scope, counted, send)


async def _drain(receive: Receive) -> int:
    """Read the rest and drop it; how many bytes that were."""
    dropped = 0
    while dropped < DRAINED_BYTES:
        message = await receive()
        dropped += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            break
    return dropped


def _too_large(limit: int, size: int, is_upload: bool) -> TooLarge:
    hint = "Split it, or have the limit raised."
    if not is_upload:
        hint = f"Send a photo above {limit * 3 // 4 // MEGABYTE} MB as multipart image; split anything else."
    return TooLarge(
        f"The request has {size / MEGABYTE:,.1f} MB, more than the limit of {limit / MEGABYTE:,.0f} MB.", hint
    )


class Metered:
    """Counts and times requests by route, never by address, so that the number of series stays small."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            meters().requests.labels(scope["method"], route, str(status)).inc()
            meters().request_seconds.labels(route).observe(time.perf_counter() - started)
