"""Every failure as the one JSON shape ``{"success": false, "error", "hint"}``."""

from __future__ import annotations

import math
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from core.errors import RuleViolation, TooManyRequests, WorkbenchError
from core.telemetry import log

_HINTS = {
    404: "Look at /api/docs for what there is.",
    405: "Look at /api/docs for the methods of this address.",
    413: "Send less at once.",
    415: "Look at /api/docs for what is read here.",
}


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
    place = [str(part) for part in first["loc"] if part not in ("body", "query", "path")]
    if first["type"] == "json_invalid":
        body = error_body("The request is not valid JSON.", "Check quotes, commas and brackets.")
        return JSONResponse(body, 400)
    where = ".".join(place) or "the request"
    reason = str(first["msg"]).removeprefix("Value error, ")
    return JSONResponse(error_body(f"{where}: {reason}.", "Look at /api/docs for what is expected."), 400)


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        message = "There is nothing at this address."
    elif error.status_code == 400:
        message = "The request cannot be read."
    else:
        message = f"{error.detail}."
    hint = _HINTS.get(error.status_code, "Look at /api/docs.")
    return JSONResponse(error_body(message, hint), error.status_code, error.headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log().error("request_failed", path=request.url.path, error=type(error).__name__, exc_info=error)
    hint = "Try again; if it stays, tell whoever runs the workbench."
    return JSONResponse(error_body("Something went wrong here.", hint), 500)
