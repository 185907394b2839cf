"""The best layouts of several planograms, one after the other: what they bring together, and saving them."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.errors import WorkbenchError
from pages.parts import demand_words, frame, jobs, optimize_wishes, session, tables
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.fleet.optimum import FleetOptimum, PlaceOptimum
    from core.store.planograms import PlanogramCard
    from core.workbench import Workbench

AT_FIRST = 8
"""Planograms that are chosen where nobody chose: a morning's work."""
USUAL_TIME = "5 seconds each"
TIMES = {USUAL_TIME: 5.0, "20 seconds each": 20.0}
_JOB, _RUN = "optimize_fleet_job", "optimize_fleet_run"


@dataclass
class Run:
    """A run over several planograms: ``found`` money a day so far, what was ``kept`` as which version."""

    found: float = 0.0
    stopped: Event = field(default_factory=Event)
    kept: dict[int, str] = field(default_factory=dict)


def show(wb: Workbench, head: Any) -> None:
    """The choice, the run, its result."""
    cards = {c.id: c for c in wb.planograms()}
    chosen = _ask(cards)
    if chosen is not None:
        _begin(wb, *chosen)
    job, run = jobs.current(_JOB), st.session_state.get(_RUN)
    if job is None or run is None:
        with head:
            frame.headline(
                f"{fmt.count(len(cards), 'planogram')} to choose from", "each gets its best layout"
            )
        return
    if not job.done.is_set():
        with head:
            frame.headline("Looking for the best layouts", "one planogram after the other")
        with st.container(border=True, key="card_progress"):
            _progress()
    elif job.error is not None:
        frame.show_error(job.error)
    elif job.result is not None:
        _result(wb, job.result, run, head)


