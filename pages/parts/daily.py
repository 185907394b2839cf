"""The daily job, as a process of its own: ``python -m pages.parts.daily``.

It finishes what a start learned in a hurry and keeps the forecasts of the day, at low priority, while the
pages answer from their own process. It ends with the process that started it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from core import telemetry
from core.settings import Settings
from core.store.database import Database

NICENESS, LOOK_S = 10, 2.0


def run(database: Database, settings: Settings) -> None:
    """For every company, its own places and the demo's, then its router of models; a job that fails stops no
    other."""
    from core.store import users
    from core.workbench import Workbench

    for actor in users.everyone(database):
        workbench = Workbench(database, actor, settings)
        for is_demo in (False, True):
            with _noted(actor.company_id, demo=is_demo):
                workbench.finish_learning(is_demo)
                workbench.keep_forecasts(is_demo)
        with _noted(actor.company_id, job="router"):
            workbench.tune_language()


@contextmanager
def _noted(company: int, **about: object) -> Iterator[None]:
    try:
        yield
    except Exception:  # noqa: BLE001 - a bad day must not end the days after it; the log says what it was
        telemetry.log().exception("daily_job_failed", company=company, **about)


def main() -> None:
    from core.workbench.door import equip
    from ml import local_models

    settings = Settings()
    telemetry.set_level(settings.log_level)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    database = Database(settings.database_url)
    equip(database, local_models())
    run(database, settings)
    database.close()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os._exit(0)


if __name__ == "__main__":
    main()
