"""What others of its kind carry and a place does not: see "Missing from" in docs/ask.md."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, func, select

from core.ask.dimensions import DIMENSIONS, Holds, Scope
from core.ask.measures import Value
from core.ask.plan import MISSING_SHARE, Filter, Plan
from core.ask.query.columns import Column, Role, key_column, with_name
from core.ask.query.ground import Ground, column_of, passes, product_column
from core.ask.query.when import When
from core.store import tables as t


def missing(plan: Plan, ground: Ground, when: When) -> tuple[Select[Any], list[Column]]:
    """Products that stand at half of the peer sites or more, and nowhere on the plans meant."""
    target = _target(plan.filters, ground)
    peers = _peers(ground, target)
    stands, held = ground.table(t.Position, "x"), ground.table(t.Position, "hx")
    carried = select(held.c.product_id).select_from(target.join(
        held, and_(held.c.planogram_version_id == target.c.version_id, ground.own(held))))
    product = ground.table(t.Product, "p")
    source = peers.join(
        stands, and_(stands.c.planogram_version_id == peers.c.version_id, ground.own(stands))
    ).join(product, and_(product.c.id == stands.c.product_id, ground.own(product)))
    places = func.count(peers.c.site_id.distinct())
    everywhere = select(func.count(peers.c.site_id.distinct())).scalar_subquery()
    goods = [f for f in plan.filters if DIMENSIONS[f.dimension].scope is Scope.PRODUCT]
    rows = (
        select(product.c.id.label("k0"), places.label("places"), everywhere.label("peers"))
        .select_from(source)
        .where(product.c.id.not_in(carried),
               *(passes(f, product_column(f.dimension, product)) for f in goods))
        .group_by(product.c.id).having(places >= MISSING_SHARE * everywhere).subquery("missing")
    )
    named, name = with_name(ground, rows, "product", rows.c.k0)
    columns = [
        key_column("product", "product_id"), Column("product", "product", Role.NAME, Holds.TEXT, "product"),
        Column("places", "places that carry it", Role.MEASURE, Value.COUNT, "places", "places"),
        Column("peers", "places of its kind", Role.MEASURE, Value.COUNT, "peers", "places"),
    ]
    shown = (rows.c.k0, name, rows.c.places, rows.c.peers)
    found = select(*(value.label(f"c{i}") for i, value in enumerate(shown))).select_from(named)
    return found.order_by(rows.c.places.desc(), rows.c.k0), columns


def _target(filters: tuple[Filter, ...], ground: Ground) -> Any:
    """The standing plans that the question names."""
    plans, places = ground.plans(), ground.places()
    found = select(plans, places.c.kind).select_from(
        plans.join(places, places.c.site_id == plans.c.site_id)).where(plans.c.stands == 1)
    for f in filters:
        scope = DIMENSIONS[f.dimension].scope
        if scope is Scope.PLACE:
            found = found.where(passes(f, column_of(f.dimension, places)[0]))
        elif scope is Scope.PLAN:
            found = found.where(passes(f, column_of(f.dimension, plans)[0]))
    return found.cte("target")


def _peers(ground: Ground, target: Any) -> Any:
    """Standing plans at other sites, of a kind of place and on a kind of fixture that the target has."""
    plans, places = ground.plans(), ground.places()
    alike = select(target.c.planogram_id).where(
        target.c.placement == plans.c.placement, target.c.shape == plans.c.shape,
        target.c.zone == plans.c.zone).correlate(plans).exists()
    return (
        select(plans.c.site_id, plans.c.version_id)
        .select_from(plans.join(places, places.c.site_id == plans.c.site_id))
        .where(plans.c.stands == 1, plans.c.site_id.not_in(select(target.c.site_id)),
               places.c.kind.in_(select(target.c.kind)), alike)
        .cte("peers")
    )
