"""The start of the process: settings, database, demo company, and how far all that has come.

One ``House`` a process. ``begin`` returns at once; a background thread migrates and, on an empty
database, builds the demo company, while pages show ``progress`` and ``/health`` answers 503.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from core.errors import WorkbenchError

if TYPE_CHECKING:
    from core.settings import Settings
    from core.store.database import Actor, Database
    from core.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Progress:
    """``share`` 0–1 of the work, ``doing`` in words; ``ready`` or ``error`` end it."""

    share: float = 0.0
    doing: str = "Opening the database"
    ready: bool = False
    error: WorkbenchError | None = None


class House:
    """What one process shares: settings, database, progress of the start."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self._progress = Progress()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._finished = threading.Event()

    @property
    def progress(self) -> Progress:
        return self._progress

    def begin(self) -> None:
        """Start preparing in the background, once."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._prepare, name="start", daemon=True)
                self._thread.start()

    def wait(self, timeout_s: float | None = None) -> Progress:
        """Begin, then block until ready or failed, for commands and tests."""
        self.begin()
        self._finished.wait(timeout_s)
        return self._progress

    def workbench(self, actor: Actor) -> Workbench:
        from core.workbench import Workbench

        return Workbench(self.database, actor, self.settings)

    def _report(self, share: float, doing: str) -> None:
        self._progress = replace(self._progress, share=min(max(share, 0.0), 1.0), doing=doing)

    def _prepare(self) -> None:
        import structlog

        try:
            prepare(self.database, self.settings, self._report)
            self._progress = Progress(1.0, "Ready", ready=True)
        except WorkbenchError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - whatever stops the start must reach the screen and the log
            structlog.get_logger().exception("start_failed")
            self._fail(
                WorkbenchError(
                    f"The workbench could not start: {type(error).__name__}.",
                    "Look at the last lines of its output, mend the cause and start it again.",
                )
            )
        finally:
            self._finished.set()

    def _fail(self, error: WorkbenchError) -> None:
        self._progress = replace(self._progress, error=error)


def prepare(database: Database, settings: Settings, report: Callable[[float, str], None]) -> None:
    """Migrate, and build the demo company where the database is empty and the settings allow it."""
    report(0.02, "Preparing the database")
    database.migrate()
    from core.store.demo.build import build_demo, is_empty

    if settings.demo and is_empty(database):
        build_demo(database, progress=lambda share, doing: report(0.05 + 0.95 * share, doing))


@cache
def house() -> House:
    """The process's house, made on first use from the environment."""
    from core.settings import Settings
    from core.store.database import Database

    settings = Settings()
    return House(settings, Database(settings.database_url))
