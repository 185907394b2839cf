"""The overview in a language model's words: over the same numbers, judged against them, else the template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from core.capabilities.overview.words import TEMPLATE, Facts
from core.language import Answer, LanguageTask

KIND, MOST_TOKENS, WITHIN_S = "overview", 320, 6.0


class LanguageWriter:
    """A ``Writer`` that asks the router; ``name`` tells after writing who wrote. ``names``: those of all
    products, so that one which is not on the plan is noticed."""

    def __init__(self, ask: Callable[[LanguageTask], Answer], names: Sequence[str] = ()) -> None:
        self._ask = ask
        self._names = tuple(names)
        self.name = TEMPLATE.name

    def write(self, facts: Facts) -> str:
        answer = self._ask(task(facts, self._names))
        self.name = TEMPLATE.name if answer.model == "rule" else answer.model
        return answer.text


def task(facts: Facts, names: Sequence[str] = ()) -> LanguageTask:
    """What is asked of the router. ``names``: those of all products of the company."""
    return LanguageTask(
        KIND, told(facts), lambda: TEMPLATE.write(facts), names=tuple(names), max_tokens=MOST_TOKENS,
        within_s=WITHIN_S,
    )


def told(facts: Facts) -> dict[str, Any]:
    """All that may be said, as plain values."""
    metrics = asdict(facts.metrics)
    shares = metrics.pop("fair_share")
    return {
        "metrics": metrics,
        "categories": [
            {"category": s["category"], "space_share": s["space_share"], "sales_share": s["sales_share"]}
            for s in shares
        ],
        "rank": facts.rank, "plans_of_its_kind": facts.among + 1,
        "comparison": [pattern.text for pattern in facts.comparison],
        "improvements": [
            {"advice": i.text, "monthly_gain": i.monthly, "interval": i.interval} for i in facts.improvements
        ],
    }
