"""Reading what clients send: JSON whose numbers and texts are ones, whole numbers that fit."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BeforeValidator, Field

from core.errors import BadInput
from core.store.validate import MAX_ID, UNPRINTABLE

MAX_WHOLE = 2**63 - 1
"""The largest whole number in a request."""


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("it should be a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_no_truth), Field(ge=-MAX_ID, le=MAX_ID)]
"""An id, a version or a number of things."""
_ESCAPE = re.compile(rb"\\u(00[01]|d[89a-f]|007f)", re.IGNORECASE)


class CheckedRequest(Request):
    """A request whose JSON is read by ``read_json``."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = read_json(await self.body())
        return self._json


class CheckedRoute(APIRoute):
    """A route that reads its body by ``CheckedRequest``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_checked(request: Request) -> Response:
            return await handle(CheckedRequest(request.scope, request.receive))

        return handle_checked


def read_json(content: bytes) -> Any:
    """The value of a JSON text.

    Raises BadInput for NaN and Infinity, numbers that nothing here can hold, control characters, halves
    of characters, and for what is no JSON.
    """
    try:
        value = json.loads(content, parse_constant=_no_number, parse_float=_real, parse_int=_whole)
    except RecursionError:
        raise BadInput("The request is nested too deep.", "Send plain objects and lists.") from None
    except ValueError as error:
        raise BadInput("The request is not valid JSON.", "Check quotes, commas and brackets.") from error
    if _ESCAPE.search(content):
        _check_texts(value)
    return value


def _no_number(token: str) -> NoReturn:
    raise BadInput(f"“{token}” is not a number.", "Send a plain number, or null where there is none.")


def _real(token: str) -> float:
    value = float(token)
    if not math.isfinite(value):
        _too_large(token)
    return value


def _whole(token: str) -> int:
    if len(token) > 20 or abs(value := int(token)) > MAX_WHOLE:
        _too_large(token)
    return value


def _too_large(token: str) -> NoReturn:
    shown = token if len(token) <= 40 else f"{token[:37]}…"
    raise BadInput(f"The number {shown} is too large.", f"Send numbers of up to {MAX_WHOLE:,}.")


def _check_texts(value: Any) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.keys()
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, str) and (found := UNPRINTABLE.search(item)):
            raise BadInput(f"A text holds the character U+{ord(found[0]):04X}, which no text has.",
                           "Send it without control characters.")
