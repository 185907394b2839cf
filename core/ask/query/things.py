"""Lists and counts of things that meet conditions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, Select, case, func, select

from core.ask.dimensions import DIMENSIONS, PLACES, Holds, Scope
from core.ask.measures import Value
from core.ask.period import resolve
from core.ask.plan import RELATIONS, Condition, Plan
from core.ask.query.columns import (
    Column,
    Role,
    key_column,
    measure_columns,
    plain,
    with_name,
)
from core.ask.query.facts import part
from core.ask.query.ground import Expr, Ground, column_of, passes, product_column
from core.ask.query.measured import Measured, chosen, column_named, measured
from core.ask.query.wanted import Wanted
from core.ask.query.when import When
from core.store import tables as t

Attributes = tuple[tuple[str, str], ...]
ATTRIBUTES: dict[str, Attributes] = {
    "product": (("brand", "brand"), ("size", "size")), "brand": (), "category": (), "project": (),
    "place": (("kind", "kind of place"), ("venue_type", "venue type")),
    "store": (),
    "machine": (("venue_type", "venue type"),),
    "planogram": (("plan_season", "season"), ("status", "status")),
}
"""What a list tells about each thing, besides its name: for people, not judged. Of a store nothing, since the
machines that stand in it may be of another kind."""


def listed(plan: Plan, ground: Ground, when: When) -> tuple[Select[Any], list[Column]]:
    """The things that meet the conditions, with the measures asked for."""
    assert plan.of is not None
    things = _things(plan, ground, when)
    source: Any = things
    columns = [key_column(plan.of, DIMENSIONS[plan.of].keys[0])]
    shown: list[Expr] = [things.c.key]
    name: Expr = things.c.key
    if DIMENSIONS[plan.of].named:
        source, name = with_name(ground, source, plan.of, things.c.key)
        columns.append(Column(plan.of, DIMENSIONS[plan.of].label, Role.NAME, Holds.TEXT, plan.of))
        shown.append(name)
    for attribute, label in ATTRIBUTES[plan.of]:
        columns.append(Column(attribute, label, Role.ATTRIBUTE, Holds.TEXT, plan.of))
        shown.append(things.c[attribute])
    conditions: list[Any] = []
    table: Measured | None = None
    if plan.measures:
        table = measured(ground, plan, when, (plan.of,), ())
        source = source.outerjoin(table.table, table.table.c.k0 == things.c.key)
        measures, values = measure_columns(plan, table)
        columns += measures
        shown += values
        conditions = chosen(plan, table)
    found = select(*(value.label(f"c{i}") for i, value in enumerate(shown))).select_from(source)
    return found.where(*conditions).order_by(*_listed_order(plan, ground, table, name, things)), columns


def _listed_order(
    plan: Plan, ground: Ground, table: Measured | None, name: Expr, things: CTE
) -> list[Any]:
    by_name = [plain(ground, name), things.c.key]
    if plan.order is None or table is None or plan.order.column == "name":
        down = plan.order is not None and plan.order.descending and plan.order.column == "name"
        return [plain(ground, name).desc(), things.c.key] if down else by_name
    value = column_named(table, plan.measures[0], plan.order.column)
    return [case((value.is_(None), 1), else_=0), value.desc() if plan.order.descending else value.asc(),
            things.c.key]


def counted(plan: Plan, ground: Ground, when: When) -> tuple[Select[Any], list[Column]]:
    """How many things meet the conditions, in all or by what they are. Where filters say of what is measured
    ("products with more than 10 facings in store 2"), those that have it there."""
    assert plan.of is not None
    things = _things(plan, ground, when)
    source: Any = things
    conditions: list[Any] = []
    if plan.measures:
        table = measured(ground, plan, when, (plan.of,), plan.measured_filters)
        there = bool(plan.measured_filters)
        source = source.join(table.table, table.table.c.k0 == things.c.key, isouter=not there)
        conditions = chosen(plan, table)
    columns: list[Column] = []
    shown: list[Expr] = []
    for name in plan.by:
        value = things.c[f"by_{name}"]
        columns.append(key_column(name, DIMENSIONS[name].keys[0]))
        shown.append(value)
        if DIMENSIONS[name].holds is Holds.ID:
            conditions.append(value.is_not(None))
        if DIMENSIONS[name].named:
            source, label = with_name(ground, source, name, value)
            columns.append(Column(name, DIMENSIONS[name].label, Role.NAME, Holds.TEXT, name))
            shown.append(label)
    count = func.count(things.c.key.distinct())
    columns.append(Column("count", DIMENSIONS[plan.of].plural, Role.MEASURE, Value.COUNT, "count",
                          DIMENSIONS[plan.of].plural))
    found = select(*(v.label(f"c{i}") for i, v in enumerate((*shown, count)))).select_from(source)
    found = found.where(*conditions)
    if not plan.by:
        return found, columns
    order = [step for c, v in zip(columns, shown, strict=False) if c.role is Role.KEY
             for step in (case((v.is_(None), 0), else_=1), plain(ground, v) if c.holds is Holds.TEXT else v)]
    return found.group_by(*shown).order_by(count.desc(), *order), columns


def _things(plan: Plan, ground: Ground, when: When) -> CTE:
    """One row a thing that meets the conditions: ``key``, its attributes, and what a count is broken down by
    (where that is of its products, a row for each)."""
    assert plan.of is not None
    scope = DIMENSIONS[plan.of].scope
    if scope is Scope.PRODUCT:
        source, column = _of_products(plan, ground)
    elif plan.of in PLACES:
        source, column = _of_places(ground)
    elif plan.of == "planogram":
        source, column = _of_plans(plan, ground)
    else:
        source, column = _of_projects(ground)
    key = column(plan.of)
    rows = source.where(key.is_not(None), *(passes(f, column(f.dimension)) for f in plan.own_filters))
    for condition in plan.conditions:
        rows = rows.where(_met(plan.of, condition, ground, when, key))
    rows = rows.add_columns(
        key.label("key"), *(column(a).label(a) for a, _ in ATTRIBUTES[plan.of]),
        *(column(b).label(f"by_{b}") for b in plan.by),
    )
    return rows.distinct().cte("things")


def _of_products(plan: Plan, ground: Ground) -> tuple[Select[Any], Any]:
    product = ground.table(t.Product, "p")
    if plan.of == "category" and not plan.own_filters and not plan.by:
        category = ground.table(t.Category, "c")
        return select().select_from(category).where(ground.own(category)), lambda name: category.c.id
    extra = {"brand": func.nullif(product.c.brand, ""), "size": func.nullif(product.c.size, "")}

    def column(name: str) -> Any:
        return extra[name] if name in extra else product_column(name, product)

    return select().select_from(product).where(ground.own(product)), column


def _of_places(ground: Ground) -> tuple[Select[Any], Any]:
    places = ground.places()
    source = select().select_from(places)

    def column(name: str) -> Any:
        return places.c[name] if name in ("kind", "venue_type") else column_of(name, places)[0]

    return source, column


def _of_plans(plan: Plan, ground: Ground) -> tuple[Select[Any], Any]:
    plans, places = ground.plans(), ground.places()
    source = select().select_from(plans.outerjoin(places, places.c.site_id == plans.c.site_id))

    def column(name: str) -> Any:
        if name in ("plan_season", "status"):
            return plans.c[name]
        return column_of(name, places if name in PLACES else plans)[0]

    return source, column


def _of_projects(ground: Ground) -> tuple[Select[Any], Any]:
    project = ground.table(t.Project, "pr")
    return select().select_from(project).where(ground.own(project)), lambda name: project.c.id


def _met(of: str, condition: Condition, ground: Ground, when: When, key: Expr) -> Any:
    """Whether the thing has rows of a relation, or has none."""
    days = when.days
    if condition.period is not None:
        days = resolve(condition.period, when.today, when.earliest)
    wanted = Wanted((of,), condition.filters, ("units", "stockouts"), days,
                    latest=when.latest_audits and condition.period is None, standing=of != "planogram",
                    long=when.is_long(days))
    fact = RELATIONS[condition.relation]
    if condition.relation in ("stands", "audited"):
        wanted = Wanted((of,), condition.filters, (), days, latest=wanted.latest, standing=wanted.standing)
    rows = part(ground, fact, wanted).subquery()
    found = select(rows.c.k0).where(rows.c.k0.is_not(None))
    if condition.relation == "sold":
        found = found.where(rows.c.units > 0)
    if condition.relation == "out_of_stock":
        found = found.where(rows.c.stockouts > 0)
    return key.not_in(found) if condition.negated else key.in_(found)

