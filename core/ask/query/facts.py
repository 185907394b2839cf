"""Each table's sums by groups: sales, space, catalog and audits, all in one form.

A part of a statement has a column ``k0``, ``k1`` … for each key of the groups and one for each sum asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import DateTime, Select, and_, bindparam, case, func, literal, or_, select

from core.ask.dimensions import DIMENSIONS, Scope
from core.ask.measures import Fact
from core.ask.period import Days, grouped, season_of, start_of, unit_of
from core.ask.plan import Filter
from core.ask.query.ground import (
    CABINET,
    NO_SLOT,
    ROW,
    Condition,
    Expr,
    Ground,
    column_of,
    passes,
    passes_slot,
    product_column,
)
from core.ask.query.when import day_number
from core.store import tables as t


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to sum: ``sums`` by their names in ``core.ask.measures`` without the table's, besides ``n`` and
    ``places`` · ``as_of`` of space · ``latest``: only the last audit of each plan, whenever it was."""

    by: tuple[str, ...]
    filters: tuple[Filter, ...]
    sums: tuple[str, ...]
    days: Days
    as_of: Any = None
    latest: bool = False
    standing: bool = True

    def of(self, *scopes: Scope) -> list[str]:
        return [d for d in self.by if DIMENSIONS[d].scope in scopes]

    def chosen(self, *scopes: Scope) -> list[Filter]:
        return [f for f in self.filters if DIMENSIONS[f.dimension].scope in scopes]


_MADE_OF = {
    "margin": ("units", "revenue"), "margin_revenue": ("revenue",), "products": ("units",), "places": (),
}
"""Sums over joined rows → the sums of sales that they need."""


def part(ground: Ground, fact: Fact, wanted: Wanted) -> Select[Any]:
    """The sums of a table by the groups."""
    made = {Fact.SALES: sales, Fact.SPACE: space, Fact.CATALOG: catalog, Fact.AUDITS: audits}[fact]
    return made(ground, wanted)


def keys_of(by: Sequence[str]) -> list[tuple[str, str]]:
    """(dimension, key column) of each key, in the order of ``k0``, ``k1`` …"""
    return [(d, key) for d in by for key in DIMENSIONS[d].keys]


def sales(ground: Ground, wanted: Wanted) -> Select[Any]:
    """Daily sales, first summed by what their own rows tell, then joined with what is known of those."""
    inner = _raw_sales(ground, wanted).subquery("sold")
    source: Any = inner
    columns: dict[str, tuple[Expr, ...]] = {
        d: tuple(inner.c[f"{d}_{i}"] for i in range(len(DIMENSIONS[d].keys)))
        for d in wanted.of(Scope.TIME, Scope.SHELF)
    }
    product = None
    if wanted.of(Scope.PRODUCT) or "margin" in wanted.sums:
        product = ground.table(t.Product, "p")
        source = source.join(product, and_(product.c.id == inner.c.product_id, ground.own(product)))
        columns |= {d: (product_column(d, product),) for d in wanted.of(Scope.PRODUCT)}
    if wanted.of(Scope.PLACE):
        places = ground.places()
        source = source.join(places, places.c.site_id == inner.c.site_id)
        columns |= {d: column_of(d, places) for d in wanted.of(Scope.PLACE)}
    conditions: list[Condition] = []
    if _needs_plan(wanted):
        plans = ground.plans()
        here = or_(plans.c.number == inner.c.number, and_(inner.c.number == NO_SLOT, plans.c.mates == 1))
        source = source.join(plans, and_(plans.c.site_id == inner.c.site_id, plans.c.stands == 1, here))
        columns |= {d: column_of(d, plans) for d in wanted.of(Scope.PLAN)}
        conditions = [passes(f, column_of(f.dimension, plans)[0]) for f in wanted.chosen(Scope.PLAN)]
    sums: dict[str, Expr] = {
        name: func.sum(inner.c[name]) for name in ("n", "units", "revenue", "stockouts") if name in inner.c
    }
    if product is not None and "margin" in wanted.sums:
        known = product.c.cost_e4 > 0
        margin = inner.c.revenue - inner.c.units * product.c.cost_e4
        sums |= {"margin": func.sum(case((known, margin))),
                 "margin_revenue": func.sum(case((known, inner.c.revenue)))}
    if "products" in wanted.sums:
        sums["products"] = func.count(case((inner.c.units > 0, inner.c.product_id)).distinct())
    if "places" in wanted.sums:
        sums["places"] = func.count(inner.c.site_id.distinct())
    return _summed(wanted, select().select_from(source).where(*conditions), columns, sums)


