"""What forecasts read: a panel of one place or of the whole fleet, in a handful of queries.

A series is a product on a planogram. It stands there while a version that holds it is in force, and what
sold of it in all its slots is one figure a day. No ORM object is made of sales or positions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import case, select

from core.forecast.panel import Panel
from core.forecast.supply import Supply
from core.planogram.planogram import Planogram
from core.store import tables as t
from core.store.demand_rows import (
    EPOCH,
    UNITS,
    IntArray,
    Shelf,
    covered_days,
    day_number,
    first_days,
    held_positions,
    owned,
    sales_rows,
    shelves_of,
)
from core.store.plan_rows import load_plans
from core.store.tenant import TenantSession
from core.units import MONEY_SCALE, slot_name

HISTORY_DAYS = 800
"""Earlier days say nothing of the days ahead that later ones do not say better."""
SILENT_DAYS = 60
"""A place or a product without a plan that has sold nothing for so long has gone."""
MACHINE_SERVICE_DAYS, STORE_SERVICE_DAYS = 7, 3

_FloatArray = NDArray[np.float64]
_site: Any = t.Site
_plan: Any = t.Planogram
_version: Any = t.PlanogramVersion
_cabinet: Any = t.Cabinet
_product: Any = t.Product
_category: Any = t.Category
_position: Any = t.Position
_PANEL_ARRAYS = (
    "units", "exposure", "censored", "site", "product", "category", "venue", "price", "prior_rate"
)


@dataclass(frozen=True, eq=False)
class StoredSupply:
    """``supply`` with no prior rates yet; the last saved plan of each planogram, for whom wants them;
    ``venues``: planogram → venue type."""

    supply: Supply
    plans: Mapping[int, Planogram]
    venues: Mapping[int, str]

    @cached_property
    def digest(self) -> str:
        """Of all that a forecast reads: the same for the same panel, whatever is filled up to now."""
        panel, found = self.supply.panel, blake2b(digest_size=16)
        found.update(panel.start.isoformat().encode())
        for name in _PANEL_ARRAYS:
            values = np.ascontiguousarray(getattr(panel, name))
            found.update(f"{name} {values.shape} {values.dtype}".encode())
            found.update(values.data)
        return found.hexdigest()


def load_supply(
    session: TenantSession, planogram_ids: Collection[int] | None = None, demo: bool | None = None,
    also: Collection[int] = (),
) -> StoredSupply | None:
    """The panel of the named planograms, or of all that stand somewhere; None where nothing stands.

    ``demo`` True or False reads only the demo's places or only the user's own · ``also``: drafts that stand
    nowhere yet. It ends on the last day that the data of any of the places cover, yesterday where nothing
    was sold anywhere; a place whose data end earlier is not known from there on.
    Sales of an unknown slot belong to the one plan that held their product that day; those of a product
    that is on no plan of the place, to its first.
    """
    shelves = shelves_of(session, planogram_ids, demo, also)
    if not shelves:
        return None
    sites = sorted({shelf.site_id for shelf in shelves})
    covered = covered_days(session, sites)
    end = max(covered.values(), default=day_number(date.today()) - 1)
    start = max(min(first_days(session, sites).values(), default=end), end - HISTORY_DAYS + 1)
    last_plans = load_plans(session, [shelf.last for shelf in shelves])
    plans = {shelf.planogram_id: last_plans[shelf.last[0]] for shelf in shelves}
    held = held_positions(session, {v for shelf in shelves for _, v in shelf.stood})
    sold = owned(session, shelves, sales_rows(session, sites, start, end))
    rows = _periods(shelves, held, covered, end)
    loose = _loose(sold, rows, covered, {shelf.planogram_id: shelf.site_id for shelf in shelves})
    return _assemble(session, shelves, plans, np.concatenate([rows, loose]), sold, covered, start, end)


def at_demo_place(session: TenantSession, planogram_id: int) -> bool:
    """Whether a planogram belongs to one of the demo's places, be it the demo's own or a user's draft."""
    statement = select(_site.is_demo).join(_plan, _plan.site_id == _site.id).where(_plan.id == planogram_id)
    return bool(session.execute(statement).scalar())


def _periods(shelves: list[Shelf], held: IntArray, covered: Mapping[int, int], end: int) -> IntArray:
    """Planogram, product, slots, first and last day, both included, par levels or −1: (n, 6)."""
    parts = [np.zeros((0, 6), np.int64)]
    for shelf in shelves:
        until = covered.get(shelf.site_id, end)
        lasts = [later - 1 for later, _ in shelf.stood[1:]] + [until] * bool(shelf.stood)
        for (since, version), last in zip(shelf.stood, lasts, strict=True):
            if since > min(last, until):
                continue
            first, after = np.searchsorted(held[:, 0], [version, version + 1])
            rows = held[first:after]
            part = np.empty((len(rows), 6), np.int64)
            part[:, 0], part[:, 1:3], part[:, 5] = shelf.planogram_id, rows[:, 1:3], rows[:, 3]
            part[:, 3], part[:, 4] = since, min(last, until)
            parts.append(part)
    return np.concatenate(parts)


