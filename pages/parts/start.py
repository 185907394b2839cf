"""The start of the process: settings, database, demo company, and how far all that has come.

One ``House`` a process. ``begin`` returns at once; a background thread migrates and, on an empty
database, builds the demo company, while pages show ``progress`` and ``/health`` answers 503.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from core import telemetry
from core.errors import WorkbenchError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from core.models import Models
    from core.settings import Settings
    from core.store.database import Actor, Database
    from core.workbench import Workbench


FIRST_PAGES_S, DAY_S = 15.0, 86_400.0
"""What the first look at the workbench is left alone for, and the time from one forecast to the next."""
OPENING = 0.02
"""Share of a first start at which the database has been opened."""


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
        self._finished, self._closed = threading.Event(), threading.Event()
        self._job: subprocess.Popen[bytes] | None = None

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

    def watch(self) -> None:
        """Once ready, run the daily job (``pages.parts.daily``) each day in a process of its own, for as long
        as this one lives; the pages need not wait for it. Returns at once."""
        threading.Thread(target=self._watch, name="daily", daemon=True).start()

    def _watch(self) -> None:
        in_memory = self.database.is_sqlite and self.database.path is None
        if not self.wait().ready or in_memory or not self.settings.daily_job:
            return
        self._closed.wait(FIRST_PAGES_S)
        while not self._closed.is_set():
            self._job = start_job(self.settings.database_url)
            if self._job.wait():
                telemetry.log().error("daily_job_ended", status=self._job.returncode)
            self._closed.wait(DAY_S)

    def close(self) -> None:
        """End the daily job and let the database go."""
        self._closed.set()
        if self._job is not None:
            self._job.terminate()
        self.database.close()

    def equip(self, models: Callable[[], Models]) -> None:
        """Make the models and, once ready, hand the reader of photos to every door; the others, after the
        first pages, and let them read what is new in the catalog. Returns at once."""
        threading.Thread(target=self._equip, args=(models,), name="models", daemon=True).start()

    def _equip(self, models: Callable[[], Models]) -> None:
        try:
            from core.models import Models
            from core.workbench.door import equip

            made = models()
            if not self.wait().ready:
                return
            # A photo may come at once, while words wait: reading the catalog takes what the first page needs.
            equip(self.database, replace(made, embedder=Models().embedder))
            if self._closed.wait(FIRST_PAGES_S):
                return
            equip(self.database, made)
            made.language.prepare()
            actor = self.demo_actor()
            if actor is not None:
                self.workbench(actor).embed_products()
        except Exception:  # noqa: BLE001 - without its models the engine works on; the log says what it was
            telemetry.log().exception("models_failed")

    def soon_ready(self, patience_s: float = 3.0) -> bool:
        """Begin, and wait a moment where the database only has to be opened, which takes no longer; what
        takes longer, like building the demo company, has to be shown instead."""
        self.begin()
        until = time.monotonic() + patience_s
        while not self._finished.wait(0.02):
            if self._progress.share > OPENING or time.monotonic() > until:
                break
        return self._progress.ready

    def workbench(self, actor: Actor) -> Workbench:
        from core.workbench import Workbench

        return Workbench(self.database, actor, self.settings)

    def demo_actor(self) -> Actor | None:
        """Whom a visitor acts as without signing in: the demo's manager in demo mode, else nobody."""
        from core.store import users

        return users.demo_actor(self.database) if self.settings.demo_mode else None

    def sign_in(self, email: str, password: str) -> Actor:
        """Raises NotSignedIn."""
        from core.store import users

        return users.sign_in(self.database, email, password)

    def rest_app(self) -> ASGIApp:
        from core.rest import create_api

        return create_api(self.database, self.settings)

    def _report(self, share: float, doing: str) -> None:
        self._progress = replace(self._progress, share=min(max(share, 0.0), 1.0), doing=doing)

    def _prepare(self) -> None:
        telemetry.set_level(self.settings.log_level)
        try:
            prepare(self.database, self.settings, self._report)
            self._progress = Progress(1.0, "Ready", ready=True)
        except WorkbenchError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - whatever stops the start must reach the screen and the log
            telemetry.log().exception("start_failed")
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
    """Migrate; on an empty database in demo mode build the demo company; learn from its sales once."""
    from core.store import users

    report(OPENING, "Preparing the database")
    database.migrate()
    if not settings.demo_mode:
        return
    if users.is_empty(database):
        from core.store.demo.build import build_demo

        build_demo(database, progress=lambda share, doing: report(0.05 + 0.55 * share, doing))
    actor = users.demo_actor(database)
    if actor is not None:
        _learn_once(database, actor, settings, lambda share, doing: report(0.6 + 0.4 * share, doing))


def _learn_once(
    database: Database, actor: Actor, settings: Settings, report: Callable[[float, str], None]
) -> None:
    """Fit what has no fit of this version of the model: a first start, one that was cut off, or an upgrade.
    The daily job checks its intervals after the first pages."""
    from core.store.sites import any_site, fit_time
    from core.workbench import Workbench
    from core.workbench.library import fit_name

    for is_demo in (True, False):
        with database.session(actor) as session:
            wanted = any_site(session, is_demo) and fit_time(session, fit_name(is_demo)) is None
        if wanted:
            Workbench(database, actor, settings).learn(is_demo, report, calibrated=False)


def start_job(database_url: str) -> subprocess.Popen[bytes]:
    """The daily job of a database, in a process of its own."""
    root = str(Path(__file__).parents[2])
    found = os.environ.get("PYTHONPATH")
    env = {
        **os.environ, "WORKBENCH_DATABASE_URL": database_url,
        "PYTHONPATH": root if not found else root + os.pathsep + found,
    }
    return subprocess.Popen([sys.executable, "-m", "pages.parts.daily"], env=env)


def house() -> House:
    """The process's house, made on first use from the environment and the address it is bound to."""
    with _MAKING:
        return _house()


_MAKING = threading.Lock()


@cache
def _house() -> House:
    from core.store.database import Database

    return House(own_settings(), Database(own_settings().database_url))


def open_house(models: Callable[[], Models]) -> None:
    """Make the house and begin in the background, so that browsers are answered meanwhile; ``models`` makes
    those that are handed to its doors.

    Raises as ``bound_settings``, at once.
    """
    own_settings()
    threading.Thread(target=_open, args=(models,), name="open", daemon=True).start()


def _open(models: Callable[[], Models]) -> None:
    house().watch()
    house().equip(models)


@cache
def own_settings() -> Settings:
    """From the environment. Raises as ``bound_settings``."""
    from core.settings import Settings

    return bound_settings(Settings())


def bound_settings(settings: Settings) -> Settings:
    """The settings with the address that the server is really bound to, so that demo mode stays at home.

    Raises pydantic's ValidationError where demo mode was asked for on an address that others can reach.
    """
    import streamlit as st

    address = st.get_option("server.address") or "0.0.0.0"
    if address == settings.host:
        return settings
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    return type(settings)(**{**given, "host": address})
