"""What goes together in a plan: values of dimensions, and what each form of a question has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.ask.dimensions import DIMENSIONS, GRAINS, THINGS, Dimension, Holds, Scope
from core.ask.measures import MEASURES, Fact, Measure
from core.errors import BadInput

if TYPE_CHECKING:
    from core.ask.plan import Plan

RELATIONS: Mapping[str, Fact] = {
    "stands": Fact.SPACE, "sold": Fact.SALES, "out_of_stock": Fact.SALES, "audited": Fact.AUDITS,
}
MAX_ID, MAX_TEXT = 2**31 - 1, 500


def measure_of(name: str) -> Measure:
    """Raises BadInput."""
    return MEASURES[one_of(name, tuple(MEASURES), "measure")]


def dimension_of(name: str) -> Dimension:
    """Raises BadInput."""
    return DIMENSIONS[one_of(name, tuple(DIMENSIONS), "dimension")]


def check_value(dimension: Dimension, value: Any) -> None:
    """Whether a dimension can have this value. Raises BadInput."""
    hint = "Look at what can be chosen."
    if value is None:
        if dimension.holds is not Holds.TEXT:
            raise BadInput(f"A {dimension.label} that is not known cannot be chosen.", hint)
        return
    whole = dimension.holds in (Holds.ID, Holds.NUMBER)
    if isinstance(value, bool) or isinstance(value, int) != whole:
        raise BadInput(f"“{value}” is not a {dimension.label}.", f"Give its {'number' if whole else 'text'}.")
    if isinstance(value, int) and not 0 <= value <= MAX_ID:
        raise BadInput(f"There is no {dimension.label} {value}.", hint)
    if isinstance(value, str) and (not value or len(value) > MAX_TEXT or "\x00" in value):
        raise BadInput(f"A text of {len(value)} characters is no {dimension.label}.", hint)
    if dimension.holds is Holds.SLOT:
        from core.units import parse_slot

        parse_slot(str(value))
    if dimension.choices and value not in dimension.choices:
        raise BadInput(f"“{value}” is not a {dimension.label}.",
                       f"Choose one of {', '.join(map(str, dimension.choices))}.")


def require_fact(name: str, fact: Fact, what: str) -> None:
    """Whether a dimension goes with what a table measures. Raises BadInput."""
    if fact not in DIMENSIONS[name].facts:
        raise BadInput(f"{DIMENSIONS[name].label.capitalize()} does not go with {what}: {fact} have none.",
                       "Leave it out, or ask for another measure.")


def one_of(value: Any, allowed: tuple[str, ...], noun: str) -> str:
    """The value, where it is one of those allowed. Raises BadInput."""
    if not isinstance(value, str) or value not in allowed:
        raise BadInput(f"“{value}” is not a {noun}.", f"Use one of: {', '.join(allowed)}.")
    return value


def either(names: list[str]) -> str:
    """ "A, B or C"."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


def shared() -> list[str]:
    """What shares can be asked of."""
    return [m.label for m in MEASURES.values() if m.shared]


def _check_measured(plan: Plan) -> None:
    if not plan.measures:
        raise BadInput("Nothing is measured.", "Name a measure, such as revenue.")
    if plan.of or plan.conditions:
        raise BadInput("Only lists have conditions on things.", "Ask for a list, or leave them out.")


def _check_one(plan: Plan) -> None:
    _check_measured(plan)
    if plan.by or plan.having or plan.order or plan.limit:
        raise BadInput("One value has no groups, order or limit.", "Ask for a ranking.")


def _check_ranking(plan: Plan) -> None:
    _check_measured(plan)
    if not plan.by:
        raise BadInput("A ranking needs what to rank.", "Name a dimension to group by.")
    _require_no_stretched_space(plan)


def _check_trend(plan: Plan) -> None:
    _check_measured(plan)
    if sum(d in GRAINS for d in plan.by) != 1 or any(d in ("season", "weekday") for d in plan.by):
        raise BadInput("A trend runs over one unit of time.", f"Group by one of: {', '.join(GRAINS)}.")
    if plan.order is not None:
        raise BadInput("A trend is ordered by time.", "Leave out the order.")
    _require_no_stretched_space(plan)


def _require_no_stretched_space(plan: Plan) -> None:
    if sum(DIMENSIONS[d].scope is Scope.TIME for d in plan.by) > 1:
        raise BadInput("Two units of time do not group together.", "Group by one of them.")
    if plan.grain and Fact.SPACE in plan.facts:
        raise BadInput("What stands on the shelf is known as of a day, not over time.",
                       "Leave out the time groups, or what is counted on the shelf.")


def _check_list(plan: Plan) -> None:
    _require_thing(plan)
    assert plan.of is not None
    for name in (f.dimension for f in plan.filters):
        if name not in THINGS[plan.of]:
            raise BadInput(f"{DIMENSIONS[plan.of].plural.capitalize()} are not listed by "
                           f"{DIMENSIONS[name].label}.", "Say it as a condition: has, or has not.")
    if plan.by or plan.share or plan.compare:
        raise BadInput("A list has no groups, shares or comparisons.", "Ask for a ranking.")
    _check_conditions(plan)
    _check_listed_measures(plan)


def _check_count(plan: Plan) -> None:
    _require_thing(plan)
    assert plan.of is not None
    measured = () if plan.having else tuple(f.dimension for f in plan.measured_filters)
    for name in (*plan.by, *measured):
        if name not in THINGS[plan.of]:
            raise BadInput(f"{DIMENSIONS[plan.of].plural.capitalize()} are not counted by "
                           f"{DIMENSIONS[name].label}.", "Say it as a condition: has, or has not.")
    if plan.share or plan.compare or plan.order or plan.of in plan.by:
        raise BadInput("A count has no shares, comparisons or order.", "Ask for a ranking.")
    _check_conditions(plan)
    _check_listed_measures(plan)


def _check_listed_measures(plan: Plan) -> None:
    if plan.measures and plan.of:
        for fact in plan.facts:
            require_fact(plan.of, fact, "these measures")
    if (plan.having or plan.per) and not plan.measures:
        raise BadInput("A measure is compared but not measured.", "Add it to the measures.")


def _check_conditions(plan: Plan) -> None:
    assert plan.of is not None
    for condition in plan.conditions:
        require_fact(plan.of, RELATIONS[condition.relation], f"“{condition.relation}”")


def _check_missing(plan: Plan) -> None:
    if plan.of not in (None, "product"):
        raise BadInput("Only products can be missing.", "Ask for missing products.")
    if plan.measures or plan.by or plan.conditions or plan.having or plan.per or plan.share or plan.compare:
        raise BadInput("What is missing has neither measures nor groups.", "Leave them out.")
    if plan.order is not None or plan.period is not None:
        raise BadInput("What is missing is told as of now, the commonest first.",
                       "Leave out order and period.")
    kinds = {DIMENSIONS[f.dimension].scope for f in plan.filters}
    if not kinds & {Scope.PLACE, Scope.PLAN} or kinds - {Scope.PLACE, Scope.PLAN, Scope.PRODUCT}:
        raise BadInput("It is not said from what place or planogram the products are missing.",
                       "Name a place, a planogram, or a kind of them, and nothing but products besides.")


def _require_thing(plan: Plan) -> None:
    if plan.of not in THINGS:
        raise BadInput("It is not said what to list.", f"List one of: {', '.join(THINGS)}.")


CHECKS: Mapping[str, Any] = {
    "value": _check_one, "ranking": _check_ranking, "trend": _check_trend, "list": _check_list,
    "count": _check_count, "missing": _check_missing,
}