def _loose(
    sold: IntArray, rows: IntArray, covered: Mapping[int, int], site_of: Mapping[int, int]
) -> IntArray:
    """Products that sold where no plan names them, in the form of ``_periods``: from their first sale to
    the last that is known, or to their last sale where that is long ago."""
    size = (
        int(max(rows[:, 0].max(initial=0), sold[:, 0].max(initial=0))) + 1,
        int(max(rows[:, 1].max(initial=0), sold[:, 3].max(initial=0))) + 1,
    )
    planned = np.zeros(size, bool)
    planned[rows[:, 0], rows[:, 1]] = True
    found = sold[~planned[sold[:, 0], sold[:, 3]]]
    if not len(found):
        return np.zeros((0, 6), np.int64)
    keys, code = np.unique(found[:, 0] * UNITS + found[:, 3], return_inverse=True)
    first = np.full(len(keys), np.iinfo(np.int64).max)
    last = np.zeros(len(keys), np.int64)
    np.minimum.at(first, code, found[:, 1])
    np.maximum.at(last, code, found[:, 1])
    until = np.array([covered.get(site_of[int(k)], 0) for k in keys // UNITS], np.int64)
    last = np.where(until - last > SILENT_DAYS, last, until)
    one = np.ones(len(keys), np.int64)
    return np.stack([keys // UNITS, keys % UNITS, one, first, last, -one], axis=1)


def _assemble(
    session: TenantSession, shelves: list[Shelf], plans: Mapping[int, Planogram], rows: IntArray,
    sold: IntArray, covered: Mapping[int, int], start: int, end: int,
) -> StoredSupply:
    planned = np.array(
        [(s.planogram_id, p) for s in shelves for p in plans[s.planogram_id].product_ids], np.int64
    ).reshape(-1, 2)
    keys = np.unique(np.concatenate([rows[:, :2], planned]), axis=0)
    code = keys[:, 0] * UNITS + keys[:, 1]
    steps = end - start + 1
    slots = _slots_standing(code, rows, start, steps)
    units, out, revenue = _by_day(code, sold, start, steps)
    stood = slots > 0
    units_known = units > 0
    exposure = (stood | units_known).astype(np.float32)
    empty = (out >= np.maximum(slots, 1)) & (out > 0)
    exposure[empty & ~units_known] = 0.0
    facts = _facts(session, keys[:, 1])
    standing, figures, places = _standing(keys, plans, shelves, rows, covered, end)
    price = _prices(figures["price"], facts["price"], units, revenue)
    by_plan = {s.planogram_id: s for s in shelves}
    panel = Panel(
        start=EPOCH + timedelta(days=start), units=units, exposure=exposure, censored=empty & units_known,
        site=keys[:, 0], product=keys[:, 1], category=facts["category"].astype(np.int64),
        venue=_venue_codes(keys[:, 0], by_plan), price=price, prior_rate=np.full(len(keys), np.nan),
    )
    supply = Supply(
        panel=panel, standing=standing, capacity=figures["capacity"], par=figures["par"],
        held=figures["held"], par_then=_par_then(code, rows), filled=figures["par"], cost=facts["cost"],
        shelf_life=facts["shelf_life"], slots=places,
        names=_names(session, keys[:, 1]), categories=_category_names(session),
        places={s.planogram_id: s.name for s in shelves},
        service_days={
            s.planogram_id: STORE_SERVICE_DAYS if s.kind == "store" else MACHINE_SERVICE_DAYS for s in shelves
        },
        ends={
            s.planogram_id: EPOCH + timedelta(days=covered[s.site_id]) for s in shelves
            if s.site_id in covered
        },
    )
    return StoredSupply(supply, plans, {s.planogram_id: s.venue for s in shelves})


def _slots_standing(code: IntArray, rows: IntArray, start: int, steps: int) -> NDArray[np.int16]:
    """Slots in which each series stood on each day, (S, T)."""
    s = np.searchsorted(code, rows[:, 0] * UNITS + rows[:, 1])
    edges = np.zeros((len(code), steps + 1), np.int16)
    first, after = np.clip(rows[:, 3] - start, 0, steps), np.clip(rows[:, 4] + 1 - start, 0, steps)
    np.add.at(edges, (s, first), rows[:, 2].astype(np.int16))
    np.subtract.at(edges, (s, after), rows[:, 2].astype(np.int16))
    return edges[:, :-1].cumsum(axis=1, dtype=np.int16)


def _par_then(code: IntArray, rows: IntArray) -> _FloatArray:
    """The par level of each series in the last version that really stood, NaN where none is known, (S,)."""
    found = np.full(len(code), np.nan)
    ordered = rows[np.argsort(rows[:, 3], kind="stable")]
    s = np.searchsorted(code, ordered[:, 0] * UNITS + ordered[:, 1])
    found[s] = np.where(ordered[:, 5] >= 0, ordered[:, 5], np.nan)
    return found


def _by_day(
    code: IntArray, sold: IntArray, start: int, steps: int
) -> tuple[NDArray[np.float32], NDArray[np.int16], _FloatArray]:
    """Units (S, T), slots that were out of stock (S, T), revenue by series (S,) of the last 90 days."""
    s = np.searchsorted(code, sold[:, 0] * UNITS + sold[:, 3])
    flat = s * steps + sold[:, 1] - start
    size = len(code) * steps
    units = np.bincount(flat, sold[:, 4], minlength=size).astype(np.float32).reshape(-1, steps)
    out = np.bincount(flat[sold[:, 5] > 0], minlength=size).astype(np.int16).reshape(-1, steps)
    recent = sold[:, 1] >= start + steps - 90
    revenue = np.bincount(s[recent], sold[recent, 6], minlength=len(code)) / MONEY_SCALE
    return units, out, revenue


def _facts(session: TenantSession, products: IntArray) -> dict[str, _FloatArray]:
    """Price, cost, shelf life and category id of each series' product, (S,)."""
    statement = select(
        _product.id, _product.price_e4, _product.cost_e4, _product.category_id,
        case((_product.shelf_life_days.is_(None), 0), else_=_product.shelf_life_days),
    ).order_by(_product.id)
    table = np.fromiter(chain.from_iterable(session.execute(statement)), np.int64).reshape(-1, 5)
    at = np.searchsorted(table[:, 0], products)
    _, price, cost, category, life = table[at].T
    return {
        "price": price / MONEY_SCALE, "cost": cost / MONEY_SCALE, "category": category.astype(np.float64),
        "shelf_life": np.where(life > 0, life, np.inf),
    }


def _standing(
    keys: IntArray, plans: Mapping[int, Planogram], shelves: list[Shelf], rows: IntArray,
    covered: Mapping[int, int], end: int,
) -> tuple[NDArray[np.bool_], dict[str, _FloatArray], tuple[str, ...]]:
    """Whether each series is on the last saved plan of a place that still sells (or goes without a plan),
    and its capacity, par level, stock and price there."""
    row_of = {(int(a), int(b)): i for i, (a, b) in enumerate(keys)}
    figures = {name: np.full(len(keys), np.nan) for name in ("capacity", "par", "held", "price")}
    standing = np.zeros(len(keys), bool)
    places = [""] * len(keys)
    for shelf in shelves:
        if end - covered.get(shelf.site_id, end) > SILENT_DAYS:
            continue
        plan = plans[shelf.planogram_id]
        for product_id in plan.product_ids:
            i = row_of[(shelf.planogram_id, product_id)]
            positions = plan.of_product(product_id)
            standing[i] = True
            places[i] = ", ".join(
                plan.fixture.label(p.row, p.column) or slot_name(p.row, p.column) for p in positions
            )
            figures["capacity"][i] = _total([p.capacity for p in positions])
            figures["par"][i] = _total([p.par_level for p in positions])
            figures["held"][i] = _total([p.quantity for p in positions])
            prices = [p.price for p in positions if p.price is not None]
            figures["price"][i] = np.mean(prices) if prices else np.nan
        if not plan.positions:
            mine = rows[(rows[:, 0] == shelf.planogram_id) & (rows[:, 4] >= covered.get(shelf.site_id, end))]
            for product_id in mine[:, 1].tolist():
                standing[row_of[(shelf.planogram_id, product_id)]] = True
    return standing, figures, tuple(places)


def _total(values: list[int | None]) -> float:
    """The sum, NaN where one is not known."""
    return float(sum(values)) if None not in values else float("nan")  # type: ignore[arg-type]


def _prices(
    shown: _FloatArray, listed: _FloatArray, units: NDArray[np.float32], revenue: _FloatArray
) -> _FloatArray:
    """The plan's price, else what a unit brought of late, else the catalog's."""
    recent = units[:, -90:].sum(axis=1, dtype=np.float64)
    paid = revenue / np.maximum(recent, 1e-9)
    return np.where(np.isfinite(shown), shown, np.where((recent > 0) & (revenue > 0), paid, listed))


def _venue_codes(planograms: IntArray, shelves: Mapping[int, Shelf]) -> IntArray:
    names = sorted({s.venue for s in shelves.values()})
    number = {name: i for i, name in enumerate(names)}
    return np.array([number[shelves[int(p)].venue] for p in planograms], np.int64)


def _names(session: TenantSession, products: IntArray) -> dict[int, str]:
    wanted = set(np.unique(products).tolist())
    return {row[0]: row[1] for row in session.execute(select(_product.id, _product.name)) if row[0] in wanted}


def _category_names(session: TenantSession) -> dict[int, str]:
    return {row[0]: row[1] for row in session.execute(select(_category.id, _category.name))}
