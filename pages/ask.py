"""Ask: questions in plain words, answered with a sentence, its rows, a chart and where they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.ask.language import MAX_TEXT
from pages.parts import ask_answer, ask_talk, ask_tools, ask_voice, empty, frame, nav, session
from pages.parts import format as fmt

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from core.ask.language import AskBack, Cannot
    from core.ask.plan import Plan
    from pages.parts.ask_talk import Turn

RULES = (
    "Answered by rules, from your own data alone; nothing leaves this machine. A language model would "
    "understand harder questions."
)
BY_MODEL = "Answered from your own data; a language model helps to read questions and to word answers."
ASK_BACK_WIDTH = 760
TO_QUESTION = """<script>{
  const toQuestion = () => {
    const asked = [...document.querySelectorAll("[aria-label='Chat message from user']")];
    if (asked.length > 1) asked.at(-1).scrollIntoView({block: "start"});
    else document.querySelector(".wb-head")?.scrollIntoView({block: "center"});
  };
  for (const wait of [350, 900]) setTimeout(toQuestion, wait); // again when charts are drawn
}</script>"""
"""A long answer is read from its question on; the page itself would go to its end."""


def show() -> None:
    names = session.workbench().ask_vocabulary().names
    if not names.places:
        frame.headline("Nothing can be asked yet")
        empty.no_sites()
        return
    typed = ask_voice.question("Ask about sales, shelves or audits", MAX_TEXT)
    wanted = (typed, None) if typed else ask_talk.take_wish()
    talk = ask_talk.turns()
    _head(bool(talk) or wanted is not None)
    if not talk and wanted is None:
        _examples("Try one of these, or type your own below", session.workbench().ask_examples)
    for k, turn in enumerate(talk):
        _turn(turn, last=wanted is None and k == len(talk) - 1)
    if wanted is not None:
        _now(*wanted)


def _now(text: str, plan: Plan | None) -> None:
    """Ask, telling what is done, and show what came of it."""
    _question(text)
    with _reply():
        doing = st.empty()
        turn = ask_talk.ask(text, plan, lambda step: _doing(doing, step))
        doing.empty()
        if turn.answer is not None and turn.answer.says_something and session.workbench().words_answers:
            story = _answered(turn, last=True)
            ask_talk.put(_worded(turn, story))
        else:
            _told(turn, last=True)
    st.html(TO_QUESTION, unsafe_allow_javascript=True)


def _doing(place: DeltaGenerator, step: str) -> None:
    with place.container():
        st.html(f'<p class="wb-quiet wb-doing">{frame.text(step)}</p>')


def _worded(turn: Turn, place: DeltaGenerator) -> Turn:
    """The language model's words as they come, below the sentence; where they do not pass, they go again."""
    from core.language import Answer

    assert turn.answer is not None
    told = None
    _doing(place, "Putting it into words")

    def pieces() -> Iterator[str]:
        nonlocal told
        for piece in session.workbench().ask_told(turn.text, turn.answer):  # type: ignore[arg-type]
            if isinstance(piece, Answer):
                told = piece
            else:
                yield frame.md(piece)

    with place.container():
        st.write_stream(pieces())
    place.empty()
    if told is None or told.model == "rule" or told.text.strip() == turn.answer.sentence:
        return replace(turn, story="")
    worded = replace(turn, story=told.text, teller=told.model)
    with place.container():
        _story(worded)
    return worded


def _head(talking: bool) -> None:
    names = session.workbench().ask_vocabulary().names
    places, products = fmt.count(len(names.places), "place"), fmt.count(len(names.products), "product")
    until = f"sales to {fmt.day(names.last_day)}" if names.last_day else "no sales yet"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="content"):
            frame.headline(f"Ask about your {places} and {products}", until)
        if talking:
            st.button("Take back", icon=":material/undo:", type="tertiary", on_click=ask_talk.take_back,
                      key="ask_undo", help="The last question and its answer")
            st.button("Start over", icon=":material/restart_alt:", type="tertiary", on_click=ask_talk.clear,
                      key="ask_clear")
    if not talking:
        frame.quiet(BY_MODEL if session.workbench().words_answers else RULES)


def _examples(title: str, found: object) -> None:
    with st.spinner("Looking for good questions in your data"):
        examples = found()  # type: ignore[operator]
    if not examples:
        return
    with st.container(border=True, key="card_todo_examples", width=ASK_BACK_WIDTH):
        frame.title(title)
        _buttons([(text, text) for text in examples], "example")


def _buttons(offers: list[tuple[str, str]], key: str) -> None:
    """Label and question of each, one below the other."""
    for i, (label, text) in enumerate(offers):
        st.button(frame.md(label), key=f"{key}_{i}", icon=":material/chat:", type="tertiary",
                  on_click=partial(ask_talk.wish, text))


def _question(text: str) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.markdown(frame.md(text))


def _reply() -> DeltaGenerator:
    return st.chat_message("assistant", avatar=":material/query_stats:")


def _turn(turn: Turn, last: bool) -> None:
    """The newest in full; of those before the sentence, with the rows on demand."""
    _question(turn.text)
    with _reply():
        _told(turn, last)


def _told(turn: Turn, last: bool) -> None:
    if turn.error is not None:
        frame.show_error(turn.error)
    elif turn.answer is not None:
        _answered(turn, last)
    elif hasattr(turn.outcome, "question"):
        _asked_back(turn.outcome, turn.number, last)
    elif turn.outcome is not None:
        _cannot(turn.outcome, turn.text, last)


def _answered(turn: Turn, last: bool) -> DeltaGenerator:
    """The place of a language model's words is given back."""
    answer = turn.answer
    assert answer is not None
    frame.title(answer.sentence)
    story = st.empty()
    if turn.story:
        with story.container():
            _story(turn)
    for doubt in getattr(turn.outcome, "doubts", ()):
        frame.fallback(frame.md(f"{doubt} Not so? Edit the query."))
    after = f", going on from: {turn.after}" if turn.after else ""
    by = f", read by {turn.answered_by}" if turn.answered_by not in ("rules", "plan") else ""
    frame.quiet(f"Understood as: {answer.words}{after}{by}")
    key = f"ask_{turn.number}"
    if last:
        ask_answer.show(answer, key)
        ask_tools.show(turn)
        ask_tools.onward(turn)
    elif answer.rows and answer.plan.form != "value":
        ask_answer.folded(answer, key)
    return story


def _story(turn: Turn) -> None:
    st.markdown(frame.md(turn.story or ""))
    frame.quiet(f"In the words of {turn.teller}, checked against the rows")


def _asked_back(outcome: AskBack, number: int, last: bool) -> None:
    frame.title(outcome.question)
    if last and outcome.choices:
        with st.container(border=True, key="card_todo_choices", width=ASK_BACK_WIDTH):
            _buttons([(offer.label, offer.text) for offer in outcome.choices], f"choice_{number}")
    elif last:
        _examples("Say it in other words, or begin with one of these", session.workbench().ask_examples)


def _cannot(outcome: Cannot, text: str, last: bool) -> None:
    frame.title(outcome.reason)
    frame.quiet(outcome.instead)
    if last and outcome.is_why:
        st.page_link(nav.WHAT_IF, label="What-if tells why a change on the shelf earns more or less",
                     icon=":material/compare_arrows:", query_params={})
    if last:
        _examples("These come nearest", partial(session.workbench().ask_nearest, text))


show()
