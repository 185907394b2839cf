"""Plans that change together: what it is worth, saving them in one go, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.errors import WorkbenchError
from pages.parts import format as fmt
from pages.parts import frame, jobs, session, tables

if TYPE_CHECKING:
    from core.capabilities.valuation import Estimate
    from core.workbench import Workbench
    from core.workbench.many import Proposed

_JOB, _ASKED, _DONE = "many_worth", "many_asked", "many_done"
SHOWN = 12


def worth(proposed: Sequence[Proposed]) -> dict[int, Estimate]:
    """What the estimate of just these plans found, empty until it was asked for and is there."""
    job = jobs.current(_JOB)
    if job is None or not job.done.is_set() or st.session_state.get(_ASKED) != _key(proposed):
        return {}
    return job.result or {}


def actions(wb: Workbench, proposed: Sequence[Proposed], title: str, may: bool) -> None:
    """Estimate and save, below a preview. ``title``: the comment of the versions unless it is changed."""
    changed = [p for p in proposed if p.changed]
    _total(worth(proposed))
    if not changed:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        comment = st.text_input("Comment of the versions", title, max_chars=300, key=f"many_title_{title}")
        if st.button("Estimate what it is worth", icon=":material/payments:"):
            st.session_state[_ASKED] = _key(proposed)
            jobs.start(_JOB, "Estimating", lambda report: wb.worth(changed, report))
            st.rerun()
        label = f"Save to {fmt.count(len(changed), 'plan')}"
        st.button(label, type="primary", disabled=not may, help=None if may else "A manager may do this.",
                  on_click=_save, args=(wb, changed, comment or title))
    if st.session_state.get(_ASKED) == _key(proposed):
        job = jobs.follow(_JOB)
        if job is not None and job.error is not None:
            frame.show_error(job.error)
    _tell()


def _total(found: dict[int, Estimate]) -> None:
    if not found:
        return
    from core.workbench.many import total_of

    total = total_of(list(found.values()))
    said = fmt.signed_estimate(total.value, total.lower, total.upper, " a day")
    places = fmt.count(len(found), "plan")
    frame.title(f"Together {said} on {places}", "Each plan's own what-if, added up as if all erred together")


def _key(proposed: Sequence[Proposed]) -> int:
    return hash(tuple((p.planogram_id, p.base_version, p.after) for p in proposed if p.changed))


def _save(wb: Workbench, changed: Sequence[Proposed], title: str) -> None:
    try:
        batch = wb.save_many(title, changed)
    except WorkbenchError as error:
        st.session_state[_DONE] = error
        return
    for item in changed:
        session.keep_draft(item.planogram_id, None)
    st.toast(f"Saved to {fmt.count(batch.plans, 'plan')}: {frame.md(title)}", icon=":material/check:")


def _tell() -> None:
    problem = st.session_state.pop(_DONE, None)
    if isinstance(problem, WorkbenchError):
        frame.show_error(problem)


def history(wb: Workbench, may: bool) -> None:
    """What was changed together, the newest first, each with its undo."""
    done = wb.batches(SHOWN)
    if not done:
        return
    with st.container(border=True, key="card_batches"):
        frame.title("Changed together",
                    "Undo brings back what the plans were, except where someone saved since")
        for batch in done:
            with st.container(horizontal=True, vertical_alignment="center", gap="small",
                              horizontal_alignment="distribute"):
                who = f", by {batch.by}" if batch.by else ""
                st.html(
                    f'<p class="wb-life">{frame.text(batch.title)} <span class="wb-soft">· '
                    f"{fmt.count(batch.plans, 'plan')}, {fmt.ago(batch.at)}{frame.text(who)}</span></p>",
                    width="content",
                )
                if batch.undone_at is not None:
                    frame.quiet(f"undone {fmt.ago(batch.undone_at)}")
                elif may:
                    st.button("Undo", key=f"undo_{batch.id}", type="tertiary", icon=":material/undo:",
                              on_click=_undo, args=(wb, batch.id))
        told = pd.DataFrame([(b.title, b.plans, b.at, b.by, b.undone_at) for b in done],
                            columns=["Change", "Plans", "At", "By", "Undone"])
        tables.download(told, "Download this list", "changes of many plans")
    left = st.session_state.pop("many_left", None)
    if left:
        st.warning(f"Left alone, because someone saved since: {frame.md(', '.join(left))}.",
                   icon=":material/info:")


def _undo(wb: Workbench, batch_id: int) -> None:
    try:
        undone = wb.undo_many(batch_id)
    except WorkbenchError as error:
        st.session_state[_DONE] = error
        return
    st.session_state["many_left"] = undone.left
    st.toast(f"{fmt.count(len(undone.restored), 'plan')} as before.", icon=":material/undo:")
