"""Optimize: the best layout for goals, locks and limits, with its proof; taken whole or line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import RuleViolation, WorkbenchError
from pages.parts import empty, frame, optimize_fleet, optimize_job, optimize_result, optimize_wishes, session
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.store.planograms import SavedPlanogram
    from core.workbench import Workbench


ONE, SEVERAL = "This planogram", "Several"


def show() -> None:
    now = session.context()
    if now.planogram_id is None:
        empty.no_planogram()
        return
    wb, head = session.workbench(), st.container()
    if _of() == SEVERAL:
        optimize_fleet.show(wb, head)
        return
    saved, catalog = wb.open(now.planogram_id), wb.catalog()
    job = optimize_job.outcome() if optimize_job.is_for(saved) else None
    wishes = optimize_wishes.ask(saved.plan, catalog, found=job is not None and job.result is not None)
    if wishes is not None:
        optimize_job.begin(wb, saved, wishes)
    elif not optimize_job.is_for(saved):
        optimize_job.begin(wb, saved, optimize_wishes.default())
    job, search = optimize_job.outcome(), optimize_job.current()
    if job is None or search is None:
        with st.container(border=True, key="card_progress"):
            optimize_job.progress()
        with head, st.skeleton(height=30):
            _waiting(wb, saved)
    elif job.error is not None:
        with head:
            frame.headline(
                f"There is no layout of {saved.name} with all of these wishes", "see what conflicts"
            )
        _conflict(job.error)
    elif job.result is not None:
        optimize_result.show(wb, saved, catalog, job.result, search, head)


def _of() -> str:
    """What the page is about: the planogram of the context, or several."""
    chosen = st.segmented_control(
        "Optimize", [ONE, SEVERAL], default=ONE, required=True, key="which", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen or ONE


def _waiting(wb: Workbench, saved: SavedPlanogram) -> None:
    money = wb.money(saved.id, saved.plan).daily
    amount = fmt.estimate(money.value, money.lower, money.upper, "a day")
    frame.headline(f"{saved.name} earns {amount}", "looking for the layout that earns most")


def _conflict(error: WorkbenchError) -> None:
    """What cannot all be kept, one line a conflict."""
    if isinstance(error, RuleViolation):
        with st.container(border=True, key="card_conflicts"):
            frame.title("What conflicts", "Each with what would mend it")
            for violation in error.violations:
                st.html(f'<p class="wb-risk">{frame.text(violation.message)}<br>'
                        f"<span>{frame.text(violation.hint)}</span></p>")  # fmt: skip
    else:
        frame.show_error(error)


show()
