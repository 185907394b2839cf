"""What the stores answered and nobody has seen to yet, for the first page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, nav, session

if TYPE_CHECKING:
    from core.store.plan_talk import Comment

SHOWN = 3
Waiting = Sequence[tuple[int, str, "Comment"]]


def lines(waiting: Waiting) -> int:
    """How many lines of the list above the card needs, so that the page stays as long."""
    return min(len(waiting), SHOWN) + 1 if waiting else 0


def show(waiting: Waiting) -> None:
    """A card with the newest answers, each a link to its plan; nothing where none waits."""
    from core.store.plan_talk import REASONS

    if not waiting:
        return
    with st.container(border=True, key="card_attention_answers"):
        frame.title(f"{fmt.count(len(waiting), 'report', 'reports')} from the field to see to")
        for planogram_id, name, said in waiting[:SHOWN]:
            place = " ".join(p for p in (said.slot, said.product) if p)
            told = f"{place} {REASONS[said.reason or 'other']}".strip()
            st.page_link(
                nav.EDITOR, label=f"**{frame.md(name)}**  \n{frame.md(told)}, {fmt.ago(said.at)}",
                icon=":material/chat_bubble:", width="stretch",
                query_params=session.link_params(planogram_id),
            )
        if len(waiting) > SHOWN:
            frame.quiet(f"and {len(waiting) - SHOWN} more")
