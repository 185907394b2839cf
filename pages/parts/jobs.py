"""Long work in a thread of its own, so that the page can be left and found again."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import streamlit as st

from core.errors import WorkbenchError
from core.telemetry import log
from pages.parts import frame

T = TypeVar("T")
Progress = Callable[[float, str], None]


class Job(Generic[T]):
    """Work that reports ``share`` 0–1 and ``doing``; ends with ``result`` or ``error``. ``usual_s``: the time
    it usually takes, by which the bar moves on while the work says nothing."""

    def __init__(self, name: str, work: Callable[[Progress], T], usual_s: float | None = None) -> None:
        self.name = name
        self._usual_s, self._said, self._least = usual_s, time.monotonic(), 0.0
        self.share = 0.0
        self.doing = "Starting"
        self.result: T | None = None
        self.error: WorkbenchError | None = None
        self.done = threading.Event()
        self._work = work
        threading.Thread(target=self._run, name=name, daemon=True).start()

    @property
    def shown(self) -> float:
        """The share that the bar shows: what was said, and of the rest what the time tells; never less than
        before."""
        if self._usual_s is None:
            return self.share
        told = 1.0 - math.exp(-(time.monotonic() - self._said) / self._usual_s)
        self._least = max(self._least, self.share + 0.8 * (1.0 - self.share) * told)
        return self._least

    def _report(self, share: float, doing: str) -> None:
        self.share, self.doing, self._said = min(max(share, 0.0), 1.0), doing, time.monotonic()

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


def start(
    key: str, name: str, work: Callable[[Progress], Any], usual_s: float | None = None
) -> None:
    """Begin a job of this browser session under ``key``; ``usual_s`` as in ``Job``."""
    st.session_state[key] = Job(name, work, usual_s)


def current(key: str) -> Job[Any] | None:
    return st.session_state.get(key)


def take(key: str) -> Job[Any] | None:
    """The job once it has ended, which is then forgotten."""
    job = current(key)
    if job is None or not job.done.is_set():
        return None
    del st.session_state[key]
    return job


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
        st.progress(job.shown, text=f"{frame.md(job.doing)} …")
        frame.quiet("You can go to other pages meanwhile; the work goes on.")
