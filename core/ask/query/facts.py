"""Each table's sums by groups: sales, space, catalog and audits, all in one form.

A part of a statement has a column ``k0``, ``k1`` … for each key of the groups and one for each sum asked for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select

from core.ask.dimensions import Scope
from core.ask.measures import Fact
from core.ask.query.ground import (
    Condition,
    Expr,
    Ground,
    column_of,
    passes,
    passes_slot,
    product_column,
)
from core.ask.query.sold import sales
from core.ask.query.timed import moment, moment_key
from core.ask.query.wanted import Wanted, product_filters, summed
from core.store import tables as t


def part(ground: Ground, fact: Fact, wanted: Wanted) -> Select[Any]:
    """The sums of a table by the groups."""
    made = {Fact.SALES: sales, Fact.SPACE: space, Fact.CATALOG: catalog, Fact.AUDITS: audits}[fact]
    return made(ground, wanted)


def space(ground: Ground, wanted: Wanted) -> Select[Any]:
    """Positions of the versions that count, of plans that stand at a site."""
    plans, position = ground.plans(wanted.as_of), ground.table(t.Position, "x")
    source: Any = plans.join(
        position, and_(position.c.planogram_version_id == plans.c.version_id, ground.own(position)))
    conditions: list[Condition] = []
    if wanted.standing:
        conditions = [plans.c.stands == 1, plans.c.site_id.is_not(None)]
    conditions += product_filters(ground, wanted, position.c.product_id)
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
    return summed(wanted, select().select_from(source).where(*conditions), columns, sums)


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
    return summed(wanted, found, {d: (product_column(d, product),) for d in wanted.by}, sums)


def audits(ground: Ground, wanted: Wanted) -> Select[Any]:
    """Usable audits with a score; all but their number from the last one of each plan in each group."""
    audit = ground.table(t.PhotoAudit, "a")
    at = audit.c.created_at
    grain = next(iter(wanted.of(Scope.TIME)), None)
    key = literal(0) if grain is None else moment_key(ground, grain, at, wanted.days)
    last = func.row_number().over(
        partition_by=(audit.c.planogram_id, key), order_by=(at.desc(), audit.c.id.desc()))
    found = select(
        audit.c.planogram_id, audit.c.score, audit.c.availability, audit.c.expected_facings,
        audit.c.violations, key.label("time_key"), last.label("rank"),
    ).where(ground.own(audit), audit.c.usable, audit.c.score.is_not(None))
    if not wanted.latest:
        found = found.where(at >= moment(ground, wanted.days.first),
                            at < moment(ground, wanted.days.last + timedelta(days=1)))
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
    return summed(wanted, select().select_from(source).where(*conditions), columns, sums)
