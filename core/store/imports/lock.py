"""One sales import of a company at a time: the second waits for the first.

The lock belongs to the operating system or the database server, so it ends with the process that
holds it, however that ends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from core.errors import Conflict
from core.store.database import Database

try:
    import fcntl
except ImportError:  # Windows: the lock holds within one process only
    fcntl = None  # type: ignore[assignment]

WAIT_S = 900.0
_POLL_S = 0.05
_ADVISORY_CLASS = 0x5A1E5
_here: dict[tuple[str, int], threading.Lock] = {}
_here_guard = threading.Lock()


@contextmanager
def import_lock(database: Database, company_id: int, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the company's import lock. Raises Conflict when it is not free within ``wait_s`` seconds."""
    until = time.monotonic() + wait_s
    with _here_guard:
        key = (str(database.path or id(database)) if database.is_sqlite else str(id(database)), company_id)
        local = _here.setdefault(key, threading.Lock())
    if not local.acquire(timeout=wait_s):
        raise _busy()
    try:
        if not database.is_sqlite:
            with _on_server(database, company_id, until):
                yield
        elif database.path is not None and fcntl is not None:
            with _on_file(Path(f"{database.path}.import-{company_id}.lock"), until):
                yield
        else:
            yield
    finally:
        local.release()


def _busy() -> Conflict:
    return Conflict("Another import is still running.", "Try again when it has finished.")


@contextmanager
def _on_file(path: Path, until: float) -> Iterator[None]:
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise _busy() from None
                time.sleep(_POLL_S)
        yield


@contextmanager
def _on_server(database: Database, company_id: int, until: float) -> Iterator[None]:
    keys = {"class": _ADVISORY_CLASS, "company": company_id}
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        take = text("SELECT pg_try_advisory_lock(:class, :company)")
        while not connection.execute(take, keys).scalar_one():
            if time.monotonic() > until:
                raise _busy()
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:class, :company)"), keys)
