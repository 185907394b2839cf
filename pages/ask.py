"""Ask: questions in plain words, answered with a sentence, its rows, a chart and where they come from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.ask.language import MAX_TEXT
from pages.parts import ask_answer, ask_edit, ask_talk, empty, frame, session
from pages.parts import format as fmt

if TYPE_CHECKING:
    from core.ask.language import AskBack, Cannot
    from pages.parts.ask_talk import Turn

MODEL = "Answered by rules, from your own data alone. No language model for harder ones is used here yet."


def show() -> None:
    names = session.workbench().ask_vocabulary().names
    if not names.places:
        frame.headline("Nothing can be asked yet")
        empty.no_sites()
        return
    typed = st.chat_input("Ask about sales, shelves or audits", max_chars=MAX_TEXT, key="ask_box")
    wanted = (typed, None) if typed else ask_talk.take_wish()
    if wanted is not None:
        with st.spinner("Reading the rows", show_time=True):
            ask_talk.ask(*wanted)
    _head()
    turns = ask_talk.turns()
    if not turns:
        _examples("Try one of these, or type your own below")
    for k, turn in enumerate(turns):
        _turn(turn, k, last=k == len(turns) - 1)


def _head() -> None:
    names = session.workbench().ask_vocabulary().names
    places, products = fmt.count(len(names.places), "place"), fmt.count(len(names.products), "product")
    until = f"sales to {fmt.day(names.last_day)}" if names.last_day else "no sales yet"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="content"):
            frame.headline(f"Ask about your {places} and {products}", until)
        if ask_talk.turns():
            st.button("Start over", icon=":material/restart_alt:", type="tertiary", on_click=ask_talk.clear,
                      key="ask_clear")
    if not ask_talk.turns():
        frame.quiet(MODEL)


def _examples(title: str) -> None:
    with st.spinner("Looking for good questions in your data"):
        examples = session.workbench().ask_examples()
    if not examples:
        return
    with st.container(border=True, key="card_todo_examples", width=760):
        frame.title(title)
        _buttons([(text, text) for text in examples], "example")


def _buttons(offers: list[tuple[str, str]], key: str) -> None:
    """Label and question of each, one below the other."""
    for i, (label, text) in enumerate(offers):
        st.button(frame.md(label), key=f"{key}_{i}", icon=":material/chat:", type="tertiary",
                  on_click=partial(ask_talk.wish, text))


def _turn(turn: Turn, k: int, last: bool) -> None:
    """The newest in full; of those before the sentence, with the rows on demand."""
    with st.chat_message("user", avatar=":material/person:"):
        st.markdown(frame.md(turn.text))
    with st.chat_message("assistant", avatar=":material/query_stats:"):
        if turn.error is not None:
            frame.show_error(turn.error)
        elif turn.answer is not None:
            _answered(turn, k, last)
        elif hasattr(turn.outcome, "question"):
            _asked_back(turn.outcome, k, last)
        elif turn.outcome is not None:
            _cannot(turn.outcome, last)


def _answered(turn: Turn, k: int, last: bool) -> None:
    answer = turn.answer
    assert answer is not None
    frame.title(answer.sentence)
    for doubt in getattr(turn.outcome, "doubts", ()):
        frame.fallback(doubt)
    frame.quiet(f"Understood as: {answer.words}")
    if last:
        ask_answer.show(answer, f"ask_{k}")
        ask_edit.show(turn, k)
    elif answer.rows:
        ask_answer.folded(answer, f"ask_{k}")


def _asked_back(outcome: AskBack, k: int, last: bool) -> None:
    frame.title(outcome.question)
    if last and outcome.choices:
        with st.container(border=True, key="card_todo_choices", width=760):
            _buttons([(offer.label, offer.text) for offer in outcome.choices], f"choice_{k}")
    elif last:
        _examples("Say it in other words, or begin with one of these")


def _cannot(outcome: Cannot, last: bool) -> None:
    frame.title(outcome.reason)
    frame.quiet(outcome.instead)
    if last:
        _examples("These can be answered")


show()
