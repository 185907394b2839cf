"""The search for the best layout as a job: its progress with the gap, a stop that keeps the best so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import WorkbenchError
from pages.parts import format as fmt
from pages.parts import frame, jobs

if TYPE_CHECKING:
    from core.capabilities.optimize import Optimized, Step, Wishes
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench

_JOB, _SEARCH = "optimize_job", "optimize_search"


@dataclass
class Search:
    """What is being looked for, and how far it has come."""

    planogram_id: int
    version: int
    wishes: Wishes
    step: Step | None = None
    stopped: Event = field(default_factory=Event)
    prediction_id: int | None = None
    kept_as: int | None = None
    """The version that it was saved as."""
    refused: WorkbenchError | None = None
    """Why saving it was refused."""


def begin(wb: Workbench, saved: SavedPlanogram, wishes: Wishes) -> None:
    """Start the search; one that runs is stopped and forgotten."""
    search, earlier = Search(saved.id, saved.version, wishes), current()
    if earlier is not None:
        earlier.stopped.set()
    st.session_state[_SEARCH] = search

    def work(report: jobs.Progress) -> Optimized:
        def on_step(step: Step) -> bool:
            search.step = step
            report(step.share, step.doing)
            return not search.stopped.is_set()

        found = wb.optimize(saved.id, wishes, saved.plan, on_step)
        search.prediction_id = wb.record(
            "optimization", {"planogram_id": saved.id, "version": saved.version}, found.explain(),
            planogram_id=saved.id, model_version=found.prediction.model.model_version,
        )  # fmt: skip
        return found

    jobs.start(_JOB, "The search for the best layout", work)


def current() -> Search | None:
    """The search of this session, running or done."""
    return st.session_state.get(_SEARCH)


def is_for(saved: SavedPlanogram) -> bool:
    """Whether the search of this session is about this planogram, be it an earlier version of it."""
    search = current()
    return search is not None and search.planogram_id == saved.id


def outcome() -> jobs.Job[Optimized] | None:
    """The job once it has ended, with its result or its error; None while it runs."""
    job = jobs.current(_JOB)
    return job if job is not None and job.done.is_set() else None


@st.fragment(run_every=0.4)
def progress() -> None:
    """The bar, what is earned so far, the gap, and a button that ends it with the best so far."""
    job, search = jobs.current(_JOB), current()
    if job is None or search is None or job.done.is_set():
        st.rerun(scope="app")
        return
    st.progress(job.share, text=f"{frame.md(job.doing)} …")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Stop and keep the best so far", icon=":material/stop_circle:"):
            search.stopped.set()
        frame.quiet(_so_far(search.step))


def _so_far(step: Step | None) -> str:
    if step is None:
        return "Reading what is known of this place. You can go to other pages meanwhile; the work goes on."
    more = step.worth - step.present
    found = f"Found {fmt.signed_money(more)} a day so far" if more > 0 else "Nothing better yet"
    gap = "" if step.gap is None else f" · {step.gap:.1%} from the proven bound, slot by slot"
    return f"{found}{gap} · you can go to other pages meanwhile"
