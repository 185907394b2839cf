"""Whom a browser session acts for and what it looks at: site → planogram → version → period.

The context follows the user from page to page and stands in the URL (``planogram``, ``version``,
``days``), so that a link opens what its sender saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.parts import start

if TYPE_CHECKING:
    from core.planogram.planogram import Planogram
    from core.store.database import Actor
    from core.workbench import Workbench

PERIODS = (7, 28, 90, 365)
_STATE = "wb_context"
_DRAFTS = "wb_drafts"
_PROPOSED = "wb_proposed"
_WRITTEN = "wb_written"
_NAMES = ("planogram", "version", "days")


@dataclass(frozen=True, slots=True)
class Context:
    """What the pages speak of; ``version`` None is the newest."""

    planogram_id: int | None = None
    version: int | None = None
    days: int = 28

    def params(self) -> dict[str, str]:
        """As URL parameters; what equals the default is left out."""
        pairs = {
            "planogram": self.planogram_id,
            "version": self.version,
            "days": None if self.days == 28 else self.days,
        }
        return {name: str(value) for name, value in pairs.items() if value is not None}


def actor() -> Actor | None:
    """The signed-in user of this session; the demo manager in demo mode; None: sign in first."""
    if "wb_actor" not in st.session_state:
        st.session_state.wb_actor = start.house().demo_actor()
    return st.session_state.wb_actor


def workbench() -> Workbench:
    """The door for this session's user. Call it only when ``actor()`` is not None."""
    if "wb_door" not in st.session_state:
        st.session_state.wb_door = start.house().workbench(actor())
    return st.session_state.wb_door


def context() -> Context:
    return st.session_state.get(_STATE, Context())


def set_context(wanted: Context) -> None:
    st.session_state[_STATE] = wanted


def look_at(planogram_id: int | None, version: int | None = None) -> None:
    """Turn this session to a planogram; the sidebar and the URL follow on the next run."""
    set_context(Context(planogram_id, version, context().days))


def link_params(planogram_id: int, **more: str) -> dict[str, str]:
    """URL parameters of a link that opens a page on a planogram."""
    return {"planogram": str(planogram_id), **more}


def draft(planogram_id: int) -> Planogram | None:
    """The editor's unsaved plan of this session, or None."""
    return st.session_state.get(_DRAFTS, {}).get(planogram_id)


def keep_draft(planogram_id: int, plan: Planogram | None) -> None:
    """Remember (or with None forget) an unsaved plan, for the editor and for what-if."""
    drafts = dict(st.session_state.get(_DRAFTS, {}))
    drafts.pop(planogram_id, None)
    if plan is not None:
        drafts[planogram_id] = plan
    st.session_state[_DRAFTS] = drafts


def propose(planogram_id: int, plan: Planogram, title: str) -> None:
    """Hand a changed plan over to the editor, which takes it as one step that can be undone."""
    st.session_state.setdefault(_PROPOSED, {})[planogram_id] = (plan, title)


def take_proposal(planogram_id: int) -> tuple[Planogram, str] | None:
    """What was handed over for a planogram, once."""
    return st.session_state.get(_PROPOSED, {}).pop(planogram_id, None)


def read_url() -> None:
    """Take the context from the URL where a link or the back button brought a new one.

    A URL that this session wrote itself says nothing new. What a link says badly is ignored.
    """
    asked = {name: st.query_params[name] for name in _NAMES if name in st.query_params}
    if not asked or asked == st.session_state.get(_WRITTEN):
        return
    now = context()
    planogram_id = _whole(asked.get("planogram"), now.planogram_id)
    version = _whole(asked.get("version"), None if "planogram" in asked else now.version)
    days = _whole(asked.get("days"), now.days)
    set_context(Context(planogram_id, version, days if days in PERIODS else 28))


def write_url() -> None:
    """Put the context into the URL, leaving what other parts of the page keep there."""
    wanted = context().params()
    for name in _NAMES:
        if name in wanted and st.query_params.get(name) != wanted[name]:
            st.query_params[name] = wanted[name]
        elif name not in wanted and name in st.query_params:
            del st.query_params[name]
    st.session_state[_WRITTEN] = wanted


def _whole(text: Any, default: int | None) -> Any:
    return int(text) if text is not None and str(text).isdecimal() and len(str(text)) < 12 else default
