"""Hand-made sites for tests: every effect is chosen, nothing is estimated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from core.planogram.fixture import Fixture, Placement, TemperatureZone
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product
from core.site.response import Effects, Provenance, Response
from core.site.site import Site
from core.site.zones import FloatArray, zones_of
from core.units import slot_name

CATEGORIES = ("soda", "water", "chips", "candy", "energy", "jerky")


def make_product(
    id: int, category: str = "soda", *, name: str = "", price: float = 2.0, **fields: object
) -> Product:
    """A small product; ``fields`` are any other fields of Product."""
    base: dict[str, object] = {
        "brand": f"Brand {id % 5}", "width_in": 2.5, "height_in": 5.0, "cost": price * 0.5, "velocity": 1.0
    }
    return Product(id=id, name=name or f"{category.capitalize()} {id}", category=category, price=price,
                   **{**base, **fields})  # type: ignore[arg-type]


def make_catalog(count: int = 12, categories: Sequence[str] = CATEGORIES) -> dict[int, Product]:
    """``count`` products with ids from 1, categories in turn, prices from $1.50 up."""
    return {
        i: make_product(i, categories[(i - 1) % len(categories)], price=1.5 + 0.25 * (i % 7),
                        velocity=0.5 + 0.4 * (i % 6))
        for i in range(1, count + 1)
    }


def make_plan(
    fixture: Fixture,
    slots: Mapping[str, int] | Iterable[int],
    *,
    rule_set: RuleSet = RuleSet.AS_FOUND,
    facings: Mapping[str, int] | None = None,
    prices: Mapping[str, float] | None = None,
) -> Planogram:
    """Slot → product id, or product ids for the cells in row-major order (0 leaves a cell empty)."""
    if not isinstance(slots, Mapping):
        names = [slot_name(r, c) for r, c in fixture.cells()]
        slots = {n: p for n, p in zip(names, slots, strict=False) if p}
    positions = []
    for slot, product_id in slots.items():
        row, column = fixture.locate(slot)
        n = (facings or {}).get(slot, 1)
        cells = n if fixture.placement is not Placement.FREE else max(1, n)
        positions.append(Position(
            product_id, row, column, cells, column * fixture.cell_width_in, cells * fixture.cell_width_in,
            facings=n, capacity=10 * n, quantity=6 * n, par_level=8 * n, price=(prices or {}).get(slot),
        ))
    return Planogram(fixture, tuple(positions), rule_set)


def make_site(
    fixture: Fixture | None = None,
    catalog: Mapping[int, Product] | None = None,
    *,
    slot: Mapping[str, float] | FloatArray | None = None,
    base: Mapping[int, float] | None = None,
    affinity: Mapping[tuple[int, int], float] | None = None,
    neighbor: float = 1.0,
    diversion: float = 0.0,
    space: float = 0.2,
    price: float = -1.0,
    sd: float = 0.1,
    draws: int = 200,
    days: int = 365,
    reference: Planogram | None = None,
    season: FloatArray | None = None,
    realized: Mapping[tuple[int, int], float] | None = None,
    unknown: Sequence[int] = (),
    seed: int = 7,
) -> Site:
    """A site with chosen effects and Gaussian draws of standard deviation ``sd`` around them.

    ``slot``: slot → log multiplier (others 0) or the array in zone order · ``base``: product → log units
    a day (default: log of the product's velocity) · ``affinity``: symmetric pairs · ``reference``: the plan
    whose inclusive values are the reference (diversion acts against it) · ``unknown``: products in the
    catalog that the response has never heard of · ``days``: history here, of each product too.
    """
    fixture = fixture or Fixture.machine((4, 4, 4))
    catalog = dict(catalog or make_catalog())
    known = [p for p in catalog.values() if p.id not in set(unknown)]
    categories = tuple(dict.fromkeys(p.category for p in known))
    zones = zones_of(fixture)
    point = _effects(known, categories, len(zones), _slot_array(fixture, slot), base, space, price, diversion,
                     neighbor)
    affinities = np.zeros((len(known), len(known)))
    at = {p.id: i for i, p in enumerate(known)}
    for (a, b), value in (affinity or {}).items():
        affinities[at[a], at[b]] = affinities[at[b], at[a]] = value
    learned = min(days / 90.0, 1.0)
    response = Response(
        product_ids=np.array([p.id for p in known], np.int64),
        category=np.array([categories.index(p.category) for p in known], np.int64),
        categories=categories,
        reference_price=np.array([p.price for p in known]),
        cost=np.array([p.cost for p in known]),
        affinity=affinities,
        season=np.ones((len(categories), 12)) if season is None else season,
        weekday=np.ones(7),
        reference_inclusive=np.zeros(len(categories)),
        zones=zones,
        point=point,
        draws=_draws(point, sd, draws, seed),
        dispersion=1.2,
        provenance=Provenance(days, 1 if days else 0, np.full(len(zones), learned),
                              np.full(len(known), learned), days == 0, "test-1"),
    )
    if reference is not None:
        response = _with_reference(response, reference)
    return Site(
        1, "Test site", "office", fixture, catalog, response, "v1", days,
        last_day=date(2024, 6, 30), realized_revenue=dict(realized or {}),
        position_days=dict.fromkeys(at, days) if days else {},
    )


def _effects(
    products: Sequence[Product], categories: Sequence[str], zones: int, slot: FloatArray,
    base: Mapping[int, float] | None, space: float, price: float, diversion: float, neighbor: float,
) -> Effects:
    n = len(products)
    log_base = [(base or {}).get(p.id, float(np.log(max(p.velocity, 1e-3)))) for p in products]
    assert slot.shape == (zones,)
    return Effects(
        np.array([log_base]), slot[None, :], np.full((1, n), space), np.full((1, n), price),
        np.full((1, len(categories)), diversion), np.array([neighbor]),
    )


def _slot_array(fixture: Fixture, slot: Mapping[str, float] | FloatArray | None) -> FloatArray:
    zones = zones_of(fixture)
    if isinstance(slot, np.ndarray):
        return slot.astype(float)
    names = zones.names
    return np.array([float((slot or {}).get(name, 0.0)) for name in names])


def _draws(point: Effects, sd: float, draws: int, seed: int) -> Effects:
    rng = np.random.default_rng(seed)

    def around(values: FloatArray, scale: float) -> FloatArray:
        return values + rng.normal(0.0, scale, (draws, *values.shape[1:]))

    return Effects(
        around(point.base, sd), around(point.slot, sd), around(point.space, sd * 0.3),
        around(point.price, sd * 0.5), np.clip(around(point.diversion, sd * 0.3), 0.0, 1.0)
        if point.diversion.any() else np.repeat(point.diversion, draws, axis=0),
        around(point.neighbor, sd * 0.2),
    )


def _with_reference(response: Response, plan: Planogram) -> Response:
    layout = response.layout(plan)
    free = replace(response, point=replace(response.point, diversion=np.zeros_like(response.point.diversion)))
    attraction = free.rates(layout)[0]
    inclusive = np.log(attraction @ layout.member + 1e-12)
    return replace(response, reference_inclusive=np.where(inclusive > -20, inclusive, 0.0))


def cold(fixture: Fixture) -> Fixture:
    """The same fixture, refrigerated."""
    return replace(fixture, temperature_zone=TemperatureZone.REFRIGERATED)
