"""The talk of a session: what was asked and answered, what the link says, and what comes next."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.errors import BadInput, WorkbenchError
from pages.parts import session

if TYPE_CHECKING:
    from core.ask.answer import Answer
    from core.ask.language import Outcome
    from core.ask.plan import Plan

MOST = 20
MAX_LINK = 1500
_TURNS, _NEXT, _WRITTEN, _COUNT = "ask_turns", "ask_next", "ask_written", "ask_count"
Report = Callable[[str], None]


@dataclass(frozen=True)
class Turn:
    """A question with what became of it: an answer, something asked back or not answered, or an error.

    ``own``: whether the words alone say the question, with nothing before it; else ``after`` is the question
    that it goes on from, in words · ``answered_by``: who made the plan · ``story``: a language model's words
    over the rows, and ``teller`` its name · ``verdict`` 1 right, 0 wrong; ``said``: it is kept · ``saved``:
    on Home."""

    text: str
    outcome: Outcome | None = None
    answer: Answer | None = None
    error: WorkbenchError | None = None
    own: bool = True
    after: str = ""
    answered_by: str = "rules"
    story: str | None = None
    teller: str = ""
    verdict: int | None = None
    said: bool = False
    saved: bool = False
    number: int = 0


def turns() -> list[Turn]:
    return st.session_state.setdefault(_TURNS, [])


def clear() -> None:
    st.session_state[_TURNS] = []
    write_link(None)


def take_back() -> None:
    """Undo the last question; the talk goes on from the one before."""
    st.session_state[_TURNS] = turns()[:-1]
    write_link(turns()[-1] if turns() else None)


def put(turn: Turn) -> None:
    """Keep what became of a turn in its place."""
    st.session_state[_TURNS] = [turn if old.number == turn.number else old for old in turns()]


def wish(text: str, plan: Plan | None = None) -> None:
    """Ask this at the next run; with a plan instead of what the words say."""
    st.session_state[_NEXT] = (text, plan)


def take_wish() -> tuple[str, Plan | None] | None:
    """What a button or a form wants asked, else what a link that was just opened asks."""
    wanted = st.session_state.pop(_NEXT, None)
    return wanted or _linked()


def ask(text: str, plan: Plan | None = None, report: Report = lambda _text: None) -> Turn:
    """Put a question and keep it; an error becomes the turn's, for the page to tell. ``report`` is told what
    is being done."""
    try:
        turn = _asked(text.strip(), plan, report)
    except WorkbenchError as error:
        turn = Turn(text, error=error)
    number = st.session_state.get(_COUNT, 0)
    st.session_state[_COUNT] = number + 1
    turn = replace(turn, number=number)
    st.session_state[_TURNS] = [*turns(), turn][-MOST:]
    write_link(turn)
    return turn


def _asked(text: str, plan: Plan | None, report: Report) -> Turn:
    wb = session.workbench()
    if plan is not None:
        report(f"Reading the rows: {wb.ask_in_words(plan)}")
        return Turn(text, answer=wb.ask_plan(plan), own=False, answered_by="plan")
    before = previous()
    report("Understanding the question")
    outcome, found = wb.ask(text, before, lambda words: report(f"Reading the rows: {words}"))
    reader = getattr(outcome, "model", "")
    own = found is None or (not reader and (
        before is None or getattr(wb.ask_words(text), "plan", None) == found.plan))
    after = "" if own or before is None or reader else wb.ask_in_words(before)
    return Turn(text, outcome, found, own=own, after=after, answered_by=reader or "rules")


def previous() -> Plan | None:
    """The plan of the last question that was answered."""
    return next((turn.answer.plan for turn in reversed(turns()) if turn.answer is not None), None)


def link(turn: Turn) -> str:
    """The whole address that asks a question, "" where it would be too long or the page's is not known."""
    asked = _asked_in_link(turn)
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}{here.path}?{urlencode(asked)}" if asked and here.netloc else ""


def address(text: str, plan: Plan | None = None) -> dict[str, str]:
    """What the address of this page ends in to ask a question, with its plan where that is to count; empty
    where it would be too long."""
    from core.ask.plan import to_json

    asked = {"q": text}
    if plan is not None:
        asked["plan"] = json.dumps(to_json(plan), separators=(",", ":"))
    return {} if sum(map(len, asked.values())) > MAX_LINK else asked


def _asked_in_link(turn: Turn | None) -> dict[str, str]:
    """The question, with its plan where its words alone do not say it."""
    if turn is None or not turn.text:
        return {}
    return address(turn.text, None if turn.own or turn.answer is None else turn.answer.plan)


def write_link(turn: Turn | None) -> None:
    """The question in the address."""
    asked = _asked_in_link(turn)
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
