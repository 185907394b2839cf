"""Why a set of categories stands together: what plans like it do, in words by rules or as a language model's
task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from core.capabilities.categories import CategorySuggestion
from core.capabilities.overview.facts import PlanFacts, alike
from core.capabilities.phrases import listed
from core.language import LanguageTask
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog

KIND, MOST_TOKENS, WITHIN_S = "category_reasoning", 160, 5.0
FEWEST_PLANS, PAIRS_TOLD = 3, 3
OFTEN = 0.5
"""Share of the plans that carry two categories on which they stand side by side, from which it is told."""


@dataclass(frozen=True, slots=True)
class Neighbors:
    """Two categories on plans of one kind that sell: how many carry both, and on how many of these they stand
    next to each other."""

    a: str
    b: str
    together: int
    side_by_side: int


@dataclass(frozen=True, slots=True)
class Together:
    """``plans`` are compared; ``neighbors`` by how often they stand side by side."""

    categories: tuple[str, ...]
    plans: int
    neighbors: tuple[Neighbors, ...]
    reasoning: str


def together(
    chosen: CategorySuggestion, fixture: Fixture, facts: Sequence[PlanFacts], catalog: Catalog,
    venue_type: str = "",
) -> Together:
    """How plans like this one arrange the categories of a suggestion."""
    plans = alike(facts, fixture, venue_type)
    wanted = sorted(set(chosen.categories))
    both: Counter[tuple[str, str]] = Counter()
    beside: Counter[tuple[str, str]] = Counter()
    for f in plans:
        both.update(combinations([c for c in wanted if c in f.space], 2))
        beside.update(_beside(f.stand.plan, catalog, wanted))
    found = [Neighbors(a, b, n, beside[a, b]) for (a, b), n in both.items() if n >= FEWEST_PLANS]
    found.sort(key=lambda n: (-n.side_by_side / n.together, -n.side_by_side, n.a, n.b))
    return Together(chosen.categories, len(plans), tuple(found), chosen.reasoning)


def reasoned(found: Together) -> str:
    """The suggestion's reason, and which of its categories others put side by side."""
    often = [n for n in found.neighbors if n.side_by_side >= OFTEN * n.together][:PAIRS_TOLD]
    if not often:
        return found.reasoning
    pairs = listed([f"{n.a} with {n.b} ({n.side_by_side} of {n.together})" for n in often])
    return f"{found.reasoning} Plans like this put next to one another: {pairs}."


def task(found: Together) -> LanguageTask:
    """What is asked of the router."""
    return LanguageTask(
        KIND, told(found), lambda: reasoned(found), max_tokens=MOST_TOKENS, within_s=WITHIN_S, may_rule=False)


def told(found: Together) -> dict[str, Any]:
    """All that may be said, as plain values."""
    return {
        "categories": list(found.categories), "plans_like_this": found.plans, "reason": found.reasoning,
        "neighbors": [
            {"pair": f"{n.a} and {n.b}", "plans_that_carry_both": n.together,
             "plans_where_they_stand_side_by_side": n.side_by_side}
            for n in found.neighbors[: 2 * PAIRS_TOLD]
        ],
    }


def _beside(plan: Planogram, catalog: Catalog, wanted: Iterable[str]) -> set[tuple[str, str]]:
    """Pairs of categories, in the order of their names, that stand side by side in a row."""
    chosen = set(wanted)
    return {
        (min(a, b), max(a, b)) for a, b in _neighbors(plan, catalog) if a != b and {a, b} <= chosen
    }


def _neighbors(plan: Planogram, catalog: Catalog) -> Iterator[tuple[str, str]]:
    placed = sorted(plan.positions, key=lambda p: (p.row, p.x_in, p.column))
    for a, b in pairwise(placed):
        one, two = catalog.get(a.product_id), catalog.get(b.product_id)
        if a.row == b.row and one is not None and two is not None:
            yield one.category, two.category