def _raw_sales(ground: Ground, wanted: Wanted) -> Select[Any]:
    daily = ground.table(t.DailySales, "d")
    raw: dict[str, Expr] = {}
    plan = _needs_plan(wanted)
    if wanted.of(Scope.PLACE) or plan or "places" in wanted.sums:
        raw["site_id"] = daily.c.site_id
    if wanted.of(Scope.PRODUCT) or {"margin", "products"} & set(wanted.sums):
        raw["product_id"] = daily.c.product_id
    slot = daily.c.slot
    if plan:
        raw["number"] = case((slot > 0, (slot - 1) // CABINET), else_=NO_SLOT)
    cells = _cells(daily)
    for name in wanted.of(Scope.TIME, Scope.SHELF):
        keys = cells[name] if name in cells else (time_key(name, daily.c.day, wanted.days),)
        raw |= {f"{name}_{i}": key for i, key in enumerate(keys)}
    sums: dict[str, Expr] = {
        "n": func.count(), "units": func.sum(daily.c.units), "revenue": func.sum(daily.c.revenue_e4),
        "stockouts": func.sum(case((daily.c.stockout, 1), else_=0)),
    }
    needed = {name for of in (*wanted.sums, "n") for name in _MADE_OF.get(of, (of,))}
    every = {**raw, **{name: value for name, value in sums.items() if name in needed}}
    found = select(*(value.label(name) for name, value in every.items())).where(
        ground.own(daily), daily.c.site_id.in_(_sites(ground, wanted)),
        daily.c.day.between(day_number(wanted.days.first), day_number(wanted.days.last)),
        *_row_filters(ground, wanted, daily),
    )
    # Columns are named by their place: a bound value in an expression is another one each time it is said.
    return found.group_by(*(literal_number(i + 1) for i in range(len(raw))))


def literal_number(number: int) -> Expr:
    """A number written out, as GROUP BY names a column of the result."""
    from sqlalchemy import literal_column

    return literal_column(str(int(number)))


def _cells(daily: Any) -> dict[str, tuple[Expr, ...]]:
    slot = daily.c.slot
    cabinet, shelf = (slot - 1) // CABINET, (slot - 1) // ROW
    row, column = shelf - shelf // ROW * ROW, slot - 1 - shelf * ROW
    known = slot > 0
    return {
        "row": (case((known, row)),),
        "slot": (daily.c.site_id, case((known, cabinet)), case((known, row)), case((known, column))),
    }


def _needs_plan(wanted: Wanted) -> bool:
    return bool(wanted.of(Scope.PLAN) or wanted.chosen(Scope.PLAN))


def _sites(ground: Ground, wanted: Wanted) -> Select[Any]:
    """The sites whose sales can count, so that only their stretches of the table are read."""
    places = ground.places()
    found = select(places.c.site_id).where(
        *(passes(f, column_of(f.dimension, places)[0]) for f in wanted.chosen(Scope.PLACE)))
    if wanted.chosen(Scope.PLAN):
        plans = ground.plans()
        found = found.where(places.c.site_id.in_(select(plans.c.site_id).where(
            plans.c.site_id.is_not(None),
            *(passes(f, column_of(f.dimension, plans)[0]) for f in wanted.chosen(Scope.PLAN)))))
    return found


def _row_filters(ground: Ground, wanted: Wanted, daily: Any) -> list[Condition]:
    found = _product_filters(ground, wanted, daily.c.product_id)
    cells = _cells(daily)
    for f in wanted.chosen(Scope.SHELF):
        row, column = cells["slot"][2:]
        found.append(passes_slot(f, row, column) if f.dimension == "slot" else passes(f, cells["row"][0]))
    for f in wanted.chosen(Scope.TIME):
        found.append(passes(f, time_key(f.dimension, daily.c.day, wanted.days)))
    return found


def _product_filters(ground: Ground, wanted: Wanted, product_id: Expr) -> list[Condition]:
    chosen = wanted.chosen(Scope.PRODUCT)
    if all(f.dimension == "product" for f in chosen):
        return [passes(f, product_id) for f in chosen]
    product = ground.table(t.Product, "fp")
    inside = select(product.c.id).where(
        ground.own(product), *(passes(f, product_column(f.dimension, product)) for f in chosen))
    return [product_id.in_(inside)]


def space(ground: Ground, wanted: Wanted) -> Select[Any]:
    """Positions of the versions that count, of plans that stand at a site."""
    plans, position = ground.plans(wanted.as_of), ground.table(t.Position, "x")
    source: Any = plans.join(
        position, and_(position.c.planogram_version_id == plans.c.version_id, ground.own(position)))
    conditions: list[Condition] = []
    if wanted.standing:
        conditions = [plans.c.stands == 1, plans.c.site_id.is_not(None)]
    conditions += _product_filters(ground, wanted, position.c.product_id)
    conditions += [passes(f, column_of(f.dimension, plans)[0]) for f in wanted.chosen(Scope.PLAN)]
    for f in wanted.chosen(Scope.SHELF):
        row, column = position.c.row_index, position.c.column_index
        conditions.append(passes_slot(f, row, column) if f.dimension == "slot" else passes(f, row))
    columns: dict[str, tuple[Expr, ...]] = {d: column_of(d, plans) for d in wanted.of(Scope.PLAN)}
    columns["row"] = (position.c.row_index,)
    columns["slot"] = (plans.c.site_id, plans.c.number, position.c.row_index, position.c.column_index)
    if wanted.of(Scope.PRODUCT):
        product = ground.table(t.Product, "p")
        source = source.join(product, and_(product.c.id == position.c.product_id, ground.own(product)))
        columns |= {d: (product_column(d, product),) for d in wanted.of(Scope.PRODUCT)}
    if wanted.of(Scope.PLACE) or wanted.chosen(Scope.PLACE):
        places = ground.places()
        source = source.join(places, places.c.site_id == plans.c.site_id)
        columns |= {d: column_of(d, places) for d in wanted.of(Scope.PLACE)}
        conditions += [passes(f, column_of(f.dimension, places)[0]) for f in wanted.chosen(Scope.PLACE)]
    sums: dict[str, Expr] = {
        "n": func.count(), "facings": func.sum(position.c.facings), "positions": func.count(),
        "products": func.count(position.c.product_id.distinct()), "width": func.sum(position.c.width_in),
        "capacity": func.sum(position.c.capacity), "par": func.sum(position.c.par_level),
        "stock": func.sum(func.coalesce(position.c.quantity, position.c.capacity)),
        "price": func.sum(position.c.price_e4), "priced": func.count(position.c.price_e4),
        "places": func.count(plans.c.site_id.distinct()),
    }
    return _summed(wanted, select().select_from(source).where(*conditions), columns, sums)


def catalog(ground: Ground, wanted: Wanted) -> Select[Any]:
    """Products as the catalog has them."""
    product = ground.table(t.Product, "p")
    costed = product.c.cost_e4 > 0
    sums: dict[str, Expr] = {
        "n": func.count(), "products": func.count(), "price": func.sum(product.c.price_e4),
        "cost": func.sum(case((costed, product.c.cost_e4))), "costed": func.count(case((costed, 1))),
        "margin": func.sum(case((costed, product.c.price_e4 - product.c.cost_e4))),
        "life": func.sum(product.c.shelf_life_days), "lived": func.count(product.c.shelf_life_days),
    }
    found = select().select_from(product).where(
        ground.own(product),
        *(passes(f, product_column(f.dimension, product)) for f in wanted.chosen(Scope.PRODUCT)))
    return _summed(wanted, found, {d: (product_column(d, product),) for d in wanted.by}, sums)


def audits(ground: Ground, wanted: Wanted) -> Select[Any]:
    """Usable audits with a score; all but their number from the last one of each plan in each group."""
    audit = ground.table(t.PhotoAudit, "a")
    at = audit.c.created_at
    grain = next(iter(wanted.of(Scope.TIME)), None)
    key = literal(0) if grain is None else _moment_key(ground, grain, at, wanted.days)
    last = func.row_number().over(
        partition_by=(audit.c.planogram_id, key), order_by=(at.desc(), audit.c.id.desc()))
    found = select(
        audit.c.planogram_id, audit.c.score, audit.c.availability, audit.c.expected_facings,
        audit.c.violations, key.label("time_key"), last.label("rank"),
    ).where(ground.own(audit), audit.c.usable, audit.c.score.is_not(None))
    if not wanted.latest:
        found = found.where(at >= _moment(ground, wanted.days.first),
                            at < _moment(ground, wanted.days.last + timedelta(days=1)))
    seen, plans = found.subquery("seen"), ground.plans()
    source: Any = seen.join(plans, plans.c.planogram_id == seen.c.planogram_id)
    columns: dict[str, tuple[Expr, ...]] = {d: column_of(d, plans) for d in wanted.of(Scope.PLAN)}
    columns |= dict.fromkeys(wanted.of(Scope.TIME), (seen.c.time_key,))
    conditions = [passes(f, column_of(f.dimension, plans)[0]) for f in wanted.chosen(Scope.PLAN)]
    if wanted.of(Scope.PLACE) or wanted.chosen(Scope.PLACE):
        places = ground.places()
        source = source.join(places, places.c.site_id == plans.c.site_id)
        columns |= {d: column_of(d, places) for d in wanted.of(Scope.PLACE)}
        conditions += [passes(f, column_of(f.dimension, places)[0]) for f in wanted.chosen(Scope.PLACE)]
    first = seen.c.rank == 1
    weight = case((seen.c.expected_facings > 1, seen.c.expected_facings), else_=1)
    seen_available = and_(first, seen.c.availability.is_not(None))
    sums: dict[str, Expr] = {
        "n": func.count(), "audits": func.count(), "places": func.count(plans.c.site_id.distinct()),
        "score": func.sum(case((first, seen.c.score * weight))), "weight": func.sum(case((first, weight))),
        "availability": func.sum(case((seen_available, seen.c.availability * weight))),
        "availability_weight": func.sum(case((seen_available, weight))),
        "violations": func.sum(case((first, seen.c.violations))),
    }
    return _summed(wanted, select().select_from(source).where(*conditions), columns, sums)


def time_key(name: str, day: Expr, days: Days) -> Expr:
    """The group of time of a day number: its first day as a number, or its weekday or season."""
    if name == "day":
        return day
    if name == "weekday":
        return day + 3 - (day + 3) // 7 * 7 + 1
    if name == "week":
        return (day + 3) // 7 * 7 - 3
    return _stepped(day, [(day_number(p.last) + 1, key) for p, key in _groups(name, days)])


def _groups(name: str, days: Days) -> list[tuple[Days, Expr]]:
    if name == "season":
        return [(p, literal(season_of(p.first))) for p in grouped("season", days)]
    unit = unit_of(name)
    return [(p, literal(day_number(start_of(unit, p.first)))) for p in grouped(unit, days)]


def _stepped(value: Expr, steps: Sequence[tuple[Any, Expr]]) -> Expr:
    """The result of the first step that the value lies before; of the last one otherwise."""
    if len(steps) < 2:
        return steps[0][1] if steps else literal(0)
    return case(*((value < edge, key) for edge, key in steps[:-1]), else_=steps[-1][1])


def _moment_key(ground: Ground, grain: str, at: Expr, days: Days) -> Expr:
    groups = _groups(grain, days)
    return _stepped(at, [(_moment(ground, p.last + timedelta(days=1)), key) for p, key in groups])


def _moment(ground: Ground, day: Any) -> Expr:
    """The start of a day in UTC as a parameter, as the database keeps moments."""
    start = datetime.combine(day, time(), UTC)
    value: Any = f"{start:%Y-%m-%d %H:%M:%S}.000000" if ground.sqlite else start
    return bindparam(None, value, type_=DateTime(timezone=True))


def _summed(
    wanted: Wanted, found: Select[Any], columns: dict[str, tuple[Expr, ...]], sums: dict[str, Expr]
) -> Select[Any]:
    keys = [column for d in wanted.by for column in columns[d]]
    found = found.add_columns(*(key.label(f"k{i}") for i, key in enumerate(keys)))
    found = found.add_columns(*(sums[name].label(name) for name in dict.fromkeys((*wanted.sums, "n"))))
    return found.group_by(*(literal_number(i + 1) for i in range(len(keys)))) if keys else found


def without(wanted: Wanted, *scopes: Scope) -> Wanted:
    """The same without filters and groups of some scopes."""
    return replace(
        wanted, by=tuple(d for d in wanted.by if DIMENSIONS[d].scope not in scopes),
        filters=tuple(f for f in wanted.filters if DIMENSIONS[f.dimension].scope not in scopes))


__all__ = ["Wanted", "keys_of", "part", "time_key", "without"]