def _ask(cards: dict[int, PlanogramCard]) -> tuple[list[int], dict[str, float], float] | None:
    """Planograms, goals and seconds when the button was pressed."""
    machines = [c.id for c in cards.values() if c.device_id is not None] or list(cards)
    with st.container(border=True, key="card_wishes"):
        picked = st.multiselect(
            "Planograms", list(cards), default=machines[:AT_FIRST], format_func=lambda i: cards[i].name
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            goal = st.segmented_control(
                "What they should bring", list(optimize_wishes.GOALS), default="Revenue", required=True
            )
            time = st.segmented_control("Time", list(TIMES), default=USUAL_TIME, required=True)
            sent = st.button(
                f"Find the best of {len(picked)}", type="primary", disabled=not picked,
                icon=":material/auto_awesome:",
            )  # fmt: skip
    if not sent:
        return None
    return picked, optimize_wishes.GOALS[goal or "Revenue"], TIMES[time or USUAL_TIME]


def _begin(wb: Workbench, ids: list[int], goals: dict[str, float], seconds: float) -> None:
    from core.capabilities.optimize import Goals, Wishes

    run = st.session_state[_RUN] = Run()

    def work(report: jobs.Progress) -> FleetOptimum:
        def on_place(share: float, name: str, found: float) -> bool:
            run.found = found
            report(share, name)
            return not run.stopped.is_set()

        return wb.optimize_fleet(ids, Wishes(Goals(**goals), time_limit_s=seconds), on_place)

    jobs.start(_JOB, "The search for the best layouts", work)


@st.fragment(run_every=0.4)
def _progress() -> None:
    job, run = jobs.current(_JOB), st.session_state.get(_RUN)
    if job is None or run is None or job.done.is_set():
        st.rerun(scope="app")
        return
    st.progress(job.share, text=f"{frame.md(job.doing)} …")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Stop and keep what was found", icon=":material/stop_circle:"):
            run.stopped.set()
        frame.quiet(f"Found {fmt.signed_money(run.found)} a day so far · you can go to other pages meanwhile")


def _result(wb: Workbench, found: FleetOptimum, run: Run, head: Any) -> None:
    gain = found.gain
    done = [p for p in found.places if p.found is not None]
    with head:
        amount, bounds = fmt.more_parts(gain.value, gain.lower, gain.upper)
        frame.headline(f"{fmt.count(len(done), 'planogram')} could bring {amount} a day together", bounds)
    recover = found.cost / gain.value if gain.value > 0 else None
    best = done[0] if done else None
    demand_words.figures((
        ("Together, a month", fmt.signed_money(gain.value * 30), f"{fmt.signed_money(gain.value)} a day"),
        ("To touch", fmt.count(found.positions_changed, "position"), f"{fmt.money(found.cost)} of labor"),
        ("Pays back", fmt.days_to_recover(recover), "at the expected lift"),
        ("Most at", best.name if best else "–", _gain(best) if best else ""),
    ))  # fmt: skip
    with st.container(border=True, key="card_places"):
        frame.title("Planogram by planogram, the most first", "Choose a row to see its layout and its proof")
        rows = _table(found, run)
        picked = st.dataframe(
            rows, hide_index=True, width="stretch", on_select="rerun", selection_mode="single-row",
            key="optimize_fleet_rows",
            column_config={
                "Now a day": st.column_config.NumberColumn(format="$%.2f"),
                "More a day": st.column_config.NumberColumn(format="$%.2f"),
                "Lower": st.column_config.NumberColumn(format="$%.2f"),
                "Upper": st.column_config.NumberColumn(format="$%.2f"),
                "Lift %": st.column_config.NumberColumn(format="%.0f%%"),
                "Best change": st.column_config.TextColumn(width="large"),
            },
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            fresh = [p for p in done if p.planogram_id not in run.kept]
            st.button(
                f"Save all {len(fresh)} as new versions", type="primary", icon=":material/check:",
                disabled=not fresh, on_click=lambda: _keep_all(wb, fresh, run),
            )  # fmt: skip
            selected = picked["selection"]["rows"]
            if selected:
                place = found.places[selected[0]].planogram_id
                st.button("Open this one", icon=":material/open_in_full:", on_click=lambda: _open(place))
            tables.download(rows, "Download the list", "optimized_planograms")
    for name in found.left:
        frame.quiet(f"{name} was left out when you stopped.")


def _open(planogram_id: int) -> None:
    """Turn the page to one planogram, before the script runs again."""
    session.look_at(planogram_id)
    st.session_state["which"] = "This planogram"


def _gain(place: PlaceOptimum) -> str:
    return "" if place.found is None else f"{fmt.signed_money(place.found.gain.value)} a day"


def _table(found: FleetOptimum, run: Run) -> pd.DataFrame:
    return pd.DataFrame([_row(place, run) for place in found.places])


def _row(place: PlaceOptimum, run: Run) -> dict[str, object]:
    if place.found is None:
        return {"Planogram": place.name, "Best change": place.problem}
    best = place.found
    even = best.prediction.break_even
    return {
        "Planogram": place.name, "Now a day": best.present_value, "More a day": best.gain.value,
        "Lower": best.gain.lower, "Upper": best.gain.upper, "Lift %": best.predicted_lift.value,
        "To touch": even.positions_changed, "Pays back": fmt.days_to_recover(even.days_to_recover),
        "Best change": best.lines[0].what if best.lines else "None: it is as good as it gets.",
        "Saved": run.kept.get(place.planogram_id, ""),
    }  # fmt: skip


def _keep_all(wb: Workbench, places: list[PlaceOptimum], run: Run) -> None:
    """Save each; what was saved meanwhile by others stays, and is told in its row."""
    for place in places:
        if place.found is None:
            continue
        try:
            kept = wb.save(place.planogram_id, place.version, place.found.plan, "Optimized layout")
        except WorkbenchError as error:
            run.kept[place.planogram_id] = error.message
            continue
        run.kept[place.planogram_id] = f"Version {kept.version}"
        session.keep_draft(place.planogram_id, None)
