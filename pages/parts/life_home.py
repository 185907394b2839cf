"""What the stores answered and nobody has seen to yet, for the first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, nav, session

if TYPE_CHECKING:
    from core.workbench import Workbench

SHOWN = 3


def show(wb: Workbench) -> None:
    """A card with the newest answers, each a link to its plan; nothing where none waits."""
    from core.store.plan_talk import REASONS

    waiting = wb.open_answers()
    if not waiting:
        return
    with st.container(border=True, key="card_attention_answers"):
        frame.title(f"{fmt.count(len(waiting), 'store waits', 'stores wait')} for an answer")
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
