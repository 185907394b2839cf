"""Sums of daily sales, first by what their own rows tell, then with what is known of those.

The table is large, so that its rows are summed in the order in which they lie in the table (site, day) or
in the index by product (site, product, slot) wherever one serves: SQLite sorts what it groups otherwise.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from core.ask.dimensions import Scope
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
from core.ask.query.timed import time_key
from core.ask.query.wanted import Wanted, literal_number, product_filters, summed
from core.ask.query.when import day_number
from core.store import tables as t

_MADE_OF = {
    "margin": ("units", "revenue"), "margin_revenue": ("revenue",), "products": ("units",), "places": (),
}
"""Sums over joined rows → the sums of sales that they need."""


def sales(ground: Ground, wanted: Wanted) -> Select[Any]:
    """Daily sales by the groups."""
    inner = _sold(ground, wanted).subquery("sold")
    source: Any = inner
    columns = _own_columns(wanted, inner)
    product = None
    if _needs_product(wanted) and not _is_by_day(wanted):
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
        number = case((inner.c.slot > 0, (inner.c.slot - 1) // CABINET), else_=NO_SLOT)
        here = or_(plans.c.number == number, and_(inner.c.slot == 0, plans.c.mates == 1))
        source = source.join(plans, and_(plans.c.site_id == inner.c.site_id, plans.c.stands == 1, here))
        columns |= {d: column_of(d, plans) for d in wanted.of(Scope.PLAN)}
        conditions = [passes(f, column_of(f.dimension, plans)[0]) for f in wanted.chosen(Scope.PLAN)]
    found = select().select_from(source).where(*conditions)
    return summed(wanted, found, columns, _sums(wanted, inner, product))


def _sums(wanted: Wanted, inner: Any, product: Any) -> dict[str, Expr]:
    sums: dict[str, Expr] = {
        name: func.sum(inner.c[name]) for name in ("n", "units", "revenue", "stockouts") if name in inner.c
    }
    if "margin" in inner.c:
        sums |= {name: func.sum(inner.c[name]) for name in ("margin", "margin_revenue")}
    elif product is not None and "margin" in wanted.sums:
        sums |= _margin(product, inner.c.units, inner.c.revenue)
    if "products" in wanted.sums:
        sums["products"] = func.count(case((inner.c.units > 0, inner.c.product_id)).distinct())
    if "places" in wanted.sums:
        sums["places"] = func.count(inner.c.site_id.distinct())
    return sums


def _margin(product: Any, units: Expr, revenue: Expr) -> dict[str, Expr]:
    """Of products whose cost is known, at today's cost."""
    known = product.c.cost_e4 > 0
    return {"margin": func.sum(case((known, revenue - units * product.c.cost_e4))),
            "margin_revenue": func.sum(case((known, revenue)))}


def _own_columns(wanted: Wanted, inner: Any) -> dict[str, tuple[Expr, ...]]:
    """The groups of time and shelf, of rows that are summed already."""
    columns: dict[str, tuple[Expr, ...]] = {}
    for name in wanted.of(Scope.SHELF):
        cabinet, row, column = _cell(inner.c.slot)
        columns[name] = (row,) if name == "row" else (inner.c.site_id, cabinet, row, column)
    for name in wanted.of(Scope.TIME):
        key = inner.c[name] if name in inner.c else time_key(name, inner.c.day, wanted.days)
        columns[name] = (key,)
    return columns


