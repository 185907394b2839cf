"""Long work in a thread of its own, so that the page can be left and found again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import streamlit as st

from core.errors import WorkbenchError
from core.telemetry import log
from pages.parts import frame

T = TypeVar("T")
Progress = Callable[[float, str], None]


class Job(Generic[T]):
    """Work that reports ``share`` 0–1 and ``doing``; ends with ``result`` or ``error``."""

    def __init__(self, name: str, work: Callable[[Progress], T]) -> None:
        self.name = name
        self.share = 0.0
        self.doing = "Starting"
        self.result: T | None = None
        self.error: WorkbenchError | None = None
        self.done = threading.Event()
        self._work = work
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _report(self, share: float, doing: str) -> None:
        self.share, self.doing = min(max(share, 0.0), 1.0), doing

    def _run(self) -> None:
        try:
            self.result = self._work(self._report)
        except WorkbenchError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 - it must reach the screen and the log, not die with the thread
            log().exception("job_failed", job=self.name)
            self.error = WorkbenchError(
                f"{self.name} stopped: {type(error).__name__}.", "Nothing is half done; try again."
            )
        finally:
            self.done.set()


def start(key: str, name: str, work: Callable[[Progress], Any]) -> None:
    """Begin a job of this browser session under ``key``."""
    st.session_state[key] = Job(name, work)


def current(key: str) -> Job[Any] | None:
    return st.session_state.get(key)


def follow(key: str) -> Job[Any] | None:
    """Show the job's progress while it runs; the job once it has ended, else None."""
    job = current(key)
    if job is None or job.done.is_set():
        return job
    _progress(key)
    return None


@st.fragment(run_every=0.4)
def _progress(key: str) -> None:
    job = current(key)
    if job is None or job.done.is_set():
        st.rerun(scope="app")
    else:
        st.progress(job.share, text=f"{frame.md(job.doing)} …")
        frame.quiet("You can go to other pages meanwhile; the work goes on.")
