"""Categories as chips: the suggested ones first and taken, each with its reason and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import format as fmt
from pages.parts import frame, told
from pages.parts.new_planogram_form import Wish

if TYPE_CHECKING:
    from core.capabilities.categories import CategorySuggestion
    from core.workbench import Workbench

SPARK = ":material/auto_awesome:"


def choose(
    wb: Workbench, wish: Wish, ids: Mapping[str, int]
) -> tuple[list[str], Sequence[CategorySuggestion]]:
    """Show the chips; the chosen names and what was suggested."""
    found = wb.suggest_categories(wish.fixture, wish.season, wish.place.store_id, wish.place.device_id)
    advised = list(found[0].categories) if found else []
    also = [s.categories[0] for s in found[1:] if s.categories[0] not in advised]
    others = sorted(name for name in ids if name not in {*advised, *also})
    with st.container(border=True, key="card_categories"):
        frame.title("What should stand there", "" if found else "Choose the categories.")
        if found:
            _in_words(wb, wish, found)
        picked = st.pills(
            "Categories", [*advised, *also, *others], selection_mode="multi", default=advised,
            format_func=lambda name: f"{SPARK} {name}" if name in {*advised, *also} else name,
            key=f"new_categories_{wish.key}", label_visibility="collapsed",
        )  # fmt: skip
        with st.expander("Why these"):
            st.html("".join(_reason(s) for s in found[1:]) or "<p>Nothing is known yet.</p>")
    return list(picked or []), found


def _in_words(wb: Workbench, wish: Wish, found: Sequence[CategorySuggestion]) -> None:
    """Why these, and why next to one another."""
    from core.capabilities.category_words import reasoned

    together = wb.categories_together(found[0], wish.fixture, wish.place.store_id, wish.place.device_id)
    words = reasoned(together)
    told.show(wb, words, ("categories", words), lambda: wb.reason_categories(together))


def _reason(s: CategorySuggestion) -> str:
    """The category, the reason, and confidence in words with the number on hover."""
    word = fmt.confidence(s.confidence)
    return (
        f'<p class="wb-risk"><b title="{s.confidence:.0%}">{word}</b>{frame.text(s.categories[0])}'
        f"<br><span>{frame.text(s.reasoning)}</span></p>"
    )


def remember(
    wb: Workbench, wish: Wish, found: Sequence[CategorySuggestion], chosen: Sequence[str], planogram_id: int
) -> None:
    """Keep what was suggested and what became of it: taken as it was, changed, or left aside."""
    if not found:
        return
    advised = set(found[0].categories)
    kept = wb.record(
        "categories", {"season": wish.season, "place": wish.place.name, "fixture": wish.fixture_name},
        {"suggestions": [asdict(s) for s in found]}, planogram_id=planogram_id,
    )  # fmt: skip
    taken = advised & set(chosen)
    verdict = "accepted" if advised == set(chosen) else "modified" if taken else "rejected"
    ignored = ", ".join(sorted(advised - taken)) or "none"
    wb.feedback(kept, verdict, f"Took {', '.join(sorted(taken)) or 'none'}; ignored {ignored}.")