def _sold(ground: Ground, wanted: Wanted) -> Select[Any]:
    """Sums of the rows of the period by site, product, slot, day or time, as far as they are needed."""
    daily = ground.table(t.DailySales, "d")
    sums: dict[str, Expr] = {
        "n": func.count(), "units": func.sum(daily.c.units), "revenue": func.sum(daily.c.revenue_e4),
        "stockouts": func.sum(case((daily.c.stockout, 1), else_=0)),
    }
    needed = {name for of in (*wanted.sums, "n") for name in _MADE_OF.get(of, (of,))}
    source: Any = daily
    if _is_by_day(wanted) and "margin" in wanted.sums:
        product = ground.table(t.Product, "dp")
        source = daily.join(product, and_(product.c.id == daily.c.product_id, ground.own(product)))
        sums |= _margin(product, daily.c.units, daily.c.revenue_e4)
        needed |= {"margin", "margin_revenue"}
    keys = _keys(ground, wanted, daily)
    every = {**keys, **{name: value for name, value in sums.items() if name in needed}}
    days = (day_number(wanted.days.first), day_number(wanted.days.last))
    found = select(*(value.label(name) for name, value in every.items())).select_from(source).where(
        ground.own(daily), daily.c.site_id.in_(_sites(ground, wanted)),
        _day(ground, wanted, daily).between(*days), *_row_filters(ground, wanted, daily),
    )
    # Columns are named by their place: a bound value in an expression is another one each time it is said.
    return found.group_by(*(literal_number(i + 1) for i in range(len(keys))))


def _keys(ground: Ground, wanted: Wanted, daily: Any) -> dict[str, Expr]:
    """What the rows are summed by first: more than is needed where that is the order in which they lie."""
    times = wanted.of(Scope.TIME)
    slot = _needs_slot(wanted)
    product = _needs_product(wanted) or "products" in wanted.sums
    site = bool(wanted.of(Scope.PLACE) or _needs_plan(wanted) or "places" in wanted.sums
                or "slot" in wanted.by)
    if _is_by_day(wanted):
        return {"site_id": daily.c.site_id, "day": daily.c.day}
    if wanted.long and (product or slot) and not times:
        found = {"site_id": daily.c.site_id, "product_id": daily.c.product_id}
        return {**found, "slot": daily.c.slot} if slot else found
    parts = {
        "site_id": daily.c.site_id if site else None,
        "product_id": _unordered(ground, daily.c.product_id) if product else None,
        "slot": daily.c.slot if slot else None,
        **{name: time_key(name, daily.c.day, wanted.days) for name in times},
    }
    return {name: value for name, value in parts.items() if value is not None}


def _is_by_day(wanted: Wanted) -> bool:
    """Whether all that is asked follows from sums by site and day."""
    of_products = bool(wanted.of(Scope.PRODUCT) or wanted.chosen(Scope.PRODUCT) or "products" in wanted.sums)
    return bool(wanted.of(Scope.TIME)) and not (of_products or _needs_slot(wanted))


def _needs_slot(wanted: Wanted) -> bool:
    return bool(wanted.of(Scope.SHELF)) or _needs_plan(wanted)


def _needs_product(wanted: Wanted) -> bool:
    return bool(wanted.of(Scope.PRODUCT)) or "margin" in wanted.sums


def _day(ground: Ground, wanted: Wanted, daily: Any) -> Expr:
    """The day to compare: where products are chosen of most days, they are what to look rows up by."""
    by_product = wanted.long and any(not f.negated for f in wanted.chosen(Scope.PRODUCT))
    day: Expr = _unordered(ground, daily.c.day) if by_product else daily.c.day
    return day


def _unordered(ground: Ground, column: Any) -> Any:
    """The same values, without an order that SQLite, which has no statistics, would choose an index by."""
    return column + literal_number(0) if ground.sqlite else column


def _cell(slot: Expr) -> tuple[Expr, Expr, Expr]:
    """Cabinet, row and column of a slot as sales keep it, null where it is not known."""
    shelf = (slot - 1) // ROW
    parts = ((slot - 1) // CABINET, shelf - shelf // ROW * ROW, slot - 1 - shelf * ROW)
    cabinet, row, column = (case((slot > 0, part)) for part in parts)
    return cabinet, row, column


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
    found = product_filters(ground, wanted, daily.c.product_id)
    _, row, column = _cell(daily.c.slot)
    for f in wanted.chosen(Scope.SHELF):
        found.append(passes_slot(f, row, column) if f.dimension == "slot" else passes(f, row))
    for f in wanted.chosen(Scope.TIME):
        found.append(passes(f, time_key(f.dimension, daily.c.day, wanted.days)))
    return found
