"""Every failure as the one JSON shape ``{"success": false, "error", "hint"}``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from core.errors import BadInput, RuleViolation, TooManyRequests, WorkbenchError
from core.telemetry import log

_HINTS = {
    404: "Look at /api/docs for what there is.",
    405: "Look at /api/docs for the methods of this address.",
    413: "Send less at once.",
    415: "Look at /api/docs for what is read here.",
}


class Failure(BaseModel):
    """Every answer but a good one. ``violations``: the rules that a well-formed request breaks (422)."""

    success: Literal[False] = False
    error: str
    hint: str
    violations: list[dict[str, Any]] = []


def error_body(message: str, hint: str = "", **more: Any) -> dict[str, Any]:
    return {"success": False, "error": message, "hint": hint, **more}


def respond(error: WorkbenchError) -> JSONResponse:
    """The error as its status and JSON."""
    body, headers = error_body(error.message, error.hint), {}
    if isinstance(error, RuleViolation):
        body["violations"] = [
            {"rule": v.rule.value, "severity": v.severity, "message": v.message, "slot": v.slot,
             "product_id": v.product_id, "hint": v.hint}
            for v in error.violations
        ]
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, error.status, headers)


def install(app: FastAPI) -> None:
    """Handlers for every kind of failure."""
    app.add_exception_handler(WorkbenchError, _workbench_error)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


async def _workbench_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, WorkbenchError)
    return respond(error)


async def _malformed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    return respond(BadInput(_reason(where, first), "Look at /api/docs for what is expected."))


def _reason(where: str, fault: Mapping[str, Any]) -> str:
    """One sentence with the field, its value and the rule."""
    if fault["type"] == "missing":
        return f"{where} is missing." if where else "The request has no body."
    given = str(fault.get("input"))
    shown = given if len(given) <= 40 else f"{given[:37]}…"
    rule = str(fault["msg"]).removeprefix("Value error, ")
    if "UploadFile" in rule:
        return f"{where} is not a file."
    named = f"{where} “{shown}”" if where else "The request"
    return f"{named} is not possible: {rule[:1].lower()}{rule[1:]}."


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, WorkbenchError):  # raised while the framework read the body
        return respond(error.__cause__)
    if error.status_code == 404:
        message = "There is nothing at this address."
    elif error.status_code == 400:
        message = "The request cannot be read."
    elif error.status_code == 405:
        message = f"{request.method} is not possible at this address."
    else:
        message = f"{error.detail}."
    hint = _HINTS.get(error.status_code, "Look at /api/docs.")
    return JSONResponse(error_body(message, hint), error.status_code, error.headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log().error("request_failed", path=request.url.path, error=type(error).__name__, exc_info=error)
    hint = "Try again; if it stays, tell whoever runs the workbench."
    return JSONResponse(error_body("Something went wrong here.", hint), 500)
