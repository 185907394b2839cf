"""What can be done with an answer: judge it, take its rows, keep it on Home, hand its link on, go on."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import WorkbenchError
from core.store.questions import MAX_COMMENT, MAX_TITLE
from pages.parts import ask_answer, ask_edit, ask_table, ask_talk, frame, session, tables
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.ask.answer import Answer
    from core.ask.plan import Plan
    from pages.parts.ask_talk import Turn

WRONG, RIGHT = 0, 1
THANKS = "Thank you. It is kept with the question, so that the next one can be understood better."


def show(turn: Turn) -> None:
    """One row of quiet buttons below the newest answer, and what opens below them."""
    answer = turn.answer
    assert answer is not None
    key = f"ask_{turn.number}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ask_tools"):
        if ask_answer.needs_button(answer):
            ask_answer.folded(answer, key)
        if answer.rows:
            tables.download(ask_table.table(answer), "Download", "answer", key=f"{key}_download")
        _save(turn, answer)
        _link(turn)
        opened = ask_edit.toggle(turn)
        _thumbs(turn)
    _judgement(turn)
    if opened:
        ask_edit.show(turn)


def onward(turn: Turn) -> None:
    """Questions one step away, as buttons."""
    assert turn.answer is not None
    steps = session.workbench().ask_onward(turn.answer.plan)
    if not steps:
        return
    with st.container(horizontal=True, gap="small", key="ask_onward"):
        for i, (label, plan) in enumerate(steps):
            st.button(label, key=f"onward_{turn.number}_{i}", on_click=partial(ask_talk.wish, label, plan))


def _save(turn: Turn, answer: Answer) -> None:
    """Under a title that the person may change."""
    with st.popover("Save to Home", icon=":material/add_home:", type="tertiary", width="content",
                    key=f"ask_save_{turn.number}"):
        if turn.saved:
            st.page_link("home.py", label="It is on Home now", icon=":material/home:")
            return
        with st.form(f"ask_save_form_{turn.number}", border=False):
            title = st.text_input("Title of the tile", fmt.capital(answer.words)[:MAX_TITLE],
                                  max_chars=MAX_TITLE, key=f"ask_title_{turn.number}")
            wanted = st.form_submit_button("Save", type="primary")
        if wanted:
            with frame.telling():
                session.workbench().save_tile(title, turn.text, answer.plan)
                ask_talk.put(replace(turn, saved=True))
                st.rerun()


def _link(turn: Turn) -> None:
    """The address that asks this question, to be copied."""
    address = ask_talk.link(turn)
    if not address:
        return
    with st.popover("Link", icon=":material/link:", type="tertiary", width="content"):
        frame.quiet("Whoever opens it sees the answer of then, with what they may see.")
        st.code(address, language=None, wrap_lines=True)


def _thumbs(turn: Turn) -> None:
    st.feedback("thumbs", key=f"ask_judge_{turn.number}", default=turn.verdict,
                on_change=partial(_judged, turn), disabled=turn.verdict is not None)


def _judged(turn: Turn) -> None:
    """A thumb up is kept at once; a thumb down first asks what was meant."""
    verdict = st.session_state.get(f"ask_judge_{turn.number}")
    if verdict == RIGHT:
        _keep(turn, RIGHT, "")
    elif verdict == WRONG:
        ask_talk.put(replace(turn, verdict=WRONG))


def _judgement(turn: Turn) -> None:
    if turn.said:
        frame.quiet(THANKS)
    elif turn.verdict == WRONG:
        with st.form(f"ask_wrong_{turn.number}", border=True):
            comment = st.text_input("What did you mean?", max_chars=MAX_COMMENT,
                                    key=f"ask_meant_{turn.number}",
                                    placeholder="In your own words, or leave it empty")
            if st.form_submit_button("Send"):
                _keep(turn, WRONG, comment)
                st.rerun()


def _keep(turn: Turn, verdict: int, comment: str) -> None:
    plan: Plan | None = turn.answer.plan if turn.answer is not None else None
    try:
        session.workbench().judge_answer(turn.text, ("wrong", "right")[verdict], plan,
                                         answered_by=turn.answered_by, comment=comment)
    except WorkbenchError as error:
        frame.show_error(error)
        return
    ask_talk.put(replace(turn, verdict=verdict, said=True))
