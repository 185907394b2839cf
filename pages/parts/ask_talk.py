"""The talk of a session: what was asked and answered, what the link says, and what comes next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import BadInput, WorkbenchError
from pages.parts import session

if TYPE_CHECKING:
    from core.ask.answer import Answer
    from core.ask.language import Outcome
    from core.ask.plan import Plan

MOST = 20
MAX_LINK = 1500
_TURNS, _NEXT, _WRITTEN = "ask_turns", "ask_next", "ask_written"


@dataclass(frozen=True)
class Turn:
    """A question with what became of it: an answer, something asked back or not answered, or an error.
    ``own``: whether the words alone say the question, with nothing before it."""

    text: str
    outcome: Outcome | None = None
    answer: Answer | None = None
    error: WorkbenchError | None = None
    own: bool = True


def turns() -> list[Turn]:
    return st.session_state.setdefault(_TURNS, [])


def clear() -> None:
    st.session_state[_TURNS] = []
    write_link(None)


def wish(text: str, plan: Plan | None = None) -> None:
    """Ask this at the next run; with a plan instead of what the words say."""
    st.session_state[_NEXT] = (text, plan)


def take_wish() -> tuple[str, Plan | None] | None:
    """What a button or a form wants asked, else what a link that was just opened asks."""
    wanted = st.session_state.pop(_NEXT, None)
    return wanted or _linked()


def ask(text: str, plan: Plan | None = None) -> Turn:
    """Put a question and keep it; an error becomes the turn's, for the page to tell."""
    try:
        turn = _asked(text.strip(), plan)
    except WorkbenchError as error:
        turn = Turn(text, error=error)
    st.session_state[_TURNS] = [*turns(), turn][-MOST:]
    write_link(turn)
    return turn


def _asked(text: str, plan: Plan | None) -> Turn:
    wb = session.workbench()
    if plan is not None:
        return Turn(text, answer=wb.ask_plan(plan), own=False)
    before = previous()
    outcome, found = wb.ask(text, before)
    own = found is None or before is None or getattr(wb.ask_words(text), "plan", None) == found.plan
    return Turn(text, outcome, found, own=own)


def previous() -> Plan | None:
    """The plan of the last question that was answered."""
    return next((turn.answer.plan for turn in reversed(turns()) if turn.answer is not None), None)


def write_link(turn: Turn | None) -> None:
    """The question in the address, with its plan where its words alone do not say it."""
    from core.ask.plan import to_json

    asked: dict[str, str] = {}
    if turn is not None and turn.text:
        asked["q"] = turn.text
        if not turn.own and turn.answer is not None:
            asked["plan"] = json.dumps(to_json(turn.answer.plan), separators=(",", ":"))
    if sum(map(len, asked.values())) > MAX_LINK:
        asked = {}
    st.session_state[_WRITTEN] = asked
    for name in ("q", "plan"):
        if name in asked:
            st.query_params[name] = asked[name]
        elif name in st.query_params:
            del st.query_params[name]


def _linked() -> tuple[str, Plan | None] | None:
    """What the address asks, where this session did not write it; a bad plan counts for nothing."""
    asked = {name: st.query_params[name] for name in ("q", "plan") if name in st.query_params}
    if not asked or asked == st.session_state.get(_WRITTEN):
        return None
    st.session_state[_WRITTEN] = asked
    plan = _plan(asked.get("plan"))
    text = asked.get("q", "")
    return None if not text and plan is None else (text or "A question by link", plan)


def _plan(text: str | None) -> Plan | None:
    from core.ask.plan import from_json

    if not text or len(text) > MAX_LINK:
        return None
    try:
        values: Any = json.loads(text)
        return from_json(values)
    except (ValueError, RecursionError, BadInput):
        return None
