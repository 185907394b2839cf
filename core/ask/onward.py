"""Where to go on from an answer: questions that are one step away, as whole plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.ask.change import changed
from core.ask.dimensions import DIMENSIONS, GRAINS, Scope
from core.ask.plan import Compare, Order, Plan
from core.ask.words.tokens import tokens
from core.errors import BadInput

MOST = 4
_ROLLED_DOWN = {"category": "product", "brand": "product", "store": "planogram", "place": "planogram",
                "kind": "place", "venue": "place", "project": "planogram"}
Step = tuple[str, Plan]


def onward(plan: Plan) -> tuple[Step, ...]:
    """Up to ``MOST`` next questions, each with what it is called; none that is the plan itself, and none in
    which what was asked would have to give way."""
    found: dict[Plan, str] = {}
    for label, parts in _steps(plan):
        try:
            step = changed(plan, **parts)
        except BadInput:
            continue
        if step != plan and step not in found and set(plan.filters) <= set(step.filters):
            found[step] = label
    return tuple((label, step) for step, label in list(found.items())[:MOST])


def _steps(plan: Plan) -> Iterator[tuple[str, dict[str, object]]]:
    if plan.form in ("list", "count", "missing"):
        if plan.form == "count" and not plan.by:
            yield "Which ones", {"form": "list"}
        return
    groups = tuple(d for d in plan.by if d not in GRAINS)
    if plan.form == "ranking" and plan.limit is not None:
        noun = DIMENSIONS[plan.by[0]].plural
        yield f"All {noun}", {"limit": None}
    if plan.compare is None and plan.form != "trend":
        yield "Compared with the period before", {"compare": Compare("before")}
    if plan.form != "trend":
        yield "Over time, by week", {"form": "trend", "by": ("week",)}
    for group in _finer(plan, groups):
        yield f"By {DIMENSIONS[group].label}", {"form": "ranking", "by": (group,), "limit": None}
    if plan.form == "ranking" and plan.order is None and plan.limit is None:
        yield "Lowest first", {"order": Order(descending=False)}


def _finer(plan: Plan, groups: tuple[str, ...]) -> Iterator[str]:
    """What else the numbers can be split by: the next finer thing, then the other side."""
    filtered = {f.dimension for f in plan.filters}
    of_goods = any(DIMENSIONS[d].scope is Scope.PRODUCT for d in groups)
    for group in groups:
        if group in _ROLLED_DOWN:
            yield _ROLLED_DOWN[group]
    for group in ("store", "category") if of_goods else ("category", "store"):
        if group not in groups and group not in filtered:
            yield group


def nearest(text: str, examples: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """The examples that share most words with a question, where any does; else the first ones."""
    said = {token.text for token in tokens(text)}
    every = tuple(examples)
    shared = {one: len(said & {token.text for token in tokens(one)}) for one in every}
    return tuple(sorted(every, key=lambda one: -shared[one]))[:most]


__all__ = ["MOST", "nearest", "onward"]
