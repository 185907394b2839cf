"""A plan as form fields: which parts it has, what each is, and what can be chosen, for "edit query"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select

from core.ask.dimensions import DIMENSIONS, GRAINS, THINGS, Holds, Scope
from core.ask.measures import MEASURES, PERS, Fact
from core.ask.plan import FORMS, MAX_ROWS, Plan, dimension_of
from core.ask.query.columns import plain, with_name
from core.ask.query.ground import Ground, column_of, product_column
from core.ask.query.when import period_of
from core.ask.wording import plain_name
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.reading import reader, render

Kind = Literal[
    "one", "many", "flag", "number", "period", "compare", "filters", "conditions", "having", "order",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be chosen, and how it is called."""

    value: int | str | None
    label: str


_RELATIONS = (
    Choice("stands", "has on the shelf"), Choice("sold", "sold"),
    Choice("out_of_stock", "was out of stock of"), Choice("audited", "was audited"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a plan: ``name`` is that of the plan's field, ``value`` what it is now. ``choices`` of a
    filter, a condition or a comparison are its dimensions, relations or measures."""

    name: str
    label: str
    kind: Kind
    value: Any
    choices: tuple[Choice, ...] = ()


def fields(plan: Plan) -> tuple[Field, ...]:
    """The fields that this plan's form has; what would not go together is not offered."""
    found = [Field("form", "Kind of question", "one", plan.form, _named(FORMS, str))]
    if plan.form in ("list", "count", "missing"):
        found.append(Field("of", "What to list", "one", plan.of or "product", _dimensions(
            ("product",) if plan.form == "missing" else THINGS)))
    found.append(Field("filters", "Only", "filters", plan.filters, _dimensions(_filterable(plan))))
    if plan.form in ("list", "count"):
        found.append(Field("conditions", "That", "conditions", plan.conditions, _RELATIONS))
    if plan.form == "missing":
        return tuple(found)
    found.append(Field("measures", "What to measure", "many", plan.measures,
                       tuple(Choice(m.name, m.label) for m in MEASURES.values())))
    if plan.form in ("ranking", "trend", "count"):
        found.append(Field("by", "By", "many", plan.by, _dimensions(_groupable(plan))))
    found += _of_measures(plan)
    found.append(Field("period", "Period", "period", period_of(plan)))
    if plan.form != "value":
        found.append(Field("limit", "Rows", "number", plan.limit or MAX_ROWS))
    return tuple(found)


def choices(database: Database, actor: Actor, dimension: str, limit: int) -> tuple[Choice, ...]:
    """Values of a dimension that the company has, by name; fixed ones in their order, none of dates."""
    found = dimension_of(dimension)
    if found.choices:
        return tuple(Choice(value, plain_name(dimension, value)) for value in found.choices)
    if found.holds not in (Holds.ID, Holds.TEXT):
        return ()
    with reader(database, actor) as reading:
        ground = Ground(actor.company_id, reading.is_sqlite)
        rows = _values(ground, dimension).subquery("found")
        source: Any = rows
        name: Any = rows.c.key
        if found.named:
            source, name = with_name(ground, rows, dimension, rows.c.key)
        statement = (
            select(rows.c.key, name.label("name")).select_from(source).where(rows.c.key.is_not(None))
            .order_by(plain(ground, name), rows.c.key).limit(max(1, min(limit, MAX_ROWS)))
        )
        return tuple(Choice(*row) for row in reading.run(render(statement, reading.is_sqlite)).rows)


def _values(ground: Ground, dimension: str) -> Any:
    scope = DIMENSIONS[dimension].scope
    if scope is Scope.PRODUCT:
        product = ground.table(t.Product, "p")
        return select(product_column(dimension, product).label("key")).where(ground.own(product)).distinct()
    source = ground.places() if scope is Scope.PLACE else ground.plans()
    return select(column_of(dimension, source)[0].label("key")).distinct()


def _of_measures(plan: Plan) -> list[Field]:
    if not plan.measures:
        return []
    found = [Field("having", "Only where", "having", plan.having,
                   tuple(Choice(m, MEASURES[m].label) for m in plan.measures))]
    if plan.form == "value":
        found = []
    if not plan.share and all(MEASURES[m].fact is not Fact.CATALOG for m in plan.measures):
        pers = tuple(Choice(p.name, p.label) for p in PERS.values())
        found.append(Field("per", "Per", "many", plan.per, pers))
    if plan.of is None:
        if all(MEASURES[m].shared for m in plan.measures) and not plan.per and plan.compare is None:
            found.append(Field("share", "As share of the total", "flag", plan.share))
        if plan.grain is None and not plan.share and Fact.CATALOG not in plan.facts:
            found.append(Field("compare", "Compared with", "compare", plan.compare))
    if plan.form in ("ranking", "list"):
        found.append(Field("order", "Order", "order", plan.order))
    return found


def _filterable(plan: Plan) -> list[str]:
    names = [d.name for d in DIMENSIONS.values() if d.holds is not Holds.DATE]
    if plan.form == "missing":
        return [n for n in names if DIMENSIONS[n].scope in (Scope.PRODUCT, Scope.PLACE, Scope.PLAN)]
    if plan.of is not None and not (plan.form == "count" and plan.having):
        return list(THINGS[plan.of])
    if plan.of is not None:
        return [n for n in names if n in THINGS[plan.of] or plan.facts <= DIMENSIONS[n].facts]
    return [n for n in names if plan.facts <= DIMENSIONS[n].facts]


def _groupable(plan: Plan) -> list[str]:
    if plan.of is not None:
        return [n for n in THINGS[plan.of] if n != plan.of]
    timed = {"season", "weekday"} if plan.form == "trend" else set()
    names = [n for n in DIMENSIONS if plan.facts <= DIMENSIONS[n].facts and n not in timed]
    return names if plan.form == "trend" else [n for n in names if n not in GRAINS]


def _dimensions(names: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(name, DIMENSIONS[name].label) for name in names)


def _named(names: Iterable[str], label: Any) -> tuple[Choice, ...]:
    return tuple(Choice(name, label(name)) for name in names)
