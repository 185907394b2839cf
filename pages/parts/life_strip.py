"""The line above the editor: what stands there, what waits, what the store said, and the next step."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from core.trust.access import Role
from pages.parts import format as fmt
from pages.parts import frame, life_words, session

if TYPE_CHECKING:
    from core.store.life import Life
    from core.workbench import Workbench

_KEPT, _CHANGED = "wb_life", "wb_life_changed"
FRESH_S = 20.0
"""A drop does not ask the database again before this."""
PANEL = "life"
"""The element below the editor that the line points to."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the line tells, as of ``at`` on the process's clock."""

    life: Life
    open: int
    answers: int
    at: float


def told(wb: Workbench, planogram_id: int, last_version: int) -> Told:
    """Kept for a moment, as long as no newer version is known."""
    kept: dict[int, Told] = st.session_state.setdefault(_KEPT, {})
    found = kept.get(planogram_id)
    if found is None or found.life.last_version != last_version or time.monotonic() - found.at > FRESH_S:
        said, answers = wb.open_comments().get(planogram_id, (0, 0))
        found = kept[planogram_id] = Told(wb.life(planogram_id), said, answers, time.monotonic())
    return found


def forget(planogram_id: int) -> None:
    """Something was said or done: ask again, and have the whole page follow."""
    st.session_state.get(_KEPT, {}).pop(planogram_id, None)
    st.session_state[_CHANGED] = True


def follow() -> None:
    """Run the whole page where a part of it changed what the others show; call first in each part."""
    if st.session_state.pop(_CHANGED, False):
        st.rerun(scope="app")


def show(wb: Workbench, planogram_id: int, last_version: int, unsaved: int) -> None:
    """Draw the line. ``unsaved``: steps on the desk that no version has."""
    follow()
    here = told(wb, planogram_id, last_version)
    with st.container(
        key="editor_life", horizontal=True, vertical_alignment="center", gap="small",
    ):  # fmt: skip
        st.html(_line(here), width="stretch")
        for status in _offered(wb, here.life):
            _step(wb, here.life, status, unsaved)


def _line(here: Told) -> str:
    now = here.life
    open_ = f' · <a href="#{PANEL}">{frame.text(_open_words(here))} ↓</a>' if here.open else (
        f' · <a href="#{PANEL}">status, comments, photos ↓</a>')
    return (
        f'<p class="wb-life"><b class="wb-pill wb-{now.status}">{now.status.capitalize()}</b>'
        f"{frame.text(life_words.where(now))}{open_}</p>"
    )


def _open_words(here: Told) -> str:
    answers = fmt.count(here.answers, "answer from the store", "answers from the store")
    if here.answers == here.open:
        return answers
    said = fmt.count(here.open, "open comment")
    return f"{said}, {answers}" if here.answers else said


def _offered(wb: Workbench, now: Life) -> list[str]:
    """The one step that leads on, for those who may take it."""
    role = Role.named(wb.actor.role)
    ahead = [s for s in now.next if s in ("prepared", "implemented")]
    if now.variant_of is not None and not now.archived:
        return ["hand over"] if role >= Role.MANAGER else []
    allowed = [s for s in ahead if role >= (Role.DRIVER if s == "implemented" else Role.MANAGER)]
    return allowed[:2]


def _step(wb: Workbench, now: Life, status: str, unsaved: int) -> None:
    """A popover with what the step means, what it needs, and its button."""
    if status == "hand over":
        label = "Hand over"
        meaning = "Its layout becomes the next version of the plan that stands in this place."
    else:
        label, meaning = life_words.button(status, now), life_words.explained(status, now)
    with st.popover(label, width="content", key=f"life_{status}_{now.planogram_id}_{now.last_version}"):
        st.markdown(meaning)
        if unsaved and status != "implemented":
            kept = fmt.count(unsaved, "change that is not saved", "changes that are not saved")
            frame.quiet(f"{kept} will not be in it. Save first to take them along.")
        day = _day(now) if status == "implemented" else None
        note = "" if status == "hand over" else st.text_input(
            "Note", max_chars=500, key=f"life_note_{status}", placeholder="Optional")
        st.button(
            label, type="primary", key=f"life_do_{status}", on_click=take, args=(wb, now, status, day, note)
        )
    problem = st.session_state.pop("life_problem", None)
    if problem is not None:
        frame.show_error(problem)


def _day(now: Life) -> date:
    earliest = now.since
    return st.date_input("Stands there since", value="today", min_value=earliest, max_value="today",
                         key="life_day")


def take(wb: Workbench, now: Life, status: str, day: date | None, note: str) -> None:
    """Take a step; what is wrong with it is shown on the next run."""
    from core.errors import WorkbenchError

    try:
        if status == "hand over":
            saved = wb.hand_over(now.planogram_id)
            session.look_at(saved.id)
            st.toast(f"{saved.name} has it as version {saved.version}.", icon=":material/check:")
        else:
            after = wb.set_status(now.planogram_id, status, day=day, note=note)
            st.toast(life_words.step(after.steps[0]), icon=life_words.ICONS[status])
    except WorkbenchError as error:
        st.session_state.life_problem = error
    forget(now.planogram_id)
