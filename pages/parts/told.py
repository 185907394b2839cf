"""A text over computed numbers: the rules' words at once, a model's in their place as they come, and who
wrote it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import frame, nav

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from core.workbench import Workbench
    from core.workbench.writing import Telling, Written

_KEPT, _MOST_KEPT = "told_kept", 32
ADVICE = "A language model would word this more freely."
BY_RULES, BY_MODEL = "Written by rules.", "Written by {}, its numbers and names checked."


def show(wb: Workbench, by_rule: str, about: Hashable, telling: Callable[[], Telling]) -> None:
    """The rules' text; where a model is set up, what it writes in its place, while the rest of the page goes
    on. ``about``: what the text depends on, so that nothing is asked twice."""
    if wb.language_models:
        _freely(by_rule, about, telling)
        return
    _words(st.empty(), by_rule)
    how_to_add()


def how_to_add(said: str = f"{BY_RULES} {ADVICE}") -> None:
    """The one quiet line of a page on which a model would write."""
    path = getattr(nav, "MODELS", None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="wb-quiet">{frame.text(said)}</p>', width="content")
        if path is not None:
            st.page_link(path, label="How to add one", query_params={})


@st.fragment(parallel=True)
def _freely(by_rule: str, about: Hashable, telling: Callable[[], Telling]) -> None:
    words, mark = st.empty(), st.empty()
    kept: dict[Hashable, Written] = st.session_state.setdefault(_KEPT, {})
    known = kept.get(about)
    _words(words, known.text if known else by_rule)
    _mark(mark, known)
    if known is not None:
        return
    whole = _streamed(words, telling)
    if whole is None:
        return
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[about] = whole
    _words(words, whole.text)
    _mark(mark, whole)


def _streamed(words: DeltaGenerator, telling: Callable[[], Telling]) -> Written | None:
    """The text, shown as it comes."""
    from core.workbench.writing import Written

    text = ""
    for piece in telling():
        if isinstance(piece, Written):
            return piece
        text += piece
        _words(words, f"{text} …")
    return None


def _words(words: DeltaGenerator, text: str) -> None:
    """Text as data: what a model wrote is no markup and no link."""
    words.html(f'<p class="wb-risk">{frame.text(text)}</p>')


def _mark(mark: DeltaGenerator, written: Written | None) -> None:
    who = BY_MODEL.format(written.by) if written and written.by else BY_RULES
    if written and written.instead_of:
        who = f"{who} {written.instead_of}."
    mark.html(f'<p class="wb-quiet">{frame.text(who)}</p>')
