"""What a server of models says went wrong, in the workbench's words."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from core.language import FaultKind, ModelFault

_KINDS: Mapping[int, FaultKind] = {
    401: "not allowed", 402: "not allowed", 403: "not allowed", 404: "not allowed", 408: "timeout",
    409: "overloaded", 429: "rate limited", 529: "overloaded", 503: "overloaded", 504: "timeout",
}


def of_status(status: int, headers: Mapping[str, str], about: str) -> ModelFault:
    """The fault of an answer with an error status. The server's own words are left out: they may repeat what
    was sent."""
    kind = _KINDS.get(status, "overloaded" if status >= 500 else "refused")
    return ModelFault(kind, f"{about} answered with status {status}", retry_after_s=retry_after(headers))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait (RFC 9110, 10.2.3; ``retry-after-ms`` where it is finer)."""
    fine, coarse = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if fine:
            return max(float(fine) / 1000.0, 0.0)
        if coarse:
            return max(float(coarse), 0.0)
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(coarse).timestamp() - time.time(), 0.0) if coarse else None
    except ValueError:
        return None


def cut(about: str) -> ModelFault:
    return ModelFault("cut off", f"the answer of {about} was cut off", billed=True)


def garbled(about: str) -> ModelFault:
    return ModelFault("garbled", f"{about} answered with something else than its protocol", billed=True)


def too_late(about: str) -> ModelFault:
    return ModelFault("timeout", f"{about} did not answer in time", billed=True)


def unreachable(about: str) -> ModelFault:
    return ModelFault("unreachable", f"{about} cannot be reached")
