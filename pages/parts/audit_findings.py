"""The findings of an audit on their photo: looked at, confirmed, dismissed or corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.errors import NotFound
from core.trust.access import Role
from pages.parts import audit_correct, audit_opinion, audit_prices, frame, nav, session, tables
from pages.parts import format as fmt
from pages.parts.audit_photo import audit_photo, payload, sent
from pages.parts.audit_photo.payload import TITLES

if TYPE_CHECKING:
    from core.store.audits import SavedAudit
    from core.workbench import Workbench

_PROBLEM, _JUDGED = "wb_audit_problem", "wb_audit_judged"


def show(wb: Workbench, saved: SavedAudit) -> None:
    last = wb.last_audit(saved.card.planogram_id)
    is_newest = last is not None and last.card.id == saved.id
    try:
        photo, _ = wb.audit_picture(saved.id)
    except NotFound as error:
        frame.show_error(error)
        _without_photo(saved)
        return
    _linked(wb, saved.id, photo)
    audit_prices.show(saved, photo)
    audit_opinion.of_unsure(wb, saved, photo)
    left, right = st.columns((1.0, 1.0), vertical_alignment="center")
    with left:
        frame.quiet(saved.audit.definition)
    with right, st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="audit_ways"
    ):
        if is_newest:
            st.page_link(
                nav.EDITOR, label="See it on the plan", icon=":material/grid_view:",
                query_params=session.link_params(saved.card.planogram_id, overlay="audit"),
            )  # fmt: skip
        st.download_button(
            "Download the marked photo",
            lambda: wb.annotated(saved.id),
            f"audit of {saved.card.planogram}.jpg",
            "image/jpeg",
            key="audit_marked",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )


def _without_photo(saved: SavedAudit) -> None:
    """The findings of an audit whose picture somebody took away: what was found is kept all the same."""
    told = (*saved.audit.violations, *saved.audit.to_check)
    with st.container(border=True, key="card_audit_kept"):
        frame.title(fmt.count(len(told), "finding"), "As they were told when the photo was there")
        table = pd.DataFrame(
            [(n, TITLES[v.kind], v.text, fmt.confidence(v.confidence), saved.verdicts[v.id].verdict
              if v.id in saved.verdicts else "") for n, v in enumerate(told, 1)],
            columns=["No.", "Kind", "Finding", "Evidence", "Judged"],
        )  # fmt: skip
        tables.wrapped(table)
        tables.download(table, "Download the findings", f"findings of {saved.card.planogram}")


@st.fragment
def _linked(wb: Workbench, audit_id: int, photo: bytes) -> None:
    """Photo and list; a tap keeps a verdict, and then the page's figures follow."""
    if st.session_state.pop(_JUDGED, False):
        st.rerun()
    key = f"audit_photo_{audit_id}"
    problem = st.session_state.pop(_PROBLEM, None)
    if problem is not None:
        frame.show_error(problem)
    now = wb.audit(audit_id)
    may = Role.named(wb.actor.role) >= Role.DRIVER
    audit_photo(
        payload.build(now, photo, dark=frame.is_dark(), may=may), key=key, on_act=lambda: _act(wb, now, key)
    )
    asked = st.session_state.pop(f"{key}_ask", None)
    if asked is not None:
        audit_correct.ask(wb, now, photo, *asked)


def _act(wb: Workbench, saved: SavedAudit, key: str) -> None:
    """A tap: a verdict is kept at once; a correction asks what really stands there."""
    from core.errors import WorkbenchError

    tap: dict[str, Any] = dict(sent(key))
    violation_id, box = tap.get("finding"), tap.get("box")
    if tap.get("do") in ("confirmed", "dismissed") and violation_id:
        try:
            wb.judge_violation(saved.id, str(violation_id), str(tap["do"]))
        except WorkbenchError as error:
            st.session_state[_PROBLEM] = error
            return
        st.session_state[_JUDGED] = True
        found = saved.audit.violation(str(violation_id))
        word = "Confirmed" if tap["do"] == "confirmed" else "Dismissed"
        st.toast(f"{word}: {TITLES[found.kind].lower() if found else 'finding'}.", icon=":material/check:")
    elif tap.get("do") == "correct" and violation_id:
        st.session_state[f"{key}_ask"] = (str(violation_id), None)
    elif tap.get("do") == "name" and isinstance(box, int | float):
        st.session_state[f"{key}_ask"] = (None, int(box))
