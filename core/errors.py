"""One family of errors: what is wrong, in one sentence, and what to do, in one hint."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.planogram.rules import Violation


MAX_MESSAGE = 300
"""Characters of a message; the value it names may be as long as the sender likes."""


class WorkbenchError(Exception):
    """Base of every error that a person is meant to read.

    ``status`` is the HTTP status that the REST face answers with.
    """

    status = 400

    def __init__(self, message: str, hint: str = "") -> None:
        if len(message) > MAX_MESSAGE:
            message = f"{message[: MAX_MESSAGE - 1]}…"
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadInput(WorkbenchError):
    """The request or file cannot be understood."""


class NotSignedIn(WorkbenchError):
    status = 401


class NotAllowed(WorkbenchError):
    status = 403


class NotFound(WorkbenchError):
    status = 404


class Conflict(WorkbenchError):
    """Someone else saved first."""

    status = 409


class TooLarge(WorkbenchError):
    status = 413


class UnsupportedType(WorkbenchError):
    status = 415


class RuleViolation(WorkbenchError):
    """Well formed, but a hard rule forbids it; ``violations`` says which and where."""

    status = 422

    def __init__(self, message: str, hint: str = "", violations: Sequence[Violation] = ()) -> None:
        super().__init__(message, hint)
        self.violations = tuple(violations)


class TooManyRequests(WorkbenchError):
    status = 429

    def __init__(self, message: str, hint: str = "", retry_after_s: float = 60.0) -> None:
        super().__init__(message, hint)
        self.retry_after_s = retry_after_s


DAMAGED_WORKBOOK: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, struct.error, LookupError, ValueError, TypeError, AttributeError, OSError,
    SyntaxError, EOFError, RuntimeError,
)
"""What zipfile, its decompression, the XML parser and openpyxl raise for a damaged .xlsx (openpyxl's own
``InvalidFileException`` aside, which cannot be named without loading it)."""
