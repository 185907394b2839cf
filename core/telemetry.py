"""Counters and timings for Prometheus, and the log. Made on first use, so that importing costs nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 7.0, 30.0)


@dataclass(frozen=True)
class Meters:
    """``requests`` by method, route, status · ``request_seconds`` by route · ``estimate_seconds`` by kind ·
    ``fallbacks`` by kind · ``imports`` by outcome · ``import_rows`` by outcome."""

    requests: Counter
    request_seconds: Histogram
    estimate_seconds: Histogram
    fallbacks: Counter
    imports: Counter
    import_rows: Counter


_MAKING = Lock()


def meters() -> Meters:
    """The process's meters, made once though many threads ask for them first at the same time."""
    with _MAKING:
        return _meters()


@cache
def _meters() -> Meters:
    from prometheus_client import Counter, Histogram

    return Meters(
        Counter("workbench_requests_total", "REST requests", ["method", "route", "status"]),
        Histogram("workbench_request_seconds", "Time to answer", ["route"], buckets=SECONDS),
        Histogram("workbench_estimate_seconds", "Time to compute an estimate", ["kind"], buckets=SECONDS),
        Counter("workbench_fallbacks_total", "Answers by a simpler way, marked as such", ["kind"]),
        Counter("workbench_imports_total", "Files imported", ["outcome"]),
        Counter("workbench_import_rows_total", "Rows of imported files", ["outcome"]),
    )


def exposition() -> tuple[bytes, str]:
    """All meters as Prometheus text, and its media type."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    meters()
    return generate_latest(), CONTENT_TYPE_LATEST


_LEVEL = ["INFO"]


def set_level(level: str) -> None:
    """The least level that is written; before the first event."""
    _LEVEL[0] = level.upper()


@cache
def log() -> Any:
    """The structured logger: events with named values, one JSON object a line; stack traces without local
    variables, which may hold what is private. Loaded with the first event: a start should not wait for it."""
    import structlog

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(_LEVEL[0], logging.INFO)
        ),
    )
    return structlog.get_logger("workbench")
