"""A plan in words: "revenue of frozen products by store, last 30 days"."""

from __future__ import annotations

from collections.abc import Callable

from core.ask.dimensions import DIMENSIONS, Holds, Scope
from core.ask.measures import MEASURES, PERS, Value
from core.ask.period import Days
from core.ask.plan import Condition, Filter, Having, Plan
from core.ask.query.when import period_of
from core.units import row_letter

Names = Callable[[str, int | str | None], str]
"""(dimension, value) → its name."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHOWN = 4
_OPERATORS = {"<": "under", "<=": "at most", ">": "over", ">=": "at least", "=": "of", "!=": "other than"}
_RELATIONS = {
    "stands": ("with", "without"), "sold": ("that sold", "that did not sell"),
    "out_of_stock": ("out of stock of", "never out of stock of"), "audited": ("audited", "not audited"),
}
_OF_GOODS = {
    "stands": ("on the shelf", "not on the shelf"), "sold": ("sold", "not sold"),
    "out_of_stock": ("out of stock", "never out of stock"), "audited": ("audited", "not audited"),
}
_KIND = {"temperature": " products"}
"""What a value is of, where it does not say so itself: "frozen products"."""


def words(plan: Plan, names: Names | None = None, days: Days | None = None) -> str:
    """The plan in one line of plain words. ``names`` of ids; ``days`` that the period turned out to be."""
    called = names or plain_name
    text = subject_in_words(plan, called)
    if has_period(plan):
        text += f", {period_of(plan).label}"
    if plan.compare is not None:
        with_ = {"before": "the period before", "year_before": "a year earlier"}
        named = plan.compare.period
        text += f", compared with {named.label if named is not None else with_[plan.compare.to]}"
    if plan.form == "ranking" and plan.order is not None and not plan.order.descending:
        text += ", lowest first" if plan.order.column != "name" else ""
    if plan.limit is not None and plan.form != "value":
        text += f", {'first' if plan.limit == 1 else f'first {plan.limit:,}'}"
    return f"{text} ({days.first} to {days.last})" if days is not None and has_period(plan) else text


def plain_name(dimension: str, value: int | str | None) -> str:
    """A value that has no name but itself."""
    if value is None:
        return f"no {DIMENSIONS[dimension].label}"
    if dimension == "weekday":
        return WEEKDAYS[int(value) - 1]
    if dimension == "row":
        return f"row {row_letter(int(value))}"
    if dimension == "kind":
        return {"store": "stores", "device": "machines"}.get(str(value), str(value))
    return f"{DIMENSIONS[dimension].label} {value}" if DIMENSIONS[dimension].holds is Holds.ID else str(value)


def measured_in_words(plan: Plan) -> str:
    """What is measured: "revenue per facing and units sold per facing"."""
    per = "".join(f" per {PERS[p].label}" for p in plan.per)
    share = "share of " if plan.share else ""
    return _listed([f"{share}{MEASURES[m].label}{per}" for m in plan.measures])


def filters_in_words(filters: tuple[Filter, ...], names: Names) -> str:
    """The filters, products first, then where: " of Alpine at Hampden Grocer"."""
    order = (Scope.PRODUCT, Scope.PLACE, Scope.PLAN, Scope.SHELF, Scope.TIME)
    lead = {Scope.PRODUCT: "of", Scope.PLACE: "at", Scope.PLAN: "on", Scope.SHELF: "in", Scope.TIME: "on"}
    found = []
    for scope in order:
        found += [f" {lead[scope]} {_values(f, names)}{_KIND.get(f.dimension, '')}" for f in filters
                  if DIMENSIONS[f.dimension].scope is scope]
    return "".join(found)


def subject_in_words(plan: Plan, names: Names) -> str:
    """What is asked, without its period, order and limit."""
    return " ".join([_subject(plan, names), *(_having(held, plan) for held in plan.having)])


def _subject(plan: Plan, names: Names) -> str:
    if plan.form == "missing":
        where = tuple(f for f in plan.filters if DIMENSIONS[f.dimension].scope is not Scope.PRODUCT)
        goods = tuple(f for f in plan.filters if f not in where)
        return f"products{filters_in_words(goods, names)} missing{filters_in_words(where, names)}"
    if plan.of is not None:
        return _things(plan, names)
    text = measured_in_words(plan) + filters_in_words(plan.filters, names)
    return text + (f" by {_listed([DIMENSIONS[d].label for d in plan.by])}" if plan.by else "")


def _bare(filters: tuple[Filter, ...], names: Names) -> str:
    return " " + _listed([_values(f, names) + _KIND.get(f.dimension, "") for f in filters])


def _things(plan: Plan, names: Names) -> str:
    assert plan.of is not None
    text = "number of " if plan.form == "count" else ""
    text += DIMENSIONS[plan.of].plural + "".join(f", {_values(f, names)}" for f in plan.own_filters)
    goods = DIMENSIONS[plan.of].scope is Scope.PRODUCT
    for condition in plan.conditions:
        text += f" {_condition(condition, goods, names)}"
    text += filters_in_words(plan.measured_filters, names)
    if plan.by:
        text += f" by {_listed([DIMENSIONS[d].label for d in plan.by])}"
    return text + (f" with their {measured_in_words(plan)}" if plan.measures and not plan.having else "")


def _condition(condition: Condition, goods: bool, names: Names) -> str:
    lead = (_OF_GOODS if goods else _RELATIONS)[condition.relation][condition.negated]
    text = lead + (filters_in_words(condition.filters, names) if goods
                   else _bare(condition.filters, names) if condition.filters else " anything")
    return text + (f", {condition.period.label}" if condition.period is not None else "")


def _having(held: Having, plan: Plan) -> str:
    measure = MEASURES[held.measure]
    per = "".join(f" per {PERS[p].label}" for p in plan.per)
    column = {"value": "", "share": "share of ", "change": "change of ", "change_rate": "change of "}
    amount = f"{held.amount:g}"
    if held.column in ("share", "change_rate") or (measure.value is Value.SHARE and held.column == "value"):
        amount = f"{held.amount:.4g}" if plan.per else f"{held.amount * 100:g} %"
    elif measure.value is Value.MONEY:
        amount = f"${held.amount:,.2f}"
    return f"with {column[held.column]}{measure.label}{per} {_OPERATORS[held.operator]} {amount}"


def _values(chosen: Filter, names: Names) -> str:
    told = [names(chosen.dimension, v) for v in chosen.values[:SHOWN]]
    if len(chosen.values) > SHOWN:
        told.append(f"{len(chosen.values) - SHOWN:,} more")
    return ("not " if chosen.negated else "") + _listed(told)


def has_period(plan: Plan) -> bool:
    """Whether the days of a period decide anything of the answer."""
    if plan.form == "missing":
        return False
    if plan.period is not None or plan.compare is not None:
        return True
    happened = any(c.relation != "stands" and c.period is None for c in plan.conditions)
    return happened or any(fact in ("sales",) for fact in plan.facts) or (
        plan.form == "trend" and bool(plan.facts))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
